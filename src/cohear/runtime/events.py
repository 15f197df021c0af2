"""Events out of overlapping windows: what lasts over several windows is told once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cohear.runtime.answers import WindowAnswer


@dataclass(frozen=True)
class Event:
    """A stretch of time in which a label is given.

    Attributes:
        onset, offset: seconds.
        label: what is heard.
        probability: the largest of its windows'.
    """

    onset: float
    offset: float
    label: str
    probability: float


class EventLine:
    """One task's time line, from windows in their order.

    Windows overlap; each speaks for the time that is nearer to its middle than to a neighbour's, from the middle of
    the overlap before it to the middle of the overlap after. Windows in a row that give the same label are one event.
    Windows of digital silence give nothing.

    Args:
        task: whose answers.
    """

    def __init__(self, task: str) -> None:
        self._task = task
        self._open: dict[str, Event] = {}  # by label, as far as the border
        self._border = 0.0  # middle of the last overlap
        self._last: WindowAnswer | None = None

    def push(self, window: WindowAnswer) -> list[Event]:
        """Take the next window; gives the events that ended before it."""
        border = 0.0 if self._last is None else (window.onset + self._last.offset) / 2
        ended = self._reach(border)
        self._last = window
        return ended

    def end(self, seconds: float) -> list[Event]:
        """The events that last until the end, which comes after so many seconds."""
        ended = self._reach(seconds)
        return sorted([*ended, *self._open.values()], key=lambda event: (event.onset, event.label))

    def _reach(self, border: float) -> list[Event]:
        """Let the last window speak up to a border; gives the events that it did not go on with."""
        if self._last is None:
            return []
        answer = self._last.answers[self._task]
        given = answer.labels if self._last.heard else ()
        ended = [event for label, event in self._open.items() if label not in given]
        onset = self._border
        going = {}
        for label in given:
            before = self._open.get(label)
            chance = answer.probabilities[label]
            going[label] = (
                Event(onset, border, label, chance)
                if before is None
                else Event(before.onset, border, label, max(before.probability, chance))
            )
        self._open, self._border = going, border
        return sorted(ended, key=lambda event: (event.onset, event.label))


def dcase(events: Iterable[Event]) -> str:
    """Onset, offset and label with tabs between, as DCASE's tools read them."""
    lines = ["onset\toffset\tevent_label"]
    lines += [f"{event.onset:.3f}\t{event.offset:.3f}\t{_cell(event.label)}" for event in events]
    return "\n".join(lines) + "\n"


def audacity(events: Iterable[Event]) -> str:
    """A label track as Audacity imports it."""
    return "".join(f"{event.onset:.6f}\t{event.offset:.6f}\t{_cell(event.label)}\n" for event in events)


def _cell(label: str) -> str:
    """A label without what would break a line or a column."""
    return " ".join(label.split())
