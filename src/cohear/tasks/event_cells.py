"""Cells that hold events: what sounds from when to when, what sounds at some time, or that nothing does."""

from __future__ import annotations

from collections.abc import Sequence

NOTHING_SOUNDS = "none"
"""A clip that was listened to, and in which nothing of the list sounds."""
_MARK, _BETWEEN = "@", ";"


def event_parts(cell: str) -> list[str]:
    """What stands in a cell, one by one; nothing in an empty one, whose clip is unknown."""
    return [part.strip() for part in cell.split(_BETWEEN) if part.strip()]


def label_of(part: str) -> str:
    """The label of one of them; empty where it has none.

    >>> [label_of(part) for part in event_parts("dog@0.5-1.25;cat@;none")]
    ['dog', 'cat', '']
    """
    return part.rpartition(_MARK)[0]


def is_without_times(part: str) -> bool:
    """Whether it says that its label sounds in the clip, and not when: ``dog@``."""
    return part.endswith(_MARK)


def event_in(part: str, cell: str) -> tuple[str, float, float]:
    """Label, onset and offset, in seconds, of one of the events in a cell.

    Raises:
        ValueError: it is none, or does not end after it begins.
    """
    label, _, times = part.rpartition(_MARK)
    onset, _, offset = times.partition("-")
    try:
        found = label, float(onset), float(offset)
    except ValueError as error:
        raise ValueError(f"holds {cell!r}, which is no list of label@onset-offset") from error
    if not label or not 0 <= found[1] < found[2] < float("inf"):
        raise ValueError(f"holds {cell!r}, in which {part!r} is no event that begins, and then ends")
    return found


def event_text(label: str, onset: float | None, offset: float | None) -> str:
    """How an event stands in a cell, to a tenth of a millisecond; without times where they are not known.

    >>> event_text("dog", 0.5, 1.25), event_text("dog", None, None)
    ('dog@0.5-1.25', 'dog@')
    """
    times = "" if onset is None or offset is None else f"{_seconds(onset)}-{_seconds(offset)}"
    return f"{label}{_MARK}{times}"


def hold_events(cells: Sequence[str]) -> bool:
    """Whether every cell that is not empty holds events, and one of them their times."""
    parts = {part for cell in cells for part in event_parts(cell)} - {NOTHING_SOUNDS}
    return all(label_of(part) for part in parts) and any(map(_has_times, parts))


def _has_times(part: str) -> bool:
    try:
        event_in(part, part)
    except ValueError:
        return False
    return True


def _seconds(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
