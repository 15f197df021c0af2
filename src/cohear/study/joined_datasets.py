"""The datasets that tasks have several of, as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cohear.base.errors import StudyError, UserError
from cohear.data.scan.dataset import Dataset
from cohear.data.scan.joined import JoinedDataset, join
from cohear.study.file.parts import TaskSettings


def with_joined(tasks: Iterable[TaskSettings], datasets: Mapping[str, Dataset]) -> dict[str, JoinedDataset]:
    """The datasets that tasks have several of, joined, by what they are called together.

    Raises:
        StudyError: one of them has no such column as a task names; all mistakes at once.
    """
    several = [task for task in tasks if len(task.datasets) > 1]
    joined, mistakes = {}, []
    for names in dict.fromkeys(tuple(task.datasets) for task in several):
        own = [task.joined_column() for task in several if tuple(task.datasets) == names]
        try:
            made = join([datasets[name] for name in names], [column for column in own if column is not None])
        except UserError as error:
            mistakes.append(str(error))
        else:
            joined[made.name] = made
    if mistakes:
        raise StudyError(mistakes)
    return joined
