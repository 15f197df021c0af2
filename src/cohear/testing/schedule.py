"""The contract of every schedule, as tests to inherit.

::

    class TestMine(ScheduleContract):
        name = "mine"
        settings = {"temperature": 2.0}
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch.optim.optimizer import Optimizer, register_optimizer_step_pre_hook

from cohear.base.registry import Registry
from cohear.testing.named import NamedPartContract
from cohear.testing.plain import PlainPack, plain_run
from cohear.training.curve import grid
from cohear.training.loop import RunResult, train_one
from cohear.training.schedule import SCHEDULES, Schedule
from cohear.training.settings import TrainingSettings

_STEPS = 7
_CLIPS = {"a": 90, "b": 30, "c": 12}
_TRAINED = TrainingSettings(steps=30, batch=4, precision="float32")


class ScheduleContract(NamedPartContract):
    """What must hold for a schedule; pytest runs it for each subclass whose name begins with ``Test``."""

    def registry(self) -> Registry[type[Schedule]]:
        """Schedules."""
        return SCHEDULES

    def order(self, *tasks: str) -> list[Collection[str]]:
        """What the schedule makes of some of three tasks of unequal size."""
        torch.manual_seed(3)
        schedule: Schedule = self.made()
        return list(schedule.order({task: _CLIPS[task] for task in tasks}, _STEPS))

    def trained(self, *tasks: str) -> tuple[RunResult, Sequence[float]]:
        """A short run of tasks that are easily learnt, and the learning rate of each step of its optimiser."""
        spec = plain_run(tasks, _TRAINED.model_copy(update={"schedule": self.part()}))
        with _learning_rates() as rates:
            result = train_one(spec, PlainPack(tasks))
        return result, rates

    def test_each_task_has_all_its_steps(self) -> None:
        """Single and shared runs have the same budget; no step is empty, and none holds a task twice."""
        for tasks in (("a",), ("a", "b"), ("a", "b", "c")):
            order = self.order(*tasks)
            for together in order:
                assert together
                assert set(together) <= set(tasks)
                assert len(set(together)) == len(together)
            assert {task: sum(task in together for together in order) for task in tasks} == dict.fromkeys(tasks, _STEPS)

    def test_alone_every_step_is_the_tasks_own(self) -> None:
        """A single run takes as many steps as the settings say."""
        assert [list(together) for together in self.order("a")] == [["a"]] * _STEPS

    def test_the_same_draw_gives_the_same_order(self) -> None:
        """Two runs of one seed are one."""
        one, other = self.order("a", "b", "c"), self.order("a", "b", "c")
        assert [sorted(together) for together in one] == [sorted(together) for together in other]

    def test_the_learning_rate_warms_up_and_ends_with_the_run(self) -> None:
        """Once, however many steps of the optimiser there are: up to the peak early, and near nothing at the last."""
        _, rates = self.trained("a", "b")
        peak = rates.index(max(rates))
        assert rates[peak] == _TRAINED.learning_rate
        assert rates[: peak + 1] == sorted(rates[: peak + 1])
        assert rates[peak:] == sorted(rates[peak:], reverse=True)
        assert peak < 0.2 * len(rates)
        assert rates[-1] < 0.02 * max(rates)

    def test_curves_are_in_each_tasks_own_steps(self) -> None:
        """The same points as in its single run, a training and a validation point at each."""
        result, _ = self.trained("a", "b")
        assert result.steps == _TRAINED.steps
        for task in ("a", "b"):
            for part in ("train", "validation"):
                steps = [point["step"] for point in result.curve if (point["task"], point["part"]) == (task, part)]
                assert steps == grid(_TRAINED.steps)

    def test_checkpoints_are_those_of_the_whole_run(self) -> None:
        """The last is that of the optimiser's last step; a pick is the best of what was looked at, the last with it."""
        result, rates = self.trained("a", "b")
        for task in result.tasks.values():
            assert task.steps["last"] == len(rates)
            assert {task.steps["joint"], task.steps["own"]} <= set(grid(len(rates)))
        metrics = {task: each.data.metric.name for task, each in result.tasks.items()}
        for pick, compared in (("own", "joint"), ("joint", "last")):
            better, other = (
                sum(each.scores["validation"][which][metrics[task]] for task, each in result.tasks.items())
                for which in (pick, compared)
            )
            assert better >= other


@contextmanager
def _learning_rates() -> Iterator[Sequence[float]]:
    """Those of the steps that optimisers take meanwhile."""
    rates: list[float] = []

    def note(optimiser: Optimizer, *_: object) -> None:
        rates.append(float(optimiser.param_groups[0]["lr"]))

    hook = register_optimizer_step_pre_hook(note)
    try:
        yield rates
    finally:
        hook.remove()
