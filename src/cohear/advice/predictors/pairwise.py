"""A group is foretold by its pairs."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from cohear.advice.predictors.cells import Cells, KnownGains
from cohear.advice.predictors.predictor import PREDICTORS, Fitted, Foretold, Predictor, Source
from cohear.advice.predictors.shown import ShownGains


@PREDICTORS.register("pairwise")
class PairwiseMeans(Predictor):
    """The mean of the task's gains beside each partner alone (Standley et al. 2020); else its mean."""

    goes_by: ClassVar[frozenset[Source]] = frozenset({"names"})

    def fit(self, trained: KnownGains, draw: int) -> Fitted:
        """Remember pairs."""
        return _OfPairs(ShownGains.of(trained))


class _OfPairs(Fitted):
    def __init__(self, shown: ShownGains) -> None:
        self._shown = shown

    def foretell(self, cells: Cells) -> Foretold:
        """As far from it as gains of a task lie from their mean."""
        means = [
            self._shown.mean_of(task, [frozenset((partner,)) for partner in partners])[0]
            for task, partners in zip(cells.tasks, cells.partners, strict=True)
        ]
        return Foretold.normal(np.array(means), self._shown.spread)
