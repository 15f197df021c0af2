"""What advice in one setting is made of: its tasks, what is expected of their gains, what networks cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from cohear.advice.budget import GroupingBudget
from cohear.advice.dividing import Dividing, Floors
from cohear.advice.expectation import GainDistribution
from cohear.advice.foreseen_gains import ForeseenGains
from cohear.advice.observed import ObservedGains
from cohear.advice.prices import Prices, prices_of
from cohear.advice.prior import GainPrior
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.in_setting import in_setting
from cohear.analysis.tables.log_loss import BITS
from cohear.base.arrays import Array
from cohear.base.setting import InSetting, Setting
from cohear.base.units import OWN, POINTS, Unit

AdvisedScore = Literal["metric", "nll"]
"""The tasks' own metrics, or log loss."""

KINDS = ("multiclass", "multilabel")
"""Kinds whose gains recorded studies tell of."""


@dataclass(frozen=True)
class ScoreKnown:
    """What is known of a setting in one score.

    Attributes:
        expectation: of gains.
        alone: mean score of each task alone, ``(tasks,)``.
        sign: 1 where the larger score is the better one, else -1, ``(tasks,)``.
        unit: that gains are counted in.
        foreseen: what a prior tells, where no gain was measured; None where one was.
    """

    expectation: GainDistribution
    alone: Array
    sign: Array
    unit: Unit
    foreseen: ForeseenGains | None = None


@dataclass(frozen=True)
class AdvisedSetting:
    """A setting that advice is given of.

    Attributes:
        setting: features, encoder, arm.
        tasks: those that are learnt and have a single run, in the study's order; before any run, all that are planned.
        scores: what is known of each score.
        prices: of networks.
        in_turn: whether each network is for one of its tasks alone, which has few labels.
    """

    setting: Setting
    tasks: tuple[str, ...]
    scores: Mapping[AdvisedScore, ScoreKnown]
    prices: Mapping[str, Prices]
    in_turn: bool

    @classmethod
    def of(cls, statistics: Statistics, setting: Setting, prior: GainPrior) -> AdvisedSetting:
        """From the statistics of a study.

        Args:
            statistics: of the study.
            setting: features, encoder, arm.
            prior: what is expected where no gain was measured.
        """
        results = in_setting(statistics.results, setting)
        results = results[results["control"] == ""]
        tasks = _tasks(statistics, setting)
        scores: dict[AdvisedScore, ScoreKnown] = {}
        for name, some in (("metric", statistics), ("nll", statistics.log_loss)):
            known = None if some is None else _known(some, setting, tasks, prior)
            if known is not None:
                scores["nll" if name == "nll" else "metric"] = known
        in_turn = bool((results["focal"] != "").any())
        return cls(setting, tasks, scores, prices_of(statistics, setting, tasks), in_turn)

    @classmethod
    def of_plan(
        cls, statistics: Statistics, setting: Setting, combinations: Iterable[str], prior: GainPrior
    ) -> AdvisedSetting:
        """Of a setting without a run, from measurements alone.

        Args:
            statistics: of the study, which has nothing of the setting.
            setting: features, encoder, arm.
            combinations: that are planned.
            prior: what is expected of their gains.
        """
        facts = statistics.tables.data
        planned = {name for combination in combinations for name in combination.split("+")}
        tasks = tuple(task for task in facts.tasks if task in planned and not facts.tasks[task].without_labels)
        scores: dict[AdvisedScore, ScoreKnown] = {}
        ways: tuple[tuple[AdvisedScore, Unit, float], ...] = (("metric", POINTS, 1.0), ("nll", Unit(BITS), -1.0))
        for name, unit, way in ways:
            if len(tasks) > 1 and unit.name in prior.scores and all(facts.tasks[one].kind in KINDS for one in tasks):
                unknown, sign = np.full(len(tasks), np.nan), np.full(len(tasks), way)
                nothing = ObservedGains(tasks, (), np.zeros(0), np.zeros(0), np.zeros(0), 0.0, 0.0)
                foreseen = ForeseenGains.of(statistics, setting, tasks, prior.scores[unit.name])
                scores[name] = ScoreKnown(_foreseen(nothing, foreseen), unknown, sign, unit, foreseen)
        budget = facts.label_budgets.get(setting[2])
        return cls(setting, tasks, scores, {}, budget is not None and budget.in_turn)

    @property
    def names(self) -> InSetting:
        """What its rows begin with."""
        features, encoder, arm = self.setting
        return {"features": features, "encoder": encoder, "arm": arm}

    @property
    def score(self) -> AdvisedScore:
        """The one that groupings are chosen in: log loss, the sharper one, where the runs have it."""
        return "nll" if "nll" in self.scores else "metric"

    @cached_property
    def number(self) -> Mapping[str, int]:
        """Number of each task."""
        return {task: place for place, task in enumerate(self.tasks)}

    def network_of(self, combination: str) -> tuple[int, ...] | None:
        """Numbers of a combination's tasks; None where advice is not of all of them."""
        names = combination.split("+")
        return tuple(sorted(self.number[name] for name in names)) if set(names) <= set(self.tasks) else None

    def name_of(self, network: Sequence[int]) -> str:
        """A combination by its tasks' numbers."""
        return "+".join(self.tasks[place] for place in network)

    def dividing(self, budget: GroupingBudget) -> Dividing:
        """The ways to divide its tasks within a budget."""
        known, floors = self.scores[self.score], None
        if budget.floors:
            own = self.scores["metric"]
            least = {self.number[task]: floor for task, floor in budget.floors.items() if task in self.number}
            floors = Floors(own.expectation, own.alone, own.sign, least)
        return Dividing(self.tasks, known.expectation, self.prices, budget, floors)


def _tasks(statistics: Statistics, setting: Setting) -> tuple[str, ...]:
    """Tasks with a score alone that are learnt, in the order of the study, else of the alphabet."""
    singles = in_setting(statistics.singles, setting)
    here = set(map(str, singles["task"])) - statistics.not_learnt.get(setting, frozenset())
    known = [*statistics.tables.data.tasks, *sorted(here)]
    return tuple(task for task in dict.fromkeys(known) if task in here)


def _foreseen(observed: ObservedGains, foreseen: ForeseenGains) -> GainDistribution:
    """Gains of which none was measured."""
    return GainDistribution.of(observed.with_error(foreseen.prior.repeat_error), foreseen.beforehand())


def _known(statistics: Statistics, setting: Setting, tasks: Sequence[str], prior: GainPrior) -> ScoreKnown | None:
    """What is known in one score; None where a task has none, or gains of tasks do not add up."""
    singles = in_setting(statistics.singles, setting).set_index("task")
    if not set(tasks) <= set(singles.index) or len(tasks) < 2:
        return None
    singles = singles.loc[list(tasks)]
    unit = statistics.unit_over(singles)
    if unit == OWN and singles["metric"].nunique() > 1:
        return None
    observed = ObservedGains.of(statistics, setting, tasks)
    foreseen = None
    if not len(observed.gains):
        if unit.name not in prior.scores:
            return None
        foreseen = ForeseenGains.of(statistics, setting, tasks, prior.scores[unit.name])
    expectation = GainDistribution.of(observed) if foreseen is None else _foreseen(observed, foreseen)
    sign = singles["higher_is_better"].map({True: 1.0, False: -1.0}).to_numpy(np.float64)
    alone = singles["value"].to_numpy(np.float64)
    return ScoreKnown(expectation, alone, sign, unit, foreseen)
