"""Schedules: which tasks' windows each step of the optimiser holds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from cohear.base.registry import Registry


class Schedule(ABC):
    """Says which tasks learn together, and for how many steps of the optimiser a run goes on.

    Each task has its full number of steps in any schedule, and takes its batches in the order that it has alone.
    Learning rate and checkpoints follow the length of the whole; learning curves follow each task's own steps.
    Keyword-only arguments of a subclass's constructor are its settings.
    """

    version: ClassVar[int] = 1
    """Goes up when the order changes."""

    @abstractmethod
    def order(self, clips: Mapping[str, int], steps: int) -> Sequence[Collection[str]]:
        """The tasks whose windows are in each step of the optimiser, from the first to the last.

        What it draws comes from torch's current generator.

        Args:
            clips: training clips of each task.
            steps: that each task takes part in.
        """


SCHEDULES: Registry[type[Schedule]] = Registry("schedule")


@SCHEDULES.register("mixed")
class Mixed(Schedule):
    """Every batch mixes windows of all tasks, so that batch statistics are those of the mixture throughout."""

    def order(self, clips: Mapping[str, int], steps: int) -> Sequence[Collection[str]]:
        """All tasks, ``steps`` times."""
        return [list(clips)] * steps
