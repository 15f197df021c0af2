"""What a partner is worth in labels: how many own clips would do for a task what the partner does.

Learning curves over label budgets, of a task alone and beside partners, as one family (the form EXP3 with partners of
Millinghoffer et al. 2025, arXiv 2512.24866): with ``x`` own labels and ``z`` of partner j, as shares of all,

    loss = c + exp(b - a x - s_j z)

so that all labels of partner j do what ``s_j / a`` of the task's own do. Scores are taken as losses with their sign
turned where more is better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import pandas as pd
from scipy.optimize import least_squares
from scipy.stats import t as student

from cohear.analysis.gains.cell_tests import LEVEL
from cohear.analysis.gains.design import Design
from cohear.base.arrays import Array
from cohear.base.study_facts import LabelBudget, StudyFacts
from cohear.base.units import finite

FEWEST_BUDGETS = 3
"""Different shares of own labels that a curve with its end takes."""
FLATTEST = 0.05
"""Of ``a``: all own labels then take 5 % off what can be learnt; below it they have no worth to compare with."""


class LabelWorth(TypedDict):
    """A task beside a partner.

    ``clips`` are the partner's training clips; ``worth`` own clips that would do the same, with its 95 % interval;
    None where it cannot be told.
    """

    task: str
    partner: str
    features: str
    encoder: str
    metric: str
    budgets: int
    own_clips: int
    clips: int
    worth: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class _Points:
    """Scores of one task in one setting.

    Attributes:
        own: ``[N]`` share of its labels.
        partner: ``[N]`` number of the partner, -1 alone.
        theirs: ``[N]`` share of the partner's labels.
        loss: ``[N]``.
        part: ``[N]`` test part.
    """

    own: Array
    partner: Array
    theirs: Array
    loss: Array
    part: Array

    def without(self, part: object) -> _Points:
        """Those of the other test parts."""
        keep = self.part != part
        return _Points(*(getattr(self, name)[keep] for name in ("own", "partner", "theirs", "loss", "part")))


def label_worth(results: pd.DataFrame, facts: StudyFacts, design: Design) -> list[LabelWorth]:
    """The worth of every partner of every task that was trained at enough budgets.

    Args:
        results: checked results.
        facts: which arms have which budgets, and how many clips tasks train on.
        design: of the study.
    """
    budgets = facts.label_budgets
    ordinary = results[(results["control"] == "") & results["arm"].isin(list(budgets)) & results["value"].notna()]
    ordinary = ordinary[ordinary["combination"].str.count(r"\+") <= 1]
    found: list[LabelWorth] = []
    for names, rows in ordinary.groupby(["task", "features", "encoder", "metric"], sort=True):
        task, features, encoder, metric = map(str, names)
        partners = sorted({name for group in rows["combination"] for name in group.split("+")} - {task})
        points = _points(task, rows, partners, budgets)
        shares = np.unique(points.own)
        if not partners or len(shares) < FEWEST_BUDGETS:
            continue
        worth, low, high = _estimated(points, len(partners), design.ratio_of(task))
        own = _training_clips(facts, task)
        for number, partner in enumerate(partners):
            found.append(
                {
                    "task": task,
                    "partner": partner,
                    "features": features,
                    "encoder": encoder,
                    "metric": metric,
                    "budgets": len(shares),
                    "own_clips": round(own),
                    "clips": round(_training_clips(facts, partner)),
                    "worth": finite(own * worth[number]),
                    "low": finite(own * low[number]),
                    "high": finite(own * high[number]),
                }
            )
    return found


def _points(task: str, rows: pd.DataFrame, partners: Sequence[str], budgets: Mapping[str, LabelBudget]) -> _Points:
    own, partner, theirs = [], [], []
    for row in rows.to_dict("records"):
        others = [name for name in row["combination"].split("+") if name != task]
        budget = budgets[row["arm"]]
        own.append(budget.share_of(task, focal=True))
        partner.append(partners.index(others[0]) if others else -1)
        theirs.append(budget.share_of(others[0], focal=False) if others else 0.0)
    sign = np.where(rows["higher_is_better"].to_numpy(bool), -1.0, 1.0)
    part = rows["test_part"].where(rows["test_part"] != "", rows["fold"].astype(str)).to_numpy(object)
    loss = sign * rows["value"].to_numpy(float)
    return _Points(np.array(own), np.array(partner), np.array(theirs), loss, part)


def _estimated(points: _Points, partners: int, ratio: float | None) -> tuple[Array, Array, Array]:
    """Worth of each partner in shares of the own labels, ``[partners]``, and 95 % intervals by test parts left out.

    Training sets of two folds overlap, and so do their errors (Nadeau & Bengio 2003): the variance of the jackknife,
    ``S² / J``, becomes ``S² (1 / J + r)``.
    """
    worth = _worth(points, partners)
    parts = list(dict.fromkeys(points.part))
    number = len(parts)
    if number < FEWEST_BUDGETS:
        return worth, np.full(partners, np.nan), np.full(partners, np.nan)
    left_out = np.array([_worth(points.without(part), partners) for part in parts])
    spread = (number - 1) * ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0)
    overlap = 1 / (number - 1) if ratio is None else ratio
    reach = student.ppf(1 - LEVEL / 2, number - 1) * np.sqrt(spread * (1 / number + overlap))
    return worth, worth - reach, worth + reach


def _worth(points: _Points, partners: int) -> Array:
    """``s_j / a`` of each partner; NaN where own labels hardly matter or a partner was not there."""
    low, high = float(points.loss.min()), float(points.loss.max())
    reach = max(high - low, 1e-9)
    scaled = (points.loss - low) / reach

    def residuals(values: Array) -> Array:
        end, begin, slope, *given = values
        theirs = np.append(np.array(given), 0.0)[points.partner] * points.theirs
        fitted: Array = end + np.exp(begin - slope * points.own - theirs) - scaled
        return fitted

    start = np.concatenate([[-0.1, 0.0, 2.0], np.zeros(partners)])
    lowest = np.concatenate([[-5.0, -10.0, 0.0], np.full(partners, -20.0)])
    highest = np.concatenate([[1.0, 3.0, 50.0], np.full(partners, 50.0)])
    fit = least_squares(residuals, start, bounds=(lowest, highest))
    slope, given = fit.x[2], fit.x[3:]
    there = np.isin(np.arange(partners), points.partner)
    return np.where(there & (slope > FLATTEST), given / max(slope, FLATTEST), np.nan)


def _training_clips(facts: StudyFacts, task: str) -> float:
    """Clips that a task trains on with all its labels, mean over folds; NaN where they are not known."""
    counts = [fold.train for fold in facts.tasks[task].folds] if task in facts.tasks else []
    return float(np.mean(counts)) if counts else float("nan")
