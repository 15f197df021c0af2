"""Whether files made of boxes (MP4, Matroska and WebM, AVI, WMA) are whole: their boxes end inside the file."""

from __future__ import annotations

from typing import NamedTuple

from cohear.audio.content import Content

_SEGMENT = b"\x18\x53\x80\x67"
MOST_BOXES = 100_000
"""Of a file, that are looked at."""
_MP4_BOXES = frozenset(
    {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"mfra", b"sidx", b"ssix", b"styp", b"uuid"}
    | {b"meta", b"meco", b"pdin", b"udta", b"prft", b"emsg", b"pnot", b"PICT", b"junk", b"imda"}
)
"""The outermost boxes that there are (ISO/IEC 14496-12, QuickTime)."""
_ASF_FILE = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")


def is_cut_short(content: Content, demuxer: str) -> bool | None:
    """Whether the end is missing by the sizes of the outermost boxes; None where they do not say."""
    if demuxer == "mov":
        return _mp4(content)
    if demuxer == "matroska":
        return _matroska(content)
    if demuxer == "asf":
        place = content.at(0, 1 << 16).find(_ASF_FILE)
        stated = int.from_bytes(content.at(place + 40, 8), "little") if place >= 0 else 0
        return stated > content.size if stated else None
    if demuxer == "avi":
        return int.from_bytes(content.head[4:8], "little") + 8 > content.size + 1 if content.size >= 8 else None
    return None


class Box(NamedTuple):
    """A box of an MP4 file: its name, the first byte behind its head, and the byte behind it, by its own size."""

    name: bytes
    begin: int
    end: int


def mp4_box(content: Content, place: int) -> Box | None:
    """The box whose head is at a place; None where the file ends before it does, or its size is that of none."""
    head = content.at(place, 16)
    size, begin = int.from_bytes(head[:4], "big"), place + 8
    if size == 1:
        size, begin = int.from_bytes(head[8:16], "big"), place + 16
    if len(head) < 8 or 0 < size < 8:
        return None
    return Box(head[4:8], begin, place + size if size else content.size)  # without a size: up to the end


def _mp4(content: Content) -> bool:
    place = 0
    for _ in range(MOST_BOXES):
        box = mp4_box(content, place)
        if box is None or box.name not in _MP4_BOXES:
            return False  # what follows is a tag, or padding
        place = box.end
        if place >= content.size:
            return place > content.size
    return False


def _matroska(content: Content) -> bool | None:
    place = content.at(0, 4096).find(_SEGMENT)
    if place < 0:
        return None
    head = content.at(place + 4, 8)
    if not head or not head[0]:
        return None
    width = 9 - head[0].bit_length()
    size = int.from_bytes(head[:width], "big") & ((1 << 7 * width) - 1)
    if size == (1 << 7 * width) - 1:
        return False  # not stated: a recording that was sent while it was made
    return place + 4 + width + size > content.size
