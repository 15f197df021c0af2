"""What sharing saves: parameters and seconds of training, what was measured at work; the best groupings per budget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cohear.analysis.chosen import mean_gain
from cohear.analysis.columns import REPEAT, SETTING
from cohear.analysis.design import USUAL, Design
from cohear.analysis.pairs import first_half
from cohear.analysis.persistence import told
from cohear.base.tables import BEHIND, MEASURED_COSTS, SHARED, SINGLES

COSTS = ("parameters", "seconds")
"""What every ``results.csv`` holds of a network: its size and its training time."""
BUDGETS = (*COSTS, "multiply_adds", "milliseconds", "bytes")
"""Costs that add up over networks, and that groupings are chosen for; the last three where ``costs.csv`` has them."""
MOST_TASKS = 12
"""Beyond this the number of groupings is out of reach; the largest study has it as a limit of this table."""


def costs(results: pd.DataFrame, measured: pd.DataFrame | None = None) -> pd.DataFrame:
    """Each combination's cost beside that of its singles.

    Args:
        results: checked results; controls are left out.
        measured: ``costs.csv``, where there is one.

    Returns:
        ``combination, features, encoder, arm, size`` and, for ``parameters`` and ``seconds``, ``<cost>`` (median over
        runs, for seconds are wall clock and a run beside other work takes more), ``<cost>_singles`` (their sum) and
        ``<cost>_ratio``; for the costs at work (``MEASURED_COSTS``) the same as measured, and ``<cost>_common``
        and ``<cost>_common_ratio`` of singles behind one common front-end. A ratio is that of the shared
        network to the others. NaN where a single is missing or nothing was measured.
    """
    runs = results[results["control"] == ""].drop_duplicates(["run", "combination", *SETTING, *REPEAT])
    each = runs.assign(**{c: runs[c].astype(float) for c in COSTS}).groupby(["combination", *SETTING], sort=True)
    table = each[list(COSTS)].median().reset_index()
    alone = {(row["combination"], *(row[s] for s in SETTING)): row for row in table.to_dict("records")}
    shared = table[table["combination"].str.contains("+", regex=False)].copy()
    shared["size"] = shared["combination"].str.count(r"\+") + 1
    keys = shared[["combination", *SETTING]].itertuples(index=False, name=None)
    sums: list[dict[str, float]] = []
    for combination, *setting in keys:
        singles = [alone.get((task, *setting)) for task in combination.split("+")]
        sums.append({c: sum(s[c] if s is not None else np.nan for s in singles) for c in COSTS})
    for cost in COSTS:
        shared[f"{cost}_singles"] = [one[cost] for one in sums]
        shared[f"{cost}_ratio"] = shared[cost] / shared[f"{cost}_singles"]
    return _with_measured(shared.reset_index(drop=True), measured)


def _with_measured(shared: pd.DataFrame, measured: pd.DataFrame | None) -> pd.DataFrame:
    """The table with what was measured at work; the columns are there in any case."""
    columns = {SHARED: "{}", SINGLES: "{}_singles", BEHIND: "{}_common"}
    keys = ["combination", *SETTING]
    table = shared
    for setup, name in columns.items():
        named = {cost: name.format(cost) for cost in MEASURED_COSTS}
        if measured is None or measured.empty:
            table = table.assign(**dict.fromkeys(named.values(), np.nan))
            continue
        of_setup = measured[measured["setup"] == setup].drop_duplicates(keys)
        table = table.merge(of_setup[[*keys, *MEASURED_COSTS]].rename(columns=named), on=keys, how="left")
    ratios = {
        f"{cost}{others}_ratio".replace("_singles", ""): table[cost] / table[f"{cost}{others}"]
        for cost in MEASURED_COSTS
        for others in ("_singles", "_common")
    }
    return table.assign(**ratios)


@dataclass(frozen=True)
class Grouping:
    """Networks that serve every task once.

    Attributes:
        groups: their combinations.
        cost: sum over networks.
        gain: sum over tasks.
    """

    groups: tuple[str, ...]
    cost: float
    gain: float


def front(price: Mapping[str, float], gain: Mapping[str, float], tasks: Sequence[str]) -> list[Grouping]:
    """Groupings of measured combinations that no other beats in both cost and gain, cheapest first.

    Costs and gains add up over networks, so of two ways to serve the same tasks the one that is dearer and
    worse is never part of a better whole: dynamic programming over sets of tasks.

    Args:
        price: cost of each combination, singles included.
        gain: sum of the gains of its tasks, 0 for a single.
        tasks: all tasks, each of which every grouping serves once.
    """
    place = {task: 1 << number for number, task in enumerate(tasks)}
    masks = {name: sum(place[task] for task in name.split("+")) for name in price if set(name.split("+")) <= set(place)}
    best: dict[int, list[Grouping]] = {0: [Grouping((), 0.0, 0.0)]}
    for served in range(1, 1 << len(tasks)):
        lowest = served & -served
        grown = [
            Grouping((*rest.groups, name), rest.cost + price[name], rest.gain + gain[name])
            for name, mask in masks.items()
            if mask & lowest and not mask & ~served
            for rest in best[served ^ mask]
        ]
        best[served] = _unbeaten(grown)
    return best[(1 << len(tasks)) - 1]


def _unbeaten(groupings: list[Grouping]) -> list[Grouping]:
    kept: list[Grouping] = []
    for one in sorted(groupings, key=lambda g: (g.cost, -g.gain, g.groups)):
        if not kept or one.gain > kept[-1].gain:
            kept.append(one)
    return kept


def best_per_budget(
    results: pd.DataFrame,
    pairs: pd.DataFrame,
    cost: str,
    design: Design = USUAL,
    measured: pd.DataFrame | None = None,
) -> list[Mapping[str, object]]:
    """The unbeaten groupings of every setting: chosen on every other fold, estimated on the rest.

    Args:
        results: checked results.
        pairs: of :func:`cohear.analysis.pairs.paired_differences`.
        cost: one of ``BUDGETS``.
        design: of the study.
        measured: ``costs.csv``, for costs that results do not hold.

    Returns:
        ``features, encoder, arm, cost, budget, groups, gain_chosen`` (mean gain of a task on the repeats
        that chose it, too high on average), ``gain`` (on the others) and its 95 % interval ``low``, ``high`` (None
        where it cannot be told, and of singles alone, whose gain is 0 by definition). Empty for more tasks than
        :data:`MOST_TASKS` or fewer than two repeats, and where the cost of a single or a combination is not known.
    """
    found: list[Mapping[str, object]] = []
    ordinary = results[results["control"] == ""]
    for setting, rows in pairs.groupby(list(SETTING), sort=True):
        here = ordinary[np.logical_and.reduce([ordinary[n] == v for n, v in zip(SETTING, setting, strict=True)])]
        price = _prices(here, cost) if cost in COSTS else _measured_prices(here, setting, cost, measured)
        tasks = sorted({t for t in here["task"] if t in price.index})
        if len(tasks) > MOST_TASKS or price.isna().any():
            continue
        first = first_half(rows)
        chosen, other = (_sums(rows[side], tasks) for side in (first, ~first))
        priced = {name: price[name] for name in price.index if name in chosen and name in other}
        for grouping in front(priced, chosen, tasks):
            gain = sum(other[name] for name in grouping.groups) / len(tasks)
            _, low, high = mean_gain(rows, grouping.groups, ~first, design)
            found.append(
                {
                    **dict(zip(SETTING, setting, strict=True)),
                    "cost": cost,
                    "budget": told(grouping.cost),
                    "groups": list(grouping.groups),
                    "gain_chosen": told(grouping.gain / len(tasks)),
                    "gain": told(gain),
                    "low": told(gain - (high - low) / 2),
                    "high": told(gain + (high - low) / 2),
                }
            )
    return found


def _prices(here: pd.DataFrame, cost: str) -> pd.Series:
    """Median cost of each combination's runs, as in :func:`costs`."""
    return here.drop_duplicates("run").assign(c=here[cost].astype(float)).groupby("combination")["c"].median()


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
