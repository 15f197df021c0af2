"""From settings to the list of runs: combination × front-end × encoder × arm × repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Generic, Protocol, TypeVar

from cohear.base.named import WithSettings, name_of
from cohear.base.plugins import versions_of_plugins
from cohear.features.front_end import FrontEnd
from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.sharing import SHARING
from cohear.runs.job import job_of
from cohear.runs.spec import Normalise, Spec, TaskReference
from cohear.study.file import StudySettings
from cohear.study.file.label_budget import budgets_of
from cohear.study.file.task_sets import task_sets
from cohear.study.plan.labels import FrontEndLabels
from cohear.study.plan.network_needs import NetworkNeeds, PlannedCell
from cohear.study.plan.row import PlanRow
from cohear.training.device import AUTO
from cohear.training.settings import TrainingSettings
from cohear.training.spec import RunSpec, beginning_of, teachers_of, who_begins
from cohear.training.versions import training_versions

Input = tuple[FrontEnd, float]
"""A front-end and a window, seconds."""


class CutSplit(Protocol):
    """Cuts a split further."""

    def __call__(self, fold: int, task: str, share: float, *, groups: bool) -> str:
        """Digest of a task's split with a share of its training clips, and with the groups of its clips or without."""


S_co = TypeVar("S_co", bound=Spec, covariant=True)


@dataclass(frozen=True)
class PlannedRun(Generic[S_co]):
    """A run in its place in the grid. Cells that come to the same specification share one training.

    Attributes:
        spec: what is done.
        features, encoder, arm, combination, control: the cell, as the tables name it.
        fold, seed: the repeat.
        focal: the task that a control or a probe is for, or that alone has few labels in its arm; empty for other
            ordinary runs, and for a probe of several alike.
        probe: name of the measurement that the run makes; else empty.
    """

    spec: S_co
    features: str
    encoder: str
    arm: str
    combination: str
    control: str
    fold: int
    seed: int
    focal: str = ""
    probe: str = ""

    @property
    def key(self) -> str:
        """The run's key."""
        return self.spec.key

    @property
    def row(self) -> PlanRow:
        """The run as ``plan.json`` lists it."""
        cost = job_of(self.spec).cost(self.spec)
        return PlanRow(
            run=self.key,
            features=self.features,
            encoder=self.encoder,
            arm=self.arm,
            combination=self.combination,
            control=self.control,
            focal=self.focal,
            fold=self.fold,
            seed=self.seed,
            cost=cost.units,
            job=self.spec.job,
            probe=self.probe,
            needs=tuple(sorted({need.run for need in self.spec.needs.values()})),
            pace=cost.pace,
        )

    def as_control(self, control: str, focal: str, combination: str, spec: RunSpec) -> PlannedRun[RunSpec]:
        """A control run in the same setting and repeat."""
        cell = (self.features, self.encoder, self.arm, combination, control)
        return PlannedRun(spec, *cell, self.fold, self.seed, focal)


def make_plan(
    settings: StudySettings,
    front_ends: Sequence[FrontEnd],
    encoders: Sequence[EncoderChoice],
    splits: Mapping[tuple[int, str], str],
    stores: Mapping[tuple[str, str], str],
    precision: str,
    cut: CutSplit,
) -> list[PlannedRun[RunSpec]]:
    """All networks of a study, repeats outermost, so that a study which is cut short has whole repeats.

    Where repeats stop when verdicts are decided these are all that there can be (:mod:`cohear.study.plan.repeats`).

    Args:
        settings: the study.
        front_ends: of the grid, in the order of ``settings.features``.
        encoders: of the grid.
        splits: digest of each task's split, by (fold, task).
        stores: key of each feature store, by (front-end label, dataset).
        precision: of an arm that leaves it to the machine (``auto``).
        cut: gives the digest of a split that is not among these: of an arm with label budgets, or with groups that
            features are normalised by.
    """
    front_end_label = FrontEndLabels(settings)
    plugins = versions_of_plugins(settings.plugins)
    specs = _Specs(settings, splits, stores, precision, cut, front_end_label, plugins, encoders)
    sets_of = [task_sets(settings.of_encoder(number)) for number in range(len(encoders))]
    plan = []
    for seed, fold in settings.repeats.order():
        for front_end, (number, encoder) in product(front_ends, enumerate(encoders)):
            if not encoder.fits(front_end.layout):
                continue
            for arm, tasks in product(settings.arms, sets_of[number]):
                cell = PlannedCell(front_end, encoder, arm, fold, seed)
                for focal, shares in budgets_of(settings.arms[arm].labels, tasks, settings.label_free):
                    spec = specs.spec(cell, tasks, focal, shares)
                    place = (front_end_label(front_end), encoder.label, arm, "+".join(tasks))
                    plan.append(PlannedRun(spec, *place, "", fold, seed, focal))
    return plan


