"""Each task alone: the mean score with its interval, beside what an answer that ignores the sound scores."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cohear.analysis.gains.bounds import bounds_of, with_ends
from cohear.analysis.gains.cell_tests import cell_tests
from cohear.analysis.gains.design import Design
from cohear.analysis.tables.columns import SETTING
from cohear.base.study_facts import TaskFacts
from cohear.base.tables import LEARNT, NOT_LEARNT, SINGLES_CSV

OWN = ("repeats", "higher_is_better")
"""Columns beside those of the table."""


def single_scores(results: pd.DataFrame, design: Design, tasks: Mapping[str, TaskFacts]) -> pd.DataFrame:
    """Means of single runs with the intervals that gains have: a score is the difference from nothing.

    Args:
        results: checked results, of networks or of baselines.
        design: of the study.
        tasks: what is known of each, chance among it.

    Returns:
        The columns of ``singles.csv`` and :data:`OWN`, a row a task and setting. ``chance`` is the mean over the same
        repeats, NaN where one of them does not tell; ``learnt`` is empty where there is no interval (one repeat) or
        no chance.
    """
    alone = results[(results["control"] == "") & (results["combination"] == results["task"])]
    alone = alone[alone["value"].notna()]
    if alone.empty:
        return pd.DataFrame(columns=[*SINGLES_CSV.names, *OWN])
    cells = alone.assign(
        single=0.0,
        shared=alone["value"],
        difference=alone["value"],
        part=alone["test_part"].where(alone["test_part"] != "", "fold " + alone["fold"].astype(str)),
    )
    # what lies above nothing is the score itself, whichever is better
    bounds = bounds_of(alone, design.bounds, design.units)
    cells = with_ends(cells, pd.Series(True, index=cells.index), bounds)
    # by metric: cells share their variances, and those of a metric in other units are none of theirs
    judged = [cell_tests(own, design) for _, own in cells.groupby("metric", sort=False)]
    table = pd.concat(judged).rename(columns={"gain": "value"}).sort_values(["task", *SETTING], ignore_index=True)
    names = ["task", *SETTING]
    same = alone.assign(chance=_chances(alone, tasks)).groupby(names, sort=False)
    beside = same.agg(chance=("chance", _mean_of_all), higher_is_better=("higher_is_better", "first")).reset_index()
    table = table.merge(beside, on=names, how="left", validate="1:1")
    return table.assign(learnt=_learnt(table))[[*SINGLES_CSV.names, *OWN]]


def _chances(alone: pd.DataFrame, tasks: Mapping[str, TaskFacts]) -> list[float]:
    """Chance of each row's test clips, NaN where it is not told, or told of other clips."""
    folds = {(task, fold.fold): fold for task, facts in tasks.items() for fold in facts.folds}
    found = []
    for row in alone.to_dict("records"):
        fold = folds.get((str(row["task"]), int(row["fold"])))
        same = fold is not None and (not row["test_part"] or not fold.test_part or fold.test_part == row["test_part"])
        found.append(float(fold.chance.get(str(row["metric"]), np.nan)) if fold is not None and same else np.nan)
    return found


def _mean_of_all(values: "pd.Series[float]") -> float:
    return float(values.mean(skipna=False))


def _learnt(table: pd.DataFrame) -> list[str]:
    """Whether the interval lies on the better side of chance."""
    found = []
    for row in table.to_dict("records"):
        nearest = row["low"] if row["higher_is_better"] else row["high"]
        if np.isnan(nearest) or np.isnan(row["chance"]):
            found.append("")
        else:
            beyond = nearest > row["chance"] if row["higher_is_better"] else nearest < row["chance"]
            found.append(LEARNT if beyond else NOT_LEARNT)
    return found
