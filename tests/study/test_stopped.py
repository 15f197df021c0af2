"""Studies that are killed, interrupted or fail in the middle, through the real command line."""

import json
import os
import signal
import time
from types import SimpleNamespace

import pytest
import tiny

from cohear.base.temporary import temporary_beside
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.trained_again import why_lost
from cohear.study.plan.row import PlanRow

pytestmark = pytest.mark.slow


def slow(bench, pause=0.08):
    return {"encoders": tiny.slow_encoder(bench.root, pause)}


def started(bench, out="out", records=1, **changes):
    """A study at work with so many runs done."""
    process = bench.start("run", bench.study(**changes), "--out", out)
    tiny.until(lambda: len(tiny.records(bench.root / out)) >= records or process.poll() is not None)
    assert process.poll() is None, process.communicate()[1]
    return process


def test_killed_group_goes_on_where_it_was(bench):
    """Pitfall 20: nothing is repeated or skipped, and the numbers are those of an unbroken study."""
    changes = slow(bench)
    whole = bench.run("whole", **changes)
    process = started(bench, records=2, **changes)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    out = bench.root / "out"
    before = tiny.times(out)
    assert 2 <= len(before) < 6
    bench.run("out", **changes)
    after = tiny.times(out)
    assert len(after) == 6
    assert before.items() <= after.items()
    assert tiny.results(out) == tiny.results(whole)
    assert (out / "metrics.csv").read_bytes() == (whole / "metrics.csv").read_bytes()
    assert not list(out.glob("**/.*.tmp"))


def test_killed_driver_frees_the_lock_and_ends_its_workers(bench):
    changes = slow(bench, 0.5)
    process = bench.start("run", bench.study(**changes), "--out", "out")
    tiny.until(lambda: len(tiny.processes(process.pid)) >= 3)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    slower, began = tiny.waiting(), time.monotonic()
    tiny.until(lambda: not tiny.processes(process.pid))
    assert time.monotonic() - began < 2 * max(slower, tiny.waiting())
    told = bench.cohear("status", "out").stdout
    assert "none is working on it" in told
    process.stdout.close()
    process.stderr.close()


@pytest.mark.slow
def test_killed_worker_costs_its_own_run_alone(bench):
    process = bench.start("run", bench.study(**slow(bench)), "--out", "out")

    def workers():
        alive = tiny.processes(process.pid)
        return [pid for pid, parent in alive.items() if parent in alive and alive[parent] == process.pid]

    tiny.until(lambda: len(workers()) == 2 or process.poll() is not None)
    os.kill(workers()[0], signal.SIGKILL)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert told.count("is tried again: its worker was ended by signal SIGKILL") == 1
    assert "failed" not in told
    assert len(tiny.records(bench.root / "out")) == 6


def test_interrupt_ends_at_once_without_a_traceback(bench):
    process = started(bench, **slow(bench, 0.3))
    slower, began = tiny.waiting(), time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=20)
    took = time.monotonic() - began
    assert took < 2 * max(slower, tiny.waiting())
    assert process.returncode == 130
    assert told.strip() == "stopped; the same command goes on where it was"
    assert not tiny.processes(process.pid)


@pytest.mark.slow
def test_gains_of_other_results_go_with_them(bench):
    """A study that is stopped has newer results than the gains of the time before: the old ones would mislead."""
    changes = slow(bench, 0.0)
    bench.run(**changes)
    out = bench.root / "out"
    before = (out / "results.csv").read_text()
    process = started(bench, records=len(tiny.records(out)) + 1, **slow(bench, 0.3), seed=1)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=20)
    assert (out / "results.csv").read_text() != before
    assert not (out / "gains.csv").exists()
    bench.cohear("gains", "out")
    assert (out / "gains.csv").exists()


def test_second_process_is_told_in_one_sentence_and_status_can_look(bench):
    changes = slow(bench, 2.0)
    process = bench.start("run", bench.study(**changes), "--out", "out")
    tiny.until(lambda: len(tiny.processes(process.pid)) >= 4)
    second = bench.cohear("run", bench.root / "study.yaml", "--out", "out")
    status = bench.cohear("status", "out")
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=20)
    assert second.returncode == 2
    assert second.stderr == "error: another process is working on out; wait for it, or stop it first\n"
    assert (status.returncode, status.stderr) == (0, "")
    assert "working on it now" in status.stdout


def test_failed_run_is_told_and_tried_again(bench):
    """The pairs fail, the singles finish; mended, the same command trains the pairs alone."""
    changes = slow(bench, 0.0)
    (bench.root / "fail").touch()
    ended = bench.cohear("run", bench.study(**changes), "--out", "out")
    out = bench.root / "out"
    before = tiny.times(out)
    assert ended.returncode == 1
    assert "2 of 6 runs failed" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(before) == 4
    status = bench.cohear("status", "out").stdout
    assert "4 of 6 done, 2 failed" in status
    assert "tone+bird" in status
    assert "ValueError: the flux capacitor is empty" in status
    (bench.root / "fail").unlink()
    bench.run("out", **changes)
    assert before.items() <= tiny.times(out).items()
    assert len(tiny.records(out)) == 6
    assert "0 failed" in bench.cohear("status", "out").stdout


