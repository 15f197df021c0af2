"""Which measurements go with gains? Each beside shuffled tasks, beside task identity, and with multiplicity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cohear.analysis.answers.measurements import ON_TEST, MeasuredTable, of_singles, of_table
from cohear.analysis.answers.persistence import within_tasks
from cohear.analysis.gains.pairs import first_half, halved_by
from cohear.analysis.tables.columns import CELL, SETTING
from cohear.base.arrays import Array
from cohear.base.multiplicity import benjamini_hochberg
from cohear.base.setting import InSetting
from cohear.base.streams import stream
from cohear.base.units import finite

PERMUTATIONS = 499

IDENTITY, RANDOM = "task identity", "random numbers"
"""The measurements that others must beat."""

SIDES = ("task", "partner", "partner minus task")
OF_PAIRS = "pair"
"""What a measurement is of: the task whose gain it is, the other one, how much more that has; or both together."""

Singles = Mapping[tuple[str, ...], Mapping[str, Mapping[str, float]]]
"""Measurements of single runs, by setting and task (:func:`cohear.analysis.answers.measurements.of_singles`)."""


@dataclass(frozen=True)
class Half:
    """Gains on some repeats, and what single runs of other repeats measured.

    Attributes:
        gains: by the names of a cell.
        singles: by setting and task.
    """

    gains: "pd.Series[float]"
    singles: Singles


@dataclass(frozen=True)
class _View:
    """What a measurement says of each task, and the gains that it is held against.

    Attributes:
        value: ``(tasks,)``; of ordered pairs ``(tasks, tasks)``.
        gain: ``(cells,)``.
    """

    value: Array
    gain: Array

    @property
    def sides(self) -> Sequence[str]:
        """Of the cells that it is on."""
        return SIDES if self.value.ndim == 1 else (OF_PAIRS,)

    def shuffled(self, permutations: NDArray[np.int64]) -> Array:
        """The same of other tasks, ``(draws, …)``: a pair's number goes along with both."""
        if self.value.ndim == 1:
            return self.value[permutations]
        return self.value[permutations[:, :, None], permutations[:, None, :]]


class Correlation(TypedDict):
    """A measurement on one side of the cells: ``task``, ``partner``, ``partner minus task``; of both, ``pair``.

    ``within`` is the mean within tasks (None for side ``task``, which does not vary there), ``low`` and ``high`` are of
    ``pooled`` (95 %, by leaving out each task: jackknife; None for three tasks, of which too little is left).
    """

    measurement: str
    side: str
    cells: int
    pooled: float | None
    low: float | None
    high: float | None
    within: float | None
    p: float | None


class Correlate(InSetting, Correlation):
    """The same in one setting, with the p-value adjusted over all lines of the setting (Benjamini & Hochberg)."""

    p_adjusted: float | None


