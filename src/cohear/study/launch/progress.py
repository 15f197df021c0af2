"""What long work tells of itself; the command line draws it, a script may ignore it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from cohear.base.pool import Advance
from cohear.study.launch.launcher import RunEvent
from cohear.study.launch.time_left import TimeLeft


class Progress(ABC):
    """Listens to a study at work."""

    @abstractmethod
    def stage(self, name: str) -> AbstractContextManager[Advance]:
        """A stage before training begins; it ends with the block."""

    @abstractmethod
    def say(self, sentence: str) -> None:
        """Something that the user should know now."""

    @abstractmethod
    def runs_planned(self, wanted: set[str], done: set[str], at_most: int, time_left: TimeLeft) -> None:
        """Runs by key, and which of them are done; told again where a look adds runs.

        Args:
            wanted: the runs that are wanted now.
            done: which of them are done.
            at_most: how many runs there will be at most, the wanted ones included.
            time_left: knows how long those took that are done, and learns from each that ends.
        """

    @abstractmethod
    def cells_judged(self, states: dict[str, int]) -> None:
        """How many cells are decided, open and given up after a look, where repeats stop when verdicts are decided."""

    @abstractmethod
    def run_event(self, event: RunEvent) -> None:
        """A run was started, finished, failed, or killed (it is tried again)."""


class NoProgress(Progress):
    """Says nothing."""

    @contextmanager
    def stage(self, name: str) -> Iterator[Advance]:
        """Listen to nothing."""
        yield lambda done, total: None

    def say(self, sentence: str) -> None:
        """Nothing."""

    def runs_planned(self, wanted: set[str], done: set[str], at_most: int, time_left: TimeLeft) -> None:
        """Nothing."""

    def cells_judged(self, states: dict[str, int]) -> None:
        """Nothing."""

    def run_event(self, event: RunEvent) -> None:
        """Nothing."""


class PassedOn(Progress):
    """Passes all on to another; for one that looks at some of it on the way."""

    def __init__(self, to: Progress) -> None:
        self._to = to

    def stage(self, name: str) -> AbstractContextManager[Advance]:
        """Passed on."""
        return self._to.stage(name)

    def say(self, sentence: str) -> None:
        """Passed on."""
        self._to.say(sentence)

    def runs_planned(self, wanted: set[str], done: set[str], at_most: int, time_left: TimeLeft) -> None:
        """Passed on."""
        self._to.runs_planned(wanted, done, at_most, time_left)

    def cells_judged(self, states: dict[str, int]) -> None:
        """Passed on."""
        self._to.cells_judged(states)

    def run_event(self, event: RunEvent) -> None:
        """Passed on."""
        self._to.run_event(event)
