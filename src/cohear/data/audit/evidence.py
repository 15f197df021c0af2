"""All that checks may look at: the datasets of a study as they are on this disk, its tasks and its folds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cohear.audio.unused import Unused
from cohear.base.arrays import Integers
from cohear.data.audit.measures import Measures
from cohear.data.folds.cutting import groups_of
from cohear.data.folds.partition import TaskChoice, TaskSplit
from cohear.data.folds.parts import Part
from cohear.data.folds.splits import usual_column
from cohear.data.scan.dataset import Dataset
from cohear.data.scan.facts import ClipFacts
from cohear.data.scan.joined import JoinedDataset
from cohear.data.tables.clip_name import ClipName
from cohear.data.tables.clip_table import ClipTable
from cohear.tasks.kind import TARGET_KINDS


@dataclass(frozen=True)
class MeasuredDataset:
    """A dataset with what was measured of its clips.

    Attributes:
        dataset: the clips that can be read.
        measures: of each of them, in the table's order.
    """

    dataset: Dataset
    measures: Sequence[Measures]

    @property
    def name(self) -> str:
        """The dataset's name in the study."""
        return self.dataset.name

    @property
    def table(self) -> ClipTable:
        """The clip table."""
        return self.dataset.table

    @property
    def facts(self) -> Sequence[ClipFacts]:
        """Facts about each clip."""
        return self.dataset.facts

    @cached_property
    def ids(self) -> list[str]:
        """Each clip's name."""
        return self.table.clip_ids()

    @cached_property
    def cancels(self) -> NDArray[np.bool_]:
        """``[clips]``: channels that cancel each other."""
        return np.array([fact.cancels for fact in self.facts])

    @cached_property
    def silent(self) -> NDArray[np.bool_]:
        """``[clips]``: nothing but zeros."""
        return np.array([fact.silent for fact in self.facts])

    def numbers(self, measure: str) -> NDArray[np.float64]:
        """One measure of all clips, ``[clips]``."""
        return np.array([getattr(measures, measure) for measures in self.measures], dtype=np.float64)

    def names(self, rows: Iterable[int]) -> tuple[ClipName, ...]:
        """Names of some clips."""
        return tuple(ClipName(self.name, self.ids[row]) for row in rows)

    def groups(self, column: str | None = None) -> NDArray[np.int64]:
        """Group number of each clip under a column, or under what usually keeps clips together."""
        column = column or usual_column(self.table)
        cells = self.table.column(column, self.name) if column else [""] * len(self.table)
        return groups_of(cells, self.table.column("path", self.name))

    def sides_of(self, tasks: Sequence[TaskChoice]) -> list[NDArray[np.int64]]:
        """``[clips]`` numbers for every rule of some tasks, equal where it has clips on one side of every split.

        Without tasks the rule is the usual one.
        """
        columns = dict.fromkeys(task.rule.folds or task.rule.hold_out for task in tasks) or {None: None}
        return [self.groups(column) for column in columns]


@dataclass(frozen=True, order=True)
class Place:
    """A clip by its dataset and its row there."""

    dataset: str
    row: int


@dataclass(frozen=True)
class NearDuplicate:
    """Two clips that hold the same recording, though not the same samples.

    Attributes:
        first, second: the clips.
        correlation: coefficient of their waveforms where they overlap.
        offset: seconds by which the sound lies later in the second clip.
        errors: share of the bits of their fingerprints that differ.
    """

    first: Place
    second: Place
    correlation: float
    offset: float
    errors: float