def test_half_written_record_is_not_done(bench):
    """Pitfall 20: a record that is cut, empty or another run's is trained again, and no other."""
    out = bench.run("out")
    numbers, before = tiny.results(out), tiny.times(out)
    cut, empty, bare, foreign, *kept = sorted(tiny.records(out).values())
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    empty.write_bytes(b"")
    bare.write_text(json.dumps({"run": "other", "tasks": {}}), encoding="utf-8")
    foreign.write_bytes(kept[0].read_bytes())
    (out / "plan.json").write_text("{", encoding="utf-8")
    bench.run("out")
    after = tiny.times(out)
    assert tiny.results(out) == numbers
    assert {run for run in after if after[run] == before[run]} == {path.parent.name for path in kept}


def test_records_that_are_gone_and_records_that_are_damaged_are_told_apart(tmp_path):
    folder = StudyFolder(tmp_path)
    keys = ["kept", "cut", "gone1", "gone2"]
    rows = [PlanRow(key, "logmel", "small", "base", "tone", control="", fold=0, seed=0) for key in keys]
    folder.write_plan("s", rows)
    (tmp_path / "results.csv").write_text("run\n" + "\n".join(keys), encoding="utf-8")
    whole = json.dumps({"run": "kept", "specification": {}, "tasks": {}, "seconds": 1.0})
    for key, text in (("kept", whole), ("cut", '{"run": "cu')):
        (tmp_path / "runs" / key).mkdir(parents=True)
        (tmp_path / "runs" / key / "record.json").write_text(text, encoding="utf-8")
    assert why_lost(folder, [SimpleNamespace(key=key) for key in keys]) == [
        "no record is left of 2 runs of results.csv, trained again now",
        "the record is damaged of 1 run of results.csv, trained again now",
    ]


def test_a_finished_run_that_was_moved_aside_is_put_back(tmp_path):
    """A kill between the renames that replace a run's folder leaves its only record under a temporary name."""
    folder, old = StudyFolder(tmp_path), tmp_path / "runs" / "key"
    half = temporary_beside(old)
    for place in (temporary_beside(old, "before"), half):
        place.mkdir(parents=True)
        (place / "record.json").write_text(str(place == half), encoding="utf-8")
    folder.sweep()
    assert [path.name for path in folder.runs.iterdir()] == ["key"]
    assert (old / "record.json").read_text(encoding="utf-8") == "False"


def test_what_a_kill_before_the_first_run_leaves_is_no_foreign_folder(bench):
    """A study that was killed, or had a mistake, before its settings were written can begin again there."""
    out = bench.root / "out"
    out.mkdir()
    (out / ".lock").touch()
    (out / ".study.yaml.123.tmp").touch()
    mistake = bench.cohear(
        "run", bench.study(datasets={"tones": {"path": "nowhere"}, "birds": {"path": "data/birds"}}), "--out", "out"
    )
    assert mistake.returncode == 2
    bench.run("out")
    assert len(tiny.results(out)) == 8


@pytest.mark.slow
def test_memory_stays_small(bench):
    """Each run has a process of its own, so memory cannot grow from run to run."""
    out = bench.run_apart(**tiny.TWO_ENCODERS)
    peaks = [json.loads(path.read_text())["peak_memory_bytes"] for path in tiny.records(out).values()]
    assert max(peaks) < 1.5e9
    assert max(peaks) - min(peaks) < 150e6


@pytest.mark.slow
def test_what_is_to_be_kept_from_now_on_is_made_by_training_again_to_the_same_numbers(bench):
    out = bench.run("out", keep=["curves"])
    numbers, before = tiny.results(out), tiny.times(out)
    kept = next(iter(sorted(tiny.records(out).values()))).parent
    (kept / "weights.safetensors").touch()
    (kept / "predictions.csv").touch()
    ended = bench.cohear("run", bench.study(keep=["curves", "weights", "predictions"]), "--out", "out")
    assert ended.returncode == 0, ended.stderr
    told = "note: 5 finished runs are trained again, to the same numbers: they left no weights, predictions (see keep)"
    assert told in ended.stderr
    assert tiny.results(out) == numbers
    after = tiny.times(out)
    assert {run for run in after if after[run] == before[run]} == {kept.name}
    assert len(list(out.glob("runs/*/weights.safetensors"))) == 6
    bench.run("out", keep=["curves"])
    assert tiny.times(out) == after
