"""Schedules: which tasks' windows each step holds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar

from cohear.base.registry import Registry
from cohear.training.batches import Rows, TaskBatches


class Schedule(ABC):
    """Gives the batches of a run in order; each task has its full number of steps in any schedule.

    Keyword-only arguments of a subclass's constructor are its settings.
    """

    version: ClassVar[int] = 1
    """Goes up when the batches change."""

    @abstractmethod
    def batches(self, tasks: Mapping[str, TaskBatches], steps: int) -> Iterator[dict[str, Rows]]:
        """Rows by task, one optimiser step each.

        Args:
            tasks: batches of each task.
            steps: steps per task.
        """


SCHEDULES: Registry[type[Schedule]] = Registry("schedule")


@SCHEDULES.register("mixed")
class Mixed(Schedule):
    """Every batch mixes windows of all tasks, so that batch statistics are those of the mixture throughout."""

    def batches(self, tasks: Mapping[str, TaskBatches], steps: int) -> Iterator[dict[str, Rows]]:
        """``steps`` batches with rows of every task."""
        for step in range(steps):
            yield {name: batches.make(step) for name, batches in tasks.items()}
