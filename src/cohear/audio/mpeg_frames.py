"""Frames of MPEG audio (ISO/IEC 11172-3 and 13818-3) by their headers."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from cohear.audio.content import Bytes

_BIT_RATES = {  # kbit/s by version (MPEG 1 or later), layer and index; index 0 is a rate that is not stated
    (True, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_VERSIONS = {3: 1, 2: 2, 0: 4}  # bits of the header: by what the sample rates of MPEG 1 are divided
_RATES = (44100, 48000, 32000)
_OTHER_FRAMES = 5  # in a row: fewer may be there by chance
_SEARCHED_BYTES = 1 << 18  # in front of the first frame


class Header(NamedTuple):
    """What the header of a frame says; ``identity`` is equal in all frames of a stream."""

    length: int
    samples: int
    layer: int
    identity: int


def header_at(data: Bytes, place: int, end: int) -> Header | None:
    """The header of a frame that begins at a place and ends before ``end``; None where there is none."""
    if place < 0 or place + 4 > end or data[place] != 0xFF:
        return None
    header = _headers().get(data[place + 1] << 8 | data[place + 2])
    return header if header is not None and place + header.length <= end else None


@cache
def frame_lengths(identity: int) -> dict[bytes, int]:
    """Bytes of the frames of one kind, by the first three bytes of their headers."""
    found = _headers().items()
    return {b"\xff" + key.to_bytes(2, "big"): header.length for key, header in found if header.identity == identity}


def next_frame(data: Bytes, place: int, end: int, identity: int) -> int | None:
    """Where a frame of a kind begins that another one, or the end, follows."""
    lengths = frame_lengths(identity)
    while 0 <= (place := data.find(b"\xff", place, end)) < end - 4:
        length = lengths.get(data[place : place + 3])
        if length is not None:
            following = place + length
            header = header_at(data, following, end)
            if following == end or (header is not None and header.identity == identity):
                return place
        place += 1
    return None


def other_frames(data: Bytes, place: int, end: int, identity: int) -> tuple[int, Header] | None:
    """The first frame of a row of another kind, and where it is; junk and tags have no such row."""
    while 0 <= (place := data.find(b"\xff", place, end)) < end - 4:
        header = header_at(data, place, end)
        if header is not None and header.identity != identity and is_row_of_frames(data, place, end):
            return place, header
        place += 1
    return None


def first_frame(data: Bytes, begin: int, end: int, in_a_row: int) -> tuple[int, Header] | None:
    """The first frame, and where it is: so many of one kind in a row, or as many as there are up to the end."""
    place = begin
    while 0 <= (place := data.find(b"\xff", place, min(end, begin + _SEARCHED_BYTES))) < end - 4:
        header = header_at(data, place, end)
        if header is not None and _row(data, place, end, header.identity, in_a_row):
            return place, header
        place += 1
    return None


def is_row_of_frames(data: Bytes, place: int, end: int) -> bool:
    """Whether enough frames of a kind follow each other, not all of them equal: a pattern is no sound."""
    bodies, identities = set[bytes](), set[int]()
    for _ in range(_OTHER_FRAMES):
        found = header_at(data, place, end)
        if found is None:
            return False
        identities.add(found.identity)
        bodies.add(bytes(data[place : place + found.length]))
        place += found.length
    return len(identities) == 1 < len(bodies)


def _row(data: Bytes, place: int, end: int, identity: int, wanted: int) -> bool:
    for count in range(wanted):
        header = header_at(data, place, end)
        if header is None or header.identity != identity:
            return count > 0 and place == end
        place += header.length
    return True


@cache
def _headers() -> dict[int, Header]:
    """Every valid header by its second and third byte."""
    found = {}
    for version_bits, divisor in _VERSIONS.items():
        for layer in (1, 2, 3):
            is_first = divisor == 1
            for rate_index, base in enumerate(_RATES):
                rate = base // divisor
                samples = 384 if layer == 1 else 1152 if layer == 2 or is_first else 576
                for index, kilobits in enumerate(_BIT_RATES[is_first, layer], 1):
                    for low in range(4):  # padding and a private bit
                        padding = low >> 1
                        bits = kilobits * 1000
                        length = (
                            (12 * bits // rate + padding) * 4 if layer == 1 else samples // 8 * bits // rate + padding
                        )
                        third = index << 4 | rate_index << 2 | low
                        for protection in (0, 1):
                            second = 0xE0 | version_bits << 3 | (4 - layer) << 1 | protection
                            identity = (second & 0xFE) << 8 | rate_index << 2
                            found[second << 8 | third] = Header(length, samples, layer, identity)
    return found
