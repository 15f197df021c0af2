"""How many tasks can be combined, and does the whole follow from its pairs?"""

from collections.abc import Mapping
from typing import TypedDict, cast

import numpy as np
import pandas as pd
from scipy.stats import norm

from cohear.analysis.answers.chosen import estimated_on
from cohear.analysis.answers.persistence import within_tasks
from cohear.analysis.gains.cell_tests import LEVEL, cell_tests
from cohear.analysis.gains.design import USUAL, Design
from cohear.analysis.gains.gains import told_cells
from cohear.analysis.gains.judged import Judged
from cohear.analysis.gains.pairs import first_half
from cohear.analysis.gains.repeat_means import repeat_means
from cohear.analysis.tables.columns import CELL, SETTING
from cohear.base.arrays import Array
from cohear.base.multiplicity import benjamini_hochberg
from cohear.base.setting import InSetting
from cohear.base.units import finite

RIDGE = 0.1
"""Ridge of the linear surrogate, in units of one group."""


class Lowest(TypedDict):
    """The task whose mean gain over all repeats is the lowest, which looks worse than it is since it was looked for."""

    lowest_task: str
    lowest: float | None


class Worst(TypedDict):
    """The task with the lowest mean gain on every other fold, with its gain on the folds that did not choose it.

    95 % interval; None where nothing can be told.
    """

    worst_task: str | None
    worst: float | None
    worst_low: float | None
    worst_high: float | None


class GainOfSize(InSetting, Lowest, Worst):
    """Gains with so many tasks in the network.

    ``mean`` is over all cells, with ``low``, ``high`` (95 %: the mean of each repeat is one difference).
    """

    size: int
    cells: int
    repeats: int
    mean: float | None
    low: float | None
    high: float | None


class Foretelling(InSetting):
    """How well a way foretells: mean absolute error, and the rank correlation within tasks and pooled."""

    way: str
    cells: int
    mean_error: float | None
    within: float | None
    pooled: float | None


class Break(InSetting):
    """A task whose group is surely worse than its pairs foretell: ``short`` is by how much (below zero)."""

    task: str
    combination: str
    gain: float
    mean_of_pairs: float
    short: float
    p_adjusted: float


def by_size(pairs: pd.DataFrame, design: Design = USUAL) -> list[GainOfSize]:
    """Mean and worst gain against the number of tasks in the network, per setting.

    Args:
        pairs: of :func:`cohear.analysis.gains.pairs.paired_differences`.
        design: of the study.

    Returns:
        One per setting and size.
    """
    pairs = pairs.assign(size=pairs["combination"].str.count(r"\+") + 1)
    found: list[GainOfSize] = []
    for (features, encoder, arm, size), rows in pairs.groupby([*SETTING, "size"], sort=True):
        means = repeat_means(rows)
        whole = means.assign(task="mean of all", combination=f"size {size}")
        test = cell_tests(whole, design.of_means())
        line = test.iloc[0]
        found.append(
            {
                "features": str(features),
                "encoder": str(encoder),
                "arm": str(arm),
                "size": int(cast(int, size)),
                "cells": int(rows.drop_duplicates(list(CELL)).shape[0]),
                "repeats": int(line["repeats"]),
                "mean": finite(line["gain"]),
                "low": finite(line["low"]),
                "high": finite(line["high"]),
                **_worst(rows, design),
                **_lowest(rows),
            }
        )
    return found


def _lowest(rows: pd.DataFrame) -> Lowest:
    gains = rows.groupby(list(CELL))["difference"].mean().groupby("task").mean()
    return {"lowest_task": str(gains.idxmin()), "lowest": finite(float(gains.min()))}


def _worst(rows: pd.DataFrame, design: Design) -> Worst:
    """The worst task, chosen on one half of the folds and estimated on the other: there it was not unlucky."""
    means = repeat_means(rows.assign(chose=first_half(rows)), ["chose", "task"]).assign(combination="its combinations")
    others = estimated_on(means, ~means["chose"], design).reset_index().set_index("task")
    known = others.index[others["gain"].notna()]
    on_first = means[means["chose"] & means["task"].isin(known)].groupby("task")["difference"].mean()
    if on_first.empty:
        return {"worst_task": None, "worst": None, "worst_low": None, "worst_high": None}
    task = str(on_first.idxmin())
    gain, low, high = (finite(float(others.loc[task, figure])) for figure in ("gain", "low", "high"))
    return {"worst_task": task, "worst": gain, "worst_low": low, "worst_high": high}


