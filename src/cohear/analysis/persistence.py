"""Do relations persist? Agreement of the gains of two settings, beside how well each agrees with itself.

The agreement is within tasks: which of a task's partners are better, ranked, averaged over tasks. Pooled
correlations mostly say which task it is. The ceiling is the same figure between two halves of the
repeats, stepped up to all repeats (Spearman 1910, Brown 1910); an agreement divided by the root of both
ceilings is corrected for attenuation (Spearman 1904).
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cohear.analysis.columns import SETTING
from cohear.base.streams import stream

Array = NDArray[np.float64]

SPLITS = 50
PERMUTATIONS = 999
RESAMPLES = 500


def agreements(pairs: pd.DataFrame) -> list[Mapping[str, Any]]:
    """Agreement of every two settings that have pair cells in common.

    Args:
        pairs: of :func:`cohear.analysis.pairs.paired_differences`.

    Returns:
        For each two settings: ``first``, ``second`` (features, encoder, arm), ``cells``, ``tasks``; ``within``
        (mean rank correlation within tasks) with ``low``, ``high`` (95 %, by resampling tasks) and ``p``
        (by shuffling partners within tasks, one side); ``signs`` (share of cells with the same sign);
        ``ceiling_first``, ``ceiling_second`` and ``corrected``. None where it cannot be told.
    """
    cells = pairs[pairs["combination"].str.count(r"\+") == 1]
    wide = {
        setting: rows.pivot_table(index=["task", "combination"], columns=["seed", "fold"], values="difference")
        for setting, rows in cells.groupby(list(SETTING), sort=True)
    }
    return [_agreement(first, second, wide[first], wide[second]) for first, second in combinations(wide, 2)]


def within_tasks(x: Array, y: Array, tasks: NDArray[np.object_]) -> float:
    """Mean over tasks of the rank correlation of two vectors ``(cells,)``; NaN without a task of three cells."""
    found = [r for _, r in by_task_correlation(x, y, tasks)]
    return float(np.mean(found)) if found else float("nan")


def by_task_correlation(x: Array, y: Array, tasks: NDArray[np.object_]) -> list[tuple[str, float]]:
    """Rank correlation of each task that has three cells or more which are not all alike."""
    found = []
    for task in np.unique(tasks.astype(str)):
        at = (tasks.astype(str) == task) & np.isfinite(x) & np.isfinite(y)
        if at.sum() >= 3 and np.ptp(x[at]) > 0 and np.ptp(y[at]) > 0:
            ranks = np.stack([stats.rankdata(values[at]) for values in (x, y)])
            found.append((str(task), float(np.corrcoef(ranks)[0, 1])))
    return found


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
    halves = []
    for _ in range(SPLITS):
        order = rng.permutation(number)
        one, other = (_means(values[:, part]) for part in (order[: number // 2], order[number // 2 :]))
        halves.append(within_tasks(one, other, tasks))
    r = float(np.nanmean(halves)) if np.isfinite(halves).any() else float("nan")
    return max(0.0, 2 * r / (1 + r)) if np.isfinite(r) and r > -1 else r


def _means(values: Array) -> Array:
    known = np.isfinite(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _agreement(
    first: tuple[str, ...], second: tuple[str, ...], one: pd.DataFrame, other: pd.DataFrame
) -> Mapping[str, object]:
    common = one.index.intersection(other.index)
    one, other = one.loc[common], other.loc[common]
    x, y = _means(one.to_numpy(float)), _means(other.to_numpy(float))
    tasks = common.get_level_values("task").to_numpy()
    by_task = [r for _, r in by_task_correlation(x, y, tasks)]
    within = float(np.mean(by_task)) if by_task else float("nan")
    ceilings = [ceiling(one), ceiling(other)]
    root = float(np.sqrt(ceilings[0] * ceilings[1])) if all(c > 0 for c in ceilings) else float("nan")
    low, high = _interval(np.array(by_task))
    return {
        "first": list(first),
        "second": list(second),
        "cells": len(common),
        "tasks": len(by_task),
        "within": told(within),
        "low": told(low),
        "high": told(high),
        "p": told(_permuted(x, y, tasks, within)),
        "signs": told(float(np.mean(np.sign(x) == np.sign(y))) if len(x) else float("nan")),
        "ceiling_first": told(ceilings[0]),
        "ceiling_second": told(ceilings[1]),
        "corrected": told(min(1.0, within / root) if root > 0 else float("nan")),
    }


def told(value: float) -> float | None:
    """A figure for JSON: None where it is not known."""
    return float(value) if np.isfinite(value) else None


def _interval(by_task: Array) -> tuple[float, float]:
    if len(by_task) < 3:
        return float("nan"), float("nan")
    rng = stream("tasks drawn again")
    means = by_task[rng.integers(0, len(by_task), (RESAMPLES * 4, len(by_task)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def _permuted(x: Array, y: Array, tasks: NDArray[np.object_], within: float) -> float:
    """One-sided p-value of the agreement when a task's partners are shuffled."""
    if not np.isfinite(within):
        return float("nan")
    rng = stream("partners shuffled")
    total, used = np.zeros(PERMUTATIONS), 0
    for task in np.unique(tasks.astype(str)):
        at = (tasks.astype(str) == task) & np.isfinite(x) & np.isfinite(y)
        if at.sum() >= 3 and np.ptp(x[at]) > 0 and np.ptp(y[at]) > 0:
            a, b = (stats.zscore(stats.rankdata(values[at])) for values in (x, y))
            total += rng.permuted(np.tile(a, (PERMUTATIONS, 1)), axis=1) @ b / len(a)
            used += 1
    return float((1 + (total / used >= within - 1e-12).sum()) / (PERMUTATIONS + 1))
