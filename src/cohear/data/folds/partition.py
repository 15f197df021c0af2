"""All tasks of a study, cut for one fold: what each run trains, validates and tests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.base.counting import counted_in_range
from cohear.base.errors import DataError
from cohear.base.files import digest
from cohear.base.registry import did_you_mean
from cohear.data.folds.joining import sounds_of
from cohear.data.folds.leakage import Cleared, Cut, left_to_hear, set_aside
from cohear.data.folds.over_datasets import JoinedFoldPlan, datasets_in, recordings_of, whole_datasets_held_out
from cohear.data.folds.parts import Part
from cohear.data.folds.selection import LabelChoice, Selection, select
from cohear.data.folds.splits import FoldPlan, FoldRule
from cohear.data.scan.dataset import Dataset
from cohear.data.scan.joined import JoinedDataset
from cohear.tasks.kind import TARGET_KINDS, TargetKind
from cohear.tasks.label_free import LabelFree, is_label_free
from cohear.tasks.metrics import METRICS, versions_of_kind
from cohear.tasks.targets import Targets

MOST_SET_ASIDE = 0.05
"""Largest share of its training clips that a task may lose to what other tasks test."""
_SHOWN_LABELS = 5


@dataclass(frozen=True)
class TaskChoice:
    """What a study file says of a task's data."""

    name: str
    dataset: str
    target: str
    kind: str | None = None
    metric: str | None = None
    rule: FoldRule = field(default_factory=FoldRule)
    labels: LabelChoice = field(default_factory=LabelChoice)
    further_metrics: Sequence[str] = ()
    unit: str = ""
    hold_out: Mapping[str, str] = field(default_factory=dict)
    """By dataset, in place of the rule's, of a task over several datasets that are cut over different columns."""

    def rule_of(self, dataset: str) -> FoldRule:
        """How one of its datasets is cut."""
        return replace(self.rule, hold_out=self.hold_out.get(dataset)) if self.hold_out else self.rule

    @property
    def is_label_free(self) -> bool:
        """Whether it has no target, no folds of its own and no score."""
        return is_label_free(self.kind)

    @property
    def measures(self) -> tuple[str, ...]:
        """What of clips' signals it is made of."""
        kind = TARGET_KINDS[self.kind] if self.kind is not None and self.is_label_free else None
        return kind.measures if isinstance(kind, LabelFree) else ()


@dataclass(frozen=True)
class TaskSplit:
    """One task's clips in one fold, with everything that a run must know of them.

    Attributes:
        task, dataset, kind, metric: names.
        labels: ordered label list.
        scored: ``[labels]`` bool; labels that training and test part of this fold both have.
        clips: ids of the N clips.
        contents: hashes of their decoded samples.
        rows: ``[N]`` rows of the dataset, which are rows of its feature stores.
        targets: of the N clips.
        cleared: their parts after the leakage rule.
        groups: of each clip, empty where it has none; told to runs alone that normalise features by group.
        tells_groups: whether that is so.
        datasets: of each clip, where they are of several; else none at all.
        further_metrics: that are reported beside those of the kind.
    """

    task: str
    dataset: str
    kind: str
    metric: str
    labels: list[str]
    scored: NDArray[np.bool_]
    clips: list[str]
    contents: list[str]
    rows: NDArray[np.int64]
    targets: Targets
    cleared: Cleared
    groups: Sequence[str] = ()
    tells_groups: bool = False
    further_metrics: Sequence[str] = ()
    datasets: Sequence[str] = ()

    def count(self, part: Part) -> int:
        """How many clips are in a part."""
        return int((self.cleared.parts == part).sum())

    @property
    def set_apart(self) -> Part:
        """The part of clips that are taken out of training or validation and may be heard."""
        return Part.HEARD if self.tells_groups else Part.NONE

    def test_part(self) -> str:
        """Id of the clips tested on."""
        tested = np.flatnonzero(self.cleared.parts == Part.TEST)
        return digest([self.dataset, *sorted(self.clips[index] for index in tested)], size=4)

    def unscored(self) -> list[str]:
        """Labels left out of this fold's score."""
        return [label for label, scored in zip(self.labels, self.scored, strict=True) if not scored]

    def to_json(self) -> dict[str, Any]:
        """The split as a file that a run reads; its digest is part of the run's key."""
        kind, kept = TARGET_KINDS[self.kind], np.flatnonzero(self.cleared.parts != Part.NONE)
        used, names = kept.tolist(), {int(part): part.name.lower() for part in Part}
        return {
            "task": self.task,
            "dataset": self.dataset,
            "kind": self.kind,
            "metric": self.metric,
            "labels": self.labels,
            "scored": [bool(value) for value in self.scored],
            "clips": [self.clips[index] for index in used],
            "contents": [self.contents[index] for index in used],
            "rows": self.rows[kept].tolist(),
            "parts": [names[part] for part in self.cleared.parts[kept].tolist()],
            "targets": kind.to_json(self.targets.take(kept)),
            "versions": versions_of_kind(kind, self.further_metrics),
            "test_part": self.test_part(),
            **({"groups": [self.groups[index] for index in used]} if self.tells_groups else {}),
            **({"further_metrics": list(self.further_metrics)} if self.further_metrics else {}),
            **({"datasets": [self.datasets[index] for index in used]} if self.datasets else {}),
        }


