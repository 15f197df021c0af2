"""What pairs of tasks did, in numbers that several findings tell of."""

from __future__ import annotations

from typing import TypedDict

import numpy as np
import pandas as pd
from scipy import stats

from cohear.analysis.gains.bounds import ENDS, within
from cohear.analysis.gains.cell_tests import LEVEL
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import CELL, SETTING, VERDICTS
from cohear.base.setting import Setting
from cohear.base.units import finite

EXPLANATIONS = ("relation", "regularisation", "capacity", "domain", "statistics")


def of_pairs(cells: pd.DataFrame) -> pd.DataFrame:
    """The rows of cells with one partner."""
    of_two: pd.DataFrame = cells[cells["combination"].str.count(r"\+") == 1]
    return of_two


def of_groups(cells: pd.DataFrame) -> pd.DataFrame:
    """The rows of cells with several partners."""
    of_more: pd.DataFrame = cells[cells["combination"].str.count(r"\+") > 1]
    return of_more


def settings_in(cells: pd.DataFrame) -> list[Setting]:
    """Features, encoder and arm of the rows, in their order."""
    return [(str(f), str(e), str(a)) for f, e, a in dict.fromkeys(zip(*(cells[name] for name in SETTING), strict=True))]


def named(cells: pd.DataFrame) -> tuple[dict[str, str], ...]:
    """What names each of the cells."""
    return tuple({name: str(row[name]) for name in CELL} for row in cells.to_dict("records"))


def partner_of(task: str, combination: str) -> str:
    """``b``, or ``b + c``: who else is in a combination."""
    return " + ".join(name for name in combination.split("+") if name != task)


def briefly(partners: str, tasks: int) -> str:
    """The partners for where there is little room: ``all 5 others`` where they are all of a study of so many tasks."""
    number = partners.count(" + ") + 1
    return f"all {number} others" if 1 < number == tasks - 1 else partners


def in_one_network(tasks: int, what: str = "tasks") -> str:
    """What the network of all tasks of a study is called, or of all that are learnt (:data:`LEARNT_TASKS`)."""
    return f"All {tasks} {what} in one network"


LEARNT_TASKS = "learnt tasks"
"""What advice is of where not all tasks are learnt."""


class VerdictsOfPairs(TypedDict):
    """Verdicts of all cells, and the mean gain of those whose task is learnt, which is what may be expected.

    The interval is from the tasks, which are the sample; None where not known.
    """

    cells: int
    of_learnt: int
    helps: int
    hurts: int
    harmless: int
    undecided: int
    mean: float | None
    low: float | None
    high: float | None
    explanations: dict[str, int]


def counts(cells: pd.DataFrame, statistics: Statistics, own: Statistics | None = None) -> VerdictsOfPairs:
    """Verdicts of cells, and their mean gain.

    Args:
        cells: rows of the table of gains.
        statistics: that it is of.
        own: those of the tasks' own metrics, which tell what is learnt, where the table is of another score.
    """
    learnt = (own or statistics).of_learnt(cells)
    by_task = learnt.groupby("task")["gain"].mean().dropna() if len(learnt) else pd.Series(dtype=float)
    mean, reach = float(learnt["gain"].mean()) if len(learnt) else np.nan, np.nan
    if len(by_task) > 2:
        reach = float(stats.t.ppf(1 - LEVEL / 2, len(by_task) - 1) * by_task.std() / np.sqrt(len(by_task)))
    names = list(CELL)
    ends = statistics.judged.cells.set_index(names)[list(ENDS)].reindex(pd.MultiIndex.from_frame(learnt[names])).mean()
    low, high = within(*(np.asarray(value, dtype=np.float64) for value in (mean, reach, *ends)))
    helps, hurts, harmless, undecided = (int((cells["verdict"] == name).sum()) for name in VERDICTS)
    explained = {word: int((cells["explanation"] == word).sum()) for word in EXPLANATIONS}
    return {
        "cells": len(cells),
        "of_learnt": len(learnt),
        "helps": helps,
        "hurts": hurts,
        "harmless": harmless,
        "undecided": undecided,
        "mean": finite(mean),
        "low": finite(float(low)),
        "high": finite(float(high)),
        "explanations": explained,
    }


def of_which_tasks(cells: int, of_learnt: int) -> str:
    """What stands behind a mean of cells: nothing, or `` of learnt tasks`` where the others are left out."""
    return "" if of_learnt == cells else f" of {LEARNT_TASKS}"


NO_MEAN_GAIN = "as none of these tasks is learnt, no mean gain is told"
