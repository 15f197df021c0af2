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
from cohear.base.timeline import medians
from cohear.runtime.answers import Answer, Labels, Spans, Timeline
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

    def push(self, probabilities: NDArray[np.float64], begin: float, end: float) -> list[Event]:
        """Take in probabilities that hold from now on.

        Args:
            probabilities: ``[labels]``.
            begin: seconds at which labels begin that begin now.
            end: seconds at which labels have ended that end now.

        Returns:
            The events that have ended.
        """
        begins = probabilities >= self._begin_at
        if self._exclusive:
            begins &= np.arange(len(begins)) == probabilities.argmax()
        goes_on = ~np.isnan(self._since) & (probabilities >= self._end_below)
        if self._exclusive and begins.any():
            goes_on &= begins  # one label at a time
        ended = self._events(~np.isnan(self._since) & ~goes_on, end)
        self._peak = np.where(goes_on, np.maximum(self._peak, probabilities), probabilities)
        self._since = np.where(goes_on, self._since, np.where(begins, begin, np.nan))
        return ended

    def lasting(self, now: float) -> list[Event]:
        """Events that last, as if they ended now."""
        return self._events(~np.isnan(self._since), now)

    def end(self, now: float) -> list[Event]:
        """End all."""
        ended = self.lasting(now)
        self._since[:] = np.nan
        return ended

    def _events(self, chosen: NDArray[np.bool_], end: float) -> list[Event]:
        """Events of the chosen labels; one that ends where it began is none."""
        return [
            Event(float(self._since[number]), end, self._labels[number], float(self._peak[number]), self._task)
            for number in np.flatnonzero(chosen & (self._since < end)).tolist()
        ]


class Lasting(ABC, Generic[A]):
    """Follows a task's events through its windows, which come one after the other.

    Args:
        hysteresis: of the task.
    """

    def __init__(self, hysteresis: Hysteresis) -> None:
        self._hysteresis = hysteresis

    @abstractmethod
    def push(self, answer: A, *, spans: Spans, begins: float) -> list[Event]:
        """Take in the answer to a window.

        Args:
            answer: to it.
            spans: where in it something is heard.
            begins: seconds from which on it speaks.

        Returns:
            Events that ended before it.
        """

    def lasting(self, now: float) -> list[Event]:
        """Events that last, as if they ended now; of a time line those where the last window begins to speak."""
        return self._hysteresis.lasting(now)

    def end(self, now: float) -> list[Event]:
        """End all."""
        return self._hysteresis.end(now)


class LastingLabels(Lasting[Labels]):
    """Labels of windows; they last from the first sound in the time that windows speak of to the last one.

    A window may be half silent, and what it is taken for is said of its sound.
    """

    def __init__(self, hysteresis: Hysteresis) -> None:
        super().__init__(hysteresis)
        self._spans: Spans = ()
        self._ended = float("-inf")  # the last sound in the time that earlier windows spoke of

    def push(self, answer: Labels, *, spans: Spans, begins: float) -> list[Event]:
        """The window's probabilities hold from there on; where no sound is left in it, none does."""
        self._ended = self._last_sound(begins)
        self._spans = spans
        probabilities = np.fromiter(answer.probabilities.values(), np.float64)
        first = next((max(begin, begins) for begin, end in spans if end > begins), None)
        if first is None:
            first, probabilities = begins, np.zeros_like(probabilities)
        return self._hysteresis.push(probabilities, first, self._ended)

    def lasting(self, now: float) -> list[Event]:
        """What lasts."""
        return super().lasting(self._last_sound(now))

    def end(self, now: float) -> list[Event]:
        """End all."""
        return super().end(self._last_sound(now))

    def _last_sound(self, now: float) -> float:
        """Until when something was heard, up to now."""
        return max(self._ended, *(min(end, now) for begin, end in self._spans if begin < now), float("-inf"))


class LastingSteps(Lasting[Timeline]):
    """Labels of the steps of windows; a window's are known to hold when the next one comes.

    Each step is told by the medians around it, and so half of the widest filter later.

    Args:
        hysteresis: of the task.
        widths: steps that each label's median is taken over.
    """

    def __init__(self, hysteresis: Hysteresis, widths: Sequence[int]) -> None:
        super().__init__(hysteresis)
        self._widths, self._reach = widths, max(widths) // 2
        self._window: Timeline | None = None
        self._done = float("-inf")  # steps whose middle lies before it are taken in
        self._steps: list[NDArray[np.float64]] = []  # the last of them that medians need, and their onsets
        self._onsets: list[float] = []
        self._told = 0  # how many of them are told

    def push(self, answer: Timeline, *, spans: Spans, begins: float) -> list[Event]:
        """Takes in the steps of the window before it, up to there."""
        found = self._take(begins)
        self._window = answer
        return found

    def end(self, now: float) -> list[Event]:
        """Takes in the last window, and ends all."""
        return [*self._take(float("inf")), *self._tell(len(self._steps)), *super().end(now)]

    def _take(self, until: float) -> list[Event]:
        """The window's steps whose middle lies before a time; those of silence have probabilities of zero."""
        if self._window is None:
            return []
        steps = np.array(list(self._window.probabilities.values())).T  # [steps, labels]
        for number, probabilities in enumerate(steps):
            onset = self._window.begin + number * self._window.step
            offset = onset + self._window.step
            if self._done <= (onset + offset) / 2 < until:
                self._steps.append(probabilities)
                self._onsets.append(onset)
        self._done = until
        return self._tell(len(self._steps) - self._reach)

    def _tell(self, until: int) -> list[Event]:
        """Those of the kept steps before a number that are not told yet; then what no median needs is let go."""
        found = []
        if until > self._told:
            smooth = medians(np.array(self._steps), self._widths)
            for step in range(self._told, until):
                found += self._hysteresis.push(smooth[step], self._onsets[step], self._onsets[step])
            self._told = until
        gone = max(self._told - self._reach, 0)
        del self._steps[:gone], self._onsets[:gone]
        self._told -= gone
        return found