class Partition:
    """Cuts a study's tasks into parts, fold by fold.

    Args:
        datasets: by name.
        tasks: in the study's order.
        seed: the study's seed.
        allow_overlap: ``allow_input_overlap`` of the study.

    Raises:
        DataError: a task's column, labels, folds or metric cannot be used.
    """

    def __init__(
        self,
        datasets: Mapping[str, Dataset],
        tasks: Sequence[TaskChoice],
        seed: int,
        *,
        allow_overlap: bool = False,
    ) -> None:
        self.tasks = list(tasks)
        self._datasets, self._allow_overlap = datasets, allow_overlap
        self._kinds: dict[str, str] = {}
        self._selections: dict[str, Selection] = {}
        self._plans: dict[str, FoldPlan | JoinedFoldPlan] = {}
        self._groups: dict[str, list[str]] = {}
        plans: dict[tuple[str, FoldRule], FoldPlan] = {}
        whole = {part.name: part for dataset in datasets.values() for part in (dataset, *datasets_in(dataset))}
        sounds = {name: sounds_of(dataset) for name, dataset in whole.items()}
        held_out: dict[str, list[str]] = {name: [] for name in whole}

        def plan_of(dataset: Dataset, rule: FoldRule, asked_by: str) -> FoldPlan:
            key = (dataset.name, rule)
            plans[key] = plans.get(key) or FoldPlan(dataset.table, rule, seed, asked_by, sounds[dataset.name])
            column = plans[key].column
            for part in datasets_in(dataset):
                if column is not None and column not in held_out[part.name]:
                    held_out[part.name].append(column)
            return plans[key]

        for task in tasks:
            dataset = datasets[task.dataset]
            table = dataset.table
            asked_by = f"tasks.{task.name}"
            signals = datasets[task.dataset].signals if task.measures else None
            chosen = select(table, task.target, task.kind, task.labels, seed, asked_by, signals)
            self._kinds[task.name], self._selections[task.name] = chosen
            _check_metrics(task, TARGET_KINDS[chosen[0]], len(chosen[1].labels))
            _check_unit(task, TARGET_KINDS[chosen[0]])
            self._groups[task.name] = _groups(dataset, task, chosen[1].rows)
            if task.is_label_free:
                continue
            if not isinstance(dataset, JoinedDataset) or whole_datasets_held_out(dataset, task.rule):
                self._plans[task.name] = plan_of(dataset, task.rule, asked_by)
            else:
                own = [plan_of(part, task.rule_of(part.name), asked_by) for part in dataset.parts]
                self._plans[task.name] = JoinedFoldPlan(own)
        self._recordings = {name: recordings_of(dataset, held_out) for name, dataset in datasets.items()}

    def remarks(self) -> list[str]:
        """What is told of official folds, a sentence for each task that is cut by them."""
        told = [remark for plan in self._plans.values() for remark in plan.remarks]
        return list(dict.fromkeys(told))

    def selection(self, task: str) -> Selection:
        """A task's clips and labels before any fold."""
        return self._selections[task]

    def fold(self, index: int) -> dict[str, TaskSplit]:
        """Every task's split in fold ``index``, leakage set aside, by task name."""
        cuts, free = {}, {}
        for task in self.tasks:
            rows = self._selections[task.name].rows
            if task.is_label_free:
                free[task.name] = Cut(task.dataset, rows, np.full(len(rows), int(Part.TRAIN)))
            else:
                cuts[task.name] = Cut(task.dataset, rows, self._plans[task.name].parts(index)[rows])
        cleared = set_aside(cuts, self._recordings, allow_overlap=self._allow_overlap)
        cleared |= left_to_hear(free, cuts, self._recordings)
        return {task.name: self._split(task, cleared[task.name]) for task in self.tasks}

    def _split(self, task: TaskChoice, cleared: Cleared) -> TaskSplit:
        selection, dataset = self._selections[task.name], self._datasets[task.dataset]
        kind = TARGET_KINDS[self._kinds[task.name]]
        scored = np.ones(len(selection.labels), dtype=np.bool_)
        for part in (Part.TRAIN, Part.TEST):
            in_part = np.flatnonzero(cleared.parts == part)
            scored &= kind.counts(selection.targets.take(in_part), selection.labels) > 0
        ids, contents = dataset.table.clip_ids(), dataset.contents()
        of_clips = dataset.of_clips() if isinstance(dataset, JoinedDataset) else []
        return TaskSplit(
            task=task.name,
            dataset=task.dataset,
            kind=kind.name,
            metric=task.metric or kind.default_metric,
            labels=selection.labels,
            scored=scored,
            clips=[ids[row] for row in selection.rows.tolist()],
            contents=[contents[row] for row in selection.rows.tolist()],
            rows=selection.rows,
            targets=selection.targets,
            cleared=cleared,
            groups=self._groups[task.name],
            further_metrics=[name for name in kind.metrics_with(_asked(task)) if name not in kind.metrics],
            datasets=[of_clips[row] for row in selection.rows] if of_clips else (),
        )


