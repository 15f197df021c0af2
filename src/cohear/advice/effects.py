"""What a gain is made of: effects of the task, its partners, pairs, the number of partners, and larger groups."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cohear.advice.observed import GainPlace
from cohear.base.arrays import Array

BLOCKS = ("mean", "size", "task", "partner", "pair", "group")
"""Kinds of effects; those of a kind vary alike."""

MOST_IN_THREES = 24
"""With more tasks there are too many threes, and larger groups have no effects but those of their own."""


@dataclass(frozen=True)
class Effects:
    """The effects of a setting's tasks, as numbers that gains are sums of.

    The gain of a task in a combination is the mean of what it would gain beside each of its partners alone (an effect
    of all gains, of the task, of the partner, and of that pair), an effect of how many partners there are (times the
    binary logarithm of their number), the mean of the effects of each two partners at once, and one of the combination
    itself, where it was measured: pairwise means, one order higher where groups were run (Standley et al. 2020, ICML).

    Attributes:
        tasks: how many there are.
        measured: places of larger groups that were measured.
    """

    tasks: int
    measured: tuple[GainPlace, ...] = ()
    _own: Mapping[GainPlace, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_own", {place: number for number, place in enumerate(self.measured)})

    @property
    def in_threes(self) -> bool:
        """Whether two partners at once have effects."""
        return self.tasks <= MOST_IN_THREES

    @cached_property
    def begins(self) -> dict[str, int]:
        """Where the effects of each kind begin; those of ``own`` groups are at the end."""
        count, threes = self.tasks, len(self.twos) if self.in_threes else 0
        lengths = {"mean": 1, "size": 1, "task": count, "partner": count, "pair": count * count}
        lengths |= {"group": count * threes, "own": len(self.measured)}
        starts = np.cumsum([0, *lengths.values()])
        return {**dict(zip(lengths, map(int, starts), strict=False)), "end": int(starts[-1])}

    @cached_property
    def twos(self) -> dict[tuple[int, int], int]:
        """Each two tasks, with their number."""
        return {pair: number for number, pair in enumerate(combinations(range(self.tasks), 2))}

    @cached_property
    def kinds(self) -> NDArray[np.int64]:
        """Which of :data:`BLOCKS` each effect is of."""
        kinds = np.empty(self.begins["end"], dtype=np.int64)
        for number, name in enumerate(BLOCKS):
            kinds[self.begins[name] :] = number
        return kinds

    def rows(self, places: Sequence[GainPlace]) -> Array:
        """How much of each effect is in the gain of each place, ``(places, effects)``."""
        rows = np.zeros((len(places), self.begins["end"]))
        begins = self.begins
        for row, place in zip(rows, places, strict=True):
            share = 1 / len(place.partners)
            row[begins["mean"]] = 1.0
            row[begins["size"]] = math.log2(len(place.partners))
            row[begins["task"] + place.task] = 1.0
            for partner in place.partners:
                row[begins["partner"] + partner] = share
                row[begins["pair"] + place.task * self.tasks + partner] = share
            if len(place.partners) > 1 and self.in_threes:
                first = begins["group"] + place.task * len(self.twos)
                both = [self.twos[two] for two in combinations(place.partners, 2)]
                row[[first + number for number in both]] = 1 / len(both)
            if place in self._own:
                row[begins["own"] + self._own[place]] = 1.0
        return rows

    def is_new(self, place: GainPlace) -> bool:
        """Whether a place is of a larger group that was not measured, of which no effect of its own is known."""
        return len(place.partners) > 1 and place not in self._own

    def of_every_set(self, weights: Array, offsets: Array) -> Array:
        """Gains of every task in every set of tasks that holds it.

        Args:
            weights: of the effects, ``(draws, effects)``.
            offsets: gain of each ordered pair that is added, ``(tasks, tasks)``.

        Returns:
            ``(draws, tasks, 2 ** tasks)``, sets by the bits of their tasks; 0 for a task alone, and outside of a set.
        """
        count, begins, draws = self.tasks, self.begins, len(weights)
        task = weights[:, begins["task"] : begins["partner"], None]
        partner = weights[:, None, begins["partner"] : begins["pair"]]
        pair = weights[:, begins["pair"] : begins["group"]].reshape(draws, count, count)
        beside = weights[:, :1, None] + task + partner + pair + offsets
        beside[:, np.arange(count), np.arange(count)] = 0.0
        sets = np.arange(1 << count)
        partners = np.bitwise_count(sets).astype(np.int64) - 1
        sums = _subset_sums(beside)
        gains = sums / np.maximum(partners, 1)
        gains += weights[:, 1, None, None] * np.log2(np.maximum(partners, 1))
        if self.in_threes and count > 2:
            twos = weights[:, begins["group"] : begins["own"]].reshape(draws, count, len(self.twos))
            gains += self._of_twos(twos) / np.maximum(partners * (partners - 1) // 2, 1)
        for place, number in self._own.items():
            gains[:, place.task, set_of((place.task, *place.partners))] += weights[:, begins["own"] + number]
        inside = (sets[None] >> np.arange(count)[:, None]) & 1
        return gains * (inside & (partners > 0))

    def _of_twos(self, weights: Array) -> Array:
        """Sum over each two partners in a set, ``(draws, tasks, 2 ** tasks)``."""
        sums = np.zeros((*weights.shape[:2], 1))
        for new in range(self.tasks):
            beside = np.zeros((*weights.shape[:2], new))
            for old in range(new):
                beside[:, :, old] = weights[:, :, self.twos[old, new]]
                beside[:, [old, new], old] = 0.0  # a task is no partner of its own
            sums = np.concatenate([sums, sums + _subset_sums(beside)], axis=2)
        return sums


def set_of(tasks: Sequence[int]) -> int:
    """A set of tasks as the bits of a number."""
    return sum(1 << task for task in tasks)


def _subset_sums(values: Array) -> Array:
    """Sums over every set of the last axis, ``(…, n)`` to ``(…, 2 ** n)``."""
    sums = np.zeros((*values.shape[:-1], 1))
    for place in range(values.shape[-1]):
        sums = np.concatenate([sums, sums + values[..., place, None]], axis=-1)
    return sums


class GainsOfSets:
    """Gains in one set of tasks after another, for where there are too many sets to know all.

    Args:
        effects: what gains are sums of.
        weights: of the effects, ``(effects,)``.
        offsets: gain of each ordered pair that is added, ``(tasks, tasks)``.
    """

    def __init__(self, effects: Effects, weights: Array, offsets: Array) -> None:
        count, begins = effects.tasks, effects.begins
        pair = weights[begins["pair"] : begins["group"]].reshape(count, count)
        task = weights[begins["task"] : begins["partner"], None]
        self._beside = weights[0] + task + weights[begins["partner"] : begins["pair"]] + pair + offsets
        np.fill_diagonal(self._beside, 0.0)
        self._size = float(weights[1])
        self._own = {place: float(weights[begins["own"] + number]) for number, place in enumerate(effects.measured)}
        self._twos = np.zeros((count, count, count)) if effects.in_threes else None
        if self._twos is not None:
            of_twos = weights[begins["group"] : begins["own"]].reshape(count, len(effects.twos))
            for (one, other), number in effects.twos.items():
                self._twos[:, one, other] = of_twos[:, number]
                self._twos[[one, other], one, other] = 0.0

    def of(self, members: Sequence[int]) -> Array:
        """Gain of each member beside the others, ``(members,)``; members are sorted."""
        partners = len(members) - 1
        if not partners:
            return np.zeros(1)
        some = list(members)
        gains = self._beside[np.ix_(some, some)].sum(axis=1) / partners + self._size * math.log2(partners)
        if self._twos is not None and partners > 1:
            gains = gains + self._twos[np.ix_(some, some, some)].sum(axis=(1, 2)) / (partners * (partners - 1) / 2)
        if partners > 1:
            places = (GainPlace(task, tuple(name for name in some if name != task)) for task in some)
            gains = gains + np.array([self._own.get(place, 0.0) for place in places])
        return np.asarray(gains)
