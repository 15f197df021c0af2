"""Events in the answers to overlapping windows: each is told once, however many windows it lasts over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cohear.base.decoding import Decoding
from cohear.runtime.answers import WindowAnswer
from cohear.runtime.events import Event
from cohear.runtime.forms import FORMS
from cohear.runtime.lasting import EventSettings

__all__ = ["EventDetector", "EventSettings", "events_of"]


class EventDetector:
    """Finds the events of all tasks of labels in windows that come one after the other; other tasks have none.

    Overlapping windows share their time: each answers for what is nearer to its centre than to any other window's, so
    that events of one task's labels follow each other without overlap, and an event lasting over several windows is
    one. It lasts from the first sound in that time to the last one: silence has no events, and a window of silence ends
    all.

    Args:
        tasks: of the bundle, by name.
        settings: when a label begins and ends.
    """

    def __init__(self, tasks: Mapping[str, Decoding], settings: EventSettings | None = None) -> None:
        self._settings = settings or EventSettings()
        followed = {name: FORMS[task.form].lasting(task, self._settings) for name, task in tasks.items()}
        self._lasting = {name: lasting for name, lasting in followed.items() if lasting is not None}
        self._last: dict[str, WindowAnswer] = {}

    @property
    def followed(self) -> list[str]:
        """The tasks that may have events."""
        return list(self._lasting)

    def push(self, window: WindowAnswer) -> list[Event]:
        """Take in the next window of the tasks that it answers; gives the events that ended before it."""
        found = []
        for name, lasting in self._lasting.items():
            if name not in window.tasks:
                continue
            last = self._last.get(name)
            begins = window.onset if last is None else max(_between(last, window), last.onset)
            self._last[name] = window
            found += lasting.push(window.tasks[name], spans=window.spans, begins=begins)
        return self._long_enough(found)

    def end(self) -> list[Event]:
        """Events that last to the end of the waveform."""
        ended = (self._lasting[name].end(last.offset) for name, last in self._last.items())
        return self._long_enough([event for events in ended for event in events])

    @property
    def lasting(self) -> list[Event]:
        """Events that have begun and not ended, up to the end of the last window; of the minimum duration at least."""
        lasting = (self._lasting[name].lasting(last.offset) for name, last in self._last.items())
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
