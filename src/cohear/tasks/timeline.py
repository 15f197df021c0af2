"""What target kinds have in common whose answer is a time line: labels in every step of a clip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from cohear.base.decoding import activated
from cohear.base.timeline import UNHEARD, StepMeans, TimelineDecoding, medians
from cohear.tasks.binary import binary_log_losses, binary_loss
from cohear.tasks.decisions import Decisions, best_decisions, by_filter
from cohear.tasks.event_cells import event_in, event_parts, event_text, label_of
from cohear.tasks.kind import NO_RENAME, TargetKind
from cohear.tasks.targets import ClipOutputs, Targets, WindowPlaces, WindowTargets

if TYPE_CHECKING:
    from torch import Tensor


TIMELINE_VERSION = 1
"""Goes up when the scores of every time line change; what was scored before silent steps had no label states none."""
_CERTAIN = 1e-9
"""No threshold is nearer to 0 or 1, so that it has a logit."""


@dataclass(frozen=True)
class StepTargets(Targets):
    """What should be said in each step of N clips, ``[R, labels]``, clip by clip.

    Attributes:
        clips: ``[R]``, the clip of each step; those of one clip follow each other in time.
        step: seconds of each, but for a clip's last one, which lasts to its end.
    """

    clips: NDArray[np.int64]
    step: float

    def take(self, rows: NDArray[np.int64]) -> StepTargets:
        """Those of some steps."""
        return replace(self, values=self.values[rows], known=self.known[rows], clips=self.clips[rows])


class TimesOfClips(TypedDict):
    """Events in the file that a run reads."""

    most: int
    """Of one label in a clip."""
    events: list[list[tuple[int, float, float]] | None]
    """Of each clip: number of the label, onset and offset; None where they are unknown."""


class TimelineKind(TargetKind):
    """Labels in time, any number of them at once; a sigmoid each, and binary cross-entropy over frames.

    A cell holds ``label@onset-offset`` in seconds, separated by ``;``. ``values`` is float32 ``[N, labels, E, 2]``:
    onset and offset of up to E events of each label, where one that does not last is none; ``known`` ``[N, labels]``.
    A kind has its own name, version and metrics, which are given the targets of steps: ``StepTargets``.

    A step of silence has no label, in scores as in answers (`cohear.base.timeline.StepMeans`): metrics are given
    ``UNHEARD`` for each of its labels, so that one that is true there is missed, and where none is, none is told.
    """

    fewest_labels: ClassVar[int] = 1
    unlabelled_is_known: ClassVar[bool] = True
    reads: ClassVar[Literal["vector", "frames"]] = "frames"
    step: ClassVar[float] = 0.1
    """Seconds of a step in which answers are given, and scored."""

    def events_in(self, cell: str) -> list[tuple[str, float, float]]:
        """Label, onset and offset of each event in a cell, in its order.

        Raises:
            ValueError: it does not hold events.
        """
        return [event_in(part, cell) for part in event_parts(cell)]

    def versions(self) -> dict[str, int]:
        """Its own, and that of what all time lines have in common."""
        return {**super().versions(), "time lines": TIMELINE_VERSION}

    def labels_in(self, cell: str) -> list[str]:
        """The labels of its events, each once."""
        return list(dict.fromkeys(map(label_of, event_parts(cell))))

    def encode(self, cells: Sequence[str], labels: Sequence[str], rename: Mapping[str, str] = NO_RENAME) -> Targets:
        """Times of events by label; a clip with an unknown cell is masked."""
        index = {label: number for number, label in enumerate(labels)}
        clips: list[list[tuple[int, float, float]]] = []
        for cell in cells:
            found = [(rename.get(label, label), onset, offset) for label, onset, offset in self.events_in(cell)]
            clips.append([(index[label], onset, offset) for label, onset, offset in found if label in index])
        known = np.array([bool(cell) for cell in cells], dtype=np.bool_)
        return Targets(_times(clips, len(labels)), np.repeat(known[:, None], len(labels), axis=1))

    def to_json(self, targets: Targets) -> TimesOfClips:
        """Each clip's events."""
        rows = zip(self._events(targets.values), targets.known, strict=True)
        most = targets.values.shape[2]
        return {"most": most, "events": [events if known.any() else None for events, known in rows]}

    def from_json(self, content: TimesOfClips, labels: Sequence[str]) -> Targets:
        """From the events."""
        clips = content["events"]
        known = np.array([events is not None for events in clips], dtype=np.bool_)
        values = _times([events or [] for events in clips], len(labels), content["most"])
        return Targets(values, np.repeat(known[:, None], len(labels), axis=1))

    def cells(self, targets: Targets, labels: Sequence[str]) -> list[str]:
        """The events by label and onset."""
        return [
            ";".join(event_text(labels[label], onset, offset) for label, onset, offset in events)
            for events in self._events(targets.values)
        ]

    def counts(self, targets: Targets, labels: Sequence[str]) -> NDArray[np.int64]:
        """Clips that are known to have an event of each label."""
        return np.asarray(carried(targets).sum(axis=0), dtype=np.int64)

    def strata(self, targets: Targets, labels: Sequence[str]) -> list[NDArray[np.int64]]:
        """The clips with an event of each label, and last those without any."""
        held = carried(targets)
        return [*(np.flatnonzero(column) for column in held.T), np.flatnonzero(~held.any(axis=1))]

    def scored_clips(self, targets: Targets, scored: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Those of which a scored label is known."""
        return np.asarray((targets.known & scored).any(axis=1))

    def targets(self, truth: Targets, places: WindowPlaces, features: Tensor) -> WindowTargets:
        """What sounds in the middle of each frame, ``[B, T, labels]``; known up to the clip's end."""
        frames = np.arange(0, features.shape[1], places.stride)
        middles = (places.starts[:, None] + frames + places.stride / 2) * places.tempo[:, None] * places.frame_seconds
        sounding = sounds_in(truth.values, middles, middles)
        inside = (frames < places.lengths[:, None])[:, :, None]
        return WindowTargets.of(Targets(sounding, inside & truth.known[:, None]))

    def loss(
        self, out: Tensor, targets: WindowTargets, smoothing: float = 0.0, teacher: Tensor | None = None
    ) -> Tensor:
        """Binary cross-entropy, mean over the known frames or steps; with a teacher to its probabilities.

        Steps of silence are left out: what is said of them was not learnt.
        """
        return binary_loss(out, WindowTargets(targets.values, targets.known & (out > UNHEARD)), smoothing, teacher)

    def pool(self, out: NDArray[np.float32], places: WindowPlaces, lengths: NDArray[np.int64]) -> ClipOutputs:
        """A row a step: the mean over the frames in it, of all windows; ``UNHEARD`` in silence."""
        means = [StepMeans(out.shape[2], places.frame_seconds, self.step) for _ in lengths]
        frames = np.arange(out.shape[1]) * places.stride
        for window, clip in enumerate(places.clips.tolist()):
            own = frames[frames < places.lengths[window]]
            means[clip].add(out[window, : len(own)], places.starts[window] + own, places.heard_places(window))
        steps = [each.means(length) for each, length in zip(means, lengths.tolist(), strict=True)]
        rows = np.array([len(each) for each in steps], dtype=np.int64)
        return ClipOutputs(np.concatenate([np.zeros((0, out.shape[2]), dtype=np.float32), *steps]), rows)

    def rows(self, targets: Targets, told: ClipOutputs) -> StepTargets:
        """What sounds in each step, however short."""
        values = [np.zeros((0, targets.values.shape[1]), dtype=np.float32)]
        for times, count in zip(targets.values, told.rows.tolist(), strict=True):
            onsets = np.arange(count) * self.step
            offsets = np.append(onsets[1:], np.inf)[:count]
            values.append(sounds_in(times[None], onsets[None], offsets[None])[0])
        return StepTargets(np.concatenate(values), targets.known[told.clips], told.clips, self.step)

    def row_cells(self, told: ClipOutputs, targets: Targets, labels: Sequence[str]) -> list[str]:
        """The labels that sound in each step."""
        rows = self.rows(targets, told)
        return [";".join(labels[int(label)] for label in np.flatnonzero(row > 0)) for row in rows.values * rows.known]

    def log_losses(
        self, told: ClipOutputs, targets: Targets, scored: NDArray[np.bool_], temperatures: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """The sum over a clip's steps and scored labels, each there or not; steps of silence are left out."""
        return binary_log_losses(
            told, replace(targets, known=targets.known & (told.values > UNHEARD)), scored, temperatures
        )

    def timed_events(self, targets: Targets) -> tuple[list[list[tuple[int, float, float]]], NDArray[np.bool_]]:
        """Label's number, onset and offset of each clip's events; and of which labels it is known when they are."""
        return list(self._events(targets.values)), targets.known

    def decisions(self, told: ClipOutputs, targets: Targets, scored: NDArray[np.bool_]) -> Decisions | None:
        """A threshold and a median filter for each label, by the F1 over steps that are heard; none where none is true.

        A bundle's are set so, on the clips that the study's runs were tested on.
        """
        known = targets.known & scored
        heard: NDArray[np.bool_] = np.asarray((told.values > UNHEARD).all(axis=1))
        if not np.any(targets.values[known & heard[:, None]] > 0.5):
            return None
        filtered = by_filter(told.values, _rows_of_clips(told), UNHEARD)
        chances = {width: activated("sigmoid", rows[heard].astype(np.float64)) for width, rows in filtered.items()}
        return best_decisions(chances, Targets(targets.values[heard], known[heard]))

    def decided(self, told: ClipOutputs, decisions: Decisions) -> ClipOutputs:
        """Logits after each label's filter, less that of its threshold, so that what is told is above 0."""
        values = np.array(told.values)
        for own in _rows_of_clips(told):
            values[own] = medians(told.values[own], decisions.filters, UNHEARD)
        thresholds = np.clip(np.array(decisions.thresholds), _CERTAIN, 1 - _CERTAIN)
        shifted = values - np.log(thresholds / (1 - thresholds))
        return replace(told, values=np.where(told.values > UNHEARD, shifted, UNHEARD).astype(np.float32))

    def decoding(self, task: str, labels: Sequence[str]) -> TimelineDecoding:
        """All labels that are more probable than not in a step, until thresholds are set."""
        return TimelineDecoding(task, "timeline", tuple(labels), self.step, 1, (0.5,) * len(labels))

    def truth(self, targets: Targets, labels: Sequence[str]) -> Targets:
        """As they are in the steps."""
        return Targets(targets.values, targets.known)

    def _events(self, values: NDArray[np.float32]) -> Iterable[list[tuple[int, float, float]]]:
        """Number of the label, onset and offset of each clip's events."""
        for times in values:
            labels, places = np.nonzero(times[:, :, 1] > times[:, :, 0])
            yield [(label, *times[label, place].tolist()) for label, place in zip(labels.tolist(), places, strict=True)]


def _rows_of_clips(told: ClipOutputs) -> list[NDArray[np.int64]]:
    """The rows of each clip."""
    return np.split(np.arange(len(told.values)), np.cumsum(told.rows)[:-1])


def carried(targets: Targets) -> NDArray[np.bool_]:
    """Of which labels each clip is known to have an event, ``[N, labels]``."""
    return np.asarray((targets.values[..., 1] > targets.values[..., 0]).any(axis=2) & targets.known)


def _times(
    clips: Sequence[Sequence[tuple[int, float, float]]], labels: int, most: int | None = None
) -> NDArray[np.float32]:
    """Events of N clips as ``[N, labels, E, 2]``; E is as many as there are of a label in a clip, or ``most``."""
    by_label = [
        [sorted(times for number, *times in events if number == label) for label in range(labels)] for events in clips
    ]
    if most is None:
        most = max((len(times) for each in by_label for times in each), default=0)
    values = np.zeros((len(clips), labels, most, 2), dtype=np.float32)
    for clip, each in enumerate(by_label):
        for label, times in enumerate(each):
            values[clip, label, : len(times)] = np.array(times).reshape(-1, 2)
    return values


def sounds_in(values: NDArray[np.float32], onsets: NDArray[Any], offsets: NDArray[Any]) -> NDArray[np.float32]:
    """Whether an event of each label reaches into stretches of N clips ``[N, S]``, or moments: ``[N, S, labels]``."""
    begin, end = (values[:, None, :, :, edge] for edge in (0, 1))  # [N, 1, labels, E]
    before, after = (each[:, :, None, None] for each in (onsets, offsets))
    reaches = (end > before) & np.where(before < after, begin < after, begin <= after) & (begin < end)
    return np.asarray(reaches.any(axis=3), dtype=np.float32)
