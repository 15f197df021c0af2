"""The mean gain of the same task, or beside the same partner: what names alone tell."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from cohear.advice.predictors.cells import Cells, KnownGains
from cohear.advice.predictors.predictor import PREDICTORS, Fitted, Foretold, Predictor, Source
from cohear.base.arrays import Array

PRIOR = 1.0
"""How many cells with the mean of all stand beside those of a name, so that one cell alone is not believed."""


@PREDICTORS.register("task")
class TaskIdentity(Predictor):
    """The mean gain of the task's other cells, drawn towards that of all; of an unknown task that of all."""

    goes_by: ClassVar[frozenset[Source]] = frozenset({"names"})
    is_plain: ClassVar[bool] = True

    def fit(self, trained: KnownGains, draw: int) -> Fitted:
        """A mean a task."""
        return _Means(trained, of_partners=False)


@PREDICTORS.register("partner")
class PartnerIdentity(Predictor):
    """The same of the partner: what it does to other tasks."""

    goes_by: ClassVar[frozenset[Source]] = frozenset({"names"})
    is_plain: ClassVar[bool] = True

    def fit(self, trained: KnownGains, draw: int) -> Fitted:
        """A mean a partner."""
        return _Means(trained, of_partners=True)


class _Means(Fitted):
    def __init__(self, trained: KnownGains, *, of_partners: bool) -> None:
        self._of_partners = of_partners
        self._mean = float(trained.gains.mean())
        weights, names = self._weights(trained.cells), trained.cells.names
        sums = weights.T @ (trained.gains - self._mean)
        self._above = dict(zip(names, sums / (weights.sum(axis=0) + PRIOR), strict=True))
        self._deviation = float(np.std(trained.gains - self._gains(trained.cells)))

    def _weights(self, cells: Cells) -> Array:
        """Shares of each name in each cell, ``(cells, names)``."""
        return cells.beside if self._of_partners else np.eye(len(cells.names))[cells.numbers]

    def _gains(self, cells: Cells) -> Array:
        above = np.array([self._above.get(name, 0.0) for name in cells.names])
        return self._mean + self._weights(cells) @ above

    def foretell(self, cells: Cells) -> Foretold:
        """Of several partners the mean of theirs."""
        return Foretold.normal(self._gains(cells), self._deviation)
