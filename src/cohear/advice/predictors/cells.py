"""Cells of one setting, and what was measured of the task, its partners and both together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Array, Integers

CellSide = Literal["task", "partner", "pair"]
"""What a measurement is of: the task whose gain it is, those beside it (the mean over them), or each pair of both."""

SIDES: tuple[CellSide, ...] = ("task", "partner", "pair")


class Feature(NamedTuple):
    """A measurement on one side of a cell."""

    name: str
    side: CellSide

    @property
    def words(self) -> str:
        """``labels of the partner``."""
        return f"{self.name} of the {self.side}"


MeasuredNumbers = Mapping[tuple[str, str, str], float]
"""Numbers by task, partner (empty: of the task alone) and name."""


@dataclass(frozen=True)
class Cells:
    """Cells of one setting: a task beside one partner or several.

    Attributes:
        tasks: whose gain it is, ``(cells,)``.
        partners: of each cell, in any order.
        features: what ``values`` are of.
        values: ``(cells, features)``; NaN where something was not measured.
        dataset_of: the dataset of each task; one that is not named is of a dataset of its own.
    """

    tasks: tuple[str, ...]
    partners: tuple[tuple[str, ...], ...]
    features: tuple[Feature, ...]
    values: Array
    dataset_of: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        cells: Sequence[tuple[str, tuple[str, ...]]],
        measured: MeasuredNumbers,
        dataset_of: Mapping[str, str],
    ) -> Cells:
        """From names and numbers; what tells no two of these cells apart is left out."""
        names = sorted({name for _, _, name in measured})
        columns: dict[Feature, Array] = {}
        for name in names:
            for side in SIDES:
                found = np.array([_value(measured, name, side, task, partners) for task, partners in cells])
                known = found[np.isfinite(found)]
                if known.size and np.ptp(known) > 0:
                    columns[Feature(name, side)] = found
        values = np.column_stack(list(columns.values())) if columns else np.empty((len(cells), 0))
        return cls(
            tuple(task for task, _ in cells),
            tuple(partners for _, partners in cells),
            tuple(columns),
            values,
            dict(dataset_of),
        )

    def __len__(self) -> int:
        return len(self.tasks)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All tasks, sorted."""
        return tuple(sorted({*self.tasks, *(name for partners in self.partners for name in partners)}))

    @cached_property
    def numbers(self) -> Integers:
        """The place of each cell's task in ``names``, ``(cells,)``."""
        place = {name: number for number, name in enumerate(self.names)}
        return np.array([place[task] for task in self.tasks], dtype=np.int64)

    @cached_property
    def beside(self) -> Array:
        """Which tasks are partners, as shares that add up to 1, ``(cells, names)``."""
        place = {name: number for number, name in enumerate(self.names)}
        found = np.zeros((len(self), len(self.names)))
        for row, partners in enumerate(self.partners):
            for name in partners:
                found[row, place[name]] = 1 / len(partners)
        return found

    @cached_property
    def sizes(self) -> Integers:
        """Tasks in each cell's network, ``(cells,)``."""
        return np.array([1 + len(partners) for partners in self.partners], dtype=np.int64)

    def dataset(self, task: str) -> str:
        """The dataset of a task."""
        return self.dataset_of.get(task, f"dataset of {task}")

    @cached_property
    def datasets(self) -> NDArray[np.object_]:
        """That of each cell's task, ``(cells,)``."""
        return np.array([self.dataset(task) for task in self.tasks], dtype=object)

    def holds(self, tasks: set[str]) -> NDArray[np.bool_]:
        """Whether a cell holds any of these tasks, as its own or as a partner, ``(cells,)``."""
        rows = zip(self.tasks, self.partners, strict=True)
        return np.array([task in tasks or not tasks.isdisjoint(partners) for task, partners in rows], dtype=np.bool_)

    def take(self, at: NDArray[np.bool_]) -> Cells:
        """The cells of a mask ``(cells,)``."""
        return replace(
            self,
            tasks=tuple(task for task, kept in zip(self.tasks, at, strict=True) if kept),
            partners=tuple(partners for partners, kept in zip(self.partners, at, strict=True) if kept),
            values=self.values[at],
        )

    def only(self, kept: Sequence[Feature]) -> Cells:
        """With these measurements alone, in this order; one that the cells lack is NaN."""
        place = {feature: number for number, feature in enumerate(self.features)}
        columns = [
            self.values[:, place[feature]] if feature in place else np.full(len(self), np.nan) for feature in kept
        ]
        values = np.column_stack(columns) if columns else np.empty((len(self), 0))
        return replace(self, features=tuple(kept), values=values)

    def column(self, feature: Feature) -> Array:
        """A measurement of every cell, ``(cells,)``."""
        return self.values[:, self.features.index(feature)]


def _value(measured: MeasuredNumbers, name: str, side: CellSide, task: str, partners: tuple[str, ...]) -> float:
    """The mean over partners; NaN where that of one is not known."""
    if side == "task":
        return measured.get((task, "", name), np.nan)
    found = [measured.get((partner, "", name) if side == "partner" else (task, partner, name)) for partner in partners]
    known = [value for value in found if value is not None]
    return float(np.mean(known)) if len(known) == len(found) else np.nan


@dataclass(frozen=True)
class KnownGains:
    """Cells whose gains are known.

    Attributes:
        cells: who is beside whom, and what was measured of them.
        gains: of the task, plus is better, ``(cells,)``.
        signs: 1 or -1 where a verdict decides it, else 0, ``(cells,)``.
    """

    cells: Cells
    gains: Array
    signs: Integers

    def take(self, at: NDArray[np.bool_]) -> KnownGains:
        """The cells of a mask ``(cells,)``."""
        return KnownGains(self.cells.take(at), self.gains[at], self.signs[at])

    def joined(self, other: KnownGains) -> KnownGains:
        """These cells and then others of the same measurements."""
        return KnownGains(
            replace(
                self.cells,
                tasks=self.cells.tasks + other.cells.tasks,
                partners=self.cells.partners + other.cells.partners,
                values=np.vstack([self.cells.values, other.cells.values]),
            ),
            np.concatenate([self.gains, other.gains]),
            np.concatenate([self.signs, other.signs]),
        )

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def told_signs(self) -> Integers:
        """The sign of each gain that a verdict decides, where it decides any; else of all, ``(cells,)``."""
        return self.signs if self.signs.any() else np.sign(self.gains).astype(np.int64)
