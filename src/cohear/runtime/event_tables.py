"""Events of many files in one table, as tools for sound events and for animal sounds read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean
from cohear.runtime.events import Event, cell

FORMS = {".tsv": "a table with the columns of DCASE", ".txt": "a selection table of Raven"}
"""What is written, by how a table's name ends."""


class EventTable:
    """Lines of a table, file by file; the first ones are its header.

    Args:
        ending: of its name, one of `FORMS`.
        rate: of the bundle, in Hz: a selection of Raven spans the frequencies that it hears.

    Raises:
        UserError: a table of that ending is none.
    """

    def __init__(self, ending: str, rate: int) -> None:
        if ending.lower() not in FORMS:
            known = " or ".join(f"{each} ({what})" for each, what in FORMS.items())
            raise UserError(f"a table of events ends with {known}, not with {ending!r}{did_you_mean(ending, FORMS)}")
        self._is_raven = ending.lower() == ".txt"
        self._top = rate // 2
        self._selections = 0
        self._begun = 0.0  # seconds of the files before, one after the other, as Raven opens them

    def header(self) -> str:
        """The first line."""
        if not self._is_raven:
            return _line("filename", "onset", "offset", "event_label", "task", "probability")
        times = ("Begin Time (s)", "End Time (s)", "Low Freq (Hz)", "High Freq (Hz)")
        place = ("Begin File", "Begin Path", "File Offset (s)")
        return _line("Selection", "View", "Channel", *times, *place, "Task", "Label", "Probability")

    def rows(self, file: Path, seconds: float, events: Iterable[Event]) -> Iterator[str]:
        """A line each event of a file, which is so many seconds long."""
        for event in events:
            if self._is_raven:
                self._selections += 1
                yield self._selection(file, event)
            else:
                times = (f"{event.onset:.3f}", f"{event.offset:.3f}")
                yield _line(str(file), *times, event.label, event.task, f"{event.probability:.4f}")
        self._begun += seconds

    def _selection(self, file: Path, event: Event) -> str:
        times = (f"{self._begun + moment:.6f}" for moment in (event.onset, event.offset))
        place = (file.name, str(file.resolve()), f"{event.onset:.6f}")
        what = (event.task, event.label, f"{event.probability:.4f}")
        return _line(str(self._selections), "Spectrogram 1", "1", *times, "0", str(self._top), *place, *what)


def _line(*cells: str) -> str:
    return "\t".join(map(cell, cells)) + "\n"
