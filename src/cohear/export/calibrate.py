"""What is set on out-of-fold predictions, and what it is worth on parts that it did not see.

A temperature for labels, a threshold for each where a clip or a step may have any number of them, a spread for
numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from cohear.base.arrays import Array
from cohear.base.decoding import LabelDecoding, NumberDecoding, activated
from cohear.base.streams import stream
from cohear.base.timeline import TimelineDecoding
from cohear.export.out_of_fold import OutOfFold
from cohear.tasks.targets import Targets

BINS = 15
LARGEST_FACTOR = 20.0
"""A temperature lies between 1/20 and 20."""
USUAL_THRESHOLD = 0.5
COVERED = 0.9
"""Share of the truths that lie within a number's spread."""


@dataclass(frozen=True)
class LabelCalibration:
    """How a task's logits become probabilities and answers.

    Attributes:
        decoding: of the task, with thresholds where there are some.
        temperature: logits are divided by it (Guo et al. 2017, section 4.2).
        clips: it was fitted on, whichever repeats tested them.
        error_before: expected calibration error at temperature 1.
        error_after: the same at temperatures that were fitted without the part they are judged on.
        f1_before: macro F1 of a multilabel task at thresholds of one half; None for multiclass.
        f1_after: the same at thresholds that were set without the part they are judged on.
    """

    decoding: LabelDecoding | TimelineDecoding
    temperature: float
    clips: int
    error_before: float
    error_after: float
    f1_before: float | None = None
    f1_after: float | None = None


@dataclass(frozen=True)
class NumberCalibration:
    """How near a task's numbers are to the truth.

    Attributes:
        decoding: of the task, with its spread where a truth is known.
        clips: it was set on, whichever repeats tested them.
        covered: share of the truths within spreads that were set without the part they are judged on.
    """

    decoding: NumberDecoding
    clips: int
    covered: float
    temperature: ClassVar[float] = 1.0
    """Numbers are left as they are."""


Calibration: TypeAlias = LabelCalibration | NumberCalibration


def calibrate_numbers(predictions: OutOfFold, decoding: NumberDecoding) -> NumberCalibration:
    """Set the spreads: quantiles of the distances to the truth (split conformal, Lei et al. 2018, section 2.2)."""
    truth = predictions.truth
    distances = np.where(truth.known, np.abs(predictions.logits - truth.values), np.nan)  # [N, numbers]
    inside = np.full(distances.shape, np.nan)
    for others, held_out in _held_out(predictions):
        inside[held_out] = distances[held_out] <= _spread(distances[others])
    judged, spread = inside[truth.known], _spread(distances)
    return NumberCalibration(
        decoding=replace(decoding, spread=tuple(spread.tolist()) if np.isfinite(spread).all() else ()),
        clips=len(np.unique(predictions.clips)),
        covered=float(judged.mean()) if len(judged) else float("nan"),
    )


def _spread(distances: Array) -> Array:
    """Of each column the distance that a share of ``COVERED`` of further ones will not exceed; NaN where none is known.

    The largest, where there are too few for that.
    """
    found = np.full(distances.shape[1], np.nan)
    for column, own in enumerate(distances.T):
        known = np.sort(own[~np.isnan(own)])
        if len(known):
            found[column] = known[min(int(np.ceil((len(known) + 1) * COVERED)), len(known)) - 1]
    return found


def calibrate_labels(predictions: OutOfFold, decoding: LabelDecoding | TimelineDecoding) -> LabelCalibration:
    """Fit a temperature, and thresholds for labels that do not exclude each other."""
    exclusive, targets = decoding.activation == "softmax", predictions.truth
    temperature = fit_temperature(predictions)
    raw = probabilities(predictions, 1.0)
    if not exclusive:
        thresholds = best_thresholds(probabilities(predictions, temperature), targets)
        decoding = replace(decoding, thresholds=tuple(thresholds.tolist()))
    fitted = np.array(raw)
    given = np.full(raw.shape, USUAL_THRESHOLD)
    for others, held_out in _held_out(predictions):
        own = fit_temperature(predictions.take(others))
        fitted[held_out] = probabilities(predictions.take(held_out), own)
        if not exclusive:
            given[held_out] = best_thresholds(
                probabilities(predictions.take(others), own), targets.take(np.flatnonzero(others))
            )
    return LabelCalibration(
        decoding=decoding,
        temperature=temperature,
        clips=len(np.unique(predictions.clips)),
        error_before=calibration_error(raw, targets, exclusive=exclusive),
        error_after=calibration_error(fitted, targets, exclusive=exclusive),
        f1_before=_macro_f1(raw >= USUAL_THRESHOLD, targets) if not exclusive else None,
        f1_after=_macro_f1(fitted >= given, targets) if not exclusive else None,
    )


