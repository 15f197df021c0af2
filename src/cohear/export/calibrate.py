"""What is set on out-of-fold predictions, and what it is worth on parts that it did not see.

A temperature for labels, a threshold for each where a clip or a step may have any number of them, with a median filter
over steps, a spread for numbers. Each is judged apart, by parts that did not set it, and applied only where it holds
there:

- a temperature where the log loss falls and the calibration error does not rise. The first is strictly proper, so that
  nothing but better probabilities lowers it (Gneiting and Raftery 2007, section 4); the second is what is promised, and
  alone it would be no judge: it is biased where clips are few (Kumar et al. 2019);
- thresholds, with filters, where macro F1 rises;
- a spread unless fewer truths lie within it than chance explains (a binomial test at 5 %, over clips).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from scipy.stats import binom

from cohear.base.arrays import Array
from cohear.base.decoding import Decoding, LabelDecoding, NumberDecoding, activated
from cohear.base.streams import stream
from cohear.base.timeline import UNHEARD, TimelineDecoding
from cohear.export.out_of_fold import OutOfFold
from cohear.export.withheld import What, Withheld
from cohear.tasks.decisions import USUAL_THRESHOLD, ByFilter, Decisions, best_decisions, by_filter
from cohear.tasks.targets import Targets

BINS = 15
LARGEST_FACTOR = 20.0
"""A temperature lies between 1/20 and 20."""
COVERED = 0.9
"""Share of the truths that lie within a number's spread."""
CHANCE = 0.05
"""How seldom a spread that holds its share is withheld."""


@dataclass(frozen=True)
class LabelCalibration:
    """How a task's logits become probabilities and answers.

    Attributes:
        decoding: of the task, with thresholds where there are some.
        temperature: logits are divided by it (Guo et al. 2017, section 4.2); 1 where none is applied.
        clips: it was fitted on, whichever repeats tested them.
        error_before: expected calibration error at temperature 1.
        error_after: the same at temperatures that were fitted without the part they are judged on; at temperature 1
            where none is applied.
        log_loss_before, log_loss_after: mean log loss in nats, in the same two ways.
        f1_before: macro F1 of a multilabel task at thresholds of one half; None for multiclass.
        f1_after: the same at thresholds that were set without the part they are judged on; at one half where none are
            applied.
        withheld: what is not applied.
    """

    decoding: LabelDecoding | TimelineDecoding
    temperature: float
    clips: int
    error_before: float
    error_after: float
    log_loss_before: float
    log_loss_after: float
    f1_before: float | None = None
    f1_after: float | None = None
    withheld: tuple[Withheld, ...] = ()


