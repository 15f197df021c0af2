"""Temperatures and thresholds from out-of-fold predictions, and what they are worth on parts they did not see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from cohear.base.streams import stream
from cohear.export.out_of_fold import OutOfFold
from cohear.tasks.multilabel import Multilabel
from cohear.tasks.targets import Targets

Floats = NDArray[np.float64]
BINS = 15
LARGEST_FACTOR = 20.0
"""A temperature lies between 1/20 and 20."""
USUAL_THRESHOLD = 0.5


@dataclass(frozen=True)
class Calibration:
    """How a task's logits become probabilities and answers.

    Attributes:
        temperature: logits are divided by it (Guo et al. 2017, section 4.2).
        thresholds: of a multilabel task, a label; else empty.
        clips: it was fitted on, whichever repeats tested them.
        error_before: expected calibration error at temperature 1.
        error_after: the same at temperatures that were fitted without the part they are judged on.
        f1_before: macro F1 of a multilabel task at thresholds of one half; None for multiclass.
        f1_after: the same at thresholds that were set without the part they are judged on.
    """

    temperature: float
    thresholds: tuple[float, ...]
    clips: int
    error_before: float
    error_after: float
    f1_before: float | None = None
    f1_after: float | None = None


def calibrate(predictions: OutOfFold) -> Calibration:
    """Fit a temperature, and thresholds for multilabel, on all rows; judge both by cross-fitting over test parts."""
    multilabel = isinstance(predictions.kind, Multilabel)
    targets = predictions.targets
    temperature = fit_temperature(predictions)
    raw = probabilities(predictions, 1.0)
    thresholds = best_thresholds(probabilities(predictions, temperature), targets) if multilabel else None
    fitted = np.array(raw)
    given = np.full(raw.shape, USUAL_THRESHOLD)
    for others, held_out in _held_out(predictions):
        own = fit_temperature(predictions.take(others))
        fitted[held_out] = probabilities(predictions.take(held_out), own)
        if multilabel:
            given[held_out] = best_thresholds(
                probabilities(predictions.take(others), own), targets.take(np.flatnonzero(others))
            )
    return Calibration(
        temperature=temperature,
        thresholds=() if thresholds is None else tuple(thresholds.tolist()),
        clips=len(np.unique(predictions.clips)),
        error_before=calibration_error(raw, targets),
        error_after=calibration_error(fitted, targets),
        f1_before=_macro_f1(raw >= USUAL_THRESHOLD, targets) if multilabel else None,
        f1_after=_macro_f1(fitted >= given, targets) if multilabel else None,
    )


def probabilities(predictions: OutOfFold, temperature: float) -> Floats:
    """``[N, labels]`` at a temperature."""
    return predictions.kind.probabilities((predictions.logits / temperature).astype(np.float32))


def fit_temperature(predictions: OutOfFold) -> float:
    """The temperature of least negative log-likelihood over what is known; 1 where nothing is.

    Targets are not 0 and 1 but the posterior means of Platt (1999, section 2.2): of n clips, each label counts once
    more than it was seen. Else few clips that are all right would ask for probabilities of exactly 1.
    """
    logits, values, known = predictions.logits, predictions.targets.values, predictions.targets.known
    if not known.any():
        return 1.0
    if values.ndim == 1:
        logits, count, width = logits[known], int(known.sum()), logits.shape[1]
        truth = (np.eye(width)[values[known]] * count + 1) / (count + width)  # [N, labels], rows add up to 1
    else:
        truth = (values * known.sum() + 1) / (known.sum() + 2)

    def loss(log_temperature: float) -> float:
        scaled = logits * np.exp(-log_temperature)
        if values.ndim == 1:
            return -float((truth * log_softmax(scaled, axis=1)).sum(axis=1).mean())
        each = np.logaddexp(0, scaled) - truth * scaled
        return float(each[known].mean())

    bound = np.log(LARGEST_FACTOR)
    found = minimize_scalar(loss, bounds=(-bound, bound), method="bounded", options={"xatol": 1e-4})
    return float(np.exp(found.x))


def calibration_error(chances: Floats, targets: Targets) -> float:
    """Expected calibration error over 15 bins of equal width (Guo et al. 2017, eq. 3); NaN where nothing is known.

    Multiclass: of the largest probability against whether its label is right. Multilabel: of the probability of each
    known label against whether the clip carries it.
    """
    if targets.values.ndim == 1:
        rows = targets.known
        confidence = chances[rows].max(axis=1)
        right = chances[rows].argmax(axis=1) == targets.values[rows]
    else:
        confidence, right = chances[targets.known], targets.values[targets.known] > 0.5
    if not len(confidence):
        return float("nan")
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    gaps = np.bincount(bins, weights=confidence - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def best_thresholds(chances: Floats, targets: Targets) -> Floats:
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
