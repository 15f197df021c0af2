"""Schedules whose runs are longer than a task's own steps: the contract holds, and what is a task's own stays so."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch

from cohear.base.errors import RunFailed, StudyError
from cohear.base.named import WithSettings, make
from cohear.base.yaml_text import YamlText
from cohear.study.file import check_study
from cohear.testing.plain import PlainPack, plain_run
from cohear.testing.schedule import ScheduleContract
from cohear.training.batches import TaskBatches
from cohear.training.curve import grid
from cohear.training.loop import train_one
from cohear.training.schedule import SCHEDULES, Schedule
from cohear.training.settings import TrainingSettings

STEPS = 20


class Uneven(Schedule):
    """Beside every third step of the first task the others, whose other steps come when the first has learnt."""

    def order(self, clips, steps):
        first, *others = clips
        order = [[first, *(others if step % 3 == 0 else [])] for step in range(steps)]
        return order + [others] * (steps - len(range(0, steps, 3))) * bool(others)


@pytest.fixture(scope="module", autouse=True)
def entered(parts_of_others_are_forgotten):
    SCHEDULES.register("uneven")(Uneven)


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
    for schedule in ("mixed", "rounds", "one-task", "uneven"):
        asked.clear()
        train_one(spec_of(schedule), PlainPack(("a", "b")))
        assert asked == {"a": list(range(STEPS)), "b": list(range(STEPS))}


def test_points_are_over_a_tasks_own_steps_since_its_last():
    """Where nothing is shared and next to nothing is learnt, curves are the same in any order of the tasks."""
    found = []
    for schedule in ("mixed", "rounds", "one-task", "uneven"):
        spec = spec_of(schedule, sharing="independent", learning_rate=1e-9)
        points = {(p["task"], p["part"], p["step"]): p for p in train_one(spec, PlainPack(("a", "b"))).curve}
        assert sorted(points) == sorted(product("ab", ("train", "validation"), grid(STEPS)))
        found.append([[points[place][name] for name in ("loss", "metric")] for place in sorted(points)])
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], rtol=1e-4)


@pytest.mark.parametrize("wrong", [[["a"]] * STEPS, [["a", "b"]] * STEPS + [["b"]]])
def test_a_schedule_of_another_budget_is_refused_before_a_step_is_taken(monkeypatch, wrong):
    """A task that is left out, or that learns for longer."""
    monkeypatch.setattr(SCHEDULES["rounds"], "order", lambda *_: wrong)
    monkeypatch.setattr(TaskBatches, "make", None)
    taken = {False: "b: 0", True: f"b: {STEPS + 1}"}[len(wrong) > STEPS]
    with pytest.raises(RunFailed, match=rf"another number of steps than {STEPS} \({taken}\)"):
        train_one(spec_of("rounds"), PlainPack(("a", "b")))


def drawn(steps=300, **settings):
    torch.manual_seed(0)
    schedule = make(SCHEDULES, WithSettings(name="one-task", **settings) if settings else "one-task")
    return [task for (task,) in schedule.order({"large": 900, "small": 100}, steps)]


@pytest.mark.parametrize(
    ("settings", "share"),
    [({}, 0.9), ({"sampling": "equal"}, 0.5), ({"temperature": 2.0}, 0.75), ({"temperature": 0.5}, 81 / 82)],
)
def test_tasks_are_drawn_by_their_clips(settings, share):
    """While both have steps left; of 900 and 100 clips the roots are 30 and 10, the squares 81 to 1."""
    order = drawn(**settings)
    both = order[: min(len(order) - order[::-1].index(task) for task in ("large", "small"))]
    assert both.count("large") / len(both) == pytest.approx(share, abs=0.06)
    assert order.count("large") == order.count("small") == 300


def test_in_rounds_all_have_their_turn():
    order = make(SCHEDULES, "rounds").order({"a": 5, "b": 9}, 3)
    assert list(order) == [["a"], ["b"]] * 3


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"name": "one-task", "sampling": "even"}, "sampling is one of proportional, equal, not 'even'"),
        ({"name": "one-task", "temperature": 0}, "temperature is more than 0, not 0"),
    ],
)
def test_settings_that_cannot_be_are_told(part, told):
    with pytest.raises(StudyError, match=r"training\.schedule: schedule") as raised:
        check_study(YamlText(tiny.settings(training={"schedule": part})), folder=Path())
    assert told in str(raised.value)


def test_a_single_takes_no_turns():
    """So that single runs serve every schedule."""
    for schedule in SCHEDULES:
        assert TrainingSettings(schedule=schedule, steps=7).of_single() == TrainingSettings(steps=7)
