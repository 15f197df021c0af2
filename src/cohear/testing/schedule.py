"""The contract of every schedule, as tests to inherit.

::

    class TestMine(ScheduleContract):
        name = "mine"
"""

from typing import cast

import torch

from cohear.base.registry import Registry
from cohear.models.windows import Windows
from cohear.tasks.targets import WindowTargets
from cohear.testing.named import NamedPartContract
from cohear.training.batches import Rows, TaskBatches
from cohear.training.schedule import SCHEDULES, Schedule

_STEPS = 7


class _Recorded:
    """Batches that note which steps are asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def make(self, step: int) -> Rows:
        """Rows that hold the step's number."""
        self.asked.append(step)
        targets = WindowTargets(torch.zeros(2), torch.ones(2, dtype=torch.bool))
        return Rows(Windows(torch.full((2, 3), float(step))), targets)


class ScheduleContract(NamedPartContract):
    """What must hold for a schedule; pytest runs it for each subclass whose name begins with ``Test``."""

    def registry(self) -> Registry[type[Schedule]]:
        """Schedules."""
        return SCHEDULES

    def given(self, *tasks: str) -> tuple[dict[str, _Recorded], list[dict[str, Rows]]]:
        """Recorded batches of each task, and what the schedule made of them."""
        recorded = {task: _Recorded() for task in tasks}
        schedule: Schedule = self.made()
        return recorded, list(schedule.batches(cast("dict[str, TaskBatches]", recorded), _STEPS))

    def test_each_task_has_all_its_steps_once_and_in_order(self) -> None:
        """Single and shared runs have the same budget, and a task meets its batches in the order it has alone."""
        for tasks in (("a",), ("a", "b"), ("a", "b", "c")):
            recorded, batches = self.given(*tasks)
            for task in tasks:
                assert recorded[task].asked == list(range(_STEPS))
                steps = [int(batch[task].windows.features[0, 0]) for batch in batches if task in batch]
                assert steps == list(range(_STEPS))

    def test_no_step_is_empty(self) -> None:
        """Each step of the optimiser has windows of some task."""
        assert all(self.given("a", "b")[1])

    def test_alone_every_step_is_the_tasks_own(self) -> None:
        """A single run takes as many steps as the settings say."""
        assert len(self.given("a")[1]) == _STEPS
