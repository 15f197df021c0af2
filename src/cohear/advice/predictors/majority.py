"""The gain of most cells, whatever is beside what: the first thing to beat."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from cohear.advice.predictors.cells import Cells, KnownGains
from cohear.advice.predictors.predictor import PREDICTORS, Fitted, Foretold, Predictor, Source


@PREDICTORS.register("majority")
class MajoritySign(Predictor):
    """The median of the gains whose sign is decided, which has the sign of most of them."""

    goes_by: ClassVar[frozenset[Source]] = frozenset()
    is_plain: ClassVar[bool] = True

    def fit(self, trained: KnownGains, draw: int) -> Fitted:
        """Of all cells alike."""
        told = trained.gains[trained.told_signs != 0] if trained.told_signs.any() else trained.gains
        return _Constant(float(np.median(told)), float(trained.gains.std()))


class _Constant(Fitted):
    def __init__(self, gain: float, deviation: float) -> None:
        self._gain, self._deviation = gain, deviation

    def foretell(self, cells: Cells) -> Foretold:
        """The same of each."""
        return Foretold.normal(np.full(len(cells), self._gain), self._deviation)
