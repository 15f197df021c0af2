"""Scores of a finished study's single runs on training, validation and test, repeat by repeat."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cohear.base.arrays import Array
from cohear.base.setting import Setting
from cohear.runs.record import TaskRecord
from cohear.study.folder.folder import StudyFolder
from cohear.tasks.metrics import METRICS, SHARE


@dataclass(frozen=True)
class RepeatScores:
    """One task's scores over the repeats of its single runs, each ``{part: [values]}``.

    A repeat has the same place in every part; NaN where it has no score there.

    Attributes:
        metric: its primary metric.
        last: at the last step.
        own: at the step that is best on validation.
        higher_is_better: the direction of the metric.
        setting: of the runs.
    """

    metric: str
    last: Mapping[str, Sequence[float]]
    own: Mapping[str, Sequence[float]]
    higher_is_better: bool = True
    setting: Setting = ("", "", "")

    def of_last(self, part: str) -> Array:
        """Scores of a part at the last step, ``(repeats,)``; empty where it has none."""
        return np.asarray(self.last.get(part, ()), dtype=np.float64)

    def of_own(self, part: str) -> Array:
        """The same at the step that is best on validation."""
        return np.asarray(self.own.get(part, ()), dtype=np.float64)

    def means(self) -> dict[str, float]:
        """Mean score at the last step of every part that has one."""
        known = {part: self.of_last(part)[np.isfinite(self.of_last(part))] for part in self.last}
        return {part: float(values.mean()) for part, values in known.items() if len(values)}

    def repeats(self, part: str) -> int:
        """How many have a score at the last step."""
        return int(np.isfinite(self.of_last(part)).sum())

    def surely_better(self, one: Array, other: Array) -> float:
        """Mean paired difference less its standard error, plus where the first is better; 0 without a pair."""
        if len(one) != len(other):
            return 0.0
        difference = (one - other if self.higher_is_better else other - one)[np.isfinite(one) & np.isfinite(other)]
        if not len(difference):
            return 0.0
        error = float(difference.std(ddof=1) / np.sqrt(len(difference))) if len(difference) > 1 else 0.0
        return float(difference.mean()) - error

    @property
    def are_fractions(self) -> bool:
        """Whether they are shares of 0 to 1; of others it is not known what is low, and what is far apart."""
        if self.metric in METRICS:
            return METRICS[self.metric].unit == SHARE
        values = np.concatenate([self.of_last(part) for part in self.last] or [np.empty(0)])
        return bool((np.isnan(values) | ((values >= 0) & (values <= 1))).all())


def scores_of_singles(folder: Path) -> dict[str, RepeatScores]:
    """Scores of single runs of the base arm, the first of its settings if there are several, by task."""
    study = StudyFolder(folder)
    repeats: dict[str, list[TaskRecord]] = {}
    settings: dict[str, Setting] = {}
    for row in study.read_plan():
        if len(row.tasks) > 1 or row.control or not row.is_network:
            continue
        task, setting = row.combination, (row.features, row.encoder, row.arm)
        record = study.record(row.run)
        if record is not None and settings.setdefault(task, setting) == setting:
            repeats.setdefault(task, []).append(record.tasks[task])
    return {task: _scores(scores, settings[task]) for task, scores in repeats.items()}


def _scores(repeats: Sequence[TaskRecord], setting: Setting) -> RepeatScores:
    parts = list(dict.fromkeys(part for one in repeats for part in one.scores))
    last, own = (
        {part: [math.nan if (s := one.score(part, selection)) is None else s for one in repeats] for part in parts}
        for selection in ("last", "own")
    )
    return RepeatScores(repeats[0].metric, last, own, repeats[0].higher_is_better, setting)
