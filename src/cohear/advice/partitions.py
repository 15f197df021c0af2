"""The best way to divide tasks among networks: exact over all sets of tasks, within limits that costs must hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Array

Sets = NDArray[np.int64]


def best_by_size(values: Array, most: int) -> Array:
    """Of every set of tasks the largest sum of values over so many sets that divide it: dynamic programming.

    Args:
        values: of every set in one network, several at once, ``(draws, 2 ** tasks)``; minus infinity where a set may
            not be.
        most: networks.

    Returns:
        ``(draws, 1 + most, 2 ** tasks)``: of exactly so many networks, minus infinity where there is no such division.
    """
    draws, every = values.shape
    best = np.full((draws, 1 + most, every), -np.inf)
    best[:, 0, 0] = 0.0
    for whole in range(1, every):
        first, rest = _divided(whole)
        best[:, 1:, whole] = (values[:, None, first] + best[:, :-1, rest]).max(axis=2)
    return best


def best_of_any_size(values: Array) -> Array:
    """The same over any number of networks, ``(draws, 2 ** tasks)``."""
    best = np.full(values.shape, -np.inf)
    best[:, 0] = 0.0
    for whole in range(1, values.shape[1]):
        first, rest = _divided(whole)
        best[:, whole] = (values[:, first] + best[:, rest]).max(axis=1)
    return best


def sets_of_best(values: Array, best: Array) -> list[tuple[int, ...]]:
    """The sets whose sums :func:`best_of_any_size` found, of each draw."""
    found = []
    for value, top in zip(values, best, strict=True):
        whole, sets = len(value) - 1, []
        while whole:
            first, rest = _divided(whole)
            place = int(np.argmax(value[first] + top[rest]))
            sets.append(int(first[place]))
            whole = int(rest[place])
        found.append(tuple(sets))
    return found


def _divided(whole: int) -> tuple[Sets, Sets]:
    """Each set that holds the first task of a set, and what it leaves of it."""
    lowest = whole & -whole
    first = np.array([lowest], dtype=np.int64)
    left = whole ^ lowest
    while left:
        bit = left & -left
        first = np.concatenate([first, first | bit])
        left ^= bit
    return first, whole ^ first


@dataclass(frozen=True)
class Search:
    """The best division of all tasks within limits of costs that add up over networks: branch and bound.

    What is left of a branch can gain no more than the best division of its tasks into as many networks, and costs no
    less than the cheapest one; both are known of every set (:func:`best_by_size`), so that few branches are looked at.

    Attributes:
        value: of every set in one network, ``(2 ** tasks,)``; minus infinity where it may not be.
        costs: of every set, ``(2 ** tasks,)`` each.
        limits: what each cost may come to, of those with a limit.
        most: networks.
    """

    value: Array
    costs: Mapping[str, Array]
    limits: Mapping[str, float]
    most: int

    def best(self) -> tuple[int, ...] | None:
        """The sets of the best division, None where no division holds all limits."""
        names = list(self.limits)
        priced = [np.where(np.isfinite(self.value), -self.costs[name], -np.inf) for name in names]
        values = np.array([self.value, *priced])
        tables = best_by_size(values, self.most)
        rooms = np.array([self.limits[name] for name in names])
        best: tuple[float, tuple[int, ...] | None] = (-np.inf, None)
        stack: list[tuple[float, int, float, Array, tuple[int, ...]]] = [
            (np.inf, len(self.value) - 1, 0.0, np.zeros(len(names)), ())
        ]
        while stack:
            promise, whole, gained, spent, sets = stack.pop()
            if promise <= best[0]:
                continue
            if not whole:
                best = (gained, sets)
                continue
            first, rest = _divided(whole)
            after = self.most - len(sets) - 1
            could = gained + values[0, first] + tables[0, : after + 1][:, rest]
            for number, room in enumerate(rooms):
                least = spent[number] - values[1 + number, first] - tables[1 + number, : after + 1][:, rest]
                could = np.where(least <= room * (1 + 1e-9), could, -np.inf)
            top = could.max(axis=0)
            for place in np.argsort(top, kind="stable"):  # the last one is looked at first
                if top[place] > best[0]:
                    chosen, left = int(first[place]), int(rest[place])
                    cost = spent - values[1:, chosen]
                    value = gained + float(values[0, chosen])
                    stack.append((float(top[place]), left, value, cost, (*sets, chosen)))
        return best[1]

    def least(self, name: str) -> float:
        """The least that a cost can come to, whatever the others are; infinite where no division is allowed."""
        priced = np.where(np.isfinite(self.value), -self.costs[name], -np.inf)
        return -float(best_by_size(priced[None], self.most)[0, :, -1].max())