def foretold(judged: Judged) -> pd.DataFrame:
    """Gains of larger groups beside those foretold from smaller ones.

    Args:
        judged: the cells with their verdicts.

    Returns:
        ``task, combination, features, encoder, arm, gain, error`` (of the gain minus the mean of its pairs,
        from how far their intervals reach) and what each way
        foretells: ``mean_of_pairs`` (Standley et al. 2020), ``sum_of_pairs`` (effects add up),
        ``higher_order`` (the mean of all measured groups inside this one that hold the task and are one
        smaller, Standley's approximation one order up), ``surrogate`` (a ridge regression of a task's gain on
        which partners are there, over its other groups and pairs: Li et al. 2023), and ``task_mean``,
        the mean of the task's other cells, which knows no partner. NaN where it cannot be told.
    """
    rows = []
    for setting, some in told_cells(judged).groupby(list(SETTING), sort=True):
        known = {(t, frozenset(c.split("+"))): g for t, c, g in _triples(some, some["gain"])}
        reach = {(t, frozenset(c.split("+"))): w for t, c, w in _triples(some, some["reach"])}
        for row in some[some["combination"].str.count(r"\+") > 1].to_dict("records"):
            task, members = row["task"], frozenset(row["combination"].split("+"))
            pairs = np.array([known.get((task, frozenset((task, m))), np.nan) for m in sorted(members - {task})])
            smaller = [known.get((task, members - {m}), np.nan) for m in sorted(members - {task})]
            square = np.array([reach.get((task, frozenset((task, m))), np.nan) for m in members - {task}]) ** 2
            own = {key: g for key, g in known.items() if key[0] == task and key[1] != members}
            rows.append(
                {
                    **{name: row[name] for name in ("task", "combination")},
                    **dict(zip(SETTING, setting, strict=True)),
                    "gain": row["gain"],
                    "error": np.hypot(reach[task, members], np.sqrt(np.sum(square)) / max(1, len(square))) / 2,
                    "mean_of_pairs": pairs.mean(),
                    "sum_of_pairs": pairs.sum(),
                    "higher_order": _mean(np.array(smaller)) if len(members) > 3 else np.nan,
                    "surrogate": _surrogate(own, members),
                    "task_mean": _mean(np.array(list(own.values()))),
                }
            )
    names = (*CELL, "gain", "error", *WAYS)
    return pd.DataFrame(rows, columns=list(names))


WAYS = ("mean_of_pairs", "sum_of_pairs", "higher_order", "surrogate", "task_mean")


def foretelling(table: pd.DataFrame) -> list[Foretelling]:
    """How well each way of :func:`foretold` does in each setting."""
    found: list[Foretelling] = []
    for (features, encoder, arm), rows in table.groupby(list(SETTING), sort=True):
        for way in WAYS:
            some = rows[rows[way].notna() & rows["gain"].notna()]
            x, y = some[way].to_numpy(float), some["gain"].to_numpy(float)
            pooled = pd.Series(x).corr(pd.Series(y), method="spearman") if _varied(x, y) else np.nan
            found.append(
                {
                    "features": str(features),
                    "encoder": str(encoder),
                    "arm": str(arm),
                    "way": way,
                    "cells": len(some),
                    "mean_error": finite(float(np.abs(x - y).mean()) if len(some) else np.nan),
                    "within": finite(within_tasks(x, y, some["task"].to_numpy()) if len(some) else np.nan),
                    "pooled": finite(pooled),
                }
            )
    return found


def breaks(table: pd.DataFrame) -> list[Break]:
    """Tasks whose groups are surely worse than their pairs foretell (z-test on the gain's error, 5 % false)."""
    some = table[beside_pairs(table)]
    if some.empty:
        return []
    short = some["gain"] - some["mean_of_pairs"]
    adjusted = benjamini_hochberg(norm.cdf((short / some["error"]).to_numpy(float)))
    told_rows = some.assign(short=short, p_adjusted=adjusted)
    told_rows = told_rows[told_rows["p_adjusted"] <= LEVEL].sort_values("short")
    names = [*CELL, "gain", "mean_of_pairs", "short", "p_adjusted"]
    return [cast(Break, row) for row in told_rows[names].to_dict("records")]


def beside_pairs(table: pd.DataFrame) -> "pd.Series[bool]":
    """Which cells of :func:`foretold` can be held against their pairs: all were measured, with an error."""
    return table["mean_of_pairs"].notna() & (table["error"] > 0)


def _triples(gains: pd.DataFrame, values: pd.Series) -> list[tuple[str, str, float]]:
    return list(zip(gains["task"], gains["combination"], values, strict=True))


def _mean(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _varied(x: Array, y: Array) -> bool:
    return bool(len(x) > 2 and np.ptp(x) > 0 and np.ptp(y) > 0)


def _surrogate(own: Mapping[tuple[str, frozenset[str]], float], members: frozenset[str]) -> float:
    own = {key: gain for key, gain in own.items() if np.isfinite(gain)}
    names = sorted({name for key in own for name in key[1]})
    if len(own) < 3 or not members <= set(names):
        return float("nan")
    rows = np.array([[name in group for name in names] for _, group in own], float)
    target = np.array(list(own.values()))
    centre = target.mean()
    middle = rows.mean(axis=0)
    weights = np.linalg.solve(
        (rows - middle).T @ (rows - middle) + RIDGE * np.eye(len(names)), (rows - middle).T @ (target - centre)
    )
    asked = np.array([name in members for name in names], float)
    return float(centre + (asked - middle) @ weights)
