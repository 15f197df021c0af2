"""A task's gain as a sum of what each partner adds to it, learnt from subsets of any size."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from cohear.advice.predictors.cells import Cells, KnownGains
from cohear.advice.predictors.predictor import PREDICTORS, Fitted, Foretold, Predictor, Source
from cohear.advice.predictors.shown import ShownGains
from cohear.base.arrays import Array

RIDGE = 0.1
"""In units of one group: a partner that was seen once is believed for the most part."""


@PREDICTORS.register("surrogate")
class Surrogate(Predictor):
    """A ridge regression of each task's gain on who is there (Li et al. 2023, Identification of negative transfers)."""

    goes_by: ClassVar[frozenset[Source]] = frozenset({"names"})

    def fit(self, trained: KnownGains, draw: int) -> Fitted:
        """A regression a task."""
        return Memberships(trained)


class Memberships(Fitted):
    """What each partner adds to the mean gain of each task.

    Args:
        trained: cells of any size.
    """

    def __init__(self, trained: KnownGains) -> None:
        self._shown, cells = ShownGains.of(trained), trained.cells
        self._place = {name: number for number, name in enumerate(cells.names)}
        present = self._present(cells)
        self._of_task: dict[str, tuple[float, Array, Array]] = {}
        for number in np.unique(cells.numbers):
            own = cells.numbers == number
            rows, gains = present[own], trained.gains[own]
            middle, mean = rows.mean(axis=0), float(gains.mean())
            square = (rows - middle).T @ (rows - middle) + RIDGE * np.eye(rows.shape[1])
            weights = np.linalg.solve(square, (rows - middle).T @ (gains - mean))
            self._of_task[cells.names[number]] = (mean, middle, weights)

    def _present(self, cells: Cells) -> Array:
        """Which tasks of those that were shown are beside each cell's, ``(cells, tasks)``."""
        found = np.zeros((len(cells), len(self._place)))
        for row, partners in enumerate(cells.partners):
            found[row, [self._place[name] for name in partners if name in self._place]] = 1
        return found

    def gains(self, cells: Cells) -> Array:
        """Expected gains, ``(cells,)``; of a task that was not shown, the mean of all."""
        present = self._present(cells)
        found = np.full(len(cells), self._shown.mean)
        for row, task in enumerate(cells.tasks):
            if task in self._of_task:
                mean, middle, weights = self._of_task[task]
                found[row] = mean + (present[row] - middle) @ weights
        return found

    def foretell(self, cells: Cells) -> Foretold:
        """As far from it as gains of a task lie from their mean."""
        return Foretold.normal(self.gains(cells), self._shown.spread)
