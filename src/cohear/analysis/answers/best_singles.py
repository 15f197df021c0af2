"""Which front-end and encoder, or which baseline, does each task best alone, and by how much?

Ways to do a task are held against each other on the repeats that all of them have. A repeat is a test part (a fold on
the same clips, its score the mean over the seeds), since baselines have no seeds. Where there is one test part a repeat
is a seed, beside which a baseline has its one score: what is told then is of these clips.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from cohear.analysis.gains.bounds import within
from cohear.analysis.gains.cell_tests import LEVEL, cell_tests
from cohear.analysis.gains.design import USUAL, Design
from cohear.analysis.gains.pairs import differences
from cohear.analysis.tables.columns import SETTING
from cohear.base.setting import InSetting
from cohear.base.tables import BASELINE
from cohear.base.units import finite

_Row = Mapping[Hashable, Any]


class Single(InSetting):
    """What does a task alone: a network, or a baseline; its row of ``singles.csv``.

    ``low`` and ``high`` are None where not known; ``learnt`` is empty where that cannot be told.
    """

    baseline: bool
    value: float
    low: float | None
    high: float | None
    learnt: str


class OtherSingle(Single):
    """Another way, and how far the best one is ahead of it (plus is better; None where they have no repeat in common).

    The interval is of 95 % for all of the task's comparisons together (Bonferroni). ``surely`` is whether it is
    without nothing: then this way is surely not the best one, whichever was chosen as the best (Hsu 1984, Annals of
    Statistics 12: it would be a mistake of the comparison with the truly best one, which is among those).
    """

    ahead: float | None
    ahead_low: float | None
    ahead_high: float | None
    surely: bool


class BestSingle(Single):
    """Of a task the best way, and the others, the next best first.

    ``repeats`` is how many all have in common; ``parts`` of how many test parts these are.
    """

    task: str
    metric: str
    repeats: int
    parts: int
    others: list[OtherSingle]


@dataclass(frozen=True)
class _Way:
    """A way to do one task, with its scores by repeat."""

    single: Single
    metric: str
    runs: frozenset[str]
    rows: pd.DataFrame


@dataclass(frozen=True)
class _Ranking:
    """The ways to do a task.

    Attributes:
        ways: the best first, and last those that have no repeat in common with it.
        common: scores of the best on the repeats in common.
        pairs: how much better it is on each of them than each other one that has them, in their order.
    """

    task: str
    ways: Sequence[_Way]
    common: pd.DataFrame
    pairs: Sequence[pd.DataFrame]


def best_singles(
    results: pd.DataFrame,
    singles: pd.DataFrame,
    unlike: Collection[tuple[str, str]] = (),
    design: Design = USUAL,
) -> list[BestSingle]:
    """The best of the ways to do each task alone.

    Args:
        results: checked results of networks and baselines.
        singles: their scores, ``singles.csv`` with a column ``baseline``.
        unlike: tasks and arms in which they are no way to do it, as with a share of its labels.
        design: of the study.

    Returns:
        One a task, by name, where a score is known. Ways that are the same runs count once, and one that is scored
        in another metric than most is none.
    """
    alone = results[(results["control"] == "") & (results["combination"] == results["task"]) & results["value"].notna()]
    known = singles[singles["value"].notna()]
    rankings = []
    for task, rows in alone.groupby("task", sort=True):
        if ways := _ways(rows, known[known["task"] == task], {arm for name, arm in unlike if name == task}):
            rankings.append(_ranking(str(task), ways, design))
    tests = _tests([pair for ranking in rankings for pair in ranking.pairs], design)
    return [_best(ranking, tests) for ranking in rankings]


def _ways(alone: pd.DataFrame, singles: pd.DataFrame, unlike: Collection[str]) -> list[_Way]:
    """The ways to do a task: each once, in the metric of most."""
    found: dict[frozenset[str], _Way] = {}
    for row in singles.sort_values(["baseline", *SETTING]).to_dict("records"):
        plain = bool(row["baseline"])
        own = alone[(alone["job"] == BASELINE) == plain]
        own = own[np.logical_and.reduce([own[name] == row[name] for name in SETTING])]
        runs = frozenset(map(str, own["run"]))
        if len(own) and row["arm"] not in unlike and runs not in found:
            found[runs] = _Way(_single(row, plain), str(row["metric"]), runs, own)
    metrics = sorted(way.metric for way in found.values())
    usual = max(metrics, key=metrics.count, default="")
    return [way for way in found.values() if way.metric == usual]


def _ranking(task: str, ways: list[_Way], design: Design) -> _Ranking:
    tables, left = _on_common_repeats([way.rows for way in ways])
    higher = bool(ways[0].rows["higher_is_better"].iloc[0])
    order = sorted(tables, key=lambda place: tables[place]["value"].mean(), reverse=higher)
    first = tables[order[0]]
    pairs = [
        differences(_named(first, number), _named(tables[place], number), design)
        for number, place in enumerate(order[1:])
    ]
    return _Ranking(task, [ways[place] for place in (*order, *left)], first, pairs)


def _on_common_repeats(ways: Sequence[pd.DataFrame]) -> tuple[dict[int, pd.DataFrame], list[int]]:
    """By place of each way its scores on the repeats of all, a row each; and the places of those left out for that.

    Where nothing is common to all, the way is left out that shares repeats with the fewest others.
    """
    by_fold = [rows.groupby(_PART, sort=True).agg(**_MEANS).reset_index().assign(seed=0) for rows in ways]
    parts = {part for table in by_fold for part in table[_PART].itertuples(index=False, name=None)}
    tables = dict(enumerate(by_fold if len(parts) > 1 else _by_seed(ways)))
    repeats = {place: set(_keys(table)) for place, table in tables.items()}
    left: list[int] = []
    while not (common := set.intersection(*repeats.values())) and len(repeats) > 1:
        shared = {place: sum(not own.isdisjoint(other) for other in repeats.values()) for place, own in repeats.items()}
        loner = min(repeats, key=lambda place: (shared[place], len(repeats[place]), -place))
        left.append(loner)
        del repeats[loner]
    return {place: tables[place][[key in common for key in _keys(tables[place])]] for place in repeats}, left


_PART = ["fold", "test_part", "test_clips"]
_MEANS = {
    "value": ("value", "mean"),
    **{name: (name, "first") for name in ("run", "task", "metric", "higher_is_better", "focal")},
}


def _by_seed(ways: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """Of one test part a row a seed; a baseline has its score beside every seed of the networks."""
    seeds = sorted({int(seed) for rows in ways for seed in rows.loc[rows["job"] != BASELINE, "seed"]}) or [0]
    return [
        pd.concat([rows.iloc[:1].assign(seed=seed) for seed in seeds]) if (rows["job"] == BASELINE).all() else rows
        for rows in ways
    ]


def _keys(table: pd.DataFrame) -> list[tuple[str, ...]]:
    return [tuple(map(str, row)) for row in table[[*_PART, "seed"]].itertuples(index=False, name=None)]


def _named(rows: pd.DataFrame, number: int) -> pd.DataFrame:
    """Rows in one setting without a name, in a combination for each comparison."""
    return rows.assign(**dict.fromkeys(SETTING, ""), combination=str(number), focal="")


def _tests(pairs: Sequence[pd.DataFrame], design: Design) -> dict[tuple[str, str], _Row]:
    """How far the best of each task is ahead, by task and number; comparisons in one metric share their variances."""
    every = pd.concat(pairs) if pairs else pd.DataFrame()
    if every.empty:
        return {}
    tests = pd.concat([cell_tests(rows, design) for _, rows in every.groupby("metric", sort=True)])
    return {(row["task"], row["combination"]): row for row in tests.to_dict("records")}


def _best(ranking: _Ranking, tests: Mapping[tuple[str, str], _Row]) -> BestSingle:
    best, *others = ranking.ways
    return BestSingle(
        **best.single,
        task=ranking.task,
        metric=best.metric,
        repeats=len(ranking.common),
        parts=ranking.common[["fold", "test_part"]].drop_duplicates().shape[0],
        others=[
            _other(way.single, tests.get((ranking.task, str(number))), len(others)) for number, way in enumerate(others)
        ],
    )


def _other(single: Single, test: _Row | None, comparisons: int) -> OtherSingle:
    if test is None:
        return OtherSingle(**single, ahead=None, ahead_low=None, ahead_high=None, surely=False)
    reach = stdtrit(test["freedom"], 1 - LEVEL / 2 / comparisons) * test["error"]
    gain_and_ends = (test["gain"], reach, test["least"], test["most"])
    low, high = within(*(np.array([value], dtype=np.float64) for value in gain_and_ends))
    return OtherSingle(
        **single,
        ahead=finite(test["gain"]),
        ahead_low=finite(low[0]),
        ahead_high=finite(high[0]),
        surely=bool(low[0] > 0),
    )


def _single(row: _Row, baseline: bool) -> Single:
    features, encoder, arm = (str(row[name]) for name in SETTING)
    return Single(
        features=features,
        encoder=encoder,
        arm=arm,
        baseline=baseline,
        value=float(row["value"]),
        low=finite(row["low"]),
        high=finite(row["high"]),
        learnt=str(row["learnt"]),
    )
