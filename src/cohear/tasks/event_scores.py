"""Scores of events: over segments of equal length, and event by event within collars.

They are those of Mesaros, Heittola & Virtanen (2016, Applied Sciences 6, 162), over all labels at once, and of what is
known.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from cohear.tasks.events import EventTargets
from cohear.tasks.guessing import Scored
from cohear.tasks.metrics import METRICS, Metric
from cohear.tasks.targets import Targets
from cohear.tasks.timeline import StepTargets

COLLAR = 0.2
"""Seconds that an onset may be off, and an offset."""
OF_LENGTH = 0.2
"""Share of an event's length that its offset may be off, where that is more."""
_ROUNDING = 1e-4
"""Seconds: a time that is as far off as the collar allows is within it, however it is rounded."""
_MOST_GUESSED = 10

_Steps = NDArray[np.bool_]
"""Whether each label sounds in each step or segment, ``[R, labels]``."""
_Span = tuple[float, float]


def segment_f1(logits: NDArray[Any], targets: Targets, scored: Scored) -> float:
    """F1 over all steps and labels, with a label in a step from a probability of one half on.

    NaN where no scored label sounds; an answer of nothing scores 0.
    """
    return _f1(*_in_steps(logits, targets, scored))


def segment_f1_of_seconds(logits: NDArray[Any], targets: Targets, scored: Scored) -> float:
    """The same over segments of one second, in which a label sounds where it does in one of their steps."""
    segments = _segments(targets)
    return _f1(*(_joined(steps, segments) for steps in _in_steps(logits, targets, scored)))


def segment_error_rate(logits: NDArray[Any], targets: Targets, scored: Scored) -> float:
    """Substitutions, deletions and insertions, counted step by step, by the number of labels that sound in steps."""
    said, true = _in_steps(logits, targets, scored)
    if not true.any():
        return float("nan")
    missed, extra = (true & ~said).sum(axis=1), (said & ~true).sum(axis=1)
    return float(np.maximum(missed, extra).sum() / true.sum())


def event_f1(logits: NDArray[Any], targets: Targets, scored: Scored) -> float:
    """F1 over events: onset within 0.2 s, offset within 0.2 s or a fifth of the event's length, whichever is more.

    Each event is found once at most: as many as possible are paired. NaN where there is none to be found.
    """
    return _event_f1(logits, targets, scored, offsets=True)


def event_f1_by_onset(logits: NDArray[Any], targets: Targets, scored: Scored) -> float:
    """The same, whenever events end."""
    return _event_f1(logits, targets, scored, offsets=False)


def spans_of(sounds: NDArray[np.bool_], step: float) -> list[_Span]:
    """Onset and offset of each run of steps ``[S]`` in which a label sounds, in seconds.

    >>> spans_of(np.array([False, True, True, False, True]), 0.5)
    [(0.5, 1.5), (2.0, 2.5)]
    """
    edges = np.diff(np.pad(sounds.astype(np.int8), 1))
    begins, ends = (np.flatnonzero(edges == change) for change in (1, -1))
    return [(begin * step, end * step) for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]


def clip_steps(targets: StepTargets) -> list[NDArray[np.int64]]:
    """The rows of each clip."""
    begins = np.flatnonzero(np.diff(targets.clips, prepend=-1))
    return np.split(np.arange(len(targets.clips)), begins[1:]) if len(begins) else []


def matched(true: list[_Span], said: list[_Span], *, offsets: bool = True) -> int:
    """How many events of one label are found: the most pairs of a true and a told one that collars allow.

    >>> matched([(1.0, 2.0), (3.0, 3.1)], [(1.15, 2.2), (3.3, 3.4)])
    1
    """
    if not true or not said:
        return 0
    ours, theirs = np.array(true), np.array(said)
    apart = np.abs(ours[:, None] - theirs[None])  # [true, said, 2]
    fits = apart[..., 0] <= COLLAR + _ROUNDING
    if offsets:
        allowed = np.maximum(COLLAR, OF_LENGTH * (ours[:, 1] - ours[:, 0]))
        fits &= apart[..., 1] <= allowed[:, None] + _ROUNDING
    return int((maximum_bipartite_matching(csr_array(fits.astype(np.int8))) >= 0).sum())


def guessed_segment_f1(targets: Targets, scored: Scored) -> float:
    """Some labels always: the commonest ones, as many as score best."""
    known = targets.known & scored
    counts, sounding = known.sum(axis=0), ((targets.values > 0.5) & known).sum(axis=0)
    if not sounding.any():
        return float("nan")
    order = np.argsort(-sounding / np.maximum(counts, 1), kind="stable")
    found, said = np.cumsum(sounding[order]), np.cumsum(counts[order])
    return float((2 * found / (said + sounding.sum())).max())


