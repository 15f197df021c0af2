"""Which tasks to train together: unbeaten groupings, chosen on every other fold and estimated on the rest."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cohear.analysis.answers.chosen import mean_gain
from cohear.analysis.answers.savings import COSTS
from cohear.analysis.answers.unbeaten import front
from cohear.analysis.gains.design import USUAL, Design
from cohear.analysis.gains.pairs import first_half
from cohear.analysis.tables.columns import SETTING
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
    cost: str,
    design: Design = USUAL,
    measured: pd.DataFrame | None = None,
) -> list[UnbeatenGrouping]:
    """The unbeaten groupings of every setting: chosen on every other fold, estimated on the rest.

    Args:
        results: checked results.
        pairs: of :func:`cohear.analysis.gains.pairs.paired_differences`.
        cost: one of ``BUDGETS``.
        design: of the study.
        measured: ``costs.csv``, for costs that results do not hold.

    Returns:
        Empty for more tasks than :data:`MOST_TASKS` or fewer than two repeats, and where the cost of a single or a
        combination is not known.
    """
    found: list[UnbeatenGrouping] = []
    ordinary = results[results["control"] == ""]
    for setting, rows in pairs.groupby(list(SETTING), sort=True):
        here = ordinary[np.logical_and.reduce([ordinary[n] == v for n, v in zip(SETTING, setting, strict=True)])]
        price = prices(here, cost) if cost in COSTS else _measured_prices(here, setting, cost, measured)
        tasks = sorted({t for t in here["task"] if t in price.index})
        if len(tasks) > MOST_TASKS or price.isna().any():
            continue
        first = first_half(rows)
        chosen, other = (_sums(rows[side], tasks) for side in (first, ~first))
        priced = {name: price[name] for name in price.index if name in chosen and name in other}
        for grouping in front(priced, chosen, tasks):
            gain = sum(other[name] for name in grouping.groups) / len(tasks)
            low, high = mean_gain(rows, grouping.groups, ~first, design).interval(gain)
            found.append(
                {
                    "features": str(setting[0]),
                    "encoder": str(setting[1]),
                    "arm": str(setting[2]),
                    "cost": cost,
                    "budget": finite(grouping.cost),
                    "groups": list(grouping.groups),
                    "gain_chosen": finite(grouping.gain / len(tasks)),
                    "gain": finite(gain),
                    "low": finite(low),
                    "high": finite(high),
                }
            )
    return found


def prices(here: pd.DataFrame, cost: str) -> pd.Series:
    """Median cost of each combination's runs, as in :func:`cohear.analysis.answers.savings.costs`.

    Seconds are NaN where some are by the clock and others of the processor: they do not add up.
    """
    runs = here.drop_duplicates("run")
    if cost == "seconds":
        typical = typical_seconds(runs, ["combination"])
        return typical["seconds"] if of_one_clock(typical["by_clock"]) else typical["seconds"] * np.nan
    return runs.assign(c=runs[cost].astype(float)).groupby("combination")["c"].median()


def _measured_prices(
    here: pd.DataFrame, setting: Sequence[object], cost: str, measured: pd.DataFrame | None
) -> pd.Series:
    """The measured cost of each combination that ran, NaN where it was not measured."""
    names = sorted(set(here["combination"]))
    if measured is None or measured.empty:
        return pd.Series(np.nan, index=names)
    named = [*zip(SETTING, setting, strict=True), ("setup", SHARED)]
    rows = measured[np.logical_and.reduce([measured[column] == value for column, value in named])]
    return rows.drop_duplicates("combination").set_index("combination")[cost].reindex(names)


def _sums(rows: pd.DataFrame, tasks: Sequence[str]) -> dict[str, float]:
    """Sum of the gains of each combination's tasks, 0 for singles; only where all its tasks were measured."""
    means = rows.groupby(["combination", "task"], sort=True)["difference"].mean()
    sums: dict[str, float] = dict.fromkeys(tasks, 0.0)
    for combination, gain in means.groupby(level="combination"):
        if len(gain) == str(combination).count("+") + 1:
            sums[str(combination)] = float(gain.sum())
    return sums
