"""Draws a study's progress on standard error; quiet where that is no terminal."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from cohear.base.pool import Advance
from cohear.study.folder import status_words as words
from cohear.study.launch.launcher import RunEvent
from cohear.study.launch.progress import Progress as StudyProgress
from cohear.study.launch.time_left import TimeLeft

WIDTH = 30
BUSY = 1.25
"""Of processor time, what runs take by the clock: from here on it is told beside it."""


class TerminalProgress(StudyProgress):
    """Bars for the stages, then one line for the runs: done, failed, running, rate and time left.

    Time left is the processor time (of a device, device time) of the runs that are left, by that of those that ended,
    over the runs that go at once: other work on the machine changes nothing of it. Where runs take longer by the clock
    than that just now (or less, of several threads), what it comes to by the clock stands beside it, at the load that
    the last runs had; that changes as soon as the machine is free again.

    Warnings are printed whether or not there is a terminal: they are results, not decoration.

    Args:
        console: of standard error.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._wanted: set[str] = set()
        self._done: set[str] = set()
        self._before = 0
        self._running: set[str] = set()
        self._failed = 0
        self._began = time.monotonic()
        self._live: Live | None = None
        self._at_most = 0
        self._time_left = TimeLeft({})
        self._cells: dict[str, int] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[Advance]:
        """A bar that is gone when the stage is over."""
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(WIDTH),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._console, transient=True, disable=not self._console.is_terminal) as bar:
            task = bar.add_task(name, total=None)
            yield lambda done, total: bar.update(task, completed=int(done), total=int(total))

    def say(self, sentence: str) -> None:
        """Print a sentence above the bars."""
        self._console.print(f"note: {sentence}", style="yellow", markup=False, highlight=False)

    def runs_planned(self, wanted: set[str], done: set[str], at_most: int, time_left: TimeLeft) -> None:
        """Begin the line of runs, or go on with more of them."""
        self._before += len(done - self._done)
        self._wanted, self._done, self._at_most, self._time_left = wanted, set(done), at_most, time_left
        if self._live is None:
            self._began = time.monotonic()
        if self._console.is_terminal and self._live is None:
            self._live = Live(self, console=self._console, refresh_per_second=2, transient=False)
            self._live.start()

    def cells_judged(self, states: dict[str, int]) -> None:
        """Keep the states for the line."""
        self._cells = states

    def run_event(self, event: RunEvent) -> None:
        """Count a run; a failed one is told at once."""
        if event.kind == "started":
            self._running.add(event.run)
            return
        self._running.discard(event.run)
        if event.kind == "finished":
            self._done.add(event.run)
        elif event.kind == "failed":
            self._failed += 1
            self._console.print(f"run {event.run} failed: {event.error}", style="red", markup=False, highlight=False)
        elif event.kind == "killed":
            self._console.print(f"run {event.run} is tried again: {event.error}", markup=False, highlight=False)

    def close(self) -> None:
        """Leave the last state on the screen."""
        if self._live is not None:
            self._live.refresh()
            self._live.stop()
            self._live = None

    def __rich__(self) -> RenderableType:
        total, done = len(self._wanted), len(self._done)
        filled = round(WIDTH * done / max(total, 1))
        line = Text.assemble(
            "runs ",
            ("━" * filled, "green"),
            ("━" * (WIDTH - filled), "dim"),
            f" {done}/{total}",
        )
        if self._at_most > total:
            line.append(f" so far, at most {self._at_most}")
        if self._failed:
            line.append(f" · {words.failed(self._failed)}", "bold red")
        if self._running:
            line.append(f" · {len(self._running)} running")
        trained = done - self._before
        elapsed = time.monotonic() - self._began
        if trained and elapsed > 0:
            line.append(f" · {60 * trained / elapsed:.1f} a minute")
        left = self._time_left.of(self._wanted - self._done)
        if left and self._running:
            until, seconds = "to the next look" if self._at_most > total else "left", left / len(self._running)
            line.append(f" · {clock(seconds)} {until}")
            if abs(math.log(load := self._time_left.load)) > math.log(BUSY):
                line.append(f", {clock(load * seconds)} by the clock now")
        if states := words.cells(self._cells):
            line.append(f" · cells: {states}")
        return Group(line)


def clock(seconds: float) -> str:
    """``1:02:03`` or ``4:05``."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
