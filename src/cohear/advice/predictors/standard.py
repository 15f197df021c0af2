"""Measurements on one scale, so that one can be weighed against the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cohear.advice.predictors.cells import Cells, Feature
from cohear.base.arrays import Array

FURTHEST = 3.0
"""Deviations from the mean beyond which a measurement counts as no further: a task unlike all others is not
extrapolated to."""
SKEWED = 1.0
"""Skewness of positive numbers from which on their logarithm is taken: counts and durations span decades."""


@dataclass(frozen=True)
class MeasurementScale:
    """How measurements are brought to one scale.

    Attributes:
        features: that are there.
        logged: whether the logarithm is taken first, ``(features,)``.
        middle, spread: of the cells that it was made of, ``(features,)``.
    """

    features: tuple[Feature, ...]
    logged: tuple[bool, ...]
    middle: Array
    spread: Array

    @classmethod
    def of(cls, cells: Cells) -> MeasurementScale:
        """Of the measurements that tell these cells apart."""
        kept, logged, middle, spread = [], [], [], []
        for feature, column in zip(cells.features, cells.values.T, strict=True):
            known = column[np.isfinite(column)]
            if known.size < 2 or np.ptp(known) <= 1e-12 * np.abs(known).max():
                continue
            log = bool(known.min() > 0 and _skewness(known) > SKEWED)
            told = np.log(known) if log else known
            kept.append(feature)
            logged.append(log)
            middle.append(told.mean())
            spread.append(told.std())
        return cls(tuple(kept), tuple(logged), np.array(middle), np.array(spread))

    def __call__(self, cells: Cells) -> Array:
        """Numbers around 0, ``(cells, features)``; 0 where something was not measured."""
        values = cells.only(self.features).values.copy()
        for place, log in enumerate(self.logged):
            if log:
                values[:, place] = np.log(np.maximum(values[:, place], 1e-12))
        scaled = (values - self.middle) / self.spread
        return np.nan_to_num(np.clip(scaled, -FURTHEST, FURTHEST), nan=0.0)


def _skewness(known: Array) -> float:
    centred = known - known.mean()
    return float((centred**3).mean() / (centred**2).mean() ** 1.5)
