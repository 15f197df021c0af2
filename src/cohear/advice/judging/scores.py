"""How good what was foretold is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from cohear.advice.judging.resampling import ResampledCells
from cohear.advice.predictors.cells import KnownGains
from cohear.advice.predictors.predictor import Foretold
from cohear.base.arrays import Array


@dataclass(frozen=True)
class ForetoldScores:
    """Figures of every draw of datasets, ``(1 + draws,)`` each; the first is of all as they are.

    Attributes:
        within: mean rank correlation within tasks.
        accuracy: share of the decided signs that are foretold.
        f1: of the gains above zero among them.
        auc: of the foretold probability that a gain is above zero, among them.
        r2: share of the variance of gains.
    """

    within: Array
    accuracy: Array
    f1: Array
    auc: Array
    r2: Array

    @classmethod
    def of(cls, foretold: Foretold, truth: KnownGains, drawn: ResampledCells) -> ForetoldScores:
        """Of the cells that are foretold; NaN stands for others."""
        told = np.isfinite(foretold.gain)
        signs = np.where(told, truth.told_signs, 0)
        up, said = signs > 0, foretold.helps > 0.5
        right = np.where(signs == 0, np.nan, (said == up).astype(np.float64))
        hits, false = drawn.sums(up & said), drawn.sums((signs < 0) & said)
        missed = drawn.sums(up & ~said)
        counted = 2 * hits + false + missed
        middle = drawn.mean(np.where(told, truth.gains, np.nan))
        square = drawn.mean(np.where(told, truth.gains**2, np.nan)) - middle**2
        missing = drawn.mean((foretold.gain - truth.gains) ** 2)
        return cls(
            within=drawn.within(foretold.gain, truth.gains),
            accuracy=drawn.mean(right),
            f1=np.divide(2 * hits, counted, out=np.full(len(hits), np.nan), where=counted > 0),
            auc=_auc(foretold.helps, signs, drawn),
            r2=1 - np.divide(missing, square, out=np.full(len(square), np.nan), where=square > 0),
        )

    @classmethod
    def mean(cls, rounds: list[ForetoldScores]) -> ForetoldScores:
        """Of several rounds that were scored apart."""
        names = ("within", "accuracy", "f1", "auc", "r2")
        return cls(**{name: np.mean([getattr(scores, name) for scores in rounds], axis=0) for name in names})


def _auc(helps: Array, signs: np.ndarray[tuple[int], np.dtype[np.int64]], drawn: ResampledCells) -> Array:
    """Chance that a gain above zero is told a larger probability than one below; half where they are alike."""
    at = np.flatnonzero(signs)
    ranks = stats.rankdata(helps[at], method="dense") - 1
    weights, up = drawn.weights[:, at], signs[at] > 0
    levels = int(ranks.max()) + 1 if len(ranks) else 0
    if not up.any() or up.all():
        return np.full(len(weights), np.nan)
    level = np.eye(levels)[ranks.astype(int)]
    above, below = (weights * up) @ level, (weights * ~up) @ level
    beaten = np.cumsum(below, axis=1) - below / 2
    pairs = above.sum(axis=1) * below.sum(axis=1)
    return np.divide((above * beaten).sum(axis=1), pairs, out=np.full(len(pairs), np.nan), where=pairs > 0)
