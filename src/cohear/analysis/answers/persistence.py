"""Do relations persist? Agreement of the gains of two settings, beside how well each agrees with itself.

The agreement is within tasks: which of a task's partners are better, ranked, averaged over tasks. Pooled
correlations mostly say which task it is. The ceiling is the same figure between two halves of the
repeats, stepped up to all repeats (Spearman 1910, Brown 1910); an agreement divided by the root of both
ceilings is corrected for attenuation (Spearman 1904).
"""

from itertools import combinations
from typing import TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cohear.analysis.tables.columns import SETTING
from cohear.base.arrays import Array
from cohear.base.setting import Setting
from cohear.base.streams import stream
from cohear.base.units import finite

SPLITS = 50
PERMUTATIONS = 999


class SettingsAgreement(TypedDict):
    """What two settings say of each other; None where it cannot be told.

    ``first`` and ``second`` are the settings, ``cells`` and ``tasks`` what they share; ``within`` is the mean rank
    correlation within tasks, with ``low``, ``high`` (95 %, Student's t over the tasks, which are too few to be
    resampled) and ``p`` (by shuffling partners within tasks, one side); ``signs`` the share of cells with the same
    sign; ``corrected`` is ``within`` over the root of both ceilings.
    """

    first: list[str]
    second: list[str]
    cells: int
    tasks: int
    within: float | None
    low: float | None
    high: float | None
    p: float | None
    signs: float | None
    ceiling_first: float | None
    ceiling_second: float | None
    corrected: float | None


def agreements(pairs: pd.DataFrame) -> list[SettingsAgreement]:
    """Agreement of every two settings that have pair cells in common.

    Args:
        pairs: of :func:`cohear.analysis.gains.pairs.paired_differences`.

    Returns:
        One for each two settings.
    """
    wide = wide_of(pairs)
    ceilings = {setting: ceiling(own) for setting, own in wide.items()} if len(wide) > 1 else {}
    return [
        _agreement((first, wide[first], ceilings[first]), (second, wide[second], ceilings[second]))
        for first, second in combinations(wide, 2)
    ]


def wide_of(pairs: pd.DataFrame) -> dict[Setting, pd.DataFrame]:
    """Differences of each setting's pairs, a row per cell and a column per repeat; the argument as in `agreements`."""
    cells = pairs[pairs["combination"].str.count(r"\+") == 1]
    return {
        (str(features), str(encoder), str(arm)): rows.pivot_table(
            index=["task", "combination"], columns=["seed", "fold"], values="difference"
        )
        for (features, encoder, arm), rows in cells.groupby(list(SETTING), sort=True)
    }


Side = tuple[Setting, pd.DataFrame, float]
"""A setting, its differences (a row per cell, a column per repeat), and its ceiling."""


def within_tasks(x: Array, y: Array, tasks: NDArray[np.object_]) -> float:
    """Mean over tasks of the rank correlation of two vectors ``(cells,)``; NaN without a task of three cells."""
    found = by_task_correlation(x[None], y[None], tasks)
    return float(found.mean()) if found.size else float("nan")


def by_task_correlation(x: Array, y: Array, tasks: NDArray[np.object_]) -> Array:
    """Rank correlations within each task that has at least three cells which are not all alike.

    Args:
        x: ``(draws, cells)``; cells that any draw lacks do not count.
        y: ``(draws, cells)``.
        tasks: ``(cells,)``.

    Returns:
        ``(draws, tasks that count)``.
    """
    known = np.isfinite(x).all(axis=0) & np.isfinite(y).all(axis=0)
    found = []
    for task in np.unique(tasks.astype(str)):
        at = known & (tasks.astype(str) == task)
        if at.sum() < 3 or not (_varied(x[:, at]) and _varied(y[:, at])):
            continue
        one, other = (_standard(stats.rankdata(values[:, at], axis=1)) for values in (x, y))
        found.append((one * other).mean(axis=1))
    return np.array(found).T if found else np.empty((len(x), 0))


def _varied(values: Array) -> bool:
    return bool((np.ptp(values, axis=1) > 0).all())