def correlates(
    gains: pd.DataFrame,
    of_data: Mapping[str, Mapping[str, float]],
    singles: Singles,
    halves: Sequence[Half] = (),
    table: pd.DataFrame | None = None,
) -> list[Correlate]:
    """Rank correlation of gains of pair cells with measurements of the task, its partner, their difference, and both.

    A measurement of tasks repeats in every cell of a task, so its p-value comes from shuffling the tasks it
    belongs to, not from the number of cells (the quadratic assignment test: Hubert 1987).

    The test score of a single run is part of every gain over it: a task whose singles were lucky seems to gain less.
    Where singles are about equally good that alone makes correlations of -0.3, which no shuffling of tasks gives away.
    So what single runs score on test is held against gains of other repeats (the mean of both ways round).

    Args:
        gains: of :func:`cohear.analysis.gains.gains.gains`.
        of_data: of :func:`cohear.analysis.answers.measurements.of_data`.
        singles: of :func:`cohear.analysis.answers.measurements.of_singles`.
        halves: for the measurements in :data:`cohear.analysis.answers.measurements.ON_TEST`, which are left out
        without.
        table: ``measurements.csv``; what it has of the same name counts.

    Returns:
        One per setting, measurement and side. Two lines are what to beat: ``task identity`` (the mean of the task's
        other cells) and ``random numbers`` (the 95th percentile of the absolute pooled correlation).
    """
    found: list[Correlate] = []
    pairs = gains[(gains["combination"].str.count(r"\+") == 1) & gains["gain"].notna()]
    for setting, rows in pairs.groupby(list(SETTING), sort=True):
        key = tuple(map(str, setting))
        own = singles.get(key, {})
        tasks = sorted({name for names in rows["combination"] for name in names.split("+")})
        told = MeasuredTable({}, {}) if table is None else of_table(table, key)
        every = [(half.gains, half.singles.get(key, {})) for half in halves]
        views = _views(rows, tasks, [of_data, own, told.tasks], every) | _views_of_pairs(rows, tasks, told)
        lines = _lines(rows, tasks, views)
        adjusted = benjamini_hochberg(np.array([line["p"] if line["p"] is not None else np.nan for line in lines]))
        names: InSetting = {"features": key[0], "encoder": key[1], "arm": key[2]}
        found += [{**names, **line, "p_adjusted": finite(q)} for line, q in zip(lines, adjusted, strict=True)]
        found += [{**names, **line, "p_adjusted": None} for line in _to_beat(rows, tasks)]
    return found


def _views(
    rows: pd.DataFrame,
    tasks: list[str],
    measured: Sequence[Mapping[str, Mapping[str, float]]],
    halves: Sequence[tuple["pd.Series[float]", Mapping[str, Mapping[str, float]]]],
) -> dict[str, list[_View]]:
    """By measurement, what it is held against: all gains, or those of other repeats. Only of what tells tasks apart."""

    def of_tasks(table: Mapping[str, Mapping[str, float]], name: str) -> Array:
        return np.array([table.get(task, {}).get(name, np.nan) for task in tasks])

    cells = pd.MultiIndex.from_frame(rows[list(CELL)])
    views: dict[str, list[_View]] = {}
    for table in measured:
        for name in sorted({name for own in table.values() for name in own} - set(ON_TEST)):
            views[name] = [_View(of_tasks(table, name), rows["gain"].to_numpy(float))]
    for gain, table in halves:
        for name in ON_TEST:
            views.setdefault(name, []).append(_View(of_tasks(table, name), gain.reindex(cells).to_numpy(float)))
    return {name: views[name] for name in sorted(views) if all(map(_tells, views[name]))}


def _views_of_pairs(rows: pd.DataFrame, tasks: list[str], told: MeasuredTable) -> dict[str, list[_View]]:
    """The same of ordered pairs, of what is known of all: shuffled tasks take any pair's place."""
    found, gain = {}, rows["gain"].to_numpy(float)
    for name in sorted({name for own in told.pairs.values() for name in own}):
        value = np.array([[told.pairs.get((one, other), {}).get(name, np.nan) for other in tasks] for one in tasks])
        np.fill_diagonal(value, 0.0)
        apart = value[~np.eye(len(tasks), dtype=bool)]
        if np.isfinite(apart).all() and len(tasks) > 2 and np.ptp(apart) > 0 and np.isfinite(gain).sum() > 2:
            found[name] = [_View(value, gain)]
    return found


def _tells(view: _View) -> bool:
    known = np.isfinite(view.value).all() and np.isfinite(view.gain).sum() > 2
    return bool(known and len(view.value) > 2 and np.ptp(view.value) > 0)


