"""Ways to do a task alone, networks and baselines, and how they are held against what else does it.

They are held against each other on the repeats that both have. A repeat is a test part (a fold on the same clips, its
score the mean over the seeds), since baselines have no seeds. Where there is one test part a repeat is a seed, beside
which a baseline has its one score: what is told then is of these clips.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from cohear.analysis.gains.bounds import within
from cohear.analysis.gains.cell_tests import LEVEL, cell_tests
from cohear.analysis.gains.design import Design
from cohear.analysis.gains.pairs import differences
from cohear.analysis.tables.columns import SETTING
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.setting import InSetting
from cohear.base.tables import BASELINE
from cohear.base.units import finite

Test = Mapping[Hashable, Any]
"""A row of :func:`cohear.analysis.gains.cell_tests.cell_tests`."""


class Single(InSetting):
    """What does a task alone: a network, or a baseline; its row of ``singles.csv``.

    ``low`` and ``high`` are None where not known; ``learnt`` is empty where that cannot be told.
    """

    baseline: bool
    value: float
    low: float | None
    high: float | None
    learnt: str


@dataclass(frozen=True)
class WayAlone:
    """A way to do one task, with its scores by repeat."""

    single: Single
    metric: str
    runs: frozenset[str]
    rows: pd.DataFrame

    @cached_property
    def means(self) -> pd.DataFrame:
        """Its :func:`means_of_parts`."""
        return means_of_parts(self.rows)


@dataclass(frozen=True)
class Lead:
    """How far one is ahead of another, plus is better, with an interval that allows for the number of comparisons.

    ``surely`` is whether the interval is without nothing.
    """

    ahead: float
    low: float | None
    high: float | None
    surely: bool


def ways_alone(
    results: pd.DataFrame, singles: pd.DataFrame, unlike: Collection[tuple[str, str]] = ()
) -> dict[str, list[WayAlone]]:
    """The ways to do each task alone, by task in the order of names, where a score is known.

    Args:
        results: checked results of networks and baselines.
        singles: their scores, ``singles.csv`` with a column ``baseline``.
        unlike: tasks and arms in which they are no way to do it, as with a share of its labels.

    Returns:
        Ways that are the same runs count once, and one that is scored in another metric than most is none.
    """
    alone = results[(results["control"] == "") & (results["combination"] == results["task"]) & results["value"].notna()]
    known = singles[singles["value"].notna()]
    found = {}
    for task, rows in alone.groupby("task", sort=True):
        if ways := _ways(rows, known[known["task"] == task], {arm for name, arm in unlike if name == task}):
            found[str(task)] = ways
    return found


def _ways(alone: pd.DataFrame, singles: pd.DataFrame, unlike: Collection[str]) -> list[WayAlone]:
    """The ways to do a task: each once, in the metric of most."""
    found: dict[frozenset[str], WayAlone] = {}
    for row in singles.sort_values(["baseline", *SETTING]).to_dict("records"):
        plain = bool(row["baseline"])
        own = in_setting(alone[(alone["job"] == BASELINE) == plain], [row[name] for name in SETTING])
        runs = frozenset(map(str, own["run"]))
        if len(own) and row["arm"] not in unlike and runs not in found:
            found[runs] = WayAlone(_single(row, plain), str(row["metric"]), runs, own)
    metrics = sorted(way.metric for way in found.values())
    usual = max(metrics, key=metrics.count, default="")
    return [way for way in found.values() if way.metric == usual]


def _single(row: Test, baseline: bool) -> Single:
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


def means_of_parts(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean score over the seeds of each test part, a row each, of results of one task in one way."""
    return rows.groupby(_PART, sort=True, dropna=False).agg(**_MEANS).reset_index().assign(seed=0)


def on_common_repeats(
    ways: Sequence[pd.DataFrame], means: Sequence[pd.DataFrame]
) -> tuple[dict[int, pd.DataFrame], list[int]]:
    """By place of each way its scores on the repeats of all, a row each; and the places of those left out for that.

    Where nothing is common to all, the way is left out that shares repeats with the fewest others.

    Args:
        ways: rows of checked results of one task each.
        means: of their test parts.
    """
    parts = {part for table in means for part in table[_PART].itertuples(index=False, name=None)}
    tables = dict(enumerate(means if len(parts) > 1 else _by_seed(ways)))
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


def test_parts_in(common: pd.DataFrame) -> int:
    """Of how many test parts repeats are."""
    return common[["fold", "test_part"]].drop_duplicates().shape[0]


class Comparison(NamedTuple):
    """One beside another on the same repeats, of :func:`on_common_repeats`; ``number`` tells it among its task's."""

    number: int
    ahead: pd.DataFrame
    behind: pd.DataFrame


def leads(comparisons: Sequence[Comparison], design: Design) -> pd.DataFrame:
    """How much better one is than the other on each repeat; ``combination`` is the number of the comparison."""
    ahead = pd.concat([_named(one.ahead, one.number) for one in comparisons])
    behind = pd.concat([_named(one.behind, one.number) for one in comparisons])
    return differences(ahead, behind, design, also_on=["combination"])


def _named(rows: pd.DataFrame, number: int) -> pd.DataFrame:
    """Rows in one setting without a name, in a combination for each comparison."""
    return rows.assign(**dict.fromkeys(SETTING, ""), combination=str(number), focal="")


def tests_of(pairs: pd.DataFrame, design: Design) -> dict[tuple[str, int], Test]:
    """Tests of what :func:`leads` gives, by task and number; comparisons in one metric share their variances."""
    tests = pd.concat([cell_tests(rows, design) for _, rows in pairs.groupby("metric", sort=True)])
    return {(row["task"], int(row["combination"])): row for row in tests.to_dict("records")}


def lead_of(test: Test, comparisons: int) -> Lead:
    """With an interval of 95 % for all of a task's comparisons together (Bonferroni)."""
    reach = stdtrit(test["freedom"], 1 - LEVEL / 2 / comparisons) * test["error"]
    gain_and_ends = (test["gain"], reach, test["least"], test["most"])
    low, high = within(*(np.array([value], dtype=np.float64) for value in gain_and_ends))
    return Lead(float(test["gain"]), finite(low[0]), finite(high[0]), bool(low[0] > 0))
