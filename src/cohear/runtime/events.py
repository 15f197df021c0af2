"""Events, and how they are written for other tools; `cohear.runtime.detector` finds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """A stretch of time in which a task gives a label.

    Attributes:
        onset, offset: seconds.
        label: what is heard.
        probability: the largest of its windows'.
        task: whose label it is.
    """

    onset: float
    offset: float
    label: str
    probability: float
    task: str


def dcase(events: Iterable[Event]) -> str:
    """Onset, offset and label with tabs between, as DCASE's tools read them."""
    lines = ["onset\toffset\tevent_label"]
    lines += [f"{event.onset:.3f}\t{event.offset:.3f}\t{cell(event.label)}" for event in events]
    return "\n".join(lines) + "\n"


def audacity(events: Iterable[Event]) -> str:
    """A label track as Audacity imports it."""
    return "".join(f"{event.onset:.6f}\t{event.offset:.6f}\t{cell(event.label)}\n" for event in events)


def cell(text: str) -> str:
    """A text without what would break a line or a column of a table with tabs."""
    return " ".join(text.split())