@dataclass(frozen=True)
class BadName:
    """A clip that cannot be read.

    Attributes:
        name: as its table gives it.
        kind: see `UnreadableAudio`.
        reason: one clause.
    """

    name: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Evidence:
    """What the audit has to judge.

    Attributes:
        datasets: by name; one without a readable clip is not there.
        bad: clips that cannot be read, by dataset.
        skip_bad: whether the study leaves such clips out (``on_bad_file: skip``).
        tasks: those of the study, in its order.
        refused: what makes a study impossible, one sentence each.
        folds: every task's split by fold index; tasks that cannot be cut are not there.
        near: near-duplicates.
        window: seconds that the network sees at once.
        windows: the same of datasets whose tasks have a window of their own.
        seed: the study's.
        unused: what lies in the datasets' folders and is not used.
        over_datasets: tasks over several datasets, in the study's order; they are not among ``tasks``.
        joined: the datasets that these are of, several as one, by what they are called together.
    """

    datasets: Mapping[str, MeasuredDataset]
    bad: Mapping[str, Sequence[BadName]]
    tasks: Sequence[TaskChoice]
    folds: Mapping[int, Mapping[str, TaskSplit]]
    refused: Sequence[str] = ()
    near: Sequence[NearDuplicate] = ()
    skip_bad: bool = False
    window: float = 1.0
    windows: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    unused: Mapping[str, Sequence[Unused]] = field(default_factory=dict)
    over_datasets: Sequence[TaskChoice] = ()
    joined: Mapping[str, MeasuredDataset] = field(default_factory=dict)

    def tasks_of(self, dataset: str) -> list[TaskChoice]:
        """The tasks of a dataset whose clips can be told apart by their rule: its columns are there."""
        known = {str(column) for column in self.datasets[dataset].table.rows.columns}
        return [
            task
            for task in self.tasks
            if task.dataset == dataset and {task.rule.folds, task.rule.hold_out} - {None} <= known
        ]

    def split_tasks(self) -> list[TaskChoice]:
        """Tasks that can be cut, in the study's order."""
        known = next(iter(self.folds.values()), {})
        return [task for task in self.tasks if task.name in known]

    def one_label_tasks(self) -> Iterator[tuple[TaskChoice, MeasuredDataset, Integers, Integers]]:
        """Tasks that can be cut and have one label a clip; of those with the same labels of the same clips the first.

        With its dataset, the rows of its clips ``[clips]``, and their labels as numbers from 0 ``[clips]``.
        """
        done = set()
        for task in self.split_tasks():
            split = next(iter(self.folds.values()))[task.name]
            labels = TARGET_KINDS[split.kind].classes(split.targets)
            same = (task.dataset, task.target, repr(task.labels))
            if labels is not None and same not in done:
                done.add(same)
                yield task, self.datasets[task.dataset], split.rows, labels

    def distinct(self, task: str) -> dict[int, TaskSplit]:
        """A task's splits by fold index, without those that repeat a test part."""
        seen: dict[str, int] = {}
        for index, splits in self.folds.items():
            seen.setdefault(splits[task].test_part(), index)
        return {index: self.folds[index][task] for index in seen.values()}

    def sides(self, fold: int) -> tuple[set[Place], set[Place]]:
        """Clips that any task learns from, and clips that any task tests on, in a fold."""
        learnt: set[Place] = set()
        tested: set[Place] = set()
        for split in self.folds[fold].values():
            parts = split.cleared.parts
            learnt |= self._places(split.dataset, split.rows[np.isin(parts, (Part.TRAIN, Part.VALIDATION))])
            tested |= self._places(split.dataset, split.rows[parts == Part.TEST])
        return learnt, tested

    def _places(self, dataset: str, rows: Integers) -> set[Place]:
        """Clips by the rows of a dataset, or of several as one: each where it lies."""
        if dataset not in self.joined:
            return {Place(dataset, row) for row in rows.tolist()}
        whole = self.joined[dataset].dataset
        assert isinstance(whole, JoinedDataset)
        own = [Place(part.name, row) for part in whole.parts for row in range(len(part.facts))]
        return {own[row] for row in rows.tolist()}

    def name(self, place: Place) -> ClipName:
        """A clip's name."""
        return ClipName(place.dataset, self.datasets[place.dataset].ids[place.row])


def equal_sets(evidence: Evidence) -> list[list[Place]]:
    """Clips with equal samples at an equal rate, two at least; silent ones too, unless channels cancel each other."""
    places: dict[tuple[str, int], list[Place]] = {}
    for name, data in evidence.datasets.items():
        for row, fact in enumerate(data.facts):
            if not (fact.silent and fact.cancels):
                places.setdefault((fact.content, fact.rate), []).append(Place(name, row))
    return [same for same in places.values() if len(same) > 1]
