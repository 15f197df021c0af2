"""The sign of a gain by logistic regression with elimination of features, as Bingel & Søgaard (2017) have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import expit

from cohear.advice.predictors.cells import Cells, Feature, KnownGains
from cohear.advice.predictors.many_logistic import many_logistic
from cohear.advice.predictors.predictor import PREDICTORS, Fitted, Foretold, Predictor
from cohear.base.arrays import Array
from cohear.base.streams import stream

THEIRS = (
    *("training_clips", "labels", "label_entropy", "feature_norm", "divergence_train_test"),
    *(f"loss_gradient_{share}%" for share in (10, 20, 30, 50, 70)),
    *("log_curve_b", "log_curve_log_c"),
)
"""What of their fourteen measurements sound has too; words have types and a vocabulary besides."""
MOST = 14
"""Measurements, the first by name, where none of theirs is there: elimination takes the third power of their number."""
FOLDS = 5


@PREDICTORS.register("logistic")
class Logistic(Predictor):
    """Of each measurement the task's, the partner's and their ratio, scaled to 0..1; the least telling are left out.

    Features are ranked by recursive elimination on random four fifths of the cells; then those last in rank are dropped
    of which F1 in five folds, drawn again and again, is the higher without. They draw 100 times.
    """

    is_slow: ClassVar[bool] = True

    def __init__(self, *, draws: int = 3) -> None:
        self.draws = draws

    def fit(self, trained: KnownGains, draw: int) -> Fitted:
        """Rank, drop, and fit what is left to all cells."""
        scaled = Ratios.of(trained.cells)
        values, above = scaled(trained.cells), (trained.gains > 0).astype(np.float64)
        found = eliminated(values, above, self.draws, draw)
        kept = np.zeros((1, values.shape[1]))
        kept[0, found.kept] = 1
        weights = many_logistic(values, above, np.ones((1, len(trained))), kept)[0]
        up, down = trained.gains[above == 1], trained.gains[above == 0]
        means = (float(up.mean()) if len(up) else 0.0, float(down.mean()) if len(down) else 0.0)
        return _Signs(scaled, weights, means, float(trained.gains.std()))


class _Signs(Fitted):
    def __init__(self, scaled: Ratios, weights: Array, means: tuple[float, float], deviation: float) -> None:
        self._scaled, self._weights, self._means, self._deviation = scaled, weights, means, deviation

    def foretell(self, cells: Cells) -> Foretold:
        """The probability of a gain above zero, and between the means of both kinds what goes with it."""
        helps = expit(self._scaled(cells) @ self._weights)
        told = Foretold.normal(helps * self._means[0] + (1 - helps) * self._means[1], self._deviation)
        return Foretold(told.gain, told.deviation, helps)


def _named_there(cells: Cells) -> tuple[str, ...]:
    every = [
        name for name in sorted({feature.name for feature in cells.features}) if Feature(name, "task") in cells.features
    ]
    both = [name for name in every if Feature(name, "partner") in cells.features]
    return tuple(name for name in THEIRS if name in both) or tuple(both[:MOST])


@dataclass(frozen=True)
class Ratios:
    """Each measurement of the task, of the partner, and the ratio of both, from 0 to 1, a constant behind them.

    Attributes:
        names: of measurements.
        low, width: of the cells that it was made of, ``(3 * names,)``.
        middle: for what is not known, ``(3 * names,)``.
    """

    names: tuple[str, ...]
    low: Array
    width: Array
    middle: Array

    @classmethod
    def of(cls, cells: Cells) -> Ratios:
        """Of their measurements those that both tasks of cells have; where there is none, of others."""
        names = _named_there(cells)
        raw = _raw(cells, names)
        known = np.isfinite(raw)
        low = np.where(known, raw, np.inf).min(axis=0, initial=np.inf)
        high = np.where(known, raw, -np.inf).max(axis=0, initial=-np.inf)
        low, high = np.where(known.any(axis=0), low, 0.0), np.where(known.any(axis=0), high, 0.0)
        sums = np.where(known, raw, 0.0).sum(axis=0)
        return cls(names, low, np.where(high > low, high - low, 1.0), sums / np.maximum(known.sum(axis=0), 1))

    def __call__(self, cells: Cells) -> Array:
        """``(cells, 3 * names + 1)``."""
        raw = _raw(cells, self.names)
        filled = np.where(np.isfinite(raw), raw, self.middle)
        return np.column_stack([(filled - self.low) / self.width, np.ones(len(cells))])


def _raw(cells: Cells, names: tuple[str, ...]) -> Array:
    """Of each measurement the task's, the partner's and their ratio, ``(cells, 3 * names)``; NaN where it has none."""
    own = cells.only([Feature(name, "task") for name in names]).values
    other = cells.only([Feature(name, "partner") for name in names]).values
    ratio = np.divide(own, other, out=np.full_like(own, np.nan), where=other != 0)
    return np.column_stack([own, other, ratio])


@dataclass(frozen=True)
class Elimination:
    """What elimination finds.

    Attributes:
        kept: places of the features that are left, the constant among them.
        f1, accuracy: in five folds, mean over draws, with these.
        f1_all, accuracy_all: the same with all.
    """

    kept: tuple[int, ...]
    f1: float
    accuracy: float
    f1_all: float
    accuracy_all: float


def eliminated(values: Array, above: Array, draws: int, draw: int) -> Elimination:
    """Rank features, then leave out the last one after the other.

    Args:
        values: ``(cells, features)``, a constant last.
        above: 1 where a gain is above zero, else 0, ``(cells,)``.
        draws: of four fifths to rank on, and of five folds to score on.
        draw: seeds them.
    """
    rng = stream("features eliminated", draw)
    order = _ranking(values, above, draws, rng)
    shown = _folds(len(values), draws, rng)
    found, weights = [], None
    for left in range(len(order), -1, -1):
        kept = np.array([*order[:left], values.shape[1] - 1])
        before = None if weights is None else weights[:, : len(kept) - 1]
        start = None if before is None else np.column_stack([before, weights[:, -1]])
        own = values[:, kept]
        weights = many_logistic(own, above, shown, np.ones((len(shown), len(kept))), start)
        found.append((tuple(kept.tolist()), *_scored(weights @ own.T > 0, above, shown)))
    best = max(found, key=lambda each: each[1])
    return Elimination(best[0], best[1], best[2], found[0][1], found[0][2])


def five_folds(values: Array, above: Array, draws: int, draw: int) -> tuple[float, float]:
    """F1 and accuracy of a regression on all features in five folds, mean over draws; arguments of `eliminated`."""
    shown = _folds(len(values), draws, stream("features eliminated", draw))
    weights = many_logistic(values, above, shown, np.ones((len(shown), values.shape[1])))
    return _scored(weights @ values.T > 0, above, shown)


def _ranking(values: Array, above: Array, draws: int, rng: np.random.Generator) -> list[int]:
    """Features from the one that stays longest on, mean over draws."""
    number, width = len(values), values.shape[1] - 1
    parts = np.zeros((draws, number))
    for part in parts:
        part[rng.permutation(number)[: max(1, round(0.8 * number))]] = 1
    active, weights = np.ones((draws, width + 1)), None
    ranks = np.zeros((draws, width))
    for left in range(width, 0, -1):
        weights = many_logistic(values, above, parts, active, weights)
        size = np.where(active[:, :width] > 0, np.abs(weights[:, :width]), np.inf)
        last = size.argmin(axis=1)
        ranks[np.arange(draws), last] = left
        active[np.arange(draws), last] = 0
    return [int(place) for place in np.argsort(ranks.mean(axis=0), kind="stable")]


def _folds(number: int, draws: int, rng: np.random.Generator) -> Array:
    """Which cells each of five folds of each draw learns from, ``(draws * 5, cells)``."""
    dealt = np.array([rng.permutation(np.arange(number) % FOLDS) for _ in range(draws)])
    found: Array = (dealt[:, None, :] != np.arange(FOLDS)[:, None]).reshape(draws * FOLDS, number).astype(np.float64)
    return found


def _scored(said: Array, above: Array, shown: Array) -> tuple[float, float]:
    """Mean over folds of F1 and accuracy on the cells that were not shown; F1 is 0 where nothing is hit."""
    asked, up = shown == 0, above > 0
    hits = (asked & said & up).sum(axis=1)
    wrong = (asked & (said != up)).sum(axis=1)
    f1 = np.divide(2 * hits, 2 * hits + wrong, out=np.zeros(len(hits)), where=hits > 0)
    right = 1 - wrong / np.maximum(asked.sum(axis=1), 1)
    return float(f1.mean()), float(right.mean())
