"""Controls from the study file to the tables, through the real command line."""

import csv
import json
import os
import signal

import pytest
import tiny

pytestmark = pytest.mark.slow

ALL = ["shuffled", "unlabelled", "duplicate", "wide", "long", "norm"]
ENCODERS = [{"name": "dnn", "hidden": 64, "layers": 1}]
FEW = {"name": "summary", "statistics": "plain"}  # of 440 numbers, one more hidden unit holds more than a head


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_each_control_leaves_its_rows_and_ordinary_runs_stay(bench):
    """A control that joins trains what is new alone; killed in between, the study goes on where it was."""
    changes = {"features": FEW, "encoders": ENCODERS, "repeats": {"folds": 1, "seeds": 1}}
    out = bench.run(**changes)
    before, told = tiny.times(out), rows(out / "results.csv")
    assert len(before) == 3
    assert not (out / "controls.csv").exists()

    process = bench.start("run", bench.study(**changes, controls=ALL), "--out", "out", "--jobs", "1")
    tiny.until(lambda: len(tiny.records(out)) >= 5 or process.poll() is not None)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    killed = tiny.times(out)
    assert before.items() <= killed.items()
    assert len(killed) < 15

    bench.run(**changes, controls=ALL)
    assert killed.items() <= tiny.times(out).items()
    assert len(tiny.records(out)) == 15
    results = rows(out / "results.csv")
    assert [row for row in results if not row["control"]] == told
    cells = {(row["control"], row["focal"], row["combination"], row["task"]) for row in results if row["control"]}
    assert cells == {
        (control, task, "tone+bird" if control in ("shuffled", "unlabelled", "norm") else task, task)
        for control in ALL
        for task in ("tone", "bird")
    }
    of = {(row["control"], row["combination"], row["task"]): row for row in results}
    single, pair = of["", "tone", "tone"], of["", "tone+bird", "tone"]
    assert of["shuffled", "tone+bird", "tone"]["parameters"] == pair["parameters"]
    assert of["unlabelled", "tone+bird", "tone"]["parameters"] == single["parameters"]
    assert of["long", "tone", "tone"]["steps"] == str(2 * int(single["steps"]))
    assert abs(int(of["wide", "tone", "tone"]["parameters"]) / int(pair["parameters"]) - 1) <= 0.02
    assert {row["test_part"] for row in results if row["task"] == "tone"} == {single["test_part"]}
    assert all(float(row["seconds"]) > 0 for row in results)
    controls = rows(out / "controls.csv")
    assert {(row["control"], row["task"]) for row in controls} == {(c, t) for c in ALL for t in ("tone", "bird")}
    losses = rows(out / "controls_nll.csv")
    assert {(row["control"], row["task"], row["metric"]) for row in losses} == {
        (row["control"], row["task"], "nll") for row in controls
    }
    assert len(losses) == len(controls)
    assert {row["combination"] for row in rows(out / "gains.csv")} == {"tone+bird"}
    assert {row["task"] for row in rows(out / "metrics.csv")} == {"tone", "bird"}
    assert "15 of 15 done" in bench.cohear("status", "out").stdout


def test_an_encoder_has_controls_of_its_own(bench):
    """Each encoder is trained in the controls that it asks for, beside the pairs that it is trained in."""
    bench.run(
        encoders=[
            {"name": "dnn", "hidden": 64, "layers": 1, "controls": ["long"]},
            {"name": "dnn", "hidden": 32, "layers": 1, "combinations": ["singles"]},
            {"name": "dnn", "hidden": 16, "layers": 1},
        ],
        controls=[{"name": "shuffled", "pairs": [["tone", "bird"]]}],
        repeats={"folds": 1, "seeds": 1},
    )
    planned = json.loads((bench.root / "out" / "plan.json").read_text())["runs"]
    assert {(run["encoder"], run["control"]) for run in planned} == {
        ("dnn(hidden=64,layers=1)", ""),
        ("dnn(hidden=64,layers=1)", "long"),
        ("dnn(hidden=32,layers=1)", ""),
        ("dnn(hidden=16,layers=1)", ""),
        ("dnn(hidden=16,layers=1)", "shuffled"),
    }
    assert {run["combination"] for run in planned if "32" in run["encoder"]} == {"tone", "bird"}


LEARNS_IN_COMPANY = """
from torch import nn


class Sociable(nn.Module):
    def __init__(self, input_width):
        super().__init__()
        self.norm, self.layer = nn.BatchNorm1d(input_width), nn.Linear(input_width, 32)

    def forward(self, features):
        made = self.layer(self.norm(features))
        return made * 0 if self.training and len(features) <= 4 else made
"""


def test_explanation_comes_out_of_a_real_run(bench):
    """An encoder that learns where a partner's audio is in the batch, labels or not: a gain by ``domain``."""
    (bench.root / "sociable.py").write_text(LEARNS_IN_COMPANY, encoding="utf-8")
    out = bench.run(
        features=FEW,
        encoders=[{"name": "sociable", "module": "sociable:Sociable", "features": "vector"}],
        controls=["unlabelled"],
        repeats={"folds": 5, "seeds": 1},
        training={"steps": 60, "batch": 4},
    )
    gains = {row["task"]: row for row in rows(out / "gains.csv")}
    assert (gains["tone"]["verdict"], gains["tone"]["explanation"]) == ("helps", "domain")
    [control] = [row for row in rows(out / "controls.csv") if row["task"] == "tone"]
    assert (control["control"], control["verdict"]) == ("unlabelled", "helps")
