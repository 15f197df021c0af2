"""Official folds that cut through a recording: published as they are, used as they are, and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cohear.data.folds.cutting import groups_of
from cohear.data.folds.partition import TaskChoice, TaskSplit
from cohear.data.folds.parts import Part
from cohear.data.scan.dataset import Dataset


def warnings_of_crossing(
    datasets: Mapping[str, Dataset], tasks: Sequence[TaskChoice], folds: Mapping[int, Mapping[str, TaskSplit]]
) -> list[str]:
    """A sentence for each task whose official folds test groups, or segments of files, that they also train on.

    Args:
        datasets: by name.
        tasks: of the study; those that hold groups out cut through none.
        folds: every task's split by fold index.
    """
    warnings = []
    for task in tasks:
        if task.rule.folds is None:
            continue
        table = datasets[task.dataset].table
        files = table.column("path", task.name)
        whole = {"files": groups_of(files, files), "groups": groups_of(table.optional_column("group"), files)}
        splits = {index: by_task[task.name] for index, by_task in folds.items()}
        for what, numbers in whole.items():
            counts = {index: count for index, split in splits.items() if (count := crossing(split, numbers))}
            if counts:
                worst = max(counts, key=lambda index: counts[index])
                warnings.append(
                    f"tasks.{task.name}: the official folds cut through {what}: {counts[worst]} of those tested in "
                    f"fold {worst} are also learnt from, which makes scores look better than on other recordings; hold "
                    "groups out with hold_out where that matters"
                )
                break  # a file that is cut is the plainer of the two
    return warnings


def crossing(split: TaskSplit, groups: NDArray[np.int64]) -> int:
    """How many groups have clips in the test part and in training or validation of one fold.

    Args:
        split: of the fold.
        groups: ``[clips]`` group number of every clip of the dataset.
    """
    parts, numbers = split.cleared.parts, groups[split.rows]
    learnt = numbers[(parts == Part.TRAIN) | (parts == Part.VALIDATION)]
    return len(np.intersect1d(numbers[parts == Part.TEST], learnt))
