"""``make gpu-check``: its steps on the processor, and that it tells what is wrong."""

import importlib.util
import sys
from pathlib import Path

import pytest
import torch

from cohear.testing.plain import PlainPack, plain_run
from cohear.training.device import Device
from cohear.training.settings import TrainingSettings

BENCHMARK = Path(__file__).resolve().parents[1] / "benchmarks" / "gpu_check.py"


def loaded(name, path):
    """A benchmark, as a module."""
    found = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module  # where dataclasses look for it, and benchmarks for another
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def check():
    yield loaded("gpu_check", BENCHMARK)
    for name in ("gpu_check", "thousand_runs"):
        sys.modules.pop(name, None)


@pytest.fixture
def run():
    settings = TrainingSettings(steps=4, batch=6, precision="float32")
    return plain_run(("a", "b"), settings), PlainPack(("a", "b"))


def test_where_there_is_no_accelerator_nothing_is_measured(check, monkeypatch, capsys):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert check.main(["a folder of data"]) == 0
    assert capsys.readouterr().out.startswith("Nothing measured: there is no accelerator here")


@pytest.mark.slow
def test_every_step_is_taken_on_the_processor(check, tmp_path, capsys):
    assert check.main(["--device", "cpu", "--tiny", "--out", str(tmp_path / "results")]) == 0
    text = (tmp_path / "results" / "gpu.md").read_text()
    assert capsys.readouterr().out == text + "\n"
    assert f"{Device().called}, PyTorch {torch.__version__}" in text
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| mlp")]
    right, rates = [row for row in cells if len(row) == 8], [row for row in cells if len(row) == 7]
    assert {(row[2], row[4], row[6], row[7]) for row in right} == {("0.0e+00", "yes", "0.0", "yes")}
    assert [row[1] for row in rates][:2] == ["cpu, 2 at once", "1 at a time"] and len(rates) == 3
    assert rates[2][1].endswith(" at once, 2 as one")
    assert all(float(row[2]) > 0 for row in rates)
    assert rates[1][3] == "1.0 ×" and rates[0][4] == "1.0 ×"


@pytest.mark.slow
def test_a_thousand_runs_are_told_by_a_part(check, capsys):
    """Every step is taken; what it comes to is measured by nobody here."""
    thousand = loaded("thousand_runs", BENCHMARK.with_name("thousand_runs.py"))
    assert thousand.main(["a folder of data", "--tiny", "--jobs", "1", "--at-once", "2"]) == 0
    head, _, row, told = capsys.readouterr().out.splitlines()
    names, cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in (head, row))
    assert names[3:] == [
        "processor time a run, s",
        "1000 runs by the clock, min",
        "1000 runs on cores of their own, min",
    ]
    assert cells[:3] == ["6", "1", "2"] and float(cells[4]) > 0
    assert told.endswith("at most 10 minutes are aimed at.")


def test_a_device_with_other_numbers_is_told(check, run, monkeypatch):
    """Here one that draws other weights."""
    spec, pack = run
    told = check.apart(spec, pack, "cpu", "float32", 3)
    assert (told["right"], told["the same bits again"]) == ("yes", "yes")
    train, calls = check.train_one, []

    def other(spec, pack, place):
        calls.append(spec)
        return train(spec.model_copy(update={"seed": len(calls)}), pack, place)

    monkeypatch.setattr(check, "train_one", other)
    told = check.apart(spec, pack, "cpu", "float32", 3)
    assert (told["right"], told["the same bits again"]) == ("**no**", "no")


def test_a_rate_is_counted_from_the_first_end_on(check):
    times = check.Times(Device(), ended=[100.0, 101.0, 103.0])
    assert times.a_minute == 40.0
    assert check.Times(Device(), True, started=[98.0, 99.0], ended=[103.0, 103.0, 104.0]).a_minute == 30.0


@pytest.mark.parametrize(
    ("seconds", "at_once", "runs"), [(1.0, 1, 40), (100.0, 1, 4), (100.0, 16, 32), (0.01, 16, 320)]
)
def test_as_many_runs_as_there_is_time_for(check, seconds, at_once, runs):
    """A few at least, and twice as many as go at once."""
    assert check.enough(check.Size(), seconds, at_once) == runs


def test_operations_grow_with_steps(check, run):
    spec, pack = run
    few, more = (
        check.operations(
            spec.model_copy(update={"training": spec.training.model_copy(update={"steps": steps})}), pack, "cpu"
        )
        for steps in (2, 6)
    )
    assert 0 < few < more


def test_the_peak_is_that_of_a_product_of_matrices(check):
    assert check.peak(Device(), 64) > 1e6
