"""The structure of FLAC files (RFC 9639): the number of samples, from the last frame instead of from the header.

A frame's header holds the number of its first sample (or of the frame) and a checksum, so the last one tells how long
the stream is; nothing need be decoded.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from cohear.audio.content import Bytes, ByteSpan, Content, FilePiece
from cohear.audio.other_files import file_at, next_file, not_heard
from cohear.audio.structure import PLAIN, EncodedStream, Structure, joined_files
from cohear.audio.tags import LAST_TAG_BYTES, after_tags

_BEGIN = re.compile(rb"fLaC[\x00\x80]\x00\x00\x22")  # and the head of the first block
_STREAM_INFO = struct.Struct(">2xH6sQ")
_TAIL_BYTES = 1 << 16  # searched for the last frame's header, where the file does not say how long frames are
_TAG_BYTES = 1 << 10  # behind the last frame
_CANDIDATES = 12  # headers near the end that are looked at, where the last frame is not whole

GOES_ON = Structure(may_go_on=True)
"""The header is right about its own stream."""


class _Info(NamedTuple):
    """What the first block of metadata says."""

    largest_block: int
    largest_frame: int
    channels: int
    frames: int


class _Frame(NamedTuple):
    begin: int
    first: int
    samples: int


def flac_structure(content: Content) -> Structure:
    """Compare what the header states with the last frame; `GOES_ON` where they agree."""
    begin = after_tags(content, 0)
    header = content.at(begin, 42)
    if _BEGIN.match(header) and len(header) == 42:
        info = _info(header, 0)
        window = (2 * info.largest_frame or _TAIL_BYTES) + _TAG_BYTES
        tail_begin = max(begin + 42, content.size - window)
        tail = content.at(tail_begin, content.size - tail_begin)
        last = next(_frames(tail, 0, len(tail), info), None)
        if info.frames and last is not None and last.first + last.samples == info.frames:
            left = len(tail) - last.begin - LAST_TAG_BYTES
            return GOES_ON if left <= (info.largest_frame or left) else whole_structure(content, is_followed=True)
    return whole_structure(content)


def streams_behind(content: Content, begin: int) -> list[EncodedStream]:
    """The streams that begin at a place or behind it, but for one at the begin of the file."""
    begin = max(begin, after_tags(content, 0) + 1)
    rest = content.size - begin
    if rest < _TAIL_BYTES and not _BEGIN.search(content.at(begin, rest)):
        return []
    data = content.whole
    begins = _streams(data, begin)
    if not begins:
        return []
    return [_stream(data, first, end)[0] for first, end in zip(begins, [*begins[1:], len(data)], strict=True)]


def whole_structure(content: Content, *, is_followed: bool = False) -> Structure:
    """All streams of the file, which takes a look at all bytes of it.

    Args:
        content: the file.
        is_followed: whether more than the last frame is known to lie at its end; else that is looked for where the
            last frame is not at the end.
    """
    data = content.whole
    begins = _streams(data, after_tags(content, 0))
    if not begins:
        return PLAIN  # the head of its first block is damaged: the decoder says so
    streams, oddities, behind = [], [], ""
    for first, end in zip(begins, [*begins[1:], len(data)], strict=True):
        stream, oddity = _stream(data, first, end)
        is_odd = is_followed or oddity or stream.frames is None
        if is_odd and end == len(data) and (place := next_file(content, first + 42)) is not None:
            stream, oddity = _stream(data, first, place)
            behind = not_heard(file_at(content, place))
        if stream.frames is None:  # damaged, or its end is missing: the decoder says so
            return Structure(oddities=(behind,)) if behind else PLAIN
        streams.append(stream)
        oddities.append(oddity)
    if len(begins) > 1:
        oddities.insert(0, joined_files(len(begins), "FLAC"))
    oddities.append(behind)
    oddities = [oddity for oddity in dict.fromkeys(oddities) if oddity]
    return Structure(streams, sum(stream.frames or 0 for stream in streams), tuple(oddities)) if oddities else PLAIN


def _stream(data: Bytes, begin: int, end: int) -> tuple[EncodedStream, str]:
    """The stream with its true length in its header, and what is odd about the one that is there.

    Its ``frames`` are None where its end is missing, or nothing of it can be found.
    """
    info = _info(data, begin)
    frames = _true_frames(data, begin, end, info)
    if frames is None or info.frames > frames:
        return EncodedStream([ByteSpan(begin, end)]), ""
    stream = EncodedStream(_stating(data, begin, end, frames), frames)
    if frames == info.frames:
        return stream, ""
    if not info.frames:
        return stream, "its header states no length"
    return stream, f"its header states {info.frames} samples, {frames} are there"


def _streams(data: Bytes, begin: int) -> list[int]:
    """Where streams begin; nearly always there is one."""
    return [found.start() for found in _BEGIN.finditer(data, begin) if found.start() + 42 <= len(data)]


def _info(data: Bytes, begin: int) -> _Info:
    largest, sizes, bits = _STREAM_INFO.unpack_from(data, begin + 8)
    # sizes: 24 bits of the smallest frame, 24 of the largest; bits: 20 of the rate, 3 of the channels, 5 of the depth,
    # 36 of the length
    return _Info(largest, int.from_bytes(sizes[3:], "big"), (bits >> 41 & 7) + 1, bits & (1 << 36) - 1)


def _stating(data: Bytes, begin: int, end: int, frames: int) -> list[FilePiece]:
    """The stream with another length in its header."""
    place = begin + 8 + 13  # the byte whose lower half is the first of the length
    length = (data[place] & 0xF0) << 32 | frames
    return [bytes(data[begin:place]), length.to_bytes(5, "big"), ByteSpan(place + 5, end)]


def _true_frames(data: Bytes, begin: int, end: int, info: _Info) -> int | None:
    """Samples up to the end of the last frame that is whole; None where no frame is found."""
    first = max(begin + 42, end - (2 * info.largest_frame or _TAIL_BYTES) - _TAG_BYTES)
    ends = [end, *([end - 128] if data[end - 128 : end - 125] == b"TAG" else [])]
    for number, frame in enumerate(_frames(data, first, end, info)):
        frames = frame.first + frame.samples
        if (number == 0 and frames == info.frames) or any(_checksum(data[frame.begin : stop]) == 0 for stop in ends):
            return frames
        ends.append(frame.begin)
        if number == _CANDIDATES:
            break
    return None


def _frames(data: Bytes, begin: int, end: int, info: _Info) -> Iterator[_Frame]:
    """Headers of frames, the last one first; of the usual kind, then of those whose blocks vary in size."""
    for sync in (b"\xff\xf8", b"\xff\xf9"):
        place = data.rfind(sync, begin, end)
        while place >= 0:
            found = _frame(data, place, info)
            if found is not None:
                yield found
            place = data.rfind(sync, begin, place + 1)


def _frame(data: Bytes, begin: int, info: _Info) -> _Frame | None:
    """The frame whose header is at a place, where its checksum says that it is one."""
    head = data[begin : begin + 16]
    if len(head) < 7:
        return None
    size_code, rate_code = head[2] >> 4, head[2] & 15
    number = _number(head, 4)
    if size_code == 0 or rate_code == 15 or number is None or not _fits(head[3] >> 4, info.channels):
        return None
    value, place = number
    if size_code in (6, 7):
        width = size_code - 5
        samples = int.from_bytes(head[place : place + width], "big") + 1
        place += width
    else:
        samples = 192 if size_code == 1 else 576 << size_code - 2 if size_code < 6 else 256 << size_code - 8
    place += {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    if place >= len(head) or _header_checksum(head[:place]) != head[place] or samples > max(info.largest_block, 16):
        return None
    return _Frame(begin, value if head[1] & 1 else value * info.largest_block, samples)


def _fits(code: int, channels: int) -> bool:
    """Whether the channels of a frame are those of the file."""
    return code + 1 == channels if code < 8 else code <= 10 and channels == 2


def _number(head: bytes, place: int) -> tuple[int, int] | None:
    """The number in a header, coded as UTF-8 codes characters, and the place after it."""
    lead = head[place]
    if lead < 0x80:
        return lead, place + 1
    more = 8 - (lead ^ 0xFF).bit_length() - 1  # bytes that follow: ones in front of the first zero, less one
    if not 1 <= more <= 6:
        return None
    value = lead & (0x3F >> more)
    for byte in head[place + 1 : place + 1 + more]:
        if byte >> 6 != 2:
            return None
        value = value << 6 | byte & 0x3F
    return value, place + 1 + more


@cache
def _table(bits: int, polynomial: int) -> tuple[int, ...]:
    """Checksums of single bytes."""
    top, mask, table = 1 << bits - 1, (1 << bits) - 1, []
    for byte in range(256):
        value = byte << bits - 8
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value & top else 0)) & mask
        table.append(value)
    return tuple(table)


def _header_checksum(content: bytes) -> int:
    table, value = _table(8, 0x07), 0
    for byte in content:
        value = table[value ^ byte]
    return value


def _checksum(content: bytes) -> int:
    """Of a frame; zero where the last two bytes are the frame's own checksum, and right."""
    table, value = _table(16, 0x8005), 0
    for byte in content:
        value = (value << 8 & 0xFF00) ^ table[value >> 8 ^ byte]
    return value
