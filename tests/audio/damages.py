"""What happens to headers and to files: each function takes a file's bytes, and gives others."""

import struct
from itertools import pairwise

LIST = b"LIST" + struct.pack("<I", 26) + b"INFOISFT" + struct.pack("<I", 14) + b"Lavf59.27.100\0"


def put(content, place, made):
    return content[:place] + made + content[place + len(made) :]


SHARE = 0.6


def cut(content, share=SHARE):
    return content[: int(len(content) * share)]


# sizes of chunks


def data_size(content):
    """Where the size of the samples is written, how, and what it says."""
    mark = content[:4]
    if mark in (b"RIFF", b"RIFX"):
        place, form, more = content.index(b"data") + 4, "<I" if mark == b"RIFF" else ">I", 0
    elif mark == b"RF64":
        place, form, more = content.index(b"ds64") + 16, "<Q", 0
    elif mark == b"FORM":
        place, form, more = content.index(b"SSND") + 4, ">I", 8
    elif mark == b"caff":
        place, form, more = content.index(b"data") + 4, ">Q", 4
    elif mark == b".snd":
        place, form, more = 8, ">I", 0
    else:
        place, form, more = content.index(b"data\xf3\xac") + 16, "<Q", 24
    return place, form, more, struct.unpack_from(form, content, place)[0] - more


def sized(content, change):
    """The size of the samples changed; ``change`` takes the true one."""
    place, form, more, size = data_size(content)
    value = change(size)
    most = (1 << 8 * struct.calcsize(form)) - 1
    return put(content, place, struct.pack(form, most if value is None else value + more if value else 0))


def size_zero(content):
    return sized(content, lambda size: 0)


def size_ones(content):
    return sized(content, lambda size: None)


def size_more(content):
    return sized(content, lambda size: size + 1)


def size_less(content):
    return sized(content, lambda size: size - 1)


def size_half(content):
    return sized(content, lambda size: size // 2)


def size_with_header(content):
    return sized(content, lambda size: size + 24)


def all_zero(content):
    return put(size_zero(content), 4, bytes(4))


def all_ones(content):
    return put(size_ones(content), 4, b"\xff" * 4)


def all_zero_and_chunk(content):
    """Unfinished, and yet tagged."""
    return all_zero(content) + LIST


def more_and_chunk(content):
    return size_more(content) + LIST


def chunk_behind(content):
    return content + LIST


def with_chunks(content, *chunks):
    """Chunks behind the samples, in the way of the container; each a name of four letters and a content."""
    mark = content[:4]
    for name, inside in chunks:
        if mark in (b"caff", b"FORM"):
            head = name + struct.pack(">Q" if mark == b"caff" else ">I", len(inside))
            content += head + inside + (bytes(len(inside) % 2) if mark == b"FORM" else b"")
        elif mark == b"riff":
            content += name + bytes(12) + struct.pack("<Q", 24 + len(inside)) + inside + bytes(-len(inside) % 8)
        else:
            content += name + struct.pack("<I", len(inside)) + inside + bytes(len(inside) % 2)
    return content


def zeros_behind(content):
    """A file system's block, filled."""
    return content + bytes(-len(content) % 4096)


# FLAC


def flac_length(content, frames):
    place = content.index(b"fLaC") + 21
    return put(content, place, bytes((content[place] & 0xF0 | frames >> 32,)) + struct.pack(">I", frames & 0xFFFFFFFF))


def flac_frames(content):
    place = content.index(b"fLaC") + 21
    return (content[place] & 15) << 32 | struct.unpack_from(">I", content, place + 1)[0]


def flac_unstated(content):
    return flac_length(content, 0)


def flac_understated(content):
    return flac_length(content, flac_frames(content) // 3)


def flac_unstated_and_cut(content):
    return cut(flac_unstated(content))


# MP3


def twice(content):
    return content + content


def begins_inside(content):
    """A recording of a broadcast."""
    return content[700:]


def tag_behind(content):
    return content + b"TAG" + b"a title".ljust(125, b"\0")


def tag_before(content):
    size = 3000
    return (
        b"ID3\3\0\0" + bytes((size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127)) + bytes(size) + content
    )


def junk_inside(content):
    half = len(content) // 2
    return content[:half] + b"\0junk" * 700 + content[half:]


def xing_understated(content):
    place = max(content.find(b"Xing"), content.find(b"Info"))
    return put(content, place + 8, struct.pack(">I", struct.unpack_from(">I", content, place + 8)[0] // 2))


# Ogg


def pages(content):
    places = [0]
    while (place := content.find(b"OggS", places[-1] + 4)) >= 0:
        places.append(place)
    return places


def no_end_mark(content):
    """The last page is there, and not marked."""
    last = pages(content)[-1]
    return repaged(put(content, last + 5, bytes((content[last + 5] & ~4,))))


def late_positions(content):
    """A recording of a broadcast: its clock began ten hours before."""
    for place in pages(content)[2:]:
        position = struct.unpack_from("<q", content, place + 6)[0]
        if position > 0:
            content = put(content, place + 6, struct.pack("<q", position + 36000 * 48000))
    return repaged(content)


def page_flipped(content):
    """One bit of a page in the middle: its checksum tells, and no decoder takes the page."""
    places = pages(content)
    place = places[len(places) // 2] + 200
    return put(content, place, bytes((content[place] ^ 1,)))


def page_lost(content):
    places = pages(content)
    middle = len(places) // 2
    return content[: places[middle]] + content[places[middle + 1] :]


def page_mark_lost(content):
    """The mark itself is damaged."""
    places = pages(content)
    return put(content, places[len(places) // 2], b"oggs")


def heard_later(content):
    """A recording of a broadcast: headers from its begin, sound from the middle."""
    places = pages(content)
    heads = next(place for place in places[1:] if struct.unpack_from("<q", content, place + 6)[0] > 0)
    return content[:heads] + content[places[len(places) // 2] :]


def other_serial(content):
    for place in pages(content):
        content = put(content, place + 14, struct.pack("<I", struct.unpack_from("<I", content, place + 14)[0] ^ 0x55))
    return repaged(content)


def chained(content):
    return content + other_serial(content)


def three_chained(content):
    return content + other_serial(content) + content


def repaged(content):
    """Pages with their checksums put right."""
    places = [*pages(content), len(content)]
    made = b""
    for begin, end in pairwise(places):
        page = put(content[begin:end], 22, bytes(4))
        made += put(page, 22, struct.pack("<I", ogg_checksum(page)))
    return made


def ogg_checksum(page):
    value = 0
    for byte in page:
        value = (value << 8 & 0xFFFFFFFF) ^ TABLE[value >> 24 ^ byte]
    return value


def entry(byte):
    value = byte << 24
    for _ in range(8):
        value = (value << 1 ^ (0x04C11DB7 if value & 0x80000000 else 0)) & 0xFFFFFFFF
    return value


TABLE = [entry(byte) for byte in range(256)]
