"""Polyphonic sound detection score: how many events are found at any threshold, for how many false alarms an hour.

It is that of Bilen et al. (2020, ICASSP, "A framework for the robust evaluation of sound event detection"), with the
two sets of settings of the DCASE challenges from 2021 on, over fifty thresholds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Array
from cohear.tasks.event_scores import clip_steps, spans_of
from cohear.tasks.events import EventTargets
from cohear.tasks.guessing import Scored
from cohear.tasks.metrics import METRICS, Metric
from cohear.tasks.targets import Targets

THRESHOLDS = (np.arange(50) + 0.5) / 50
"""Probabilities from which on a label is told."""
MOST_ALARMS = 100.0
"""An hour, up to which finds are counted."""
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Scenario:
    """What counts as found, and what as a false alarm.

    Attributes:
        right: share of a told event that has to lie in true ones of its label; else it is a false alarm.
        found: share of a true event that has to lie in told ones that are no false alarm.
        taken: share of a false alarm that lies in true events of another label, from which on it is taken for that one;
            None where nobody counts them.
        weight_of_taken: what such an alarm costs, beside that it is one.
        weight_of_spread: how many standard deviations over the labels are taken off their mean.
    """

    right: float
    found: float
    taken: float | None = None
    weight_of_taken: float = 0.0
    weight_of_spread: float = 1.0


PROMPT = Scenario(right=0.7, found=0.7)
"""When a label sounds has to be told."""
APART = Scenario(right=0.1, found=0.1, taken=0.3, weight_of_taken=0.5)
"""Which label sounds has to be told."""


def polyphonic_score(scenario: Scenario, logits: NDArray[Any], targets: Targets, scored: Scored) -> float:
    """Area below the share of events that is found over false alarms an hour, up to a hundred, by that of a full one.

    NaN where no scored label sounds; a label that does not sound counts with its false alarms alone, for others.
    """
    if not isinstance(targets, EventTargets):
        raise TypeError("events are compared with those of a task of kind events")
    labels = np.flatnonzero(scored)
    found, alarms, taken = (np.zeros((*shape, len(THRESHOLDS))) for shape in _shapes(len(labels)))
    there, seconds, hours = np.zeros(len(labels)), np.zeros(len(labels)), 0.0
    bounds = np.log(THRESHOLDS / (1 - THRESHOLDS))
    for rows, true in _clips(targets, labels):
        hours += len(rows) * targets.step / 3600
        there += [len(events) for events in true]
        seconds += [sum(offset - onset for onset, offset in events) for events in true]
        for place, label in enumerate(labels):
            if not targets.known[rows[0], label]:
                continue
            for number, bound in enumerate(bounds):
                said = spans_of(logits[rows, label] > bound, targets.step)
                lies = _lies_in(said, true[place])  # [said, true]
                right = _shares(lies.sum(axis=1), said) >= scenario.right - _ROUNDING
                covered = _shares(lies[right].sum(axis=0), true[place])
                found[place, number] += (covered >= scenario.found - _ROUNDING).sum()
                wrong = [event for event, fine in zip(said, right, strict=True) if not fine]
                alarms[place, number] += len(wrong)
                for other in range(len(labels)) if scenario.taken is not None and wrong else ():
                    share = _shares(_lies_in(wrong, true[other]).sum(axis=1), wrong)
                    taken[place, other, number] += (share >= (scenario.taken or 0) - _ROUNDING).sum()
    if not there.any():
        return float("nan")
    cost = alarms / hours + scenario.weight_of_taken * _mean_of_others(taken, seconds)
    return _area(found[there > 0] / there[there > 0, None], cost[there > 0], scenario.weight_of_spread)


def _shapes(labels: int) -> tuple[tuple[int, ...], ...]:
    return (labels,), (labels,), (labels, labels)


def _clips(
    targets: EventTargets, labels: NDArray[Any]
) -> Iterator[tuple[NDArray[Any], list[list[tuple[float, float]]]]]:
    """Rows of each clip of which something is known, and the true events of each label that is."""
    for rows in clip_steps(targets):
        known = targets.known[rows[0], labels]
        if known.any():
            times = targets.times[targets.clips[rows[0]]]
            yield (
                rows,
                [
                    [(float(onset), float(offset)) for onset, offset in times[label] if offset > onset]
                    if is_known
                    else []
                    for label, is_known in zip(labels, known, strict=True)
                ],
            )


def _lies_in(these: Sequence[tuple[float, float]], those: Sequence[tuple[float, float]]) -> Array:
    """Seconds that each of these has in common with each of those, ``[these, those]``."""
    ours, theirs = (np.array(events, dtype=np.float64).reshape(-1, 2) for events in (these, those))
    common = np.minimum(ours[:, None, 1], theirs[None, :, 1]) - np.maximum(ours[:, None, 0], theirs[None, :, 0])
    return np.asarray(np.maximum(common, 0.0))


def _shares(seconds: Array, events: Sequence[tuple[float, float]]) -> Array:
    """Seconds by the length of each event."""
    return np.asarray(seconds / np.array([offset - onset for onset, offset in events], dtype=np.float64))


def _mean_of_others(taken: Array, seconds: Array) -> Array:
    """Alarms that are taken for another label, an hour of that one, mean over the others: ``[labels, thresholds]``."""
    labels = len(taken)
    rates = np.full(taken.shape, np.nan)
    for other in np.flatnonzero(seconds > 0):
        rates[:, other] = taken[:, other] * 3600 / seconds[other]
    rates[np.arange(labels), np.arange(labels)] = np.nan
    known = np.isfinite(rates)
    return np.asarray(np.where(known, rates, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def _area(shares: Array, costs: Array, weight_of_spread: float) -> float:
    """Below steps of the mean share over labels less its spread; shares and costs are ``[labels, thresholds]``."""
    ends = np.unique(np.append(costs[costs < MOST_ALARMS], [0.0, MOST_ALARMS]))
    best = np.array([np.where(costs <= end, shares, 0.0).max(axis=1) for end in ends[:-1]])  # [ends - 1, labels]
    told = np.maximum(best.mean(axis=1) - weight_of_spread * best.std(axis=1), 0.0)
    return float((told * np.diff(ends)).sum() / MOST_ALARMS)


for _name, _scenario, _asks in (("psds1", PROMPT, "when each label sounds"), ("psds2", APART, "which label sounds")):
    METRICS.register(_name)(
        Metric(
            _name,
            partial(polyphonic_score, _scenario),
            words="polyphonic sound detection score (events found at any threshold, up to a hundred false alarms an "
            f"hour; {_asks} counts)",
        )
    )
