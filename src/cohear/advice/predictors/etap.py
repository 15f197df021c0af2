"""A curve of the update cosine, and what is left beside each task by who is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import SplineTransformer

from cohear.advice.predictors.cells import Cells, Feature, KnownGains
from cohear.advice.predictors.predictor import PREDICTORS, Fitted, Foretold, Predictor, Reason, Source, largest_reasons
from cohear.advice.predictors.surrogate import Memberships
from cohear.base.arrays import Array

COSINE = Feature("update_cosine", "pair")
KNOTS = 4


@PREDICTORS.register("etap")
class Etap(Predictor):
    """The mean update cosine of the task with its partners on a spline, then a ridge on who is there (ETAP 2026)."""

    goes_by: ClassVar[frozenset[Source]] = frozenset({"measurements", "names"})
    needs: ClassVar[tuple[str, ...]] = (COSINE.name,)

    def fit(self, trained: KnownGains, draw: int) -> Fitted:
        """First the curve, then what it leaves."""
        return _CurveAndRest(trained)


class _CurveAndRest(Fitted):
    def __init__(self, trained: KnownGains) -> None:
        cosine = trained.cells.only([COSINE]).values[:, 0]
        known = np.isfinite(cosine)
        self._middle = float(cosine[known].mean()) if known.any() else 0.0
        self._mean, self._scale = float(trained.gains.mean()), float(trained.gains.std()) or 1.0
        self._curve: Pipeline | None = None
        if len(np.unique(cosine[known])) > KNOTS:
            spline = SplineTransformer(KNOTS, degree=2, knots="quantile", extrapolation="constant")
            self._curve = make_pipeline(spline, Ridge(1.0))
            self._curve.fit(cosine[known, None], (trained.gains[known] - self._mean) / self._scale)
        left = trained.gains - self._of_cosine(trained.cells)
        self._rest = Memberships(replace(trained, gains=left))
        self._deviation = float(np.std(left))

    def _of_cosine(self, cells: Cells) -> Array:
        cosine = cells.only([COSINE]).values[:, 0]
        filled = np.where(np.isfinite(cosine), cosine, self._middle)
        if self._curve is None:
            return np.full(len(cells), self._mean)
        found: Array = self._mean + self._scale * self._curve.predict(filled[:, None])
        return found

    def foretell(self, cells: Cells) -> Foretold:
        """Both together, as sure as the curve alone."""
        return Foretold.normal(self._of_cosine(cells) + self._rest.gains(cells), self._deviation)

    def reasons(self, cells: Cells, most: int = 3) -> Sequence[Sequence[Reason]]:
        """What the cosine moves."""
        return largest_reasons([COSINE], (self._of_cosine(cells) - self._mean)[:, None], most)