def probabilities(predictions: OutOfFold, temperature: float) -> Array:
    """``[N, labels]`` at a temperature."""
    logits = (predictions.logits / temperature).astype(np.float32).astype(np.float64)
    return activated(predictions.decoding.activation, logits)


def fit_temperature(predictions: OutOfFold) -> float:
    """The temperature of least negative log-likelihood over what is known; 1 where nothing is.

    Targets are not 0 and 1 but the posterior means of Platt (1999, section 2.2): of n clips, each label counts once
    more than it was seen. Else few clips that are all right would ask for probabilities of exactly 1.
    """
    logits, values, known = predictions.logits, predictions.truth.values, predictions.truth.known
    exclusive = predictions.decoding.activation == "softmax"
    if not known.any():
        return 1.0
    if exclusive:
        rows = known.any(axis=1)
        logits, count, width = logits[rows], int(rows.sum()), logits.shape[1]
        truth = (values[rows].astype(np.float64) * count + 1) / (count + width)  # [N, labels], rows add up to 1
    else:
        truth = (values * known.sum() + 1) / (known.sum() + 2)

    def loss(log_temperature: float) -> float:
        scaled = logits * np.exp(-log_temperature)
        if exclusive:
            return -float((truth * log_softmax(scaled, axis=1)).sum(axis=1).mean())
        each = np.logaddexp(0, scaled) - truth * scaled
        return float(each[known].mean())

    bound = np.log(LARGEST_FACTOR)
    found = minimize_scalar(loss, bounds=(-bound, bound), method="bounded", options={"xatol": 1e-4})
    return float(np.exp(found.x))


def calibration_error(chances: Array, targets: Targets, *, exclusive: bool) -> float:
    """Expected calibration error over 15 bins of equal width (Guo et al. 2017, eq. 3); NaN where nothing is known.

    Multiclass: of the largest probability against whether its label is right. Multilabel: of the probability of each
    known label against whether the clip carries it.
    """
    if exclusive:
        rows = targets.known.any(axis=1)
        confidence = chances[rows].max(axis=1)
        right = chances[rows].argmax(axis=1) == targets.values[rows].argmax(axis=1)
    else:
        confidence, right = chances[targets.known], targets.values[targets.known] > 0.5
    if not len(confidence):
        return float("nan")
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bins, weights=confidence - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def best_thresholds(chances: Array, targets: Targets) -> Array:
    """For each label the threshold of the largest F1 over the clips where it is known; 1/2 where none carries it."""
    thresholds = np.full(chances.shape[1], USUAL_THRESHOLD)
    for label in range(chances.shape[1]):
        rows = targets.known[:, label]
        given, truth = chances[rows, label], targets.values[rows, label] > 0.5
        if not truth.any():
            continue
        order = np.argsort(-given, kind="stable")
        sorted_chances = given[order]
        found = np.cumsum(truth[order])
        f1 = 2 * found / (np.arange(1, len(found) + 1) + truth.sum())
        below = np.append(sorted_chances[1:], -1.0)
        f1[sorted_chances == below] = -1.0  # no threshold lies between equal chances
        best = int(f1.argmax())
        thresholds[label] = (sorted_chances[best] + max(below[best], 0.0)) / 2
    return thresholds


def _held_out(predictions: OutOfFold) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Rows to fit on and rows to judge on: test part by test part, or two drawn halves of the clips of a single part.

    A clip that several repeats tested is on one side, whichever network spoke of it.
    """
    parts = predictions.parts
    if len(np.unique(parts)) < 2 and len(parts):
        clips, number = np.unique(predictions.clips, return_inverse=True)
        parts = (stream("export", "halves").permutation(len(clips)) % 2)[number]
    for part in np.unique(parts):
        yield parts != part, parts == part


def _macro_f1(given: NDArray[np.bool_], targets: Targets) -> float:
    """Mean over the labels that some clip carries."""
    truth = (targets.values > 0.5) & targets.known
    given = given & targets.known
    carried = truth.any(axis=0)
    if not carried.any():
        return float("nan")
    hits, total = (truth & given).sum(axis=0), truth.sum(axis=0) + given.sum(axis=0)
    return float((2 * hits / np.maximum(total, 1))[carried].mean())