def guessed_segment_f1_of_seconds(targets: Targets, scored: Scored) -> float:
    """The same over segments of one second."""
    segments, known = _segments(targets), targets.known & scored
    joined = Targets(*(_joined(steps, segments) for steps in ((targets.values > 0.5) & known, known)))
    return guessed_segment_f1(joined, scored)


def guessed_segment_errors(targets: Targets, scored: Scored) -> float:
    """Nothing, or the commonest labels always, as many as make fewest errors."""
    known = targets.known & scored
    sounding = ((targets.values > 0.5) & known).sum(axis=0)
    if not sounding.any():
        return float("nan")
    order = np.argsort(-sounding / np.maximum(known.sum(axis=0), 1), kind="stable")[:_MOST_GUESSED]
    said = np.full(targets.values.shape, -1.0)
    rates = [segment_error_rate(said, targets, scored)]
    for label in order:
        said[:, label] = 1.0
        rates.append(segment_error_rate(said, targets, scored))
    return min(rates)


def _in_steps(logits: NDArray[Any], targets: Targets, scored: Scored) -> tuple[_Steps, _Steps]:
    """What is said to sound, and what does, where that is known and scored."""
    known = targets.known & scored
    return (logits > 0) & known, (targets.values > 0.5) & known


def _f1(said: _Steps, true: _Steps) -> float:
    return float(2 * (said & true).sum() / (said.sum() + true.sum())) if true.any() else float("nan")


def _segments(targets: Targets) -> NDArray[np.int64]:
    """First row of each segment of one second; the last one of a clip takes what is left."""
    if not isinstance(targets, StepTargets):
        raise TypeError("segments are made of steps, which know their clips")
    rows = np.arange(len(targets.clips))
    begins = np.flatnonzero(np.diff(targets.clips, prepend=-1))
    within = rows - np.repeat(begins, np.diff(np.append(begins, len(rows))))
    return np.flatnonzero(within % max(round(1 / targets.step), 1) == 0)


def _joined(steps: _Steps, segments: NDArray[np.int64]) -> _Steps:
    return np.asarray(np.logical_or.reduceat(steps, segments, axis=0)) if len(segments) else steps


def _event_f1(logits: NDArray[Any], targets: Targets, scored: Scored, *, offsets: bool) -> float:
    found = told = there = 0
    for true, said in _events(logits, targets, scored):
        found += matched(true, said, offsets=offsets)
        told, there = told + len(said), there + len(true)
    return 2 * found / (told + there) if there else float("nan")


def _events(logits: NDArray[Any], targets: Targets, scored: Scored) -> Iterator[tuple[list[_Span], list[_Span]]]:
    """True and told events of each clip and scored label that is known."""
    if not isinstance(targets, EventTargets):
        raise TypeError("events are compared with those of a task of kind events")
    for rows in clip_steps(targets):
        times = targets.times[targets.clips[rows[0]]]
        for label in np.flatnonzero(targets.known[rows[0]] & scored):
            own = times[label]
            true = [(float(onset), float(offset)) for onset, offset in own if offset > onset]
            yield true, spans_of(logits[rows, label] > 0, targets.step)


def _enter(metric: Metric) -> None:
    METRICS.register(metric.name)(metric)


_enter(
    Metric(
        "segment_f1",
        segment_f1,
        words="segment-based F1 (harmonic mean of precision and recall over steps of a tenth of a second and labels)",
        chance=guessed_segment_f1,
    )
)
_enter(
    Metric(
        "segment_f1_1s",
        segment_f1_of_seconds,
        words="segment-based F1 over segments of one second",
        chance=guessed_segment_f1_of_seconds,
    )
)
_enter(
    Metric(
        "segment_error_rate",
        segment_error_rate,
        higher_is_better=False,
        unit="",
        high=float("inf"),
        words="segment-based error rate (substitutions, deletions and insertions in steps of a tenth of a second by "
        "the labels that sound in them; less is better)",
        chance=guessed_segment_errors,
    )
)
_enter(
    Metric(
        "event_f1",
        event_f1,
        words="event-based F1 (events found with their onset within 0.2 s and their offset within 0.2 s or a fifth of "
        "their length)",
    )
)
_enter(
    Metric("event_f1_onset", event_f1_by_onset, words="event-based F1 by onsets (events found with it within 0.2 s)")
)