def _groups(dataset: Dataset, task: TaskChoice, rows: NDArray[np.int64]) -> list[str]:
    """What each clip's group is called: by the column whose groups are held out, else by ``group``."""
    if whole_datasets_held_out(dataset, task.rule) or not isinstance(dataset, JoinedDataset):
        cells = dataset.table.optional_column(task.rule.hold_out or "group")
    else:
        named = [
            (part.name, part.table.optional_column(task.rule_of(part.name).hold_out or "group"))
            for part in dataset.parts
        ]
        cells = [f"{name}/{cell}" if cell else "" for name, own in named for cell in own]
    return [cells[row] for row in rows]


def _asked(task: TaskChoice) -> list[str]:
    """The metrics that a study names."""
    return [*([] if task.metric is None else [task.metric]), *task.further_metrics]


def _check_metrics(task: TaskChoice, kind: TargetKind, labels: int) -> None:
    there_are = (*kind.metrics, *kind.further_metrics)
    for name in _asked(task):
        asked_by = f"tasks.{task.name}.{'metric' if name == task.metric else 'metrics'}"
        if name not in there_are:
            raise DataError(
                f"{asked_by}: a task of kind {kind.name} has no metric {name!r}{did_you_mean(name, there_are)}"
            )
        fewest = METRICS[name].fewest_labels
        if labels < fewest:
            raise DataError(
                f"{asked_by}: {name!r} is the same whatever is answered to a task with fewer than {fewest} labels, and "
                f"this one has {labels}; leave it out"
            )


def _check_unit(task: TaskChoice, kind: TargetKind) -> None:
    try:
        kind.in_unit(task.unit)
    except ValueError as error:
        raise DataError(f"tasks.{task.name}.unit: {error}") from error


