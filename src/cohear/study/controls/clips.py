"""Clips that a control may draw on: the study's splits, and what they leave out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
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
        self._cuts: dict[tuple[int, str, float, bool], str] = {}
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

    def cut(self, fold: int, task: str, share: float, *, groups: bool) -> str:
        """Digest of a task's split with a share of its training clips, and with the groups of its clips or without."""
        place = (fold, task, share, groups)
        if place not in self._cuts:
            split = replace(self.of(task, fold), tells_groups=groups)
            self._cuts[place] = self.add(split if share == 1 else with_label_share(split, share, self._seed))
        return self._cuts[place]

    def add(self, split: TaskSplit) -> str:
        """Take a split into the study; its digest, as a run's specification names it."""
        name = digest(split.to_json())
        self.added[name] = split
        return name
