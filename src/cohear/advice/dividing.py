"""How the tasks of a setting can be divided among networks within a budget: exact up to 15 tasks, climbing above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cohear.advice.budget import GroupingBudget
from cohear.advice.climbing import Climb, Division, as_division
from cohear.advice.effects import GainsOfSets
from cohear.advice.expectation import GainDistribution
from cohear.advice.observed import GainPlace, places_of
from cohear.advice.partitions import Search, best_of_any_size, sets_of_best
from cohear.advice.prices import Prices
from cohear.base.arrays import Array
from cohear.base.counting import counted
from cohear.base.streams import stream
from cohear.findings.sentences import listed

MOST_EXACT = 15
"""Tasks that every division is looked at of; above, climbing finds a good one."""

WORK = 2e8
"""Sums that draws of all gains may take together, so that advice takes seconds."""

DRAWS = (16, 256)
"""Fewest and most draws of all gains."""

NOTHING = 1e-9
"""What a task has to gain to be put beside others: where nothing is expected of sharing, networks stay apart."""

DRAWS_OF_CLIMBING = 8
"""Draws of all gains where each is climbed in."""


@dataclass(frozen=True)
class Floors:
    """Scores that tasks must be expected to have.

    Attributes:
        expectation: of gains in the tasks' metrics.
        alone: score of each task alone, ``(tasks,)``.
        sign: 1 where the larger score is the better one, else -1, ``(tasks,)``.
        least: the worst score that is allowed, by the number of the task.
    """

    expectation: GainDistribution
    alone: Array
    sign: Array
    least: Mapping[int, float]

    def held_everywhere(self, task: int) -> NDArray[np.bool_]:
        """Whether a task holds its floor, in every set of tasks; ``(2 ** tasks,)``."""
        return np.asarray(self.sign[task] * (self._scores[task] - self.least[task]) >= 0)

    @cached_property
    def _scores(self) -> Array:
        known = self.expectation
        gains = known.effects.of_every_set(known.weights[None], known.offsets)[0]
        return np.asarray(self.alone[:, None] + self.sign[:, None] * gains)

    @cached_property
    def _gains(self) -> GainsOfSets:
        return GainsOfSets(self.expectation.effects, self.expectation.weights, self.expectation.offsets)

    def held(self, members: Sequence[int]) -> bool:
        """Whether every task of a network holds its floor."""
        gains = self._gains.of(members)
        return all(
            self.sign[task] * (self.alone[task] + self.sign[task] * gain - self.least[task]) >= 0
            for task, gain in zip(members, gains, strict=True)
            if task in self.least
        )


@dataclass(frozen=True)
class Dividing:
    """The ways to divide the tasks of a setting among networks.

    Attributes:
        tasks: by number.
        expectation: of gains in the score that loss is told in.
        prices: of each cost that is known.
        budget: limits.
        floors: where tasks have such, and their scores are known.
    """

    tasks: tuple[str, ...]
    expectation: GainDistribution
    prices: Mapping[str, Prices]
    budget: GroupingBudget
    floors: Floors | None = None

    @property
    def is_exact(self) -> bool:
        """Whether every division is looked at."""
        return len(self.tasks) <= MOST_EXACT

    @property
    def most(self) -> int:
        """Networks that there may be."""
        return min(self.budget.networks or len(self.tasks), len(self.tasks))

    @cached_property
    def best(self) -> Division | None:
        """The division with the largest expected gain within the budget; None where none is within it."""
        return self._best(self.expectation.weights)

    def pool(self) -> list[Division]:
        """The best division, and every other that is the best one if gains are as one of many draws has them."""
        return list(dict.fromkeys(([self.best] if self.best else []) + self._of_draws()))

    def value(self, divisions: Sequence[Division]) -> Array:
        """Sums of effects that are the mean gain of a task of each division, ``(divisions, effects)``."""
        effects = self.expectation.effects
        return np.array([effects.rows(shared(one)).sum(axis=0) / len(self.tasks) for one in divisions])

    def offset(self, divisions: Sequence[Division]) -> Array:
        """What was expected beforehand of the mean gain of a task of each division, ``(divisions,)``."""
        return np.array([self.expectation.offset(shared(one)).sum() / len(self.tasks) for one in divisions])

    def _best(self, weights: Array) -> Division | None:
        if not self.is_exact:
            return self._climbed(weights, self._beginnings())
        sets = self._search(weights).best()
        return None if sets is None else as_division(_members(one) for one in sets)

    def _search(self, weights: Array) -> Search:
        costs = {name: self.prices[name].of_every_set() for name in self.budget.limits}
        return Search(self._values(weights[None])[0], costs, self.budget.limits, self.most)

    def _values(self, weights: Array) -> Array:
        """Sum of the gains in every set, ``(draws, 2 ** tasks)``; minus infinity where a floor is not held."""
        values = self.expectation.effects.of_every_set(weights, self.expectation.offsets).sum(axis=1)
        values -= NOTHING * np.maximum(np.bitwise_count(np.arange(values.shape[1])).astype(np.int64) - 1, 0)
        values[:, ~self._allowed] = -np.inf
        return np.asarray(values)

    @cached_property
    def _allowed(self) -> NDArray[np.bool_]:
        sets = np.arange(1 << len(self.tasks))
        allowed = np.ones(len(sets), dtype=np.bool_)
        if self.floors:
            for task in self.floors.least:
                allowed &= (sets >> task & 1 == 0) | self.floors.held_everywhere(task)
        return allowed

    def _climbed(self, weights: Array, beginnings: Sequence[Division]) -> Division | None:
        gains = GainsOfSets(self.expectation.effects, weights, self.expectation.offsets)

        def value(network: tuple[int, ...]) -> float:
            if self.floors and not self.floors.held(network):
                return -float("inf")
            return float(gains.of(network).sum()) - NOTHING * (len(network) - 1)

        limits = self.budget.limits
        return Climb(value, {name: self.prices[name].of_network for name in limits}, limits, self.most).best(beginnings)

    def _beginnings(self) -> list[Division]:
        count = len(self.tasks)
        return [as_division([task] for task in range(count)), as_division([range(count)])]

    def _of_draws(self) -> list[Division]:
        """The best division of each draw, of those that hold the budget."""
        random = stream("advice", *self.tasks)
        if not self.is_exact:
            begin = [self.best] if self.best else []
            draws = self.expectation.draws(DRAWS_OF_CLIMBING, random)
            return [one for one in (self._climbed(draw, begin) for draw in draws if begin) if one is not None]
        number = int(np.clip(WORK / 3 ** len(self.tasks), *DRAWS))
        draws = self.expectation.draws(number, random)
        if self.most < len(self.tasks) or self.budget.limits:  # few of the freely chosen ones would hold it
            few = draws[: max(2, number // (8 * (1 + len(self.budget.limits))))]
            return [one for one in map(self._best, few) if one is not None]
        values = self._values(draws)
        return [as_division(_members(one) for one in sets) for sets in sets_of_best(values, best_of_any_size(values))]

    def why_none(self) -> str:
        """Which limit cannot be held, where no division is within the budget."""
        for task, least in self.floors.least.items() if self.floors else ():
            if not self._reaches(task):
                name = self.tasks[task]
                return f"--floor {name}={least:g} cannot be held: in no grouping is {name} expected to reach that"
        for name, limit in self.budget.limits.items():
            cheapest = self._cheapest(name)
            if cheapest > limit * (1 + 1e-9):
                return (
                    f"--{name} {limit:,.10g} cannot be held: the cheapest grouping "
                    f"({counted(self.most, 'network')} at most{', floors held' if self.floors else ''}) "
                    f"takes {cheapest:,.10g}"
                )
        given = [f"--{name}" for name in self.budget.limits]
        given += ["--networks"] if self.budget.networks else []
        given += [f"--floor {self.tasks[task]}" for task in self.floors.least] if self.floors else []
        return f"no grouping holds {listed(given)} together, though each can be held; loosen one of them"

    def _reaches(self, task: int) -> bool:
        assert self.floors is not None
        alone = Floors(self.floors.expectation, self.floors.alone, self.floors.sign, {task: self.floors.least[task]})
        if self.is_exact:
            sets = np.arange(1 << len(self.tasks))
            return bool((alone.held_everywhere(task) & (sets >> task & 1 == 1)).any())
        others = [place for place in range(len(self.tasks)) if place != task]
        return alone.held([task]) or any(alone.held(sorted((task, other))) for other in others)

    def _cheapest(self, name: str) -> float:
        """The least that a cost can come to, other limits apart."""
        if self.is_exact:
            return self._search(self.expectation.weights).least(name)
        return min(sum(map(self.prices[name].of_network, one)) for one in self._beginnings() if len(one) <= self.most)


def shared(division: Division) -> list[GainPlace]:
    """Every task that shares a network."""
    return [place for network in division if len(network) > 1 for place in places_of(network)]


def _members(one: int) -> tuple[int, ...]:
    return tuple(place for place in range(one.bit_length()) if one >> place & 1)