@dataclass(frozen=True)
class NumberCalibration:
    """How near a task's numbers are to the truth.

    Attributes:
        decoding: of the task, with its spread where a truth is known and the spread is applied.
        clips: it was set on, whichever repeats tested them.
        covered: share of the truths within spreads that were set without the part they are judged on.
        withheld: what is not applied.
    """

    decoding: NumberDecoding
    clips: int
    covered: float
    withheld: tuple[Withheld, ...] = ()
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
    judged, spread, clips = inside[truth.known], _spread(distances), len(np.unique(predictions.clips))
    covered = float(judged.mean()) if len(judged) else float("nan")
    withheld = list[Withheld]()
    if binom.cdf(round(covered * clips) if len(judged) else clips, clips, COVERED) < CHANCE:
        withheld.append(Withheld("spread", "share of truths within it", COVERED, covered))
    is_known = bool(np.isfinite(spread).all()) and not withheld
    return NumberCalibration(
        decoding=replace(decoding, spread=tuple(spread.tolist()) if is_known else ()),
        clips=clips,
        covered=covered,
        withheld=tuple(withheld),
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


def calibrate_steps(predictions: OutOfFold, decoding: TimelineDecoding) -> LabelCalibration:
    """The same for the steps of clips that are heard; medians are of all steps, as they are of an answer."""
    heard = np.flatnonzero((predictions.logits > UNHEARD).all(axis=1))
    filtered = by_filter(predictions.logits, predictions.rows_of_answers(), UNHEARD)
    return calibrate_labels(predictions.take(heard), decoding, {width: each[heard] for width, each in filtered.items()})


def calibrate_labels(
    predictions: OutOfFold, decoding: LabelDecoding | TimelineDecoding, filtered: ByFilter | None = None
) -> LabelCalibration:
    """Fit a temperature, and decisions for labels that do not exclude each other; apply what holds on other parts.

    Args:
        predictions: of the task.
        decoding: of it.
        filtered: logits ``[N, labels]`` by the filters that may be taken; without them there is none.
    """
    targets, raw = predictions.truth, predictions.logits
    filtered = filtered or {1: raw}
    sides = [(predictions.take(others), held_out) for others, held_out in _held_out(predictions)]
    fitted, cooled = [fit_temperature(others) for others, _ in sides], np.array(raw)
    for own, (_, held_out) in zip(fitted, sides, strict=True):
        cooled[held_out] /= own
    before, after = (_judged(decoding, logits, targets) for logits in (raw, cooled))
    temperature, withheld = fit_temperature(predictions), list[Withheld]()
    if not (after.log_loss < before.log_loss and after.error <= before.error):
        if targets.known.any():
            withheld.append(_withheld_temperature(before, after))
        temperature, cooled, after, fitted = 1.0, raw, before, [1.0] * len(sides)
    found = LabelCalibration(
        decoding=decoding,
        temperature=temperature,
        clips=len(np.unique(predictions.clips)),
        error_before=before.error,
        error_after=after.error,
        log_loss_before=before.log_loss,
        log_loss_after=after.log_loss,
        withheld=tuple(withheld),
    )
    if decoding.activation == "softmax":
        return found
    told = np.zeros(raw.shape, np.bool_)
    for own, (_, held_out) in zip(fitted, sides, strict=True):
        chances = {width: _chances(decoding, each / own) for width, each in filtered.items()}
        others = {width: each[~held_out] for width, each in chances.items()}
        set_there = best_decisions(others, targets.take(np.flatnonzero(~held_out)))
        told[held_out] = set_there.told({width: each[held_out] for width, each in chances.items()})
    chances = {width: _chances(decoding, each / temperature) for width, each in filtered.items()}
    decided = decoding_with(decoding, best_decisions(chances, targets))
    f1_before = _macro_f1(_chances(decoding, raw) >= USUAL_THRESHOLD, targets)
    f1_after = _macro_f1(told, targets)
    if not f1_after > f1_before:
        if np.isfinite(f1_before):
            in_time = isinstance(decoding, TimelineDecoding)
            what: What = "thresholds and filters" if in_time else "thresholds"
            withheld.append(Withheld(what, "macro F1", f1_before, f1_after))
        decided, f1_after = decoding.meaning(), f1_before
    return replace(
        found,
        decoding=decided,
        f1_before=f1_before,
        f1_after=f1_after,
        withheld=tuple(withheld),
    )


def decoding_with(decoding: LabelDecoding | TimelineDecoding, decisions: Decisions) -> LabelDecoding | TimelineDecoding:
    """A decoding that tells labels by decisions."""
    decided = replace(decoding, thresholds=decisions.thresholds)
    return replace(decided, filters=decisions.filters) if isinstance(decided, TimelineDecoding) else decided


@dataclass(frozen=True)
class _Judged:
    """What probabilities are worth."""

    error: float
    log_loss: float


def _judged(decoding: Decoding, logits: Array, targets: Targets) -> _Judged:
    exclusive = decoding.activation == "softmax"
    loss = _log_loss(logits, targets.values, targets.known, exclusive=exclusive)
    return _Judged(calibration_error(_chances(decoding, logits), targets, exclusive=exclusive), loss)


def _withheld_temperature(before: _Judged, after: _Judged) -> Withheld:
    """By what is worse with it; the calibration error first, which it promises."""
    if after.error > before.error:
        return Withheld("temperature", "calibration error", before.error, after.error)
    return Withheld("temperature", "log loss", before.log_loss, after.log_loss)


def _chances(decoding: Decoding, logits: Array) -> Array:
    """Probabilities ``[N, labels]`` in the precision of a bundle."""
    return activated(decoding.activation, logits.astype(np.float32).astype(np.float64))


def _log_loss(logits: Array, truth: Array, known: NDArray[np.bool_], *, exclusive: bool) -> float:
    """The mean log loss in nats over what is known, of each clip's label or of each label; NaN where nothing is.

    Args:
        logits: ``[N, labels]``.
        truth: the same, probabilities of 0 and 1 or between.
        known: the same.
        exclusive: whether a clip has one label.
    """
    if not known.any():
        return float("nan")
    if exclusive:
        rows = known.any(axis=1)
        return -float((truth[rows] * log_softmax(logits[rows], axis=1)).sum(axis=1).mean())
    return float((np.logaddexp(0, logits) - truth * logits)[known].mean())


def fit_temperature(predictions: OutOfFold) -> float:
    """The temperature of least log loss over what is known; 1 where nothing is.

    Targets are not 0 and 1 but the posterior means of Platt (1999, section 2.2): of n clips, each label counts once
    more than it was seen. Else few clips that are all right would ask for probabilities of exactly 1.
    """
    logits, values, known = predictions.logits, predictions.truth.values, predictions.truth.known
    exclusive = predictions.decoding.activation == "softmax"
    if not known.any():
        return 1.0
    count, width = (int(known.any(axis=1).sum()), logits.shape[1]) if exclusive else (int(known.sum()), 2)
    truth = (values.astype(np.float64) * count + 1) / (count + width)  # of one clip they add up to 1

    def loss(log_temperature: float) -> float:
        return _log_loss(logits * np.exp(-log_temperature), truth, known, exclusive=exclusive)

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
