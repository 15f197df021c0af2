"""Schedules whose runs are longer than a task's own steps: the contract holds, and what is a task's own stays so."""

from itertools import product
from typing import ClassVar

import numpy as np
import pytest
import torch

from cohear.base.errors import RunFailed
from cohear.testing.plain import PlainPack, plain_run
from cohear.testing.schedule import ScheduleContract
from cohear.training.batches import TaskBatches
from cohear.training.curve import grid
from cohear.training.loop import train_one
from cohear.training.schedule import SCHEDULES, Schedule
from cohear.training.settings import TrainingSettings

STEPS = 20


class Rounds(Schedule):
    """One task a step, in turn."""

    def order(self, clips, steps):
        return [[task] for _ in range(steps) for task in clips]


class Proportional(Schedule):
    """One task a step, drawn by its number of clips to a power, while it has steps left."""

    def __init__(self, *, temperature=1.0):
        self.temperature = temperature

    def order(self, clips, steps):
        left, order = dict.fromkeys(clips, steps), []
        while any(left.values()):
            chances = torch.tensor([clips[task] ** (1 / self.temperature) * (left[task] > 0) for task in clips])
            task = list(clips)[int(torch.multinomial(chances.float(), 1))]
            left[task] -= 1
            order.append([task])
        return order


class Uneven(Schedule):
    """Beside every third step of the first task the others, whose other steps come when the first has learnt."""

    def order(self, clips, steps):
        first, *others = clips
        order = [[first, *(others if step % 3 == 0 else [])] for step in range(steps)]
        return order + [others] * (steps - len(range(0, steps, 3))) * bool(others)


@pytest.fixture(scope="module", autouse=True)
def entered(parts_of_others_are_forgotten):
    for schedule in (Rounds, Proportional, Uneven):
        SCHEDULES.register(schedule.__name__.lower())(schedule)


class TestRounds(ScheduleContract):
    name = "rounds"


class TestProportional(ScheduleContract):
    name = "proportional"
    settings: ClassVar = {"temperature": 2.0}


class TestUneven(ScheduleContract):
    name = "uneven"


def spec_of(schedule, tasks=("a", "b"), **changes):
    training = TrainingSettings(steps=STEPS, batch=4, precision="float32", schedule=schedule, **changes)
    return plain_run(tasks, training)


def test_each_task_takes_its_batches_once_and_in_order(monkeypatch):
    """Whatever stands between two steps of its own."""
    make, asked = TaskBatches.make, {}

    def noted(batches, step):
        asked.setdefault(batches._task.name, []).append(step)
        return make(batches, step)

    monkeypatch.setattr(TaskBatches, "make", noted)
    for schedule in ("mixed", "rounds", "proportional", "uneven"):
        asked.clear()
        train_one(spec_of(schedule), PlainPack(("a", "b")))
        assert asked == {"a": list(range(STEPS)), "b": list(range(STEPS))}


def test_points_are_over_a_tasks_own_steps_since_its_last():
    """Where nothing is shared and next to nothing is learnt, curves are the same in any order of the tasks."""
    found = []
    for schedule in ("mixed", "rounds", "proportional", "uneven"):
        spec = spec_of(schedule, sharing="independent", learning_rate=1e-9)
        points = {(p["task"], p["part"], p["step"]): p for p in train_one(spec, PlainPack(("a", "b"))).curve}
        assert sorted(points) == sorted(product("ab", ("train", "validation"), grid(STEPS)))
        found.append([[points[place][name] for name in ("loss", "metric")] for place in sorted(points)])
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], rtol=1e-4)


@pytest.mark.parametrize("wrong", [[["a"]] * STEPS, [["a", "b"]] * STEPS + [["b"]]])
def test_a_schedule_of_another_budget_is_refused_before_a_step_is_taken(monkeypatch, wrong):
    """A task that is left out, or that learns for longer."""
    monkeypatch.setattr(Rounds, "order", lambda *_: wrong)
    monkeypatch.setattr(TaskBatches, "make", None)
    taken = {False: "b: 0", True: f"b: {STEPS + 1}"}[len(wrong) > STEPS]
    with pytest.raises(RunFailed, match=rf"another number of steps than {STEPS} \({taken}\)"):
        train_one(spec_of("rounds"), PlainPack(("a", "b")))
