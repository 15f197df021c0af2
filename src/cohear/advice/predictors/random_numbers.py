"""As many random numbers as there are measurements: what fitting to many numbers brings by itself."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import ClassVar

import numpy as np

from cohear.advice.predictors.cells import Cells, KnownGains
from cohear.advice.predictors.predictor import PREDICTORS, Fitted, Foretold, Predictor
from cohear.advice.predictors.ridge import LinearFit
from cohear.advice.predictors.standard import MeasurementScale
from cohear.base.arrays import Array
from cohear.base.streams import stream


@PREDICTORS.register("random")
class RandomNumbers(Predictor):
    """The ridge on numbers that are drawn: a task has its own, and so has a partner and each pair."""

    is_plain: ClassVar[bool] = True

    def fit(self, trained: KnownGains, draw: int) -> Fitted:
        """On numbers that this seed draws."""
        return _Drawn(trained, draw)


class _Drawn(Fitted):
    def __init__(self, trained: KnownGains, draw: int) -> None:
        self._features, self._draw = trained.cells.features, draw
        drawn = self._drawn(trained.cells)
        scale = MeasurementScale.of(drawn)
        self._fit = LinearFit(scale, scale(drawn), replace(trained, cells=drawn))

    def _drawn(self, cells: Cells) -> Cells:
        """The same numbers whenever the same tasks are asked of."""
        side = np.array([feature.side for feature in self._features])
        rows = []
        for task, partners in zip(cells.tasks, cells.partners, strict=True):
            of_partners = np.mean([self._of(partner) for partner in partners], axis=0)
            of_pairs = np.mean([self._of(f"{task}+{partner}") for partner in partners], axis=0)
            rows.append(np.where(side == "task", self._of(task), np.where(side == "partner", of_partners, of_pairs)))
        return replace(cells, values=np.array(rows).reshape(len(cells), len(side)), features=self._features)

    def _of(self, who: str) -> Array:
        return _numbers(self._draw, who, len(self._features))

    def foretell(self, cells: Cells) -> Foretold:
        """Of numbers that say nothing."""
        return self._fit.foretell(self._drawn(cells))


@cache
def _numbers(draw: int, who: str, number: int) -> Array:
    """Of a task, or of a pair; kept, since every part that is left out asks for the same."""
    return stream("random numbers", draw, who).standard_normal(number)
