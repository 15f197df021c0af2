"""Failures that hit every run alike stop a study; those that lie in one part do not."""

import itertools
import os
from collections import deque

import pytest
import tiny

from cohear.runs.spec import TaskReference
from cohear.study.launch.failures_alike import ENOUGH, FailuresAlike
from cohear.training.settings import TrainingSettings
from cohear.training.spec import RunSpec

pytestmark = pytest.mark.slow


def spec(encoder="small", tasks=("a",), fold=0, seed=0, front_end="logmel"):
    return RunSpec(
        tasks=tuple(TaskReference(name=name, split="s", store="t") for name in tasks),
        front_end={"name": front_end},
        encoder={"name": encoder},
        window=1.0,
        training=TrainingSettings(),
        study_seed=0,
        fold=fold,
        seed=seed,
        versions={},
    )


GRID = [
    spec(encoder, tasks, fold)
    for encoder, tasks, fold in itertools.product(["small", "mine"], [("a",), ("b",), ("a", "b")], range(5))
]


def train(specs, error_of):
    """How many runs failed and how many finished until all were tried or no more was begun."""
    alike, waiting = FailuresAlike(), deque(specs)
    failed = finished = 0
    while waiting:
        tried = alike.next_of(waiting)
        if tried is None:
            return failed, finished, str(alike.as_error(len(waiting)))
        waiting.remove(tried)
        error = error_of(tried)
        if error:
            failed += 1
            alike.failed(tried, error)
        else:
            finished += 1
            alike.finished()
    return failed, finished, ""


def test_failure_of_every_run_stops_after_few():
    failed, finished, told = train(GRID, lambda run: f"OSError: no library for run {run.key}, try {run.fold}")
    assert finished == 0
    assert ENOUGH <= failed <= ENOUGH + 4
    assert f"{failed} runs in a row failed with the same error, so the {len(GRID) - failed} that are left" in told
    assert "OSError: no library for run " in told


def has_task(name):
    return lambda run: any(task.name == name for task in run.tasks)


@pytest.mark.parametrize(
    "broken",
    [
        lambda run: run.encoder["name"] == "small",
        lambda run: run.encoder["name"] == "mine",
        has_task("a"),
        has_task("b"),
        lambda run: run.fold == 0,
        lambda run: len(run.tasks) == 2,
    ],
)
def test_failure_of_one_part_costs_no_run_that_does_not_have_it(broken):
    for order in (GRID, GRID[::-1], sorted(GRID, key=lambda run: run.key)):
        _, finished, _ = train(order, lambda run: "ValueError: x" if broken(run) else "")
        assert finished == sum(not broken(run) for run in GRID)


def test_different_failures_are_no_reason_to_stop():
    causes = itertools.cycle(["ValueError: a", "ValueError: b"])
    assert train(GRID, lambda _: next(causes)) == (len(GRID), 0, "")


BREAKS = """
from pathlib import Path

from torch import nn


class Fragile(nn.Module):
    def __init__(self, input_width):
        super().__init__()
        self.layer = nn.Linear(input_width, 8)

    def forward(self, features):
        if len(features) > 2 and Path(__file__).with_name("broken").exists():  # a trial before the study has two
            import no_such_library
        return self.layer(features)
"""


WITHOUT_TORCH = """
import sys


class Missing:
    def find_spec(self, name, *_):
        if name == "torch":
            raise ModuleNotFoundError("No module named 'torch'")


if "cohear.study.launch.worker" in sys.orig_argv:
    sys.meta_path.insert(0, Missing())
"""


def test_workers_that_cannot_start_are_told_as_such(bench, monkeypatch):
    (bench.root / "sitecustomize.py").write_text(WITHOUT_TORCH, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(bench.root), os.environ.get("PYTHONPATH", "")]))
    ended = bench.cohear_apart("run", bench.study(), "--out", "out")
    assert ended.returncode == 1
    assert "No module named 'torch'" in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("error: no worker can start here")


def test_what_is_done_beside_runs_that_fail_alike_is_concluded_from(bench):
    """All pairs fail here; probes that fail when all networks are done had cost a study its gains and its page."""
    changes = {"encoders": tiny.slow_encoder(bench.root, pause=0), "repeats": {"folds": 5, "seeds": 1}}
    out = bench.run("out", combinations=["singles"], **changes)
    (out / "gains.csv").unlink()
    (bench.root / "fail").touch()
    ended = bench.cohear("run", bench.study(**changes), "--out", "out")
    assert ended.returncode == 1
    assert "runs in a row failed with the same error" in ended.stderr.splitlines()[-1]
    assert len(tiny.records(out)) == 10
    assert (out / "gains.csv").exists()
    assert "the flux capacitor is empty" in (out / "report" / "index.html").read_text(encoding="utf-8")


def test_environment_that_breaks_in_the_middle_stops_the_study_and_is_tried_again(bench):
    (bench.root / "fragile_net.py").write_text(BREAKS, encoding="utf-8")
    changes = {
        "encoders": [{"name": "fragile", "module": "fragile_net:Fragile", "features": "vector"}],
        "repeats": {"folds": 5},
    }
    (bench.root / "broken").touch()
    ended = bench.cohear("run", bench.study(**changes), "--out", "out")
    assert ended.returncode == 1
    last = ended.stderr.splitlines()[-1]
    assert last.startswith("error: ")
    assert "runs in a row failed with the same error" in last
    assert "No module named 'no_such_library'" in last
    assert ended.stderr.count("failed: ") < 8
    assert "Traceback" not in ended.stderr
    told = bench.cohear("status", "out").stdout
    assert "0 of 15 done" in told
    (bench.root / "broken").unlink()
    assert len(tiny.records(bench.run("out", **changes))) == 15
