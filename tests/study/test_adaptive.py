"""Repeats until decided, through the real command line: rounds, kills, failures, and what the commands tell."""

import csv
import json
import os
import signal

import pytest
import tiny

UNTIL = {"folds": 2, "until": "decided", "at_most": 10}
THREE = {
    "datasets": {name: {"path": f"data/{name}"} for name in ("tones", "birds", "doors")},
    "tasks": {
        "tone": {"dataset": "tones", "target": "tone"},
        "bird": {"dataset": "birds", "target": "bird"},
        "door": {"dataset": "doors", "target": "door"},
    },
    "combinations": ["pairs"],
    "keep": [],
}


def state_of(folder):
    return json.loads((folder / "repeats.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_repeats_stop_and_the_rest_is_what_a_fixed_study_has(bench):
    """The same runs under the same keys; gains are those of looks, and status and page know the end."""
    fixed = bench.run("fixed", **THREE, repeats={"folds": 2, "seeds": 5})
    out = bench.run_apart("out", **THREE, repeats=UNTIL, margin=0.9)  # nothing loses 90 points: all is soon decided
    told = state_of(out)
    limits = [group["repeats"] for group in told["repeats"]]
    assert set(limits) <= {6, 8, 10} and min(limits) < 10
    assert all((cell["state"] == "open") is False for cell in told["cells"])
    whole, some = tiny.results(fixed), tiny.results(out)
    assert len(some) < len(whole) and all(row in whole for row in some)
    assert len(json.loads((out / "plan.json").read_text())["runs"]) == len(tiny.records(fixed))
    with (out / "gains.csv").open(encoding="utf-8", newline="") as file:
        gains = {(row["task"], row["combination"]): row for row in csv.DictReader(file)}
    for cell in told["cells"]:
        row = gains[cell["task"], cell["combination"]]
        assert (row["verdict"], int(row["repeats"])) == (cell["verdict"], cell["repeats"])
    status = bench.cohear("status", "out").stdout
    done = len(tiny.records(out))
    assert f"{done} of at most {done} done, 0 failed, at most 0 left" in status
    assert f"{len(told['cells'])} decided, 0 open, 0 given up" in status
    assert "Repeats stopped where verdicts were decided" in (out / "report" / "index.html").read_text(encoding="utf-8")
    before = tiny.times(out)
    bench.run("out", **THREE, repeats=UNTIL, margin=0.9)
    assert tiny.times(out) == before
    dry = bench.cohear("run", bench.root / "study.yaml", "--out", "out", "--dry-run")
    assert "at most" in dry.stdout


def killed_after(records, bench, study):
    process = bench.start("run", study, "--out", "out")
    tiny.until(lambda: len(tiny.records(bench.root / "out")) >= records or process.poll() is not None)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.slow
def test_switching_trains_only_what_is_new(bench):
    out = bench.run("out", **THREE, repeats={"folds": 2, "seeds": 3})
    before = tiny.times(out)
    bench.run("out", **THREE, repeats=UNTIL)
    assert before.items() <= tiny.times(out).items()
    bench.run("out", **THREE, repeats={"folds": 2, "seeds": 5})
    assert not (out / "repeats.json").exists()
    fixed = bench.run("fixed", **THREE, repeats={"folds": 2, "seeds": 5})
    assert tiny.results(out) == tiny.results(fixed)


@pytest.mark.slow
def test_killed_between_looks_goes_on_to_the_same_end(bench):
    changes = {"encoders": tiny.slow_encoder(bench.root, 0.02), "repeats": UNTIL, "keep": [], "margin": 0.9}
    whole = bench.run("whole", **changes)
    study = bench.study(**changes)
    many = 0
    for records in (3, 10):
        killed_after(records, bench, study)
        status = bench.cohear("status", "out")
        assert status.returncode == 0 and "of at most 30 done" in status.stdout
        many = len(tiny.records(bench.root / "out"))
    before = tiny.times(bench.root / "out")
    assert 0 < many < len(tiny.records(whole))
    out = bench.run("out", **changes)
    assert before.items() <= tiny.times(out).items()
    assert tiny.results(out) == tiny.results(whole)
    assert state_of(out) == state_of(whole)


@pytest.mark.slow
def test_a_failed_run_holds_its_combination_alone(bench):
    changes = {"encoders": tiny.slow_encoder(bench.root, 0.0), "repeats": UNTIL, "keep": []}
    (bench.root / "fail").touch()
    ended = bench.cohear("run", bench.study(**changes), "--out", "out")
    out = bench.root / "out"
    assert ended.returncode == 1 and "Traceback" not in ended.stderr
    assert "6 of 18 runs failed" in ended.stderr
    assert [group["repeats"] for group in state_of(out)["repeats"]] == [6]
    (bench.root / "fail").unlink()
    bench.run("out", **changes)
    assert "0 failed" in bench.cohear("status", "out").stdout


def test_damaged_states_are_told_and_written_anew(bench):
    out = bench.run("out", **THREE, repeats={**UNTIL, "at_most": 5}, margin=0.9)
    (out / "repeats.json").write_text("[", encoding="utf-8")
    status = bench.cohear("status", "out")
    assert status.returncode == 2 and status.stderr.count("\n") == 1 and "run the study again" in status.stderr
    before = tiny.times(out)
    bench.run("out", **THREE, repeats={**UNTIL, "at_most": 5}, margin=0.9)
    assert tiny.times(out) == before
    assert "given up" in bench.cohear("status", "out").stdout
