"""Gains of a setting in which none was measured, as a prior foretells them from measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import permutations

import numpy as np

from cohear.advice.expectation import Beforehand
from cohear.advice.predictors.cells import Cells
from cohear.advice.predictors.measured import numbers_of, rows_in_setting
from cohear.advice.prior import PriorOfScore
from cohear.advice.sentences import NOTHING_MEASURED, PRIOR_IS_NO_BETTER, why_prior
from cohear.analysis.statistics import Statistics
from cohear.base.setting import Setting
from cohear.findings.words import Words

MOST_REASONS = 2
"""Measurements that are named of a gain."""


@dataclass(frozen=True)
class ForeseenGains:
    """What a prior tells of every ordered pair of a setting.

    Attributes:
        tasks: by number.
        prior: in the score's unit.
        cells: every ordered pair, with what was measured.
    """

    tasks: Sequence[str]
    prior: PriorOfScore
    cells: Cells
    _number: dict[tuple[str, str], int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        pairs = zip(self.cells.tasks, self.cells.partners, strict=True)
        object.__setattr__(self, "_number", {(task, beside): at for at, (task, (beside,)) in enumerate(pairs)})

    @classmethod
    def of(cls, statistics: Statistics, setting: Setting, tasks: Sequence[str], prior: PriorOfScore) -> ForeseenGains:
        """From the study's measurements."""
        rows = rows_in_setting(statistics.tables.measurements, setting, tasks)
        facts = statistics.tables.data.tasks
        datasets = {task: facts[task].dataset for task in tasks if task in facts and facts[task].dataset}
        every = [(task, (partner,)) for task, partner in permutations(tasks, 2)]
        cells = Cells.of(every, numbers_of(rows[rows["value"].notna()]), datasets)
        return cls(tasks, prior, cells.only(prior.relation.scale.features))

    @cached_property
    def is_told(self) -> bool:
        """Whether measurements move what is expected: they were made, and the prior is better than no advice."""
        return self.prior.unseen.is_better and bool(np.isfinite(self.cells.values).any())

    def beforehand(self) -> Beforehand:
        """What is expected of every ordered pair; of no measurement, nothing with the spread of recorded gains."""
        square = np.zeros((len(self.tasks), len(self.tasks)))
        if not self.is_told:
            return Beforehand(square, np.full_like(square, self.prior.spread))
        return self.prior.beforehand(self.tasks, self.cells)

    def why(self, task: str, partners: Sequence[str]) -> Words:
        """Why a task's gain beside others is expected."""
        if not self.prior.unseen.is_better:
            return PRIOR_IS_NO_BETTER
        if not self.is_told:
            return NOTHING_MEASURED
        at = [self._number[task, partner] for partner in partners]
        chosen = self.cells.take(np.isin(np.arange(len(self.cells)), at))
        reasons = self.prior.relation.reasons(chosen, MOST_REASONS)
        names = dict.fromkeys(reason.feature.words for each in reasons for reason in each)
        return why_prior(list(names)[:MOST_REASONS], self.prior.datasets)
