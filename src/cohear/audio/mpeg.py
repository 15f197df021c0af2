"""The structure of MPEG audio (MP3, MP2): its frames are counted, whatever a header says of their number.

A stream is a chain of frames, each with a header of four bytes. The first frame may hold a table instead of sound
(``Xing``, ``Info`` or ``VBRI``), which states how many frames there are; where there is none, decoders guess from the
size of the file, and a variable bit rate makes the guess wrong. Sources: ISO/IEC 11172-3 and 13818-3; the table is
that of LAME and of Fraunhofer's encoder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cohear.audio.content import Bytes, ByteSpan, Content, FilePiece, Zeros
from cohear.audio.mpeg_frames import Header, first_frame, frame_lengths, header_at, next_frame, other_frames
from cohear.audio.other_files import file_at, not_heard
from cohear.audio.structure import PLAIN, EncodedStream, Structure, joined_files
from cohear.audio.tags import LAST_TAG_BYTES, after_tags, is_last_tag

_SURE_FRAMES = 3  # in a row, where nothing else says that a file is MPEG audio
_ROW_FRAMES = 6  # in a row, inside of what a tag claims
_COUNT_SLACK = 1  # frames: encoders differ in whether the frame of the table counts
_TABLES = (b"Xing", b"Info", b"VBRI")
_TABLE_BYTES = 1500  # a frame, and less than one
_TABLE_OFFSETS = (13, 15, 21, 23, 36, 38)

MPEG = Structure(is_mpeg=True)
"""MPEG audio that is decoded as it is."""


@dataclass
class _Part:
    """Frames of one kind that follow each other in a file, junk between them left out."""

    begin: int
    header: Header  # of its first frame
    table: int | None = None  # frames that the table states; None where it is no table, or states none
    has_table: bool = False
    frames: int = 0  # without the table
    runs: list[ByteSpan] = field(default_factory=list)

    def end_run(self, begin: int, end: int) -> None:
        """Note frames that follow each other without a gap."""
        if end > begin:
            self.runs.append(ByteSpan(begin, end))


def mpeg_structure(content: Content, begin: int = 0, end: int | None = None, *, is_sure: bool = True) -> Structure:
    """Count the frames of a file, or of a part of it.

    Args:
        content: the file.
        begin: of the part that holds the stream, in bytes.
        end: of it, None for that of the file.
        is_sure: whether the file is known to be MPEG audio; if not, several frames in a row must show it.

    Returns:
        `MPEG` where the file can be decoded as it is, `PLAIN` where there is no MPEG audio in it.
    """
    if end is None and _is_plain(content, begin):
        return MPEG
    data = content.whole
    end = len(data) if end is None else end
    behind_tags = after_tags(content, begin)
    found = first_frame(data, behind_tags, end, 2 if is_sure else _SURE_FRAMES)
    if behind_tags > begin and (found is None or found[0] > behind_tags):  # a tag that states too much hides frames
        found = first_frame(data, begin + 1, end, _ROW_FRAMES) or found
    if found is None:
        return PLAIN
    first, header = found
    front = _in_front(data, behind_tags, first)
    parts = _walk(data, first, end, header)
    oddities = [*front, *_oddities(parts), *_files_behind(content, parts[-1], end)]
    inside = first > after_tags(content, 0) or end < len(data)
    whole_table = len(parts) == 1 and parts[0].has_table
    if whole_table and not inside:
        only = parts[0]
        if (only.table or 0) > only.frames + _COUNT_SLACK:
            return MPEG  # its end is missing: the decoder says how much is there
        if len(only.runs) == 1 and not oddities:
            return MPEG
    streams = [_stream(data, part) for part in parts]
    counts = [stream.frames for stream in streams]
    frames = None if None in counts else sum(count for count in counts if count is not None)
    return Structure(streams, frames, tuple(oddities), is_mpeg=True, is_exact=True)


def ends_with_a_frame(content: Content, begin: int) -> bool:
    """Whether frames reach to the last byte of a file and no table states more of them: nothing is cut off."""
    data = content.whole
    found = first_frame(data, after_tags(content, begin), len(data), 2)
    if found is None:
        return False
    last = _walk(data, found[0], len(data), found[1])[-1]
    ends = bool(last.runs) and len(data) - last.runs[-1].end <= 1  # a byte fills the chunk
    return ends and (last.table or 0) <= last.frames + _COUNT_SLACK


def _is_plain(content: Content, begin: int) -> bool:
    """Whether a table says how many frames of one size there are, and how many bytes, and both fit the file."""
    begin = after_tags(content, begin)
    data = content.at(begin, _TABLE_BYTES)
    header = header_at(data, 0, len(data))
    if header is None or header.layer != 3:
        return False
    offset = _table_offset(data, 0)[b"Info"]
    table = data[offset : offset + 16]
    if table[:4] != b"Info" or len(table) < 16 or table[7] & 3 != 3:
        return False
    end = content.size - (LAST_TAG_BYTES if is_last_tag(content, content.size - LAST_TAG_BYTES) else 0)
    frames, size = int.from_bytes(table[8:12], "big"), int.from_bytes(table[12:16], "big")
    return (
        size == end - begin and abs(frames * header.length - size) <= frames + 2 * header.length
    )  # padding: a byte each


def _in_front(data: Bytes, begin: int, first: int) -> Iterator[str]:
    """What is said of bytes in front of the first frame: a tag whose size is wrong, or the rest of a frame."""
    if first < begin:
        yield "its tag states a wrong size"
    elif data[begin:first].strip(b"\0"):
        yield f"{first - begin} bytes in front of its first whole frame are no sound, and are left out"


def _files_behind(content: Content, last: _Part, end: int) -> Iterator[str]:
    """What is said of a file of another kind behind the last frame, or behind a tag there."""
    place = last.runs[-1].end if last.runs else end
    place += LAST_TAG_BYTES if content.at(place, 3) == b"TAG" else 0
    if place < end and (name := file_at(content, place)):
        yield not_heard(name)


def _oddities(parts: list[_Part]) -> Iterator[str]:
    if len(parts) > 1:
        yield joined_files(len(parts), "MP3")
    if any(len(part.runs) > 1 for part in parts):
        yield "there is something else than audio between its frames"
    for part in parts:
        if part.table is not None and part.table < part.frames - _COUNT_SLACK:
            yield f"its header states {part.table} frames, {part.frames} are there"
    if any(part.header.layer == 3 and not part.has_table for part in parts):
        yield "its length is not stated (no Xing or VBRI frame)"


def _stream(data: Bytes, part: _Part) -> EncodedStream:
    """The frames of a part without junk.

    Where the table is wrong or missing, decoders guess the length from the first frame and the size of the file: an
    empty tag behind the last frame makes the guess no smaller than the truth.
    """
    runs: list[FilePiece] = list(part.runs)
    if part.has_table and (part.table is None or part.table >= part.frames - _COUNT_SLACK):
        return EncodedStream(runs)  # the table is right, and tells the encoder's delay too
    begin, header = part.begin, part.header
    if part.has_table:
        begin += (header_at(data, begin, part.runs[0].end) or header).length
        runs[0] = ByteSpan(begin, part.runs[0].end)
    guessed_from = (header_at(data, begin, part.runs[0].end) or header).length + 1
    missing = (part.frames + 2) * guessed_from - sum(map(len, runs))
    return EncodedStream([*runs, *_empty_tags(missing)], part.frames * header.samples)


def _empty_tags(size: int) -> Iterator[FilePiece]:
    """ID3v2 tags of at least so many bytes in all, each at most as large as one can be."""
    while size > 0:
        zeros = min(size, (1 << 28) - 1)
        yield b"ID3\4\0\0" + bytes(zeros >> shift & 0x7F for shift in (21, 14, 7, 0))
        yield Zeros(zeros)
        size -= zeros


def _tables(data: Bytes, begin: int, end: int, header: Header) -> dict[int, int | None]:
    """Frames that are tables, by place, and how many frames they state."""
    found: dict[int, int | None] = {}
    if header.layer != 3:
        return found
    offset = _table_offset(data, begin)
    for name in _TABLES:
        if data[begin + offset[name] : begin + offset[name] + 4] == name:
            table = data[begin + offset[name] : begin + offset[name] + 18]
            found[begin] = _stated(table)
            if name != b"VBRI" and table[7] & 3 == 3 and int.from_bytes(table[12:16], "big") == end - begin:
                return found  # it states all bytes up to the end, so there is no other one
    for name in _TABLES:
        place = data.find(name, begin + 4, end)
        while place >= 0:
            for back in {36, 38} if name == b"VBRI" else _TABLE_OFFSETS:
                frame = header_at(data, place - back, end) if place - back >= begin else None
                if frame and frame.identity == header.identity and _table_offset(data, place - back)[name] == back:
                    found[place - back] = _stated(data[place : place + 18])
            place = data.find(name, place + 4, end)
    return found


def _table_offset(data: Bytes, frame: int) -> dict[bytes, int]:
    """Where in a frame of layer III a table lies, by its name."""
    second, fourth = data[frame + 1], data[frame + 3]
    is_mono, is_first_version = fourth >> 6 == 3, second >> 3 & 3 == 3
    side = (17 if is_mono else 32) if is_first_version else (9 if is_mono else 17)
    checksum = 0 if second & 1 else 2
    return {b"Xing": 4 + checksum + side, b"Info": 4 + checksum + side, b"VBRI": 4 + checksum + 32}


def _stated(table: bytes) -> int | None:
    if table[:4] == b"VBRI":
        return int.from_bytes(table[14:18], "big") if len(table) == 18 else None
    return int.from_bytes(table[8:12], "big") if len(table) >= 12 and table[7] & 1 else None


def _walk(data: Bytes, first: int, end: int, header: Header) -> list[_Part]:
    """All frames from the first one on, in parts that begin with a table each, or with frames of another kind.

    Files of different rates that were put together have frames of different kinds: who looks for those of the first
    one alone takes the second one for junk, and loses it in silence.
    """
    known = {header.identity: _tables(data, first, end, header)}
    tables, lengths = known[header.identity], frame_lengths(header.identity)
    part = _Part(first, header)
    parts, place, run = [part], first, first
    while place + 4 <= end:
        length = lengths.get(data[place : place + 3], end)
        if place + length > end:
            part.end_run(run, place)
            following = next_frame(data, place + 1, end, header.identity)
            other = other_frames(data, place, end if following is None else following, header.identity)
            if other is None:
                place = run = end if following is None else following
                continue
            place, header = other
            run, part = place, _Part(place, header)
            parts.append(part)
            if header.identity not in known:
                known[header.identity] = _tables(data, place, end, header)
            tables, lengths = known[header.identity], frame_lengths(header.identity)
            continue
        if place in tables:
            if part.frames or part.has_table:
                part.end_run(run, place)
                part, run = _Part(place, header), place
                parts.append(part)
            part.has_table, part.table = True, tables[place]
        else:
            part.frames += 1
        place += length
    part.end_run(run, place)
    return [part for part in parts if part.frames] or parts[:1]
