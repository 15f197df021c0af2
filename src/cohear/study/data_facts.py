"""What a study knows of its datasets, tasks and folds, once they are prepared."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from cohear.base.study_facts import (
    BadFile,
    DatasetFacts,
    Durations,
    FoldFacts,
    LabelBudget,
    RepeatFacts,
    StudyFacts,
    TaskFacts,
)
from cohear.base.tables import NLL
from cohear.base.units import finite
from cohear.data.folds.partition import TaskSplit
from cohear.data.folds.parts import Part
from cohear.data.scan.dataset import Dataset
from cohear.data.scan.joined import JoinedDataset
from cohear.study.file import StudySettings
from cohear.study.file.label_budget import EachInTurn, budgets_of
from cohear.study.prepare import Prepared
from cohear.tasks import METRICS, TARGET_KINDS, LabelFree
from cohear.tasks.metrics import chances


def data_facts(prepared: Prepared) -> StudyFacts:
    """What ``data.json`` tells of datasets, tasks and folds."""
    settings = prepared.settings
    return StudyFacts(
        datasets={
            name: _dataset_facts(dataset)
            for name, dataset in prepared.datasets.items()
            if not isinstance(dataset, JoinedDataset)
        },
        tasks={
            name: _task_facts(
                name,
                settings,
                {index: splits[name] for index, splits in prepared.folds.items()},
                prepared.datasets[task.dataset_name],
            )
            for name, task in settings.tasks.items()
        },
        related=settings.related,
        label_budgets=_label_budgets(settings),
        repeats=RepeatFacts(**settings.repeats.model_dump(), looks=settings.repeats.looks()),
        warnings=prepared.warnings,
    )


def _label_budgets(settings: StudySettings) -> dict[str, LabelBudget]:
    """Of the first arm in which all tasks have all labels, and of those that differ from it in labels alone."""
    whole = next((arm for arm, own in settings.arms.items() if own.labels is None), None)
    if whole is None or all(own.labels is None for own in settings.arms.values()):
        return {}
    budgets = {}
    for arm, own in settings.arms.items():
        alike = settings.arm(arm) == settings.arm(whole) and all(
            settings.normalise_of(task, arm) == settings.normalise_of(task, whole) for task in settings.tasks
        )
        if arm == whole or (own.labels is not None and alike):
            free = settings.label_free
            alone = [shares for task in settings.tasks for _, shares in budgets_of(own.labels, [task], free)]
            shares = {task: share for each in alone for task, share in each.items()}
            budgets[arm] = LabelBudget(shares, isinstance(own.labels, EachInTurn))
    return budgets


def _dataset_facts(dataset: Dataset) -> DatasetFacts:
    rates = np.array([fact.rate for fact in dataset.facts])
    channels = np.array([fact.channels for fact in dataset.facts])
    return DatasetFacts(
        clips=len(dataset.facts),
        seconds=round(sum(fact.seconds for fact in dataset.facts), 3),
        rates={str(rate): int((rates == rate).sum()) for rate in np.unique(rates)},
        channels={str(count): int((channels == count).sum()) for count in np.unique(channels)},
        silent=dataset.silent_clips(),
        bad_files=[BadFile(relative_to(bad.path, dataset.table.root), bad.reason) for bad in dataset.bad],
        name=dataset.table.about.title,
        licence=dataset.table.about.licence,
        citation=dataset.table.about.citation,
        domain=dataset.table.about.domain,
    )


def relative_to(path: Path, root: Path) -> str:
    """A clip's path as its table gives it."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _task_facts(name: str, settings: StudySettings, splits: Mapping[int, TaskSplit], dataset: Dataset) -> TaskFacts:
    first = next(iter(splits.values()))
    kind, unit = TARGET_KINDS[first.kind], settings.tasks[name].unit or ""
    free = isinstance(kind, LabelFree)
    metrics = {metric: METRICS[metric].of_targets_in(unit) for metric in kind.metrics_with(first.further_metrics)}
    bounds = {metric: (each.low, each.high) for metric, each in metrics.items()}
    if kind.least_log_loss < 0:
        bounds[NLL] = (kind.least_log_loss, math.inf)
    counts = kind.counts(first.targets, first.labels)
    return TaskFacts(
        dataset=first.dataset,
        target=settings.tasks[name].column,
        kind=first.kind,
        metric=first.metric,
        units={name: metric.shown_unit for name, metric in metrics.items()},
        bounds={metric: (finite(low), finite(high)) for metric, (low, high) in bounds.items()},
        margin=None if free else settings.margin_of(name),
        margin_nll=None if free else settings.margin_nll,
        labels=first.labels,
        counts={label: int(count) for label, count in zip(first.labels, counts, strict=True)},
        durations=_durations(first, dataset),
        folds=[
            FoldFacts(
                fold=index,
                train=split.count(Part.TRAIN),
                validation=split.count(Part.VALIDATION),
                test=split.count(Part.TEST),
                set_aside=split.cleared.set_aside,
                overlap=split.cleared.overlap,
                unscored=split.unscored(),
                test_part=split.test_part(),
                chance={} if free else _chances(split, dataset),
            )
            for index, split in splits.items()
        ],
        without_labels=kind.does if isinstance(kind, LabelFree) else "",
    )


def _chances(split: TaskSplit, dataset: Dataset) -> dict[str, float]:
    """What an answer that ignores the sound scores on a fold's test clips, by metric."""
    train, test = (np.flatnonzero(split.cleared.parts == part) for part in (Part.TRAIN, Part.TEST))
    kind = TARGET_KINDS[split.kind].fitted(split.targets.take(train))
    seconds = [dataset.facts[row].seconds for row in split.rows[test]]
    return chances(kind, split.targets.take(test), split.labels, split.scored, seconds, split.further_metrics)


def _durations(split: TaskSplit, dataset: Dataset) -> dict[str, Durations]:
    """Seconds of the clips that carry each label, and of the middle one; a clip counts for each label it carries.

    Where there are no labels, of all clips.
    """
    kind = TARGET_KINDS[split.kind]
    seconds: dict[str, list[float]] = {label: [] for label in split.labels}
    for cell, row in zip(kind.cells(split.targets, split.labels), split.rows, strict=True):
        for label in kind.labels_in(cell) if kind.has_labels else split.labels:
            seconds[label].append(dataset.facts[row].seconds)
    return {
        label: Durations(round(sum(own), 3), round(float(np.median(own)), 3)) for label, own in seconds.items() if own
    }