def _lines(rows: pd.DataFrame, tasks: list[str], views: Mapping[str, list[_View]]) -> list[Correlation]:
    main, partner = _places(rows, {task: number for number, task in enumerate(tasks)})
    names = rows["task"].to_numpy()
    rng = stream("tasks shuffled")
    permutations = np.array([rng.permutation(len(tasks)) for _ in range(PERMUTATIONS)])
    lines: list[Correlation] = []
    for name, side in ((name, side) for name, own in views.items() for side in own[0].sides):
        pooled, within, ends, null = [], [], [], np.zeros(PERMUTATIONS)
        for view in views[name]:
            x, at = _side(side, view.value, main, partner), np.isfinite(view.gain)
            ranks = stats.rankdata(view.gain[at])
            pooled.append(_rank_correlation(x[at], ranks))
            null += _rank_correlations(_side(side, view.shuffled(permutations), main, partner)[:, at], ranks)
            within.append(np.nan if side == "task" else within_tasks(x, view.gain, names))
            ends.append(_left_out(x[at], view.gain[at], main[at], partner[at], len(tasks)))
        whole = float(np.mean(pooled))
        p = (1 + np.sum(np.abs(null / len(pooled)) >= abs(whole) - 1e-12)) / (PERMUTATIONS + 1)
        low, high = _jackknife(whole, np.mean(ends, axis=0))
        lines.append(
            {
                "measurement": name,
                "side": side,
                "cells": len(rows),
                "pooled": finite(whole),
                "low": finite(low),
                "high": finite(high),
                "within": finite(float(np.mean(within))),
                "p": finite(float(p)),
            }
        )
    return lines


def _to_beat(rows: pd.DataFrame, tasks: list[str]) -> list[Correlation]:
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
    drawn = [np.abs(_rank_correlations(_side(side, numbers, main, partner), ranks)) for side in SIDES]
    to_beat = {IDENTITY: identity, RANDOM: float(np.nanquantile(drawn, 0.95))}
    return [
        {
            "measurement": name,
            "side": "",
            "cells": len(rows),
            "low": None,
            "high": None,
            "within": None,
            "p": None,
            "pooled": finite(pooled),
        }
        for name, pooled in to_beat.items()
    ]


def _places(rows: pd.DataFrame, place: Mapping[str, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    main = np.array([place[task] for task in rows["task"]])
    names = zip(rows["task"], rows["combination"], strict=True)
    partner = np.array([place[next(n for n in c.split("+") if n != t)] for t, c in names])
    return main, partner


def _side(side: str, value: Array, main: NDArray[np.int64], partner: NDArray[np.int64]) -> Array:
    """Values ``(..., tasks)``, of pairs ``(..., tasks, tasks)``, to those of cells ``(..., cells)``."""
    if side == OF_PAIRS:
        return value[..., main, partner]
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


def _left_out(x: Array, gain: Array, main: NDArray[np.int64], partner: NDArray[np.int64], tasks: int) -> Array:
    """The correlation without the cells of each task, ``(tasks,)``; NaN where too few are left."""
    left = []
    for task in range(tasks):
        keep = (main != task) & (partner != task)
        left.append(_rank_correlation(x[keep], stats.rankdata(gain[keep])) if keep.sum() > 2 else np.nan)
    return np.array(left)


def _jackknife(whole: float, left: Array) -> tuple[float, float]:
    """95 % interval from the correlations without each task."""
    tasks = len(left)
    error = np.sqrt((tasks - 1) / tasks * ((left - left.mean()) ** 2).sum())
    reach = float(stats.t.ppf(0.975, tasks - 1) * error)
    return (max(-1.0, whole - reach), min(1.0, whole + reach)) if np.isfinite(reach) else (np.nan, np.nan)


def measured(
    gains: pd.DataFrame,
    data: Mapping[str, Mapping[str, float]],
    results: pd.DataFrame,
    metrics: pd.DataFrame,
    curves: pd.DataFrame,
    pairs: pd.DataFrame,
    table: pd.DataFrame | None = None,
) -> list[Correlate]:
    """:func:`correlates` straight from the tables; ``pairs`` are the paired differences of ``results``."""
    first, by = first_half(pairs), halved_by(pairs)
    halves = []
    for gain_of in (first, ~first):
        others = results[results[by].isin(pairs.loc[~gain_of, by])]
        cells = pairs[gain_of].groupby(list(CELL))["difference"].mean()
        halves.append(Half(cells, of_singles(others, metrics, curves.iloc[:0])))
    return correlates(gains, data, of_singles(results, metrics, curves), halves, table)
