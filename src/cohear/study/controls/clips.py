"""Clips that a control may draw on: the study's splits, and what they leave out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from cohear.base.files import digest
from cohear.data.folds.partition import Partition, TaskSplit

Folds = Mapping[int, Mapping[str, TaskSplit]]


class Clips:
    """Splits of all tasks and folds.

    Args:
        folds: every task's split by fold index.
        without_limit: makes the partition as it is where no task has a ``limit``; asked where it is needed.

    Attributes:
        added: splits that controls made, by their digest.
    """

    def __init__(self, folds: Folds, without_limit: Callable[[], Partition]) -> None:
        self._folds, self._make_partition = folds, without_limit
        self._whole: dict[int, Mapping[str, TaskSplit]] = {}
        self.added: dict[str, TaskSplit] = {}

    @cached_property
    def _partition(self) -> Partition:
        return self._make_partition()

    def of(self, task: str, fold: int) -> TaskSplit:
        """A task's split."""
        return self._folds[fold][task]

    def all_of(self, task: str, fold: int) -> TaskSplit:
        """A task's split with the clips that its ``limit`` leaves out."""
        if fold not in self._whole:
            self._whole[fold] = self._partition.fold(fold)
        return self._whole[fold][task]

    def add(self, split: TaskSplit) -> str:
        """Take a split into the study; its digest, as a run's specification names it."""
        name = digest(split.to_json())
        self.added[name] = split
        return name
