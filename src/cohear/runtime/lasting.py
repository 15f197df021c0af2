"""Labels that last over windows, or over the steps of a time line: each is told once, when it ends.

The rule is hysteresis thresholding per label (an onset threshold, a lower release threshold; as post-processing of
sound event detection in Cances et al. 2019, "Evaluation of post-processing algorithms for polyphonic sound event
detection"), then a minimum duration.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.errors import UserError
from cohear.runtime.answers import Answer, Labels, Timeline
from cohear.runtime.events import Event

A = TypeVar("A", bound=Answer)


@dataclass(frozen=True)
class EventSettings:
    """When a label begins and ends.

    Args:
        onset: probability from which on a multiclass task's label begins, if it is the most probable one. Labels of
            other tasks begin at the thresholds of the bundle's card.
        release: a label ends where its probability falls below this share of what it began at.
        minimum: seconds; what is shorter is no event.
    """

    onset: float = 0.5
    release: float = 0.6
    minimum: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.onset <= 1 and 0 < self.release <= 1 and self.minimum >= 0):
            raise UserError(
                "events need an onset and a release above 0 and not above 1, and a minimum duration from 0 seconds on; "
                f"found {self.onset:g}, {self.release:g} and {self.minimum:g}"
            )


class Lasting(ABC, Generic[A]):
    """Follows a task's events through its windows, which come one after the other."""

    @abstractmethod
    def push(self, answer: A, *, heard: bool, begins: float) -> list[Event]:
        """Take in the answer to a window that speaks from ``begins`` on; gives events that ended before it."""

    @abstractmethod
    def lasting(self, now: float) -> list[Event]:
        """Events that last, as if they ended now."""

    @abstractmethod
    def end(self, now: float) -> list[Event]:
        """End all."""


class Hysteresis:
    """Which of a task's labels last, and since when.

    Args:
        task: its name.
        labels: of it.
        begin_at: probability at which each begins, ``[labels]``.
        release: a label ends below this share of it.
        exclusive: whether one label lasts at a time.
    """

    def __init__(
        self, task: str, labels: Sequence[str], begin_at: NDArray[np.float64], release: float, *, exclusive: bool
    ) -> None:
        self._task, self._labels, self._exclusive = task, labels, exclusive
        self._begin_at = begin_at
        self._end_below = self._begin_at * release
        self._since: NDArray[np.float64] = np.full(len(labels), np.nan)  # seconds; NaN where a label does not last
        self._peak = np.zeros(len(labels))

    def push(self, probabilities: NDArray[np.float64], now: float) -> list[Event]:
        """Probabilities ``[labels]`` from ``now`` on; gives the events that end there."""
        begins = probabilities >= self._begin_at
        if self._exclusive:
            begins &= np.arange(len(begins)) == probabilities.argmax()
        goes_on = ~np.isnan(self._since) & (probabilities >= self._end_below)
        if self._exclusive and begins.any():
            goes_on &= begins  # one label at a time
        ended = [self._event(number, now) for number in np.flatnonzero(~np.isnan(self._since) & ~goes_on)]
        self._peak = np.where(goes_on, np.maximum(self._peak, probabilities), probabilities)
        self._since = np.where(goes_on, self._since, np.where(begins, now, np.nan))
        return ended

    def lasting(self, now: float) -> list[Event]:
        """Events that last, as if they ended now."""
        return [self._event(number, now) for number in np.flatnonzero(~np.isnan(self._since))]

    def end(self, now: float) -> list[Event]:
        """End all."""
        ended = self.lasting(now)
        self._since[:] = np.nan
        return ended

    def _event(self, number: np.intp, now: float) -> Event:
        label = self._labels[int(number)]
        return Event(float(self._since[number]), now, label, float(self._peak[number]), self._task)


class LastingLabels(Lasting[Labels]):
    """Labels of windows.

    Args:
        hysteresis: of the task.
    """

    def __init__(self, hysteresis: Hysteresis) -> None:
        self._hysteresis = hysteresis

    def push(self, answer: Labels, *, heard: bool, begins: float) -> list[Event]:
        """The window's probabilities hold from there on."""
        probabilities = np.fromiter(answer.probabilities.values(), np.float64)
        return self._hysteresis.push(probabilities if heard else np.zeros_like(probabilities), begins)

    def lasting(self, now: float) -> list[Event]:
        """What lasts."""
        return self._hysteresis.lasting(now)

    def end(self, now: float) -> list[Event]:
        """End all."""
        return self._hysteresis.end(now)


class LastingSteps(Lasting[Timeline]):
    """Labels of the steps of windows; a window's are known to hold when the next one comes.

    Args:
        hysteresis: of the task.
    """

    def __init__(self, hysteresis: Hysteresis) -> None:
        self._hysteresis = hysteresis
        self._window: Timeline | None = None
        self._heard = False
        self._done = float("-inf")  # steps whose middle lies before it are taken in

    def push(self, answer: Timeline, *, heard: bool, begins: float) -> list[Event]:
        """Takes in the steps of the window before it, up to there."""
        found = self._take(begins)
        self._window, self._heard = answer, heard
        return found

    def lasting(self, now: float) -> list[Event]:
        """What lasts where the last window begins to speak, up to now."""
        return self._hysteresis.lasting(now)

    def end(self, now: float) -> list[Event]:
        """Takes in the last window, and ends all."""
        return [*self._take(float("inf")), *self._hysteresis.end(now)]

    def _take(self, until: float) -> list[Event]:
        """The window's steps whose middle lies before a time."""
        if self._window is None:
            return []
        found = []
        steps = np.array(list(self._window.probabilities.values())).T  # [steps, labels]
        for number, probabilities in enumerate(steps if self._heard else np.zeros_like(steps)):
            onset = self._window.begin + number * self._window.step
            if self._done <= onset + self._window.step / 2 < until:
                found += self._hysteresis.push(probabilities, onset)
        self._done = until
        return found
