"""Which front-end and encoder, or which baseline, does each task best alone, and by how much?"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from math import comb
from typing import Any, TypedDict

import numpy as np
import pandas as pd

from cohear.analysis.gains.cell_tests import LEVEL, cell_tests
from cohear.analysis.gains.design import USUAL, Design
from cohear.analysis.gains.pairs import differences
from cohear.analysis.tables.columns import SETTING
from cohear.base.setting import InSetting, Setting
from cohear.base.tables import BASELINE
from cohear.base.units import finite

SinglesRow = Mapping[Hashable, Any]
"""Of a table of singles."""


class Single(InSetting):
    """What does a task alone: a network, or a baseline; its mean score (95 %; None where not known)."""

    baseline: bool
    value: float
    low: float | None
    high: float | None


class Ahead(TypedDict):
    """How far one is ahead of another on the repeats of both (95 %, plus is better; None where not known)."""

    ahead: float | None
    ahead_low: float | None
    ahead_high: float | None
    p: float | None


class OtherSingle(Single, Ahead):
    """A candidate that the best one is ahead of.

    ``surely`` is whether that is beyond chance, all pairs of the task's candidates allowed for (Bonferroni): whichever
    was the best, its comparisons are among those.
    """

    surely: bool


class BestSingle(Single):
    """Of a task the candidate with the best mean score, and the others, the next best first."""

    task: str
    metric: str
    others: list[OtherSingle]


def best_singles(
    results: pd.DataFrame, singles: pd.DataFrame, unlike: Collection[str] = (), design: Design = USUAL
) -> list[BestSingle]:
    """The best of the ways to do each task alone.

    A baseline has no seeds: beside one, each fold is a repeat, and its score the mean over the seeds. Comparisons in
    one metric share their variances, as cells of gains do.

    Args:
        results: checked results of networks and baselines.
        singles: their table of singles (``singles.csv``).
        unlike: arms that are no candidates, as those that are shown a share of the labels.
        design: of the study.

    Returns:
        One a task, by name, where a score is known.
    """
    alone = results[(results["control"] == "") & (results["combination"] == results["task"])]
    sign = alone.groupby("task")["higher_is_better"].first().map({True: 1.0, False: -1.0}).astype(float)
    known = singles[singles["value"].notna() & ~singles["arm"].isin(list(unlike))]
    known = known.assign(good=known["value"] * known["task"].map(sign))
    known = known.sort_values(["task", "good", *SETTING], ascending=[True, False, True, True, True])
    by_task = {str(task): rows.to_dict("records") for task, rows in known.groupby("task", sort=True)}
    ahead = _ahead_of_others(alone, by_task, design)
    plain = set(alone[alone["job"] == BASELINE][list(SETTING)].itertuples(index=False, name=None))
    return [
        BestSingle(
            **_single(best, plain),
            task=task,
            metric=str(best["metric"]),
            others=[
                _other(_single(other, plain), ahead.get((task, _way(other))), comb(len(others) + 1, 2))
                for other in others
            ],
        )
        for task, (best, *others) in by_task.items()
    ]


def _ahead_of_others(
    alone: pd.DataFrame, by_task: Mapping[str, Sequence[SinglesRow]], design: Design
) -> dict[tuple[str, Setting], Mapping[str, float]]:
    """The tests of the best of each task against each other one, by task and the other's setting."""
    pairs: list[pd.DataFrame] = []
    compared: dict[tuple[str, str], Setting] = {}
    for task, (best, *others) in by_task.items():
        here = alone[alone["task"] == task]
        for number, other in enumerate(others):
            name = f"{task} {number}"
            rows = differences_of(_rows_of(here, best), _rows_of(here, other), design)
            pairs.append(rows.assign(combination=name))
            compared[task, name] = _way(other)
    every = pd.concat(pairs) if pairs else pd.DataFrame()
    if every.empty:
        return {}
    tests = pd.concat([cell_tests(rows, design) for _, rows in every.groupby("metric", sort=True)])
    return {
        (str(line["task"]), compared[str(line["task"]), str(line["combination"])]): {
            name: float(line[name]) for name in ("gain", "low", "high", "p")
        }
        for line in tests.to_dict("records")
    }


def differences_of(better: pd.DataFrame, other: pd.DataFrame, design: Design = USUAL) -> pd.DataFrame:
    """How much better some runs of a task are than others of it, on the repeats of both and the same test clips.

    Args:
        better: rows of results of one task and one way to do it.
        other: the same of another way.
        design: of the study.

    Returns:
        The columns of :func:`cohear.analysis.gains.pairs.paired_differences`, in one setting without a name.
    """
    parts = pd.concat([better, other]).groupby("fold")["test_part"].nunique()
    better, other = (rows[rows["fold"].isin(parts.index[parts == 1])] for rows in (better, other))
    if (pd.concat([better, other])["job"] == BASELINE).any():
        better, other = _by_fold(better), _by_fold(other)
    nameless = {**dict.fromkeys(SETTING, ""), "combination": ""}
    return differences(better.assign(**nameless), other.assign(**nameless), design)


def _by_fold(rows: pd.DataFrame) -> pd.DataFrame:
    """A row a fold, the mean over its seeds; a fold without a score has none."""
    means = rows.groupby("fold", sort=True)["value"].mean()
    first = rows.drop_duplicates("fold").set_index("fold")
    return first.assign(value=means, seed=0).reset_index()


def _rows_of(results: pd.DataFrame, row: SinglesRow) -> pd.DataFrame:
    same = np.logical_and.reduce([results[name] == row[name] for name in SETTING])
    here: pd.DataFrame = results[same]
    return here


def _way(row: SinglesRow) -> Setting:
    features, encoder, arm = (str(row[name]) for name in SETTING)
    return features, encoder, arm


def _single(row: SinglesRow, baselines: Collection[Setting]) -> Single:
    features, encoder, arm = _way(row)
    return Single(
        features=features,
        encoder=encoder,
        arm=arm,
        baseline=_way(row) in baselines,
        value=float(row["value"]),
        low=finite(row["low"]),
        high=finite(row["high"]),
    )


def _other(other: Single, test: Mapping[str, float] | None, pairs: int) -> OtherSingle:
    if test is None:
        return OtherSingle(**other, ahead=None, ahead_low=None, ahead_high=None, p=None, surely=False)
    surely = test["gain"] > 0 and test["p"] * pairs < LEVEL
    gain, low, high, p = (finite(test[name]) for name in ("gain", "low", "high", "p"))
    return OtherSingle(**other, ahead=gain, ahead_low=low, ahead_high=high, p=p, surely=bool(surely))
