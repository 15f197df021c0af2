"""Sound events: which labels sound when, learnt in the steps in which they are answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.timeline import steps_of
from cohear.tasks.event_cells import NOTHING_SOUNDS, event_parts, event_text, is_without_times, label_of
from cohear.tasks.kind import NO_RENAME, TARGET_KINDS
from cohear.tasks.targets import ClipOutputs, Targets, WindowPlaces, WindowTargets
from cohear.tasks.timeline import StepTargets, TimelineKind, TimesOfClips, carried, sounds_in

if TYPE_CHECKING:
    from torch import Tensor

SOMETIME = -1.0
"""Onset and offset of a label that sounds in a clip, nobody says when; and the target of frames where it may."""
SLACK = 5e-5
"""Seconds: half of what cells tell apart. An event that ends where a step begins does not sound in it."""
_LEAST = 1e-6


@dataclass(frozen=True)
class EventTargets(StepTargets):
    """The same with the events themselves.

    Attributes:
        times: ``[N, labels, E, 2]``, onset and offset of each event of the clips that are counted in ``clips``; one
            that does not last is none.
    """

    times: NDArray[np.float32]


class EventsOfClips(TimesOfClips):
    """The same with labels without times."""

    sometime: list[tuple[int, int]]
    """Clip and label."""


class Events(TimelineKind):
    """Any number of labels at once, each from an onset to an offset, in steps of a tenth of a second.

    A cell holds ``label@onset-offset``, separated by ``;``; ``label@`` for one that sounds at some time; ``none`` where
    nothing does. A frame should become what its step holds, so that what is learnt is what is scored and answered.
    Of a label without times one probability of a window is learnt, linear softmax over its frames (Wang, Li & Metze
    2019); it enters no score.
    """

    name: ClassVar[str] = "events"
    version: ClassVar[int] = 1
    default_metric: ClassVar[str] = "segment_f1"
    metrics: ClassVar[tuple[str, ...]] = ("segment_f1", "segment_error_rate", "event_f1", "map")
    further_metrics: ClassVar[tuple[str, ...]] = ("segment_f1_1s", "event_f1_onset", "psds1", "psds2", "f1", "auc")

    def is_known(self, cell: str) -> bool:
        """Also where nothing sounds."""
        return bool(cell)

    def events_in(self, cell: str) -> list[tuple[str, float, float]]:
        """Those that have times."""
        with_times = [part for part in event_parts(cell) if part != NOTHING_SOUNDS and not is_without_times(part)]
        return super().events_in(";".join(with_times))

    def labels_in(self, cell: str) -> list[str]:
        """With times or without."""
        return list(dict.fromkeys(label_of(part) for part in event_parts(cell) if part != NOTHING_SOUNDS))

    def encode(self, cells: Sequence[str], labels: Sequence[str], rename: Mapping[str, str] = NO_RENAME) -> Targets:
        """Times by label; where a label has events with times, one without says no more."""
        targets = super().encode(cells, labels, rename)
        index = {label: number for number, label in enumerate(labels)}
        for clip, cell in enumerate(cells):
            found = [label_of(part) for part in event_parts(cell) if is_without_times(part)]
            numbers = [index.get(rename.get(label, label)) for label in found]
            targets = _with_sometime(targets, [(clip, number) for number in numbers if number is not None])
        return targets

    def to_json(self, targets: Targets) -> EventsOfClips:
        """Each clip's events, and labels without times."""
        sometime = np.argwhere(_sometime(targets.values) & targets.known).tolist()
        return {**super().to_json(targets), "sometime": [(clip, label) for clip, label in sometime]}

    def from_json(self, content: TimesOfClips, labels: Sequence[str]) -> Targets:
        """From both."""
        sometime: list[tuple[int, int]] = content.get("sometime", [])  # type: ignore[assignment]
        return _with_sometime(super().from_json(content, labels), sometime)

    def cells(self, targets: Targets, labels: Sequence[str]) -> list[str]:
        """Events by label and onset, then labels without times; ``none`` where nothing sounds in a known clip."""
        sometime, known = _sometime(targets.values), set(np.flatnonzero(targets.known.any(axis=1)).tolist())
        found = []
        for clip, cell in enumerate(super().cells(targets, labels)):
            without = [event_text(labels[label], None, None) for label in np.flatnonzero(sometime[clip]).tolist()]
            told = ";".join([*event_parts(cell), *without]) or NOTHING_SOUNDS
            found.append(told if clip in known else "")
        return found

    def counts(self, targets: Targets, labels: Sequence[str]) -> NDArray[np.int64]:
        """Clips that are known to hold each label, with times or without."""
        return np.asarray(_holds(targets).sum(axis=0), dtype=np.int64)

    def strata(self, targets: Targets, labels: Sequence[str]) -> list[NDArray[np.int64]]:
        """The clips that hold each label, and last those without any."""
        holds = _holds(targets)
        return [*(np.flatnonzero(column) for column in holds.T), np.flatnonzero(~holds.any(axis=1))]

    def scored_clips(self, targets: Targets, scored: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Those of which it is known when a scored label sounds."""
        return super().scored_clips(_timed(targets), scored)

    def timed_events(self, targets: Targets) -> tuple[list[list[tuple[int, float, float]]], NDArray[np.bool_]]:
        """Of a label without times it is not known."""
        return super().timed_events(_timed(targets))

    def targets(self, truth: Targets, places: WindowPlaces, features: Tensor) -> WindowTargets:
        """What sounds in the step in which a frame begins, ``[B, T, labels]``; ``SOMETIME`` where nobody says when."""
        frames = np.arange(0, features.shape[1], places.stride)
        there = np.floor((places.starts[:, None] + frames) * places.tempo[:, None] + _LEAST).astype(np.int64)
        onsets = steps_of(there, places.frame_seconds, self.step) * self.step
        sounding = sounds_in(truth.values, onsets + SLACK, onsets + self.step - SLACK)
        inside = (frames < places.lengths[:, None])[:, :, None]
        maybe = inside & (_sometime(truth.values) & truth.known)[:, None]
        known = inside & _timed(truth).known[:, None]
        return WindowTargets.of(Targets(np.where(maybe, np.float32(SOMETIME), sounding), known))

    def loss(
        self, out: Tensor, targets: WindowTargets, smoothing: float = 0.0, teacher: Tensor | None = None
    ) -> Tensor:
        """Binary cross-entropy over known frames, and over windows whose labels have no times, each as long as it is.

        Smoothing does not apply to the latter.
        """
        maybe = targets.values == SOMETIME
        timed = super().loss(out, WindowTargets(targets.values.clamp(min=0), targets.known), smoothing, teacher)
        if teacher is not None or out.ndim < 3:  # rows of clips, of which a label without times is unknown
            return timed
        chance = out.sigmoid() * maybe  # [B, T, labels]
        of_window = chance.square().sum(dim=1) / chance.sum(dim=1).clamp(min=_LEAST)
        frames = maybe.sum(dim=1)  # [B, labels]
        apart = -(of_window.clamp(min=_LEAST).log() * frames).sum()
        known = targets.known.sum()
        return (timed * known + apart) / (known + frames.sum()).clamp(min=1)

    def rows(self, targets: Targets, told: ClipOutputs) -> EventTargets:
        """What sounds in each step, however short; a label without times is unknown in all of them."""
        timed = _timed(targets)
        values = [np.zeros((0, targets.values.shape[1]), dtype=np.float32)]
        for times, count in zip(targets.values, told.rows.tolist(), strict=True):
            onsets = np.arange(count) * self.step
            offsets = np.append(onsets[1:], np.inf)[:count]
            values.append(sounds_in(times[None], onsets[None] + SLACK, offsets[None] - SLACK)[0])
        return EventTargets(np.concatenate(values), timed.known[told.clips], told.clips, self.step, targets.values)


def _sometime(values: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which labels sound in each clip, nobody says when, ``[N, labels]``."""
    return np.asarray((values[..., 0] == SOMETIME).any(axis=2))


def _holds(targets: Targets) -> NDArray[np.bool_]:
    """Which labels each clip is known to hold, ``[N, labels]``."""
    return np.asarray(carried(targets) | (_sometime(targets.values) & targets.known))


def _timed(targets: Targets) -> Targets:
    """The same, known where it is said when."""
    return replace(targets, known=targets.known & ~_sometime(targets.values))


def _with_sometime(targets: Targets, found: Sequence[tuple[int, int]]) -> Targets:
    """The same with labels that sound at some time, by clip and number; not where they have times."""
    if not found:
        return targets
    values = targets.values
    if not values.shape[2]:
        values = np.zeros((*values.shape[:2], 1, 2), dtype=np.float32)
    for clip, label in found:
        if not (values[clip, label, :, 1] > values[clip, label, :, 0]).any():
            values[clip, label, 0] = SOMETIME
    return Targets(values, targets.known)


TARGET_KINDS.register(Events.name)(Events())
