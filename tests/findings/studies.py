"""Simulated studies of known truth, as folders: of every shape that a study can have.

Every number is drawn from a stream named by what it is for, so a study with more seeds, more tasks or another encoder
has the numbers of the smaller one and more: a cure that somebody is told can be followed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from cohear.analysis.simulation.simulation import Deviations
from cohear.base.streams import stream
from cohear.study.plan.row import PlanRow

OVERLAP = 0.2
"""Correlation of the fold parts of a cell: test / all clips."""

PARTS = (
    Deviations(fold=0.0635, single=0.0304, residual=0.0292),
    Deviations(fold=0.0108, single=0.0303, residual=0.0234),
    Deviations(fold=0.0180, single=0.0177, residual=0.0178),
    Deviations(fold=0.0058, single=0.0049, residual=0.0173),
    Deviations(fold=0.0089, single=0.0143, residual=0.0155),
    Deviations(fold=0.0169, single=0.0193, residual=0.0231),
)
"""Of six real tasks in `dnn`."""


@dataclass(frozen=True)
class Task:
    """One task, and how its scores spread.

    Attributes:
        scale: what a score of one is counted as: 100 where scores are per cent.
        official: number of official folds, None for as many as there are repeats.
        clips: of a test part; 0 where nobody tells.
        rounded: whether scores move in steps of a clip, as real ones do.
        noise: how large its spread is, times that of a real task.
        chance: level of an answer that ignores the sound; None where nobody tells.
    """

    name: str
    metric: str = "uar"
    higher_is_better: bool = True
    scale: float = 1.0
    level: float = 0.7
    margin: float | None = 0.01
    official: int | None = None
    clips: int = 200
    rounded: bool = False
    noise: float = 1.0
    chance: float | None = 0.1
    parts: Deviations = PARTS[2]


@dataclass(frozen=True)
class Setting:
    """One front-end, encoder and arm, and the combinations that it was trained on.

    Attributes:
        lacking: single runs that were not trained, by task.
        same_singles_as: arm whose single runs are those of this one too.
        controls: names of controls, each of the first task of every pair beside its partner, or of the task alone.
    """

    groups: tuple[tuple[str, ...], ...]
    features: str = "logmel"
    encoder: str = "small"
    arm: str = "base"
    parameters: int = 100_000
    controls: tuple[str, ...] = ()
    same_singles_as: str | None = None

    @property
    def names(self) -> tuple[str, str, str]:
        """As the tables have them."""
        return self.features, self.encoder, self.arm


@dataclass(frozen=True)
class Effects:
    """True gains.

    Attributes:
        share: of the pairs' cells that have one.
        size: of such a gain, plus or minus.
        all_same: added to every cell.
        persistent: share of a gain's variance that another setting has too.
        in_groups: how much of the sum of its pairs a larger group has.
    """

    share: float = 0.3
    size: float = 0.04
    all_same: float = 0.0
    persistent: float = 0.5
    in_groups: float = 0.5


@dataclass(frozen=True)
class SimulatedStudy:
    """A study.

    Attributes:
        shape, number: of what kind it is, and which of them: together they name its streams.
        looks: numbers of repeats at which it looked; empty where repeats are fixed.
        fewer: a combination's seeds, where they are fewer than the others have.
        failed: share of the runs that failed; ``left``: of those that were not begun yet.
        unscored: share of the test parts without a score.
        folder: whether it is a study folder with a plan and records; else a folder of tables.
        bare: a folder with ``results.csv`` alone, without the columns that it may lack.
        facts: whether a folder of tables has ``data.json`` too.
        gap: training less test score.
    """

    shape: str
    number: int
    tasks: tuple[Task, ...]
    settings: tuple[Setting, ...]
    folds: int = 5
    seeds: int = 1
    effects: Effects = Effects()
    looks: tuple[int, ...] = ()
    fewer: Mapping[str, int] = field(default_factory=dict)
    failed: float = 0.0
    left: float = 0.0
    unscored: float = 0.0
    folder: bool = True
    bare: bool = False
    facts: bool = True
    gap: float = 0.15
    more_metrics: bool = False
    related: bool = False
    curves: bool = False

    @property
    def name(self) -> str:
        """What a report of a failure calls it."""
        return f"{self.shape}-{self.number}"

    @cached_property
    def of_task(self) -> dict[str, Task]:
        """By name."""
        return {task.name: task for task in self.tasks}

    def combination(self, group: Sequence[str]) -> str:
        """A group's name: its tasks in the study's order."""
        return "+".join(task.name for task in self.tasks if task.name in group)

    # -- truth -------------------------------------------------------------------------------------------------------

    def true_gain(self, task: str, combination: str, setting: Setting) -> float:
        """Of a cell, in the task's own unit, plus is better."""
        effects, members = self.effects, combination.split("+")
        partners = [name for name in members if name != task]
        total = sum(self._of_pair(task, partner, setting) for partner in partners)
        one = effects.in_groups if len(partners) > 1 else 1.0
        return self.of_task[task].scale * (one * total + (effects.all_same if partners else 0.0))

    def _of_pair(self, task: str, partner: str, setting: Setting) -> float:
        effects = self.effects
        common = stream("pair", self.shape, self.number, task, partner)
        own = stream("pair", self.shape, self.number, task, partner, *setting.names)
        rng = common if own.random() < effects.persistent else own
        if rng.random() >= effects.share:
            return 0.0
        return float(effects.size * rng.choice([-1, 1]) * rng.uniform(0.6, 1.4))

    # -- scores ------------------------------------------------------------------------------------------------------

    def _normal(self, *name: str | int) -> float:
        return float(stream(self.shape, self.number, *name).standard_normal())

    def _series(self, number: int, *name: str | int) -> np.ndarray:
        """The first numbers of a stream: those of a longer study begin with those of a shorter one."""
        return stream(self.shape, self.number, *name).standard_normal(number)

    def scores(self, task: str, combination: str, setting: Setting, control: str = "") -> np.ndarray:
        """Test scores ``(folds, seeds)`` of a task in a combination."""
        own = self.of_task[task]
        parts, noise = own.parts, own.noise
        level = np.array([0.03 * self._normal("hard", task, self.part(own, fold)) for fold in range(self.folds)])
        values = own.level + np.repeat(level[:, None], self.seeds, axis=1)
        if combination == task and not control:
            arm = setting.same_singles_as or setting.arm
            names = (task, setting.features, setting.encoder, arm)
            values = values + noise * parts.single * np.array(
                [self._series(self.seeds, "single", *names, fold) for fold in range(self.folds)]
            )
        else:
            names = (task, combination, *setting.names, control)
            common = self._normal("common", *names)
            fold_part = np.array([self._normal("fold", *names, self.part(own, fold)) for fold in range(self.folds)])
            fold_part = np.sqrt(OVERLAP) * common + np.sqrt(1 - OVERLAP) * fold_part
            rest = np.array([self._series(self.seeds, "rest", *names, fold) for fold in range(self.folds)])
            gain = self.true_gain(task, combination, setting) / own.scale
            if control:
                gain *= 1.0 if control in ("shuffled", "wide") else 0.0
            values = values + gain + noise * (parts.fold * fold_part[:, None] + parts.residual * rest)
        if own.rounded and own.clips:
            values = np.round(values * own.clips) / own.clips
        if own.metric in FRACTIONS:
            values = np.clip(values, 0, 1)
        values = values if own.higher_is_better else 1 - values
        return own.scale * values

    def chance(self, task: Task) -> float | None:
        """As the task's metric counts it."""
        if task.chance is None:
            return None
        return task.scale * (task.chance if task.higher_is_better else 1 - task.chance)

    def part(self, task: Task, fold: int) -> int:
        """Which test part a fold has."""
        return fold % (task.official or self.folds)

    # -- runs --------------------------------------------------------------------------------------------------------

    def plan(self) -> list[PlanRow]:
        """Rows of ``plan.json``, repeats outermost."""
        rows = []
        for seed in range(self.seeds):
            for fold in range(self.folds):
                for setting in self.settings:
                    for group in setting.groups:
                        combination = self.combination(group)
                        if seed < self.fewer.get(combination, self.seeds):
                            rows.append(self._row(setting, combination, "", "", fold, seed))
                    rows += [
                        self._row(setting, combination, control, focal, fold, seed)
                        for control, combination, focal in self.controls(setting)
                    ]
        return rows

    def controls(self, setting: Setting) -> list[tuple[str, str, str]]:
        """Control, combination and focal task."""
        pairs = [self.combination(group) for group in setting.groups if len(group) == 2]
        found = []
        for control in setting.controls:
            if control in ("wide", "long"):
                found += [(control, group[0], group[0]) for group in setting.groups if len(group) == 1]
            else:
                found += [(control, pair, pair.split("+")[0]) for pair in pairs]
        return found

    def _row(self, setting: Setting, combination: str, control: str, focal: str, fold: int, seed: int) -> PlanRow:
        arm = setting.arm
        if setting.same_singles_as and "+" not in combination and not control:
            arm = setting.same_singles_as
        key = stream("run", setting.features, setting.encoder, arm, combination, control, focal, fold, seed)
        run, cost = f"{int(key.integers(1 << 40)):010x}", 1000 * (combination.count("+") + 1)
        return PlanRow(run, *setting.names, combination, control, fold, seed, focal, cost)

    def fate(self, run: str) -> str:
        """``done``, ``failed`` or ``left``."""
        drawn = stream("fate", self.shape, self.number, run).random()
        return "failed" if drawn < self.failed else "left" if drawn < self.failed + self.left else "done"


FRACTIONS = ("uar", "accuracy", "f1", "map")
"""Metrics that the simulation keeps within 0 and 1 (or 0 and 100 per cent)."""


def singles(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Every task alone."""
    return tuple((name,) for name in names)


def pairs(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Every two of them."""
    return tuple(combinations(names, 2))


def everything(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Singles, pairs, and one network for all where there are more than two."""
    return (*singles(names), *pairs(names), *((tuple(names),) if len(names) > 2 else ()))


def tasks_named(*names: str, **same: object) -> tuple[Task, ...]:
    """Tasks with the spread of real ones."""
    parts = [PARTS[place % len(PARTS)] for place in range(len(names))]
    levels = [0.62 + 0.05 * (place % 6) for place in range(len(names))]
    return tuple(
        replace(Task(name), parts=part, level=level, **same)  # type: ignore[arg-type]
        for name, part, level in zip(names, parts, levels, strict=True)
    )
