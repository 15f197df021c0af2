"""Events in time: how many there are, what is none, what lies beyond its clip, and what overlaps itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import ClassVar

from cohear.base.counting import clips_that, counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.evidence import Evidence, MeasuredDataset
from cohear.data.audit.finding import AuditFinding, Code
from cohear.data.folds.partition import TaskChoice
from cohear.data.folds.selection import guess_kind
from cohear.tasks.event_cells import NOTHING_SOUNDS, event_in, event_parts, is_without_times
from cohear.tasks.events import Events
from cohear.tasks.kind import TARGET_KINDS

BEYOND = 0.01
"""Seconds that an event may end after its clip, as lists that are rounded to a hundredth have it."""
_SHOWN = 3

_Times = dict[str, list[tuple[float, float]]]


class EventsCheck(Check):
    """The events of each task that has some."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "event-counts",
            ("note",),
            "How many events there are, of how many labels, how long they last, and in how many clips nothing sounds.",
            "Nothing to mend: see that clips in which nothing sounds have a row with their path alone.",
        ),
        Code(
            "no-event",
            ("error",),
            "An event has no label, no times in seconds, or does not end after it begins.",
            "Correct the row; of a sound without length give a length, such as that of a step (0.1 s).",
        ),
        Code(
            "event-beyond-end",
            ("warning",),
            "An event ends after its clip does, or begins there.",
            "See whether its list is of another version of the audio, or in another unit; what lies beyond is not "
            "heard.",
        ),
        Code(
            "overlapping-events",
            ("warning",),
            "Events of one label overlap in a clip; they are told as one, so that event-based scores miss one of them.",
            "Join them, or give them labels of their own.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Task by task."""
        for task in evidence.tasks:
            data = evidence.datasets.get(task.dataset)
            if data is not None and task.target in data.table.rows.columns:
                cells = data.table.column(task.target, data.name)
                if isinstance(TARGET_KINDS[task.kind or guess_kind(cells)], Events):
                    yield from self._of_task(data, task, cells)

    def _of_task(self, data: MeasuredDataset, task: TaskChoice, cells: list[str]) -> Iterable[AuditFinding]:
        times, wrong = list[_Times](), dict[int, list[str]]()
        for row, cell in enumerate(cells):
            own: _Times = {}
            for part in event_parts(cell):
                if part == NOTHING_SOUNDS or is_without_times(part):
                    continue
                try:
                    label, onset, offset = event_in(part, cell)
                except ValueError:
                    wrong.setdefault(row, []).append(part)
                    continue
                own.setdefault(label, []).append((onset, offset))
            times.append(own)
        if wrong:
            shown = ", ".join(repr(parts[0]) for parts in list(wrong.values())[:_SHOWN])
            sentence = (
                f"{clips_that(len(wrong), len(cells), 'has', 'have')} what is no event in {task.target!r}: {shown}"
            )
            parts = {data.ids[row]: parts for row, parts in wrong.items()}
            yield self.of_task("no-event", "error", sentence, data, task, wrong, {"parts": parts})
        yield from self._counted(data, task, cells, times)
        yield from self._beyond(data, task, times)
        yield from self._overlapping(data, task, times)

    def _counted(
        self, data: MeasuredDataset, task: TaskChoice, cells: list[str], times: list[_Times]
    ) -> Iterable[AuditFinding]:
        counts, seconds = Counter[str](), dict[str, float]()
        for own in times:
            for label, events in own.items():
                counts[label] += len(events)
                seconds[label] = seconds.get(label, 0.0) + sum(offset - onset for onset, offset in events)
        if not counts:
            return
        silent = sum(cell == NOTHING_SOUNDS for cell in cells)
        without = sum(any(map(is_without_times, event_parts(cell))) for cell in cells)
        most, least = counts.most_common()[0], counts.most_common()[-1]
        mean = sum(seconds.values()) / counts.total()
        sentence = (
            f"{counted(counts.total(), 'event')} of {counted(len(counts), 'label')}, {mean:.2f} s long in the mean"
        )
        if len(counts) > 1:
            sentence += f", {least[1]:,} ({least[0]!r}) to {most[1]:,} ({most[0]!r}) each"
        sentence += f"; {clips_that(silent, len(cells), 'has', 'have')} none" * (silent > 0)
        sentence += f"; {clips_that(without, len(cells), 'has', 'have')} labels without times" * (without > 0)
        figures = {
            "events": dict(counts),
            "seconds": {label: round(total, 3) for label, total in seconds.items()},
            "silent": silent,
            "without_times": without,
        }
        yield self.of_task("event-counts", "note", sentence, data, task, [], figures)

    def _beyond(self, data: MeasuredDataset, task: TaskChoice, times: list[_Times]) -> Iterable[AuditFinding]:
        last = [max((offset for events in own.values() for _, offset in events), default=0.0) for own in times]
        rows = [row for row, fact in enumerate(data.facts) if last[row] > fact.seconds + BEYOND]
        if rows:
            ends = {data.ids[row]: [last[row], round(data.facts[row].seconds, 4)] for row in rows}
            furthest = max(rows, key=lambda row: last[row] - data.facts[row].seconds)
            end, seconds = last[furthest], data.facts[furthest].seconds
            sentence = (
                f"{clips_that(len(rows), len(times), 'has events after its end', 'have events after their ends')}; "
                f"those of {data.ids[furthest]!r} go on to {end:.2f} s, and it has {seconds:.2f} s"
            )
            yield self.of_task("event-beyond-end", "warning", sentence, data, task, rows, {"ends": ends})

    def _overlapping(self, data: MeasuredDataset, task: TaskChoice, times: list[_Times]) -> Iterable[AuditFinding]:
        found = {
            row: {label: many for label, events in own.items() if (many := _overlaps(events))}
            for row, own in enumerate(times)
        }
        rows = [row for row, labels in found.items() if labels]
        if rows:
            row = rows[0]
            label = next(iter(found[row]))
            sentence = (
                f"{clips_that(len(rows), len(times), 'has', 'have')} events of one label that overlap, such as "
                f"{label!r} in {data.ids[row]!r}"
            )
            figures = {"overlaps": {data.ids[row]: found[row] for row in rows}}
            yield self.of_task("overlapping-events", "warning", sentence, data, task, rows, figures)


def _overlaps(events: list[tuple[float, float]]) -> int:
    """How many of them begin before another one has ended; those that touch do not."""
    ends, many = 0.0, 0
    for (_, end), (onset, _) in pairwise(sorted(events)):
        ends = max(ends, end)
        many += onset < ends
    return many


CHECKS.register("events")(EventsCheck())
