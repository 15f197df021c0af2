"""Datasets that change places: how large a correlation within tasks is where a measurement says nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from cohear.advice.judging.resampling import FEWEST_PARTNERS
from cohear.advice.predictors.cells import Cells, Feature
from cohear.base.arrays import Array, Integers
from cohear.base.streams import stream

PERMUTATIONS = 1999


@dataclass(frozen=True)
class Permuted:
    """Gains of pairs as a square of tasks, and orders in which the tasks' measurements are laid against them.

    Attributes:
        cells: pairs of tasks of different datasets.
        gains: ranks within each task, ``(tasks, tasks)``; NaN where there is no gain.
        orders: of the tasks, ``(1 + permutations, tasks)``; the first is as they are.
    """

    cells: Cells
    gains: Array
    orders: Integers

    @classmethod
    def of(cls, cells: Cells, gains: Array) -> Permuted:
        """Tasks of a dataset stay together, so datasets change places with those of as many tasks."""
        return cls(cells, _ranked(_square(cells, gains)), _orders(cells))

    def within(self, feature: Feature) -> Array:
        """Mean correlation within tasks of the ranks of a measurement with those of gains, ``(1 + permutations,)``.

        Ranks of a task's row are taken once and change places with it. NaN where nothing can be told.
        """
        values = _ranked(_square(self.cells, self.cells.column(feature)))
        found = np.empty(len(self.orders))
        for first in range(0, len(self.orders), 500):
            some = self.orders[first : first + 500]
            found[first : first + 500] = self._correlated(values[some[:, :, None], some[:, None, :]])
        return found

    def _correlated(self, values: Array) -> Array:
        """Of squares ``(orders, tasks, tasks)``."""
        known = np.isfinite(values) & np.isfinite(self.gains)
        count = known.sum(axis=-1)
        x, y = (_centred(each, known, count) for each in (values, np.broadcast_to(self.gains, values.shape)))
        square_x, square_y = (x**2).sum(axis=-1), (y**2).sum(axis=-1)
        scale = np.sqrt(square_x * square_y)
        each = np.where(scale > 1e-9, (x * y).sum(axis=-1) / np.where(scale > 1e-9, scale, 1.0), 0.0)
        told = (count >= FEWEST_PARTNERS) & (square_y > 0)
        tasks = told.sum(axis=-1)
        sums = np.where(told, each, 0.0).sum(axis=-1)
        return np.divide(sums, tasks, out=np.full(len(tasks), np.nan), where=tasks > 0)


def _centred(values: Array, known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], count: Integers) -> Array:
    """Without the mean of each row; 0 where nothing is known."""
    kept = np.where(known, values, 0.0)
    return np.where(known, kept - (kept.sum(axis=-1) / np.maximum(count, 1))[..., None], 0.0)


def _square(cells: Cells, values: Array) -> Array:
    """Values of pairs by task and partner, ``(tasks, tasks)``; NaN where there is none."""
    place = {name: number for number, name in enumerate(cells.names)}
    found = np.full((len(place), len(place)), np.nan)
    for task, partners, value in zip(cells.tasks, cells.partners, values, strict=True):
        found[place[task], place[partners[0]]] = value
    return found


def _ranked(square: Array) -> Array:
    """Ranks of what is known of each row."""
    found: Array = stats.rankdata(square, axis=1, nan_policy="omit")
    return found


def _orders(cells: Cells) -> Integers:
    """Places of tasks in every order."""
    tasks_of: dict[str, list[int]] = {}
    for number, name in enumerate(cells.names):
        tasks_of.setdefault(cells.dataset(name), []).append(number)
    alike: dict[int, list[list[int]]] = {}
    for own in tasks_of.values():
        alike.setdefault(len(own), []).append(own)
    draw = stream("datasets permuted")
    orders = np.tile(np.arange(len(cells.names)), (1 + PERMUTATIONS, 1))
    for row in orders[1:]:
        for datasets in alike.values():
            for own, other in zip(datasets, draw.permutation(len(datasets)), strict=True):
                row[own] = draw.permutation(datasets[other])
    return orders
