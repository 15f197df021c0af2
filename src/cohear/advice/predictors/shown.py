"""Gains that were shown, by who is beside whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from cohear.advice.predictors.cells import KnownGains

_Group = tuple[str, frozenset[str]]
"""A task and its partners."""


@dataclass(frozen=True)
class ShownGains:
    """Gains by cell, and what is expected where none is known.

    Attributes:
        gains: of each cell; the mean where one was shown twice.
        mean: of all.
        of_task: the mean of each task.
        spread: deviation of gains around their task's mean.
    """

    gains: dict[_Group, float]
    mean: float
    of_task: dict[str, float]
    spread: float

    @classmethod
    def of(cls, trained: KnownGains) -> ShownGains:
        """Of the cells."""
        cells = trained.cells
        by_cell: dict[_Group, list[float]] = {}
        by_task: dict[str, list[float]] = {}
        for task, partners, gain in zip(cells.tasks, cells.partners, trained.gains.tolist(), strict=True):
            by_cell.setdefault((task, frozenset(partners)), []).append(gain)
            by_task.setdefault(task, []).append(gain)
        of_task = {task: float(np.mean(own)) for task, own in by_task.items()}
        apart = trained.gains - np.array([of_task[task] for task in cells.tasks])
        spread = float(np.std(apart)) or float(np.std(trained.gains))
        return cls(
            {cell: float(np.mean(own)) for cell, own in by_cell.items()}, float(trained.gains.mean()), of_task, spread
        )

    def expected(self, task: str) -> float:
        """Of a task beside a partner of whom nothing is known."""
        return self.of_task.get(task, self.mean)

    def mean_of(self, task: str, groups: Iterable[frozenset[str]]) -> tuple[float, int]:
        """The mean of a task's gains beside these, and of how many it is known; others count as expected."""
        told = [self.gains.get((task, group)) for group in groups]
        filled = [self.expected(task) if gain is None else gain for gain in told]
        return float(np.mean(filled)), sum(gain is not None for gain in told)
