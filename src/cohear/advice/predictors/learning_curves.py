"""What a partner is worth at another label budget: multi-task learning curves."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from cohear.advice.predictors.cells import Cells, Feature, KnownGains
from cohear.advice.predictors.predictor import PREDICTORS, Fitted, Foretold, Predictor, Source
from cohear.advice.predictors.shown import ShownGains
from cohear.base.arrays import Array

LABELLED = Feature("labelled_clips", "task")
SINGLE = Feature("single_loss", "task")
FEWEST_BUDGETS = 3
"""A curve of three numbers needs as many points."""
MOST = 0.95
"""Of a loss that more labels would take off, what a partner can."""
PRIOR = 1.0
"""How many budgets with the task's mean worth stand beside those of a pair."""


@PREDICTORS.register("learning-curves")
class CurvesOfLabels(Predictor):
    """A loss ``c + exp(b - a n - w)`` of n labels, less for what the partner adds (Millinghoffer, Bolgár & Antal 2025).

    Alone w is 0. It is learnt of each pair at some budgets and foretells others; of a pair that was not shown it is the
    task's mean. Where fewer than three budgets of a task are known, it says what the pair gained on the mean.
    """

    goes_by: ClassVar[frozenset[Source]] = frozenset({"names"})
    needs: ClassVar[tuple[str, ...]] = (LABELLED.name, SINGLE.name)

    def fit(self, trained: KnownGains, draw: int) -> Fitted:
        """Curves of the tasks alone, then the worth of each partner."""
        return _Curves(trained)


class _Curves(Fitted):
    def __init__(self, trained: KnownGains) -> None:
        cells = trained.cells
        self._shown = ShownGains.of(trained)
        labels, losses = cells.only([LABELLED, SINGLE]).values.T
        self._curves = {
            name: curve
            for number, name in enumerate(cells.names)
            if (curve := _curve(labels[cells.numbers == number], losses[cells.numbers == number])) is not None
        }
        left = self._left(cells)
        with np.errstate(divide="ignore", invalid="ignore"):
            told = np.where(left > 0, -np.log1p(-np.clip(trained.gains / left, -1 / MOST, MOST)), np.nan)
        worth: dict[tuple[str, frozenset[str]], list[float]] = {}
        of_task: dict[str, list[float]] = {}
        for task, partners, value in zip(cells.tasks, cells.partners, told.tolist(), strict=True):
            if np.isfinite(value):
                worth.setdefault((task, frozenset(partners)), []).append(value)
                of_task.setdefault(task, []).append(value)
        self._mean = {task: float(np.mean(own)) for task, own in of_task.items()}
        self._worth = {
            cell: (sum(own) + PRIOR * self._mean[cell[0]]) / (len(own) + PRIOR) for cell, own in worth.items()
        }
        self._deviation = float(np.std(trained.gains - self._gains(cells))) or self._shown.spread

    def _left(self, cells: Cells) -> Array:
        """What more labels would take off each cell's loss alone, ``(cells,)``; NaN where no curve is known."""
        labels = cells.only([LABELLED]).values[:, 0]
        found = np.full(len(cells), np.nan)
        for row, task in enumerate(cells.tasks):
            if task in self._curves and np.isfinite(labels[row]):
                slope, start = self._curves[task]
                found[row] = np.exp(start - slope * labels[row])
        return found

    def _gains(self, cells: Cells) -> Array:
        gains = np.zeros(len(cells))
        places = zip(cells.tasks, cells.partners, self._left(cells).tolist(), strict=True)
        for row, (task, partners, left) in enumerate(places):
            whole = frozenset(partners)
            if np.isfinite(left) and task in self._mean:
                gains[row] = left * -np.expm1(-self._worth.get((task, whole), self._mean[task]))
            else:
                gains[row] = self._shown.mean_of(task, [whole])[0]
        return gains

    def foretell(self, cells: Cells) -> Foretold:
        """As far from it as the budgets that were shown lie from their curves."""
        return Foretold.normal(self._gains(cells), self._deviation)


def _curve(labels: Array, losses: Array) -> tuple[float, float] | None:
    """``a`` and ``b`` of the curve with the least squares; None of too few budgets, or of losses that do not fall.

    For each a, on a grid from all but a line to all but a step, the rest is linear.
    """
    known = np.isfinite(labels) & np.isfinite(losses)
    points = sorted(set(zip(labels[known].tolist(), losses[known].tolist(), strict=True)))
    if len({number for number, _ in points}) < FEWEST_BUDGETS:
        return None
    numbers, values = np.array(points).T
    best, least = None, np.inf
    for slope in np.geomspace(0.1, 30, 60) / numbers.max():
        bent = np.column_stack([np.ones(len(numbers)), np.exp(-slope * numbers)])
        found, *_ = np.linalg.lstsq(bent, values, rcond=None)
        height, squares = float(found[1]), float(((values - bent @ found) ** 2).sum())
        if height > 0 and squares < least * (1 - 1e-9):
            best, least = (float(slope), float(np.log(height))), squares
    return best
