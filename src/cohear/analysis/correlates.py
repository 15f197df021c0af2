"""Which measurements go with gains? Each beside shuffled tasks, beside task identity, and with multiplicity."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cohear.analysis.columns import SETTING
from cohear.analysis.measurements import of_singles
from cohear.analysis.multiplicity import benjamini_hochberg
from cohear.analysis.persistence import told, within_tasks
from cohear.base.streams import stream

Array = NDArray[np.float64]

PERMUTATIONS = 499


def correlates(
    gains: pd.DataFrame,
    of_data: Mapping[str, Mapping[str, float]],
    singles: Mapping[tuple[str, ...], Mapping[str, Any]],
) -> list[Mapping[str, object]]:
    """Rank correlation of gains of pair cells with measurements of the task, its partner, and their difference.

    A measurement of tasks repeats in every cell of a task, so its p-value comes from shuffling the tasks it
    belongs to, not from the number of cells (the quadratic assignment test: Hubert 1987).

    Args:
        gains: of :func:`cohear.analysis.gains.gains`.
        of_data: of :func:`cohear.analysis.measurements.of_data`.
        singles: of :func:`cohear.analysis.measurements.of_singles`.

    Returns:
        Per setting, measurement and side (``task``, ``partner``, ``partner minus task``): ``cells``,
        ``pooled``, ``within`` (mean within tasks; None for side ``task``, which does not vary there), ``low`` and
        ``high`` of pooled (95 %, by leaving out each task: jackknife), ``p`` and ``p_adjusted`` (Benjamini &
        Hochberg over all lines of the setting). Two lines are what to beat: ``task identity`` (the mean of the
        task's other cells) and ``random numbers`` (the 95th percentile of the absolute pooled correlation).
    """
    found: list[Mapping[str, object]] = []
    pairs = gains[(gains["combination"].str.count(r"\+") == 1) & gains["gain"].notna()]
    for setting, rows in pairs.groupby(list(SETTING), sort=True):
        own = singles.get(tuple(map(str, setting)), {})
        tasks = sorted({name for names in rows["combination"] for name in names.split("+")})
        table = {task: {**of_data.get(task, {}), **own.get(task, {})} for task in tasks}
        lines = _lines(rows, tasks, table)
        adjusted = benjamini_hochberg(np.array([line["p"] if line["p"] is not None else np.nan for line in lines]))
        names = dict(zip(SETTING, setting, strict=True))
        found += [{**names, **line, "p_adjusted": told(q)} for line, q in zip(lines, adjusted, strict=True)]
        found += [{**names, **line, "p_adjusted": None} for line in _to_beat(rows, tasks)]
    return found


def _lines(rows: pd.DataFrame, tasks: list[str], table: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
    place = {task: number for number, task in enumerate(tasks)}
    main, partner = _places(rows, place)
    gain = stats.rankdata(rows["gain"].to_numpy(float))
    raw = rows["gain"].to_numpy(float)
    names = sorted({name for own in table.values() for name in own})
    rng = stream("tasks shuffled")
    orders = np.array([rng.permutation(len(tasks)) for _ in range(PERMUTATIONS)])
    lines = []
    for name in names:
        value = np.array([table[task].get(name, np.nan) for task in tasks])
        if not np.isfinite(value).all() or np.ptp(value) == 0 or len(tasks) < 3:
            continue
        for side in ("task", "partner", "partner minus task"):
            x = _side(side, value, main, partner)
            pooled = _rank_correlation(x, gain)
            null = _rank_correlations(_side(side, value[orders], main, partner), gain)
            p = (1 + np.sum(np.abs(null) >= abs(pooled) - 1e-12)) / (PERMUTATIONS + 1)
            low, high = _jackknife(x, raw, main, partner, len(tasks))
            within = np.nan if side == "task" else within_tasks(x, raw, rows["task"].to_numpy())
            lines.append(
                {
                    "measurement": name,
                    "side": side,
                    "cells": len(rows),
                    "pooled": told(pooled),
                    "low": told(low),
                    "high": told(high),
                    "within": told(within),
                    "p": told(p),
                }
            )
    return lines


def _to_beat(rows: pd.DataFrame, tasks: list[str]) -> list[dict[str, Any]]:
    gain = rows["gain"].to_numpy(float)
    total = rows.groupby("task")["gain"].transform("sum").to_numpy(float)
    count = rows.groupby("task")["gain"].transform("size").to_numpy(float)
    others = np.where(count > 1, (total - gain) / np.maximum(count - 1, 1), np.nan)
    known = np.isfinite(others)
    identity = _rank_correlation(others[known], stats.rankdata(gain[known])) if known.sum() > 2 else np.nan
    main, partner = _places(rows, {task: number for number, task in enumerate(tasks)})
    rng = stream("random numbers")
    numbers = rng.standard_normal((PERMUTATIONS, len(tasks)))
    ranks = stats.rankdata(gain)
    drawn = [
        np.abs(_rank_correlations(_side(side, numbers, main, partner), ranks))
        for side in ("task", "partner", "partner minus task")
    ]
    empty = {"side": "", "cells": len(rows), "low": None, "high": None, "within": None, "p": None}
    return [
        {"measurement": "task identity", **empty, "pooled": told(identity)},
        {"measurement": "random numbers", **empty, "pooled": told(float(np.nanquantile(drawn, 0.95)))},
    ]


def _places(rows: pd.DataFrame, place: Mapping[str, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    main = np.array([place[task] for task in rows["task"]])
    names = zip(rows["task"], rows["combination"], strict=True)
    partner = np.array([place[next(n for n in c.split("+") if n != t)] for t, c in names])
    return main, partner


def _side(side: str, value: Array, main: NDArray[np.int64], partner: NDArray[np.int64]) -> Array:
    """Values ``(..., tasks)`` to those of cells ``(..., cells)``."""
    if side == "task":
        return value[..., main]
    return value[..., partner] if side == "partner" else value[..., partner] - value[..., main]


def _rank_correlations(x: Array, ranks: Array) -> Array:
    """The same for every row of ``x`` ``(draws, cells)``."""
    own = stats.rankdata(x, axis=1)
    own -= own.mean(axis=1, keepdims=True)
    other = ranks - ranks.mean()
    scale = np.sqrt((own**2).sum(axis=1) * (other**2).sum())
    found: Array = np.where(scale > 0, own @ other / np.where(scale > 0, scale, 1.0), 0.0)
    return found


def _rank_correlation(x: Array, ranks: Array) -> float:
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(ranks) == 0:
        return 0.0
    return float(np.corrcoef(stats.rankdata(x), ranks)[0, 1])


def _jackknife(
    x: Array, gain: Array, main: NDArray[np.int64], partner: NDArray[np.int64], tasks: int
) -> tuple[float, float]:
    left = []
    for task in range(tasks):
        keep = (main != task) & (partner != task)
        left.append(_rank_correlation(x[keep], stats.rankdata(gain[keep])))
    whole = _rank_correlation(x, stats.rankdata(gain))
    error = np.sqrt((tasks - 1) / tasks * ((np.array(left) - np.mean(left)) ** 2).sum())
    reach = stats.t.ppf(0.975, tasks - 1) * error
    return max(-1.0, whole - reach), min(1.0, whole + reach)


def measured(
    gains: pd.DataFrame,
    data: Mapping[str, Mapping[str, float]],
    results: pd.DataFrame,
    metrics: pd.DataFrame,
    curves: pd.DataFrame,
) -> list[Mapping[str, object]]:
    """:func:`correlates` straight from the tables."""
    return correlates(gains, data, of_singles(results, metrics, curves))
