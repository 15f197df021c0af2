"""Boosted trees on measurements: relations that bend, and such that hold together alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.ensemble import GradientBoostingRegressor

from cohear.advice.predictors.apart import datasets_apart
from cohear.advice.predictors.cells import Cells, KnownGains
from cohear.advice.predictors.occluded import occluded
from cohear.advice.predictors.predictor import PREDICTORS, Fitted, Foretold, Predictor, Reason
from cohear.advice.predictors.standard import MeasurementScale
from cohear.base.arrays import Array

PARTS = 2
"""Of the datasets, each foretold from the others, to say how sure it is."""


@PREDICTORS.register("trees")
class Trees(Predictor):
    """Gradient boosting (Friedman 2001; 2002) of small trees, each on a draw of cells and of measurements."""

    def __init__(self, *, rounds: int = 60, depth: int = 3, rate: float = 0.1) -> None:
        self.rounds, self.depth, self.rate = rounds, depth, rate

    def fit(self, trained: KnownGains, draw: int) -> Fitted:
        """Of the measurements on one scale."""
        whole = _Boosted(self, trained, draw)
        apart = [
            _Boosted(self, trained.take(shown), draw).gains(trained.cells.take(asked)) - trained.gains[asked]
            for shown, asked in datasets_apart(trained.cells, PARTS)
        ]
        left = np.concatenate(apart) if apart else whole.gains(trained.cells) - trained.gains
        whole.deviation = float(np.sqrt(np.mean(left**2)))
        return whole


class _Boosted(Fitted):
    deviation = 0.0

    def __init__(self, settings: Trees, trained: KnownGains, draw: int) -> None:
        self._scale = MeasurementScale.of(trained.cells)
        self._mean, self._spread = float(trained.gains.mean()), float(trained.gains.std())
        self._trees: GradientBoostingRegressor | None = None
        if self._scale.features and self._spread > 0:
            self._trees = GradientBoostingRegressor(
                n_estimators=settings.rounds,
                max_depth=settings.depth,
                learning_rate=settings.rate,
                subsample=0.5,
                max_features="sqrt",
                min_samples_leaf=min(5, max(1, len(trained) // 10)),
                random_state=draw,
            )
            told = np.round((trained.gains - self._mean) / self._spread, 9)  # the last bits decide no split
            self._trees.fit(self._scale(trained.cells), told)

    def gains(self, cells: Cells) -> Array:
        """Expected gains, ``(cells,)``."""
        if self._trees is None or not len(cells):
            return np.full(len(cells), self._mean)
        found: Array = self._mean + self._spread * self._trees.predict(self._scale(cells))
        return found

    def foretell(self, cells: Cells) -> Foretold:
        """As sure as it was of the datasets that were left out."""
        return Foretold.normal(self.gains(cells), self.deviation)

    def reasons(self, cells: Cells, most: int = 3) -> Sequence[Sequence[Reason]]:
        """What is expected less what it would be with the measurement not known."""
        return occluded(self.gains, self._scale.features, cells, most)
