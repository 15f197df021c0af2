"""What a network of any tasks costs: as measured, or as the networks that were measured foretell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cohear.advice.budget import LIMITED
from cohear.analysis.answers.groupings import measured_prices, prices
from cohear.analysis.answers.savings import COSTS
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.arrays import Array
from cohear.base.setting import Setting

PRICED = (*LIMITED, "multiply_adds", "seconds")
"""Costs that are told of a grouping; the last one is of training one repeat."""

LEAST_SHARE = 0.05
"""No network is foretold to cost less than so much of its dearest single."""


@dataclass(frozen=True)
class Prices:
    """Costs of networks of one setting and one kind.

    What was not measured is a trunk and what each task adds to it, fitted to the networks that were measured (least
    squares). Where no network of several tasks was, the trunk is the cheapest single, and a task adds what its own
    single costs beyond that.

    Attributes:
        tasks: by number.
        measured: cost of each network that was measured, by the numbers of its tasks, sorted.
        trunk: of any network.
        heads: what each task adds, ``(tasks,)``.
    """

    tasks: tuple[str, ...]
    measured: Mapping[tuple[int, ...], float]
    trunk: float
    heads: Array

    @classmethod
    def of(cls, tasks: Sequence[str], costs: pd.Series[float]) -> Prices | None:
        """From the cost of each combination that is known; None where that of a single is not, or there is no task."""
        number = {task: place for place, task in enumerate(tasks)}
        measured = {
            tuple(sorted(number[name] for name in str(combination).split("+"))): float(cost)
            for combination, cost in costs.dropna().items()
            if all(name in number for name in str(combination).split("+"))
        }
        if not tasks or any((place,) not in measured for place in range(len(tasks))):
            return None
        alone = np.array([measured[place,] for place in range(len(tasks))])
        trunk, heads = float(alone.min()), alone - alone.min()
        if len(measured) > len(tasks):
            rows = np.zeros((len(measured), 1 + len(tasks)))
            rows[:, 0] = 1.0
            for row, members in zip(rows, measured, strict=True):
                row[[1 + place for place in members]] = 1.0
            solved = np.linalg.lstsq(rows, np.array(list(measured.values())), rcond=None)[0]
            trunk, heads = float(solved[0]), np.asarray(solved[1:])
        return cls(tuple(tasks), measured, trunk, heads)

    def of_network(self, members: Sequence[int]) -> float:
        """Of a network of some tasks, which are sorted."""
        known = self.measured.get(tuple(members))
        if known is not None:
            return known
        dearest = max(self.measured[place,] for place in members)
        return float(max(self.trunk + self.heads[list(members)].sum(), LEAST_SHARE * dearest))

    def of_every_set(self) -> Array:
        """Of every set of tasks by its bits, ``(2 ** tasks,)``; 0 of the empty one."""
        sums, dearest = np.zeros(1), np.zeros(1)
        for place, head in enumerate(self.heads):
            sums = np.concatenate([sums, sums + head])
            dearest = np.concatenate([dearest, np.maximum(dearest, self.measured[place,])])
        costs = np.maximum(sums + self.trunk, LEAST_SHARE * dearest)
        for members, cost in self.measured.items():
            costs[sum(1 << place for place in members)] = cost
        costs[0] = 0.0
        return costs


def prices_of(statistics: Statistics, setting: Setting, tasks: Sequence[str]) -> dict[str, Prices]:
    """Those of a setting's costs that are known of every task alone.

    Args:
        statistics: of the study.
        setting: features, encoder, arm.
        tasks: that advice is of.
    """
    results = statistics.results
    here = in_setting(results[results["control"] == ""], setting)
    known = {}
    for cost in PRICED:
        of_cost = prices(here, cost) if cost in COSTS else measured_prices(here, setting, cost, statistics.tables.costs)
        found = Prices.of(tasks, of_cost)
        if found is not None:
            known[cost] = found
    return known
