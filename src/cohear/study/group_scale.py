"""Tasks whose features are normalised by group: whether there are groups, and what to know of the scores."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cohear.data.folds.partition import TaskSplit
from cohear.study.file import StudySettings
from cohear.tasks.kind import TARGET_KINDS

_Folds = Mapping[int, Mapping[str, TaskSplit]]
FEW = 0.5
"""Share of a task's labels from which on a group has many of them."""


def mistakes_in_groups(settings: StudySettings, folds: _Folds) -> list[str]:
    """Groups that are to be normalised by and that nobody knows, a sentence for each task."""
    first = next(iter(folds.values()))
    return [
        f"tasks.{task}: normalise: group needs groups of clips, and dataset {first[task].dataset!r} tells none: give "
        "it a column group (or hold_out), or take normalise: dataset"
        for task in settings.normalised_by_group()
        if not any(first[task].groups)
    ]


def warnings_of_groups(settings: StudySettings, folds: _Folds) -> list[str]:
    """That something of the tested clips is used, though no label; and where a group's mean is that of its label."""
    first, told = next(iter(folds.values())), []
    for task in settings.normalised_by_group():
        if task in settings.label_free:
            continue
        told.append(
            f"tasks.{task}: its features are normalised by group (normalise: group), of groups that are tested by "
            "their unlabelled clips: the scores are for speakers or devices of whom some clips are at hand"
        )
        labels, held = len(first[task].labels), labels_of_middle_group(first[task])
        if TARGET_KINDS[first[task].kind].has_labels and held < FEW * labels:
            told.append(
                f"tasks.{task}: the middle group has {held:g} of {labels} labels, so that much of what a label sounds "
                "like is taken out with its group's mean; normalise: dataset does not"
            )
    return told


def labels_of_middle_group(split: TaskSplit) -> float:
    """How many labels a group has, the median over groups."""
    kind, groups = TARGET_KINDS[split.kind], np.array(split.groups)
    held = [
        int((kind.counts(split.targets.take(np.flatnonzero(groups == name)), split.labels) > 0).sum())
        for name in dict.fromkeys(split.groups)
        if name
    ]
    return float(np.median(held))