def _standard(ranks: Array) -> Array:
    centred = ranks - ranks.mean(axis=1, keepdims=True)
    scaled: Array = centred / centred.std(axis=1, keepdims=True)
    return scaled


def ceiling(wide: pd.DataFrame) -> float:
    """How well a setting's gains would agree with a second run of the study, within tasks.

    Args:
        wide: differences, a row per cell and a column per repeat.

    Returns:
        The mean over random halves of the repeats, stepped up to all of them; NaN with fewer than two
        repeats, 0 where halves do not agree at all.
    """
    values = wide.to_numpy(float)
    number = values.shape[1]
    tasks = wide.index.get_level_values("task").to_numpy()
    if number < 2:
        return float("nan")
    rng = stream("halves of the repeats")
    one, other = zip(*(_halves(values[:, rng.permutation(number)]) for _ in range(SPLITS)), strict=True)
    halves = by_task_correlation(np.array(one), np.array(other), tasks)
    if not halves.size:
        return float("nan")
    r = max(0.0, float(halves.mean()))
    return 2 * r / (1 + r)


def _halves(values: Array) -> tuple[Array, Array]:
    """Means over the first half of the repeats that each cell has, and over the rest, both ``(cells,)``.

    A cell that stopped early has few of the study's repeats: halves of them all would leave it none on one side.
    """
    known = np.isfinite(values)
    first = known.cumsum(axis=1) <= known.sum(axis=1, keepdims=True) // 2
    return _means(np.where(first, values, np.nan)), _means(np.where(first, np.nan, values))


def _means(values: Array) -> Array:
    known = np.isfinite(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _agreement(first: Side, second: Side) -> SettingsAgreement:
    common = first[1].index.intersection(second[1].index)
    x, y = (_means(side[1].loc[common].to_numpy(float)) for side in (first, second))
    tasks = common.get_level_values("task").to_numpy()
    by_task = by_task_correlation(x[None], y[None], tasks)[0]
    within = float(by_task.mean()) if len(by_task) else float("nan")
    ceilings = [first[2], second[2]]
    root = float(np.sqrt(ceilings[0] * ceilings[1])) if all(c > 0 for c in ceilings) else float("nan")
    low, high = interval_over_tasks(by_task)
    return {
        "first": list(first[0]),
        "second": list(second[0]),
        "cells": len(common),
        "tasks": len(by_task),
        "within": finite(within),
        "low": finite(low),
        "high": finite(high),
        "p": finite(_permuted(x, y, tasks, within)),
        "signs": finite(float(np.mean(np.sign(x) == np.sign(y))) if len(x) else float("nan")),
        "ceiling_first": finite(ceilings[0]),
        "ceiling_second": finite(ceilings[1]),
        "corrected": finite(float(np.clip(within / root, -1, 1)) if root > 0 else float("nan")),
    }


def interval_over_tasks(by_task: Array) -> tuple[float, float]:
    """95 % interval of the mean of correlations ``(tasks,)`` as a sample of tasks; NaN for fewer than three."""
    if len(by_task) < 3:
        return float("nan"), float("nan")
    mean, number = float(by_task.mean()), len(by_task)
    reach = float(stats.t.ppf(0.975, number - 1) * by_task.std(ddof=1) / np.sqrt(number))
    return max(-1.0, mean - reach), min(1.0, mean + reach)


def _permuted(x: Array, y: Array, tasks: NDArray[np.object_], within: float) -> float:
    """One-sided p-value of the agreement when a task's partners are shuffled."""
    if not np.isfinite(within):
        return float("nan")
    rng = stream("partners shuffled")
    shuffled = np.tile(x, (PERMUTATIONS, 1))
    for task in np.unique(tasks.astype(str)):
        at = tasks.astype(str) == task
        shuffled[:, at] = rng.permuted(shuffled[:, at], axis=1)
    null = by_task_correlation(shuffled, np.broadcast_to(y, shuffled.shape), tasks).mean(axis=1)
    return float((1 + (null >= within - 1e-12).sum()) / (PERMUTATIONS + 1))
