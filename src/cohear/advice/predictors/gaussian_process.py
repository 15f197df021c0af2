"""Gains as a Gaussian process over measurements and names: what is alike gains alike, and what is known is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve, solve_triangular

from cohear.advice.predictors.cells import Cells, KnownGains
from cohear.advice.predictors.occluded import occluded
from cohear.advice.predictors.predictor import PREDICTORS, Fitted, Foretold, Predictor, Reason, Source
from cohear.advice.predictors.standard import MeasurementScale
from cohear.base.arrays import Array
from cohear.base.streams import stream

MOST_LEARNT = 250
"""Cells on which the shares are learnt; of more, a draw."""
START = np.log((0.1, 0.1, 0.2, 0.2, 0.4))
"""Shares of the variance of gains at first: same task, same partner, linear, alike in all, noise."""
STEPS = (1.5, 0.75)
"""By how much logarithms of shares are tried out, further and then nearer."""


@PREDICTORS.register("gaussian-process")
class GaussianProcess(Predictor):
    """Variance of the task, the partner, a linear relation and one of any form (Rasmussen & Williams 2006).

    How much each explains is what makes the gains likeliest. It goes by measurements for what it was not shown, and by
    names for what it was.
    """

    goes_by: ClassVar[frozenset[Source]] = frozenset({"measurements", "names"})

    def fit(self, trained: KnownGains, draw: int) -> Fitted:
        """Learn the shares, then condition on all cells."""
        return _Process(trained, draw)


class _Process(Fitted):
    def __init__(self, trained: KnownGains, draw: int) -> None:
        self._cells, self._scale = trained.cells, MeasurementScale.of(trained.cells)
        self._values = self._scale(trained.cells)
        self._mean, self._spread = float(trained.gains.mean()), float(trained.gains.std()) or 1e-12
        told = (trained.gains - self._mean) / self._spread
        kernels = self._kernels(trained.cells, self._values)
        few = np.arange(len(trained))
        if len(few) > MOST_LEARNT:
            few = stream("cells of a process", draw).choice(few, MOST_LEARNT, replace=False)
        self._shares = np.exp(_learnt(kernels[:, few[:, None], few], told[few]))
        whole = np.tensordot(self._shares[:-1], kernels, 1) + self._shares[-1] * np.eye(len(trained))
        self._factor = cho_factor(whole, lower=True)
        self._weights = cho_solve(self._factor, told)

    def _kernels(self, cells: Cells, values: Array) -> Array:
        """How alike cells are to those that were shown, a square each, ``(4, cells, shown)``."""
        shown = self._cells
        task = np.equal.outer(np.array(cells.tasks, dtype=object), np.array(shown.tasks, dtype=object))
        beside = _beside(cells, shown.names) @ shown.beside.T
        width = max(values.shape[1], 1)
        linear = values @ self._values.T / width
        squares = (values**2).sum(axis=1)[:, None] + (self._values**2).sum(axis=1) - 2 * values @ self._values.T
        return np.array([task.astype(np.float64), beside, linear, np.exp(-np.maximum(squares, 0.0) / (2 * width))])

    def _gains(self, cells: Cells) -> Array:
        kernel = np.tensordot(self._shares[:-1], self._kernels(cells, self._scale(cells)), 1)
        found: Array = self._mean + self._spread * (kernel @ self._weights)
        return found

    def foretell(self, cells: Cells) -> Foretold:
        """The distribution of a gain, given those that were shown."""
        values = self._scale(cells)
        kernel = np.tensordot(self._shares[:-1], self._kernels(cells, values), 1)
        seen = solve_triangular(self._factor[0], kernel.T, lower=True)
        width = max(values.shape[1], 1)
        own = np.array(
            [np.ones(len(cells)), [1 / len(each) for each in cells.partners], (values**2).sum(axis=1) / width]
        )
        prior = self._shares[:3] @ own + self._shares[3] + self._shares[-1]
        variance = np.maximum(prior - (seen**2).sum(axis=0), self._shares[-1])
        return Foretold.normal(self._mean + self._spread * (kernel @ self._weights), self._spread * np.sqrt(variance))

    def reasons(self, cells: Cells, most: int = 3) -> Sequence[Sequence[Reason]]:
        """What is expected less what it would be with the measurement not known."""
        return occluded(self._gains, self._scale.features, cells, most)


def _beside(cells: Cells, names: Sequence[str]) -> Array:
    """Shares of these tasks among each cell's partners, ``(cells, names)``."""
    place = {name: number for number, name in enumerate(names)}
    found = np.zeros((len(cells), len(names)))
    for row, partners in enumerate(cells.partners):
        for name in partners:
            if name in place:
                found[row, place[name]] = 1 / len(partners)
    return found


def _learnt(kernels: Array, told: Array) -> Array:
    """Logarithms of the shares that make standardised gains ``(cells,)`` likeliest, each tried out in its turn."""
    shares, best = START.copy(), -np.inf
    for step in (0.0, *STEPS):
        for place in range(len(shares)):
            for change in (-step, step) if step else (0.0,):
                tried = shares.copy()
                tried[place] = np.clip(tried[place] + change, -7.0, 2.0)
                if (likely := _likelihood(kernels, told, np.exp(tried))) > best:
                    shares, best = tried, likely
    return shares


def _likelihood(kernels: Array, told: Array, shares: Array) -> float:
    """Logarithm, but for what is the same of all shares."""
    whole = np.tensordot(shares[:-1], kernels, 1)
    whole[np.diag_indices_from(whole)] += shares[-1]
    try:
        factor = cho_factor(whole, lower=True, overwrite_a=True)
    except LinAlgError:
        return -np.inf
    return float(-0.5 * told @ cho_solve(factor, told) - np.log(np.diag(factor[0])).sum())
