"""Whether tables of MP4 files hold the entries that they state: FFmpeg asks for the memory of all of them at once."""

from __future__ import annotations

from collections.abc import Iterator

from cohear.audio.boxes import MOST_BOXES, Box, mp4_box
from cohear.audio.content import Content

_HOLD_BOXES = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"})
_ENTRY_BYTES = {b"stts": 8, b"ctts": 8, b"stsc": 12, b"stss": 4, b"stps": 4, b"stco": 4, b"co64": 8}
"""Of tables whose number of entries stands behind version and flags (ISO/IEC 14496-12, 8.6 to 8.8)."""
_OF_A_SAMPLE = (0x100, 0x200, 0x400, 0x800)
"""Flags of a run of samples by which each of them has four bytes."""


def overstated_table(content: Content) -> str:
    """What is said of the first table that states more entries than there is room for; empty where none does."""
    for box in _inner_boxes(content):
        stated, room = _entries(box, content)
        if stated > min(room, content.size):
            return (
                f"its table {box.name.decode()} states {stated:,} entries and has room for {min(room, content.size):,}"
            )
    return ""


def _inner_boxes(content: Content) -> Iterator[Box]:
    """Boxes without further boxes."""
    place = 0
    for _ in range(MOST_BOXES):
        box = mp4_box(content, place)
        if box is None:
            return
        if box.name not in _HOLD_BOXES:
            yield box
        place = box.begin if box.name in _HOLD_BOXES else box.end


def _entries(box: Box, content: Content) -> tuple[int, int]:
    """How many entries a table states, and how many it has room for; none for what is no table."""
    name, begin, end = box
    head = content.at(begin, 12)
    if len(head) < 8:
        return 0, 0
    if name in _ENTRY_BYTES:
        return int.from_bytes(head[4:8], "big"), (end - begin - 8) // _ENTRY_BYTES[name]
    if name == b"stsz" and not any(head[4:8]):  # one size for all has no entries
        return int.from_bytes(head[8:12], "big"), (end - begin - 12) // 4
    if name == b"trun":
        flags = int.from_bytes(head[1:4], "big")
        each = 4 * sum(bool(flags & flag) for flag in _OF_A_SAMPLE)
        return int.from_bytes(head[4:8], "big"), (end - begin - 8) // each if each else content.size
    return 0, 0
