"""Which of the unbeaten groupings of a setting is to be trained; one rule, and the reason where there is none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from cohear.analysis.answers.chosen import mean_gain
from cohear.analysis.answers.groupings import MOST_TASKS, UnbeatenGrouping, prices
from cohear.analysis.gains.design import Design
from cohear.analysis.gains.pairs import first_half, halved_by
from cohear.base.setting import Setting, setting_of

COST = "parameters"
"""The cost that groupings are recommended for."""

NoGrouping = Literal["pairs", "learnt", "units", "tasks", "cost", "singles", "repeats", "focal"]
"""Why there is none: nothing was compared; no two tasks that are learnt were; gains have several units; more tasks than
can be gone through; the cost of a network is not known; no task has a single run; combinations have no repeats that
choose and others that estimate; each network is for one of its tasks alone."""


@dataclass(frozen=True)
class Serving:
    """Networks that serve every task once.

    Attributes:
        groups: their combinations.
        parameters: of all networks.
        chosen: mean gain of a task on the repeats that chose, too high on average.
        gain: the same on the others; or on all repeats.
        low, high: its 95 % interval, NaN where it cannot be told.
        on_all: whether it is of all repeats, since none chose it.
    """

    groups: tuple[str, ...]
    parameters: float
    chosen: float
    gain: float
    low: float
    high: float
    on_all: bool = False

    @property
    def shared(self) -> list[str]:
        """The networks of several tasks."""
        return [name for name in self.groups if "+" in name]

    @property
    def alone(self) -> list[str]:
        """Tasks with a network of their own."""
        return [name for name in self.groups if "+" not in name]

    @property
    def tasks(self) -> list[str]:
        """All tasks that are served."""
        return [task for name in self.groups for task in name.split("+")]

    @property
    def whole(self) -> bool:
        """Whether one network serves all."""
        return len(self.groups) == 1

    @property
    def verdict(self) -> Literal["helps", "hurts", "undecided"]:
        """Whether what it gains is beyond chance."""
        return "helps" if self.low > 0 else "hurts" if self.high < 0 else "undecided"


@dataclass(frozen=True)
class Recommended:
    """The unbeaten groupings of a setting.

    Attributes:
        setting: features, encoder, arm.
        best: the one to train: that with the largest gain on the repeats that chose, unless it loses on the others, and
            then separate networks; or one network for all, where that one is surely better than separate networks and
            the other is not.
        picked: the one with the largest gain on the repeats that chose.
        every: all of them, the cheapest first.
        chose, estimated: numbers of repeats on which groupings were chosen, and estimated.
        apart: parameters of a network for each task.
        halves: what the repeats that chose are every other one of, ``fold`` or ``seed``.
    """

    setting: Setting
    best: Serving
    picked: Serving
    every: tuple[Serving, ...]
    chose: int
    estimated: int
    apart: float
    halves: str


def recommend(
    setting: Sequence[str],
    results: pd.DataFrame,
    pairs: pd.DataFrame,
    lines: Sequence[UnbeatenGrouping],
    design: Design,
) -> Recommended | NoGrouping:
    """What to train in one setting, or why that cannot be told.

    One network for all tasks is unbeaten because nothing is smaller, so that no repeat chose it: it is measured on
    every repeat, unless it also gained most where groupings were chosen, and then stays measured on the others.

    Args:
        setting: features, encoder, arm.
        results: its ordinary runs.
        pairs: its paired differences.
        lines: of :func:`cohear.analysis.answers.groupings.best_per_budget` for :data:`COST`, of the setting.
        design: of the study.
    """
    if pairs.empty:
        return "pairs"
    if (results["focal"] != "").any():
        return "focal"
    first = first_half(pairs)
    repeats = pairs[["fold", "seed"]]
    chose, estimated = (len(repeats[side].drop_duplicates()) for side in (first, ~first))
    if not lines:
        return _why_none(results)
    if not chose or not estimated:
        return "repeats"
    made = [_serving(line) for line in lines]
    picked = max(made, key=lambda one: one.chosen)
    every = [_on_all(one, pairs, design) if one.whole and one.shared and one is not picked else one for one in made]
    singles = results[results["combination"] == results["task"]]
    apart = float(singles.groupby("task")[COST].mean().sum())
    features, encoder, arm = map(str, setting)
    return Recommended(
        (features, encoder, arm),
        best_of(every, picked, apart),
        picked,
        tuple(every),
        chose,
        estimated,
        apart,
        halved_by(pairs),
    )


def one_network(results: pd.DataFrame, pairs: pd.DataFrame, tasks: Collection[str], design: Design) -> Serving | None:
    """One network for all tasks of a setting on all repeats, whatever chose; None where it was not measured.

    Args:
        results: ordinary runs of the setting.
        pairs: its paired differences.
        tasks: of the setting.
        design: of the study.
    """
    for name in sorted(set(results.loc[results["focal"] == "", "combination"]) & set(pairs["combination"])):
        if set(name.split("+")) == set(tasks):
            price = prices(results, COST).get(name, np.nan)
            return _on_all(Serving((name,), float(price), np.nan, np.nan, np.nan, np.nan), pairs, design)
    return None


def best_of(every: Sequence[Serving], picked: Serving, apart: float) -> Serving:
    """The grouping to train, see :class:`Recommended`."""
    sure = [one for one in every if one.whole and one.shared and one.verdict == "helps"]
    if sure and picked.verdict != "helps":
        return sure[0]
    if picked.gain < 0:
        return Serving(tuple(picked.tasks), apart, 0.0, 0.0, np.nan, np.nan)
    return picked


def _why_none(results: pd.DataFrame) -> NoGrouping:
    price = prices(results, COST)
    tasks = {task for task in results["task"] if task in price.index}
    return "tasks" if len(tasks) > MOST_TASKS else "cost" if price.isna().any() else "singles"


def _serving(line: UnbeatenGrouping) -> Serving:
    figures = (line["budget"], line["gain_chosen"], line["gain"], line["low"], line["high"])
    parameters, chosen, gain, low, high = (np.nan if figure is None else float(figure) for figure in figures)
    return Serving(tuple(map(str, line["groups"])), parameters, chosen, gain, low, high)


def _on_all(one: Serving, pairs: pd.DataFrame, design: Design) -> Serving:
    mean = mean_gain(pairs, one.groups, pd.Series(True, index=pairs.index), design)
    low, high = mean.interval()
    return replace(one, gain=mean.gain, low=low, high=high, on_all=True)


def of_settings(lines: Sequence[UnbeatenGrouping]) -> dict[Setting, list[UnbeatenGrouping]]:
    """The lines for :data:`COST`, by setting."""
    found: dict[Setting, list[UnbeatenGrouping]] = {}
    for line in lines:
        if line["cost"] == COST:
            found.setdefault(setting_of(line), []).append(line)
    return found
