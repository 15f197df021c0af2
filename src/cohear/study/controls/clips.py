"""Clips that a control may draw on: the study's splits, and what they leave out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from cohear.base.files import digest
from cohear.data.folds.label_share import with_label_share
from cohear.data.folds.partition import Partition, TaskSplit

Folds = Mapping[int, Mapping[str, TaskSplit]]


class Clips:
    """Splits of all tasks and folds.

    Args:
        folds: every task's split by fold index.
        seed: of the study, which label budgets are drawn by.
        without_limit: makes the partition as it is where no task has a ``limit``; asked where it is needed.

    Attributes:
        added: splits that controls and label budgets made, by their digest.
    """

    def __init__(self, folds: Folds, seed: int, without_limit: Callable[[], Partition]) -> None:
        self._folds, self._seed, self._make_partition = folds, seed, without_limit
        self._shares: dict[tuple[int, str, float], str] = {}
        self._whole: dict[int, Mapping[str, TaskSplit]] = {}
        self.added: dict[str, TaskSplit] = {}

    @cached_property
    def _partition(self) -> Partition:
        return self._make_partition()

    def of(self, task: str, fold: int, name: str = "") -> TaskSplit:
        """A task's split; with all its labels, unless ``name`` is the digest of one with a share of them."""
        return self.added.get(name) or self._folds[fold][task]

    def all_of(self, task: str, fold: int) -> TaskSplit:
        """A task's split with the clips that its ``limit`` leaves out."""
        if fold not in self._whole:
            self._whole[fold] = self._partition.fold(fold)
        return self._whole[fold][task]

    def with_share(self, fold: int, task: str, share: float) -> str:
        """Digest of a task's split with a share of its training clips."""
        place = (fold, task, share)
        if place not in self._shares:
            self._shares[place] = self.add(with_label_share(self.of(task, fold), share, self._seed))
        return self._shares[place]

    def add(self, split: TaskSplit) -> str:
        """Take a split into the study; its digest, as a run's specification names it."""
        name = digest(split.to_json())
        self.added[name] = split
        return name