def mistakes_in_needs(plan: Sequence[PlannedRun[RunSpec]]) -> list[str]:
    """Arms whose networks begin with, or learn from, networks that no arm of the plan trains."""
    keys, mistakes = {run.key for run in plan}, []
    for run in plan:
        way, usual = name_of(run.spec.training.sharing), TrainingSettings().sharing
        source, tasks = SHARING[way].begins_with, [task.name for task in run.spec.tasks]
        lacking = {name for name, need in run.spec.needs.items() if need.run not in keys}
        mistakes += [
            f"arms.{run.arm}.training.teachers: {task} alone is in no combination of the encoder that teaches it"
            for task in tasks
            if lacking.intersection(teachers_of(task, run.spec.needs))
        ]
        begins = [task for task in tasks if beginning_of(task) in lacking]
        if source and begins:
            names = "+".join(who_begins(begins[0], tasks, source))
            mistakes.append(
                f"arms.{run.arm}.training.sharing: with {way!r} {run.combination} begins with the network of {names} "
                f"that shares by {usual!r} and has all else of this arm, and there is none; add it to combinations "
                "and an arm that differs from this one in sharing alone"
            )
    return list(dict.fromkeys(mistakes))


class _Specs:
    """Makes specifications of networks; arguments are those of `make_plan`, and what it has found."""

    def __init__(
        self,
        settings: StudySettings,
        splits: Mapping[tuple[int, str], str],
        stores: Mapping[tuple[str, str], str],
        precision: str,
        cut: CutSplit,
        front_end_label: FrontEndLabels,
        plugins: Mapping[str, str],
        encoders: Sequence[EncoderChoice],
    ) -> None:
        self._settings, self._splits, self._stores, self._precision = settings, splits, stores, precision
        self._cut, self._front_end_label, self._plugins = cut, front_end_label, plugins
        self._inputs_of = cache(settings.inputs)  # the same in every repeat, and so are keys
        self._key_of = cache(FrontEnd.key)
        self._needs = NetworkNeeds(settings, front_end_label, encoders, self._plain)

    def spec(
        self,
        cell: PlannedCell,
        tasks: Sequence[str],
        focal: str,
        shares: Mapping[str, float],
        sharing: str | WithSettings | None = None,
    ) -> RunSpec:
        """Of a combination.

        Args:
            cell: its setting and repeat.
            tasks: in order.
            focal: the task that is scored; empty for all of them.
            shares: of training clips, of tasks that have not all.
            sharing: the scheme, where it is not the arm's.
        """
        training, window = _settled(self._settings, cell.arm, self._precision, alone=len(tasks) == 1)
        if sharing is not None:
            training = training.model_copy(update={"sharing": sharing})
        inputs = self._inputs_of(cell.front_end, window)
        common = _common(cell.front_end, window, [inputs[task] for task in tasks])
        heard = [TaskInput.of(*inputs[task]) for task in tasks]
        return RunSpec(
            needs=self._needs.of(cell, tasks, training) if len(tasks) > 1 else {},
            tasks=tuple(
                _reference(
                    task,
                    self._split(cell, task, shares.get(task, 1.0)),
                    self._stores[self._front_end_label(inputs[task][0]), self._settings.tasks[task].dataset_name],
                    inputs[task],
                    common,
                    scored=focal in ("", task) and task not in self._settings.label_free,
                    normalise=self._settings.normalise_of(task, cell.arm),
                )
                for task in tasks
            ),
            front_end=self._key_of(common[0]),
            encoder=cell.encoder.key(),
            window=common[1],
            training=training,
            teacher_encoder=self._needs.teacher_encoder(cell, training),
            study_seed=self._settings.seed,
            fold=cell.fold,
            seed=cell.seed,
            versions={**training_versions(training, heard), **self._plugins},
        )

    def _plain(self, cell: PlannedCell, tasks: tuple[str, ...]) -> RunSpec:
        """Of the network of a task alone, or of several that share all but their heads."""
        [(_, shares)] = budgets_of(self._settings.arms[cell.arm].labels, [*tasks], self._settings.label_free)
        return self.spec(cell, tasks, "", shares, sharing=TrainingSettings().sharing)

    def _split(self, cell: PlannedCell, task: str, share: float) -> str:
        """Digest of what a task's clips are in a fold."""
        by_group = self._settings.normalise_of(task, cell.arm) == "group"
        if by_group or share < 1:
            return self._cut(cell.fold, task, share, groups=by_group)
        return self._splits[cell.fold, task]


def _common(front_end: FrontEnd, window: float, inputs: Sequence[Input]) -> Input:
    """What a run states for its tasks together: the cell's front-end and window, where a task of it has these.

    Where all have their own, it is the first task's: a cell that comes to the same is the same run.
    """
    front_ends, windows = zip(*inputs, strict=True)
    return front_end if front_end in front_ends else front_ends[0], window if window in windows else windows[0]


def _reference(
    task: str, split: str, store: str, own: Input, common: Input, *, scored: bool, normalise: Normalise
) -> TaskReference:
    """A task of a run, with what of its input is not that of the run."""
    front_end, window = own
    return TaskReference(
        name=task,
        split=split,
        store=store,
        scored=scored,
        front_end=None if front_end == common[0] else front_end.key(),
        window=None if window == common[1] else window,
        normalise=normalise,
    )


def _settled(settings: StudySettings, arm: str, precision: str, *, alone: bool) -> tuple[TrainingSettings, float]:
    """An arm's settings as a run holds them: precision settled, and no way of sharing where nothing is shared."""
    training, window = settings.arm(arm)
    if training.precision == AUTO:
        training = training.model_copy(update={"precision": precision})
    return training.of_single() if alone else training, window