def mistakes_in_folds(folds: Mapping[int, Mapping[str, TaskSplit]], *, allow_overlap: bool) -> list[str]:
    """What makes a study's folds unusable, one sentence each: too much set aside, nothing to learn or to score."""
    mistakes = []
    tasks = list(next(iter(folds.values())))
    for task in tasks:
        splits = {index: split[task] for index, split in folds.items()}
        worst = max(splits, key=lambda index: splits[index].cleared.share_of_others)
        cleared = splits[worst].cleared
        if cleared.share_of_others > MOST_SET_ASIDE and not allow_overlap:
            share = f"{cleared.share_of_others:.1%}, more than {MOST_SET_ASIDE:.0%}"
            mistakes.append(
                f"tasks.{task}: in fold {worst} the test part of {' and '.join(cleared.other_testers)} holds "
                f"recordings of {cleared.from_others} of its {cleared.trained} training clips ({share}); "
                "give the tasks the same folds (same hold_out), give them disjoint clips, "
                "hold out source_id, or set allow_input_overlap: true"
            )
            continue
        kind = TARGET_KINDS[splits[worst].kind]
        if all(split.scored.sum() < kind.fewest_labels for split in splits.values()):
            mistakes.append(f"tasks.{task}: {_nothing_to_score(kind)}")
            continue
        untrained = [index for index, split in splits.items() if split.count(Part.TRAIN) == 0]
        if untrained:
            cure = "hold out a column with more groups"
            if is_label_free(kind.name):
                cure = "give it another dataset, or give the tasks of its dataset the same folds (same hold_out)"
            mistakes.append(
                f"tasks.{task}: no clip is left to train on in fold {', '.join(map(str, untrained))}: {cure}"
            )
    return mistakes


def _nothing_to_score(kind: TargetKind) -> str:
    """Why no fold of a task can be scored, and the cure."""
    if not kind.has_labels:
        return (
            "in no fold anything is known of its target in both training and test, so nothing can be scored: hold out "
            "another column"
        )
    few = "a label" if kind.fewest_labels == 1 else f"{kind.fewest_labels} labels"
    return (
        f"no fold has {few} in both training and test, so nothing can be scored: hold out a column whose groups share "
        "labels, or drop labels that live in one group"
    )


def warnings_in_folds(folds: Mapping[int, Mapping[str, TaskSplit]]) -> list[str]:
    """What a reader of the results should know of the folds, one sentence each."""
    warnings = []
    for task in next(iter(folds.values())):
        kind = TARGET_KINDS[next(iter(folds.values()))[task].kind]
        absent: dict[str, list[int]] = {}
        for index, splits in folds.items():
            for label in splits[task].unscored():
                absent.setdefault(label, []).append(index)
        if absent:
            warnings.append(f"tasks.{task}: {_absent(absent, kind)}")
        unscored = [index for index, splits in folds.items() if splits[task].scored.sum() < kind.fewest_labels]
        if unscored:
            warnings.append(f"tasks.{task}: too few labels are left in fold {', '.join(map(str, unscored))}: no score")
        aside = [splits[task].cleared.set_aside for splits in folds.values()]
        if any(aside) and not is_label_free(kind.name):
            warnings.append(
                f"tasks.{task}: the leakage rule sets aside "
                f"{counted_in_range(aside, 'training and validation clip', 'fold')}, because their recordings are "
                "tested there"
            )
        overlap = [splits[task].cleared.overlap for splits in folds.values()]
        if any(overlap):
            warnings.append(
                f"tasks.{task}: allow_input_overlap keeps "
                f"{counted_in_range(overlap, 'training and validation clip', 'fold')} whose recordings another task "
                "tests; gains of tasks that share them may be leakage"
            )
    return warnings


def _absent(absent: Mapping[str, Sequence[int]], kind: TargetKind) -> str:
    """One sentence on the labels that some fold leaves out, however many they are."""
    told = [(repr(label), ", ".join(map(str, folds))) for label, folds in absent.items()]
    if len(told) == 1:
        what = "label " if kind.has_labels else ""
        return f"{what}{told[0][0]} is absent from training or test in fold {told[0][1]} and left out of that score"
    shown = ", ".join(f"{label} (fold {where})" for label, where in told[:_SHOWN_LABELS])
    more = f" and {len(told) - _SHOWN_LABELS} more" if len(told) > _SHOWN_LABELS else ""
    what = "labels" if kind.has_labels else "targets"
    return f"{len(told)} {what} are absent from training or test in some fold and left out of its score: {shown}{more}"
