"""The structure of Ogg files (RFC 3533): pages, and streams that are chained one after the other."""

from __future__ import annotations

import mmap
import zlib
from dataclasses import dataclass, field

from cohear.audio.content import ByteSpan, Content, FilePiece
from cohear.audio.other_files import file_at, not_heard
from cohear.audio.structure import PLAIN, EncodedStream, Structure
from cohear.audio.unreadable import UnreadableAudio

_HEAD_BYTES = 27
_PLAIN_OGG = Structure(is_exact=True)
_FIRST, _LAST = 2, 4  # flags of a page
_SUM = slice(22, 26)  # where a page's checksum is
_TURNED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))  # bytes with their bits in the other order


@dataclass
class _Link:
    """Streams that begin together."""

    begin: int
    serials: set[bytes]
    open: set[bytes]
    """Those whose last page has not come."""
    last: int = 0
    """Where the last page begins."""


@dataclass
class _Losses:
    """Places where pages are damaged or lost; decoders go on behind them and say nothing."""

    places: int = 0
    following: dict[bytes, int] = field(default_factory=dict)
    """By serial number, the running number of the next page; only where sound has begun: a recording of a broadcast
    has its headers from elsewhere."""

    def add_damaged(self) -> None:
        """Note a page that no decoder takes; the numbers of those behind it say nothing more."""
        self.places += 1
        self.following.clear()

    def add(self, page: bytes, serial: bytes, *, is_first: bool) -> None:
        """Note a page that is whole."""
        number, position = int.from_bytes(page[18:22], "little"), int.from_bytes(page[6:14], "little", signed=True)
        expected = None if is_first else self.following.get(serial)
        self.places += expected is not None and number > expected
        if not is_first and (position > 0 or expected is not None):
            self.following[serial] = number + 1
        else:
            self.following.pop(serial, None)


def ogg_structure(content: Content) -> Structure:
    """Find the links of a chain, whether its end is there, and whether pages in it are not.

    Raises:
        UnreadableAudio: the last page is not whole.
    """
    data = content.whole
    links, end, losses = _walk(data)
    if not links:
        return PLAIN
    if end < len(data) and data.find(b"OggS", end) == end:
        raise UnreadableAudio(content.path, "it is cut short: its last page is not whole", "truncated")
    oddities = []
    if len(links) > 1:
        oddities.append(f"it is a chain of {len(links)} Ogg streams")
    if links[-1].open:
        oddities.append("its last page is not marked as the end")
    if losses.places:
        places = "a place" if losses.places == 1 else f"{losses.places} places"
        oddities.append(f"sound is missing in {places}, where pages are damaged or lost; what follows comes too early")
    behind = links[-1].last + (_page_bytes(data, links[-1].last) or 0)
    if behind < end and (name := file_at(content, behind)):
        oddities.append(not_heard(name))
        end = behind
    if not oddities:
        return _PLAIN_OGG
    ends = [link.begin for link in links[1:]] + [end]
    streams = [EncodedStream(_ended(data, link, last)) for link, last in zip(links, ends, strict=True)]
    return Structure(streams, None, tuple(oddities), is_exact=True)


def _ended(data: bytes | mmap.mmap, link: _Link, end: int) -> list[FilePiece]:
    """The pages of a link, the last one marked as the end: libsndfile refuses Opus without it."""
    if not link.open:
        return [ByteSpan(link.begin, end)]
    page = bytearray(data[link.last : link.last + (_page_bytes(data, link.last) or 0)])
    page[5] |= _LAST
    page[_SUM] = _checksum(page)
    return [ByteSpan(link.begin, link.last), bytes(page)]


def _checksum(page: bytes | bytearray) -> bytes:
    """The four bytes that a page should have; as of zlib, with the bits of all bytes in the other order."""
    blank = page[: _SUM.start] + bytes(4) + page[_SUM.stop :]
    turned = zlib.crc32(blank.translate(_TURNED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return turned.to_bytes(4, "big").translate(_TURNED)


def ogg_codec(head: bytes) -> bytes:
    """The first bytes of the first packet, which name the codec: eight, or the seven of Vorbis."""
    if len(head) < _HEAD_BYTES:
        return b""
    begin = _HEAD_BYTES + head[26]
    name = head[begin : begin + 8]
    return name[:7] if name.startswith(b"\x01vorbis") else name


def _walk(data: bytes | mmap.mmap) -> tuple[list[_Link], int, _Losses]:
    """The links, where the last whole page ends (or where one begins that is not whole), and what is lost between."""
    links: list[_Link] = []
    losses = _Losses()
    place, in_head = 0, False
    while True:
        place = place if data[place : place + 4] == b"OggS" else data.find(b"OggS", place)
        if place < 0:
            return links, len(data), losses
        size = _page_bytes(data, place)
        if size is None or place + size > len(data):
            if data.find(b"OggS", place + 4) < 0:
                return links, place, losses
            place += 4  # a page that is damaged
            continue
        page = data[place : place + size]
        if page[_SUM] != _checksum(page):
            losses.add_damaged()
            place += 4  # its size may be wrong too
            continue
        flags, serial = page[5], page[14:18]
        losses.add(page, serial, is_first=bool(flags & _FIRST))
        if flags & _FIRST:
            if in_head and serial not in links[-1].serials:
                links[-1].serials.add(serial)
                links[-1].open.add(serial)
            else:
                links.append(_Link(place, {serial}, {serial}))
            in_head = True
        else:
            in_head = False
        if links:
            links[-1].last = place
            if flags & _LAST:
                links[-1].open.discard(serial)
        place += size


def _page_bytes(data: bytes | mmap.mmap, place: int) -> int | None:
    """Bytes of the page at a place: its head, a byte for the length of each segment, the segments."""
    head = data[place : place + _HEAD_BYTES]
    if len(head) < _HEAD_BYTES:
        return None
    lengths = data[place + _HEAD_BYTES : place + _HEAD_BYTES + head[26]]
    if len(lengths) < head[26]:
        return None
    return _HEAD_BYTES + head[26] + sum(lengths)
