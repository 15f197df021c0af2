"""Datasets drawn again and again: how far figures would lie apart with other datasets of this kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from cohear.advice.predictors.cells import Cells
from cohear.base.arrays import Array, Integers
from cohear.base.streams import stream

DRAWS = 1000
FEWEST_DATASETS = 3
"""From which on datasets have a spread."""
ALIKE = 1e-9
"""A spread that is none."""
FEWEST_PARTNERS = 3
"""Of a task that is ranked."""


@dataclass(frozen=True)
class Interval:
    """A figure and its 95 % interval; NaN where it cannot be told."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, drawn: Array, datasets: int) -> Interval:
        """From the figure, and behind it the same of each draw of datasets.

        As far as Student's t reaches with so many datasets: the ends that draws themselves have are too near where
        datasets are few. Where all draws are alike, say all signs right, nothing is known of how far they could lie
        apart, and there is no interval.
        """
        value, others = float(drawn[0]), drawn[1:][np.isfinite(drawn[1:])]
        spread = float(others.std()) if len(others) >= DRAWS // 2 else 0.0
        if not np.isfinite(value) or spread < ALIKE or datasets < FEWEST_DATASETS:
            return cls(value, np.nan, np.nan)
        reach = float(stats.t.ppf(0.975, datasets - 1)) * spread
        return cls(value, value - reach, value + reach)

    def within(self, low: float, high: float) -> Interval:
        """Cut where figures end."""
        return Interval(self.value, max(self.low, low), min(self.high, high))


@dataclass(frozen=True)
class ResampledCells:
    """The cells that are scored, with how often each is there in every draw.

    Attributes:
        tasks: number of each cell's task, ``(cells,)``.
        weights: how often each cell is there, ``(1 + draws, cells)``: once each in the first row.
        task_weights: how often a task's dataset is, ``(1 + draws, tasks)``.
        datasets: that are drawn from.
    """

    tasks: Integers
    weights: Array
    task_weights: Array
    datasets: int

    @classmethod
    def of(cls, cells: Cells) -> ResampledCells:
        """A cell is there as often as the datasets of its task and of its partners are together."""
        order = sorted({cells.dataset(name) for name in cells.names})
        place = {name: number for number, name in enumerate(order)}
        drawn = stream("datasets resampled").multinomial(len(order), np.full(len(order), 1 / len(order)), DRAWS)
        counts = np.vstack([np.ones(len(order)), drawn])
        of_name = counts[:, [place[cells.dataset(name)] for name in cells.names]]
        rows = [cells.names.index(task) for task in cells.tasks]
        weights = of_name[:, rows]
        if (cells.sizes == 2).all():
            beside = [cells.names.index(partners[0]) for partners in cells.partners]
            weights = weights * of_name[:, beside]
        return cls(cells.numbers, weights, of_name, len(order))

    @cached_property
    def rows_of(self) -> Mapping[int, NDArray[np.int64]]:
        """The cells of each task that has enough partners."""
        found = {int(task): np.flatnonzero(self.tasks == task) for task in np.unique(self.tasks)}
        return {task: rows for task, rows in found.items() if len(rows) >= FEWEST_PARTNERS}

    def within(self, foretold: Array, gains: Array) -> Array:
        """Mean rank correlation within tasks of every draw, ``(1 + draws,)``; 0 for a task that is told one number.

        Args:
            foretold: ``(cells,)``; NaN where nothing is foretold.
            gains: ``(cells,)``.
        """
        sums, count = np.zeros(len(self.weights)), np.zeros(len(self.weights))
        for task, every in self.rows_of.items():
            rows = every[np.isfinite(foretold[every]) & np.isfinite(gains[every])]
            if len(rows) < FEWEST_PARTNERS or np.ptp(gains[rows]) == 0:
                continue
            weights = self.weights[:, rows]
            x, y = (stats.rankdata(values[rows]) for values in (foretold, gains))
            found = _correlations(x, y, weights)
            known = np.isfinite(found)
            own = np.where(known, self.task_weights[:, task], 0.0)
            sums += own * np.where(known, found, 0.0)
            count += own
        return np.divide(sums, count, out=np.full(len(sums), np.nan), where=count > 0)

    def mean(self, values: Array) -> Array:
        """Weighted mean of every draw, ``(1 + draws,)``, of the cells whose value ``(cells,)`` is known."""
        known = np.isfinite(values)
        weights = self.weights[:, known]
        total = weights.sum(axis=1)
        return np.divide(weights @ values[known], total, out=np.full(len(total), np.nan), where=total > 0)

    def sums(self, at: NDArray[np.bool_]) -> Array:
        """How many cells of a mask ``(cells,)`` are in every draw, ``(1 + draws,)``."""
        found: Array = self.weights[:, at].sum(axis=1)
        return found


def _correlations(x: Array, y: Array, weights: Array) -> Array:
    """Of two vectors ``(n,)`` under weights ``(draws, n)``; NaN where ``y`` is one number there, 0 where ``x`` is."""
    total = weights.sum(axis=1)
    safe = np.maximum(total, 1.0)
    means = [weights @ values / safe for values in (x, y)]
    square_x, square_y = (weights @ values**2 / safe - mean**2 for values, mean in zip((x, y), means, strict=True))
    product = weights @ (x * y) / safe - means[0] * means[1]
    varied = (square_y > 1e-9) & (total >= FEWEST_PARTNERS)
    scale = np.sqrt(np.maximum(square_x, 0.0) * np.maximum(square_y, 0.0))
    found = np.where(scale > 1e-9, product / np.where(scale > 1e-9, scale, 1.0), 0.0)
    return np.where(varied, found, np.nan)
