"""A group is foretold by the largest groups inside it."""

from __future__ import annotations

from itertools import combinations
from typing import ClassVar

import numpy as np

from cohear.advice.predictors.cells import Cells, KnownGains
from cohear.advice.predictors.predictor import PREDICTORS, Fitted, Foretold, Predictor, Source
from cohear.advice.predictors.shown import ShownGains

MOST_GROUPS = 500
"""Of one size inside of a group: of more, smaller ones are looked at."""


@PREDICTORS.register("higher-order")
class HigherOrder(Predictor):
    """The mean over all groups inside this one that hold the task and were shown, of the largest size that there is.

    With pairs alone this is the approximation of Standley et al. (2020); with larger groups the same, orders up.
    """

    goes_by: ClassVar[frozenset[Source]] = frozenset({"names"})

    def fit(self, trained: KnownGains, draw: int) -> Fitted:
        """Remember groups."""
        return _OfGroups(ShownGains.of(trained))


class _OfGroups(Fitted):
    def __init__(self, shown: ShownGains) -> None:
        self._shown = shown

    def _gain(self, task: str, partners: tuple[str, ...]) -> float:
        whole = self._shown.gains.get((task, frozenset(partners)))
        if whole is not None:
            return whole
        for size in range(len(partners) - 1, 1, -1):
            inside = [frozenset(group) for group in combinations(sorted(partners), size)][:MOST_GROUPS]
            there = [group for group in inside if (task, group) in self._shown.gains]
            if there:
                return self._shown.mean_of(task, there)[0]
        return self._shown.mean_of(task, [frozenset((partner,)) for partner in partners])[0]

    def foretell(self, cells: Cells) -> Foretold:
        """As far from it as gains of a task lie from their mean."""
        gains = [self._gain(task, partners) for task, partners in zip(cells.tasks, cells.partners, strict=True)]
        return Foretold.normal(np.array(gains), self._shown.spread)
