"""Events in the answers to overlapping windows: each is told once, however many windows it lasts over.

The rule is hysteresis thresholding per label (an onset threshold, a lower release threshold; as post-processing of
sound event detection in Cances et al. 2019, "Evaluation of post-processing algorithms for polyphonic sound event
detection"), then a minimum duration.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.base.decoding import Decoding, LabelDecoding
from cohear.base.errors import UserError
from cohear.runtime.answers import Labels, WindowAnswer
from cohear.runtime.events import Event


@dataclass(frozen=True)
class EventSettings:
    """When a label begins and ends.

    Args:
        onset: probability from which on a multiclass task's label begins, if it is the most probable one. Labels of
            multilabel tasks begin at the thresholds of the bundle's card.
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


class EventDetector:
    """Finds the events of all tasks of labels in windows that come one after the other; other tasks have none.

    Overlapping windows share their time: each answers for what is nearer to its centre than to any other window's, so
    that events of one task's labels follow each other without overlap, and an event lasting over several windows is
    one. A window of digital silence ends every event.

    Args:
        tasks: of the bundle, by name.
        settings: when a label begins and ends.
    """

    def __init__(self, tasks: Mapping[str, Decoding], settings: EventSettings | None = None) -> None:
        self._settings = settings or EventSettings()
        labelled = {name: task for name, task in tasks.items() if isinstance(task, LabelDecoding)}
        self._labels = {name: _Lasting(task, self._settings) for name, task in labelled.items()}
        self._last: dict[str, WindowAnswer] = {}

    def push(self, window: WindowAnswer) -> list[Event]:
        """Take in the next window of the tasks that it answers; gives the events that ended before it."""
        found = []
        for name, labels in self._labels.items():
            if name not in window.answers:
                continue
            last = self._last.get(name)
            begins = window.onset if last is None else max(_between(last, window), last.onset)
            self._last[name] = window
            answer = window.answers[name]
            assert isinstance(answer, Labels)
            probabilities = np.fromiter(answer.probabilities.values(), np.float64)
            found += labels.push(probabilities if window.heard else np.zeros_like(probabilities), begins)
        return self._long_enough(found)

    def end(self) -> list[Event]:
        """Events that last to the end of the waveform."""
        ended = (self._labels[name].end(last.offset) for name, last in self._last.items())
        return self._long_enough([event for events in ended for event in events])

    @property
    def lasting(self) -> list[Event]:
        """Events that have begun and not ended, up to the end of the last window; of the minimum duration at least."""
        lasting = (self._labels[name].lasting(last.offset) for name, last in self._last.items())
        return self._long_enough([event for events in lasting for event in events])

    def _long_enough(self, events: list[Event]) -> list[Event]:
        least = self._settings.minimum - 1e-9
        return by_onset(event for event in events if event.offset - event.onset >= least)


def events_of(
    windows: Iterable[WindowAnswer], tasks: Mapping[str, Decoding], settings: EventSettings | None = None
) -> list[Event]:
    """All events in a clip's windows, in the order of their onsets."""
    detector = EventDetector(tasks, settings)
    found = [event for window in windows for event in detector.push(window)]
    return by_onset([*found, *detector.end()])


def by_onset(events: Iterable[Event]) -> list[Event]:
    """Events by their onsets."""
    return sorted(events, key=lambda event: (event.onset, event.task, event.label))


def _between(earlier: WindowAnswer, later: WindowAnswer) -> float:
    """The time as near to one window's centre as to the other's."""
    return (earlier.onset + earlier.offset + later.onset + later.offset) / 4


class _Lasting:
    """Which of one task's labels last, and since when."""

    def __init__(self, task: LabelDecoding, settings: EventSettings) -> None:
        self._task = task
        self._exclusive = task.exclusive
        count = len(task.labels)
        self._begin_at = np.full(count, settings.onset) if self._exclusive else np.array(task.thresholds)
        self._end_below = self._begin_at * settings.release
        self._since: NDArray[np.float64] = np.full(count, np.nan)  # seconds; NaN where a label does not last
        self._peak = np.zeros(count)

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
        return Event(
            float(self._since[number]), now, self._task.labels[number], float(self._peak[number]), self._task.name
        )
