"""The estimate of how long a study still takes."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from cohear.cli.progress import TerminalProgress
from cohear.study.launch.launcher import RunEvent
from cohear.study.launch.time_left import LATEST, TimeLeft
from cohear.study.plan.row import PlanRow


def row(run, features, encoder, cost):
    return PlanRow(run, features, encoder, "base", "task", control="", fold=0, seed=0, cost=cost)


PLAN = [
    row("a", "logmel", "cnn", 100),
    row("b", "logmel", "cnn", 200),
    row("c", "summary", "dnn", 100),
    row("d", "summary", "dnn", 300),
    row("e", "logmel", "small", 100),
]


def test_each_kind_of_network_has_a_pace_of_its_own():
    """A network that is dear to train says nothing of a cheap one, unless nothing else is known."""
    time_left = TimeLeft.of_plan(PLAN)
    assert time_left.of(["a"]) is None
    time_left.trained("a", 50.0)
    assert time_left.of(["b", "d"]) == 100.0 + 150.0
    time_left.trained("c", 1.0)
    assert time_left.of(["b", "d"]) == 100.0 + 3.0
    assert time_left.of(["e"]) == 100 * 51 / 200
    assert time_left.of([]) == 0.0


def test_a_plan_tells_paces_of_its_own():
    """Probes and networks of one setting are no matter of each other; so it is in plans that tell none."""
    told = [
        replace(row("a", "logmel", "cnn", 100), pace="networks"),
        replace(row("b", "logmel", "cnn", 100), pace="networks"),
        replace(row("p", "logmel", "cnn", 100), pace="probes", job="probe", probe="transfer"),
        replace(row("q", "logmel", "cnn", 300), pace="probes", job="probe", probe="transfer"),
    ]
    older = [PlanRow.from_json({n: v for n, v in each.to_json().items() if n != "pace"}) for each in told]
    assert not any(each.pace for each in older)
    for plan in (told, older):
        time_left = TimeLeft.of_plan(plan)
        time_left.trained("a", 50.0)
        time_left.trained("p", 1.0)
        assert time_left.of(["b"]) == 50.0
        assert time_left.of(["q"]) == 3.0


def test_runs_that_an_earlier_version_timed_by_the_clock_count_where_nothing_else_is_known():
    time_left = TimeLeft.of_plan(PLAN)
    time_left.trained("a", 444.0, timed_by_clock=True)
    assert time_left.of(["b"]) == pytest.approx(888.0)
    time_left.trained("a", 25.0)
    assert time_left.of(["b"]) == 50.0


def test_a_busy_machine_makes_no_run_dearer():
    """Runs of 25 s that took 444 s by the clock: those that are left cost 25 s each, and the load is told apart."""
    time_left = TimeLeft.of_plan(PLAN)
    assert time_left.load == 1.0
    time_left.trained("a", 25.0)  # of before: it tells nothing of the load now
    assert time_left.load == 1.0
    time_left.trained("b", 50.0, 888.0)
    assert time_left.of(["a", "b"]) == 75.0
    assert time_left.load == 888 / 50
    for _ in range(LATEST):
        time_left.trained("a", 25.0, 26.0)
    assert time_left.of(["a", "b"]) == 75.0
    assert time_left.load == 26 / 25  # it is free again


def line(time_left, running=("a", "b")):
    """The line of a study of which two runs go."""
    console = Console(file=io.StringIO(), width=200)
    progress = TerminalProgress(console)
    progress.runs_planned({row.run for row in PLAN}, set(), 0, time_left)
    for run in running:
        progress.run_event(RunEvent("started", run))
    console.print(progress)
    return console.file.getvalue()


def test_the_line_tells_processor_time_and_the_clock_beside_it_where_they_differ():
    time_left = TimeLeft.of_plan(PLAN)
    assert "left" not in line(time_left)
    time_left.trained("a", 50.0, 55.0)
    assert "3:20 left" in line(time_left)  # 800 units at half a second, two runs at once
    assert "clock" not in line(time_left)
    time_left.trained("b", 100.0, 895.0)
    assert "3:20 left, 21:06 by the clock now" in line(time_left)
