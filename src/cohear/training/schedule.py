"""Schedules: which tasks' windows each step of the optimiser holds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, Literal, get_args

import torch

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


Sampling = Literal["proportional", "equal"]

SCHEDULES: Registry[type[Schedule]] = Registry("schedule")


@SCHEDULES.register("mixed")
class Mixed(Schedule):
    """Every batch mixes windows of all tasks, so that batch statistics are those of the mixture throughout."""

    def order(self, clips: Mapping[str, int], steps: int) -> Sequence[Collection[str]]:
        """All tasks, ``steps`` times."""
        return [list(clips)] * steps


@SCHEDULES.register("rounds")
class Rounds(Schedule):
    """One task a step, all in turn in the order of the study, so that a batch is never a mixture."""

    def order(self, clips: Mapping[str, int], steps: int) -> Sequence[Collection[str]]:
        """As many rounds as a task has steps."""
        return [[task] for _ in range(steps) for task in clips]


@SCHEDULES.register("one-task")
class OneTask(Schedule):
    """One task a step, drawn of those that have steps left.

    Args:
        sampling: ``proportional``: by how many clips it trains on; ``equal``: all alike.
        temperature: of ``proportional``: the larger, the more alike chances are; they are the clips to the power of one
            over it.
    """

    def __init__(self, *, sampling: Sampling = "proportional", temperature: float = 1.0) -> None:
        if sampling not in get_args(Sampling):
            raise ValueError(f"sampling is one of {', '.join(get_args(Sampling))}, not {sampling!r}")
        if temperature <= 0:
            raise ValueError(f"temperature is more than 0, not {temperature:g}")
        self._power = 0.0 if sampling == "equal" else 1 / temperature

    def order(self, clips: Mapping[str, int], steps: int) -> Sequence[Collection[str]]:
        """Steps of each task until it has had all of its own."""
        tasks, most = list(clips), max(clips.values())
        chances = torch.tensor([(clips[task] / most) ** self._power for task in tasks], dtype=torch.float64)
        left, order = torch.full((len(tasks),), steps), []
        while left.any():
            place = int(torch.multinomial(chances * (left > 0), 1))
            left[place] -= 1
            order.append([tasks[place]])
        return order
