"""Which tasks to train together: unbeaten groupings, chosen on every other fold and estimated on the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cohear.analysis.answers.chosen import MeanGain, mean_gain
from cohear.analysis.answers.savings import COSTS
from cohear.analysis.answers.unbeaten import front
from cohear.analysis.gains.design import USUAL, Design
from cohear.analysis.gains.pairs import first_half
from cohear.analysis.tables.columns import SETTING
from cohear.analysis.tables.in_setting import in_setting
from cohear.analysis.tables.run_seconds import of_one_clock, typical_seconds
from cohear.base.setting import InSetting
from cohear.base.tables import SHARED
from cohear.base.units import finite

BUDGETS = (*COSTS, "multiply_adds", "milliseconds", "bytes")
"""Costs that add up over networks, and that groupings are chosen for; the last three where ``costs.csv`` has them."""
MOST_TASKS = 12
"""Beyond this the number of groupings is out of reach."""


class UnbeatenGrouping(InSetting):
    """A grouping that no other beats in gain and cost.

    ``gain_chosen`` is the mean gain of a task on the repeats that chose it, too high on average, ``gain`` that on the
    others, with its 95 % interval ``low``, ``high``: None where it cannot be told, and of singles alone, whose gain is
    0 by definition.
    """

    cost: str
    budget: float | None
    groups: list[str]
    gain_chosen: float | None
    gain: float | None
    low: float | None
    high: float | None


def best_per_budget(
    results: pd.DataFrame,
    pairs: pd.DataFrame,
    costs: Sequence[str] = BUDGETS,
    design: Design = USUAL,
    measured: pd.DataFrame | None = None,
) -> list[UnbeatenGrouping]:
    """The unbeaten groupings of every setting: chosen on every other fold, estimated on the rest.

    Args:
        results: checked results.
        pairs: of :func:`cohear.analysis.gains.pairs.paired_differences`.
        costs: some of ``BUDGETS``.
        design: of the study.
        measured: ``costs.csv``, for costs that results do not hold.

    Returns:
        By cost, then by setting. None for more tasks than :data:`MOST_TASKS` or fewer than two repeats, and where the
        cost of a single or a combination is not known.
    """
    ordinary = results[results["control"] == ""]
    found: dict[str, list[UnbeatenGrouping]] = {cost: [] for cost in costs}
    for names, rows in pairs.groupby(list(SETTING), sort=True):
        here = in_setting(ordinary, names)
        candidates = _Candidates(rows, first_half(rows), design)
        for cost, lines in found.items():
            price = prices(here, cost) if cost in COSTS else measured_prices(here, names, cost, measured)
            tasks = sorted({t for t in here["task"] if t in price.index})
            if len(tasks) <= MOST_TASKS and not price.isna().any():
                lines.extend(_unbeaten(candidates, cost, price, tasks))
    return [line for lines in found.values() for line in lines]


@dataclass(frozen=True)
class _Candidates:
    """Groupings of a setting, each estimated once, for whichever costs it is unbeaten.

    Attributes:
        pairs: of the setting.
        first: whether a row is of a repeat that chooses.
        design: of the study.
    """

    pairs: pd.DataFrame
    first: pd.Series[bool]
    design: Design

    @cached_property
    def sums(self) -> tuple[Mapping[str, float], Mapping[str, float]]:
        """Sum of the gains of each combination's tasks on the repeats that choose, and on the others."""
        return _sums(self.pairs[self.first]), _sums(self.pairs[~self.first])

    def mean(self, groups: tuple[str, ...]) -> MeanGain:
        """Mean gain of a task in these combinations, on the repeats that did not choose."""
        if groups not in self._means:
            self._means[groups] = mean_gain(self.pairs, groups, ~self.first, self.design)
        return self._means[groups]

    @cached_property
    def _means(self) -> dict[tuple[str, ...], MeanGain]:
        return {}


def _unbeaten(
    candidates: _Candidates, cost: str, price: pd.Series[float], tasks: Sequence[str]
) -> Iterator[UnbeatenGrouping]:
    """The unbeaten groupings in one cost."""
    features, encoder, arm = (str(candidates.pairs[name].iloc[0]) for name in SETTING)
    chosen, other = ({**dict.fromkeys(tasks, 0.0), **sums} for sums in candidates.sums)
    priced = {name: price[name] for name in price.index if name in chosen and name in other}
    for grouping in front(priced, chosen, tasks):
        gain = sum(other[name] for name in grouping.groups) / len(tasks)
        low, high = candidates.mean(tuple(grouping.groups)).interval(gain)
        yield {
            "features": features,
            "encoder": encoder,
            "arm": arm,
            "cost": cost,
            "budget": finite(grouping.cost),
            "groups": list(grouping.groups),
            "gain_chosen": finite(grouping.gain / len(tasks)),
            "gain": finite(gain),
            "low": finite(low),
            "high": finite(high),
        }


def prices(here: pd.DataFrame, cost: str) -> pd.Series:
    """Median cost of each combination's runs, as in :func:`cohear.analysis.answers.savings.costs`.

    Seconds are NaN where some are by the clock and others of the processor: they do not add up.
    """
    runs = here.drop_duplicates("run")
    if cost == "seconds":
        typical = typical_seconds(runs, ["combination"])
        return typical["seconds"] if of_one_clock(typical["by_clock"]) else typical["seconds"] * np.nan
    return runs.assign(c=runs[cost].astype(float)).groupby("combination")["c"].median()


def measured_prices(
    here: pd.DataFrame, setting: Sequence[object], cost: str, measured: pd.DataFrame | None
) -> pd.Series:
    """The measured cost of each combination that ran, NaN where it was not measured."""
    names = sorted(set(here["combination"]))
    if measured is None or measured.empty:
        return pd.Series(np.nan, index=names)
    rows = in_setting(measured[measured["setup"] == SHARED], setting)
    return rows.drop_duplicates("combination").set_index("combination")[cost].reindex(names)


def _sums(rows: pd.DataFrame) -> dict[str, float]:
    """Sum of the gains of each combination's tasks, only where all its tasks were measured."""
    means = rows.groupby(["combination", "task"], sort=True)["difference"].mean()
    sums: dict[str, float] = {}
    for combination, gain in means.groupby(level="combination"):
        if len(gain) == str(combination).count("+") + 1:
            sums[str(combination)] = float(gain.sum())
    return sums
