"""The launcher ``slurm``: jobs as processes of this machine, and what a batch system is told."""

import json
import os
import re
import time
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import pytest
import tiny
from command import called
from same_runs import same_runs

from cohear.base.errors import UserError
from cohear.base.named import as_named, make
from cohear.runs.in_place import PackInPlace
from cohear.runs.record import read_record
from cohear.study.launch.launcher import LAUNCHERS
from cohear.study.launch.slurm import pool as slurm_pool
from cohear.study.launch.slurm.place import ENDED, STARTED, SharedPlace
from cohear.testing.launcher import LauncherContract
from cohear.training.spec import RunSpec

needs_submitit = pytest.mark.skipif(find_spec("submitit") is None, reason="needs submitit: pip install 'cohear[slurm]'")
PATIENCE = 900.0


@pytest.fixture
def given(finished, tmp_path):
    """Specifications, their pack, and an empty folder for runs."""
    records = [read_record(path) for path in sorted((finished.root / "out" / "runs").iterdir())]
    specs = [RunSpec.model_validate(record.specification) for record in records]
    specs = [spec for spec in specs if spec.encoder["name"] == "dnn"]
    (tmp_path / "study").mkdir()
    runs = tmp_path / "study" / "runs"
    splits = finished.root / "out" / "splits"
    return specs, PackInPlace.of(specs, splits=splits, cache=finished.cache, code=tmp_path, runs=[runs]), runs


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"chunk": 0}, "chunk and cpus must be 1 or more"),
        ({"hours": 0}, "hours must be more than 0, not 0"),
        ({"sbatch": "qos"}, "sbatch: 'qos' has no value; give it as in qos=long"),
        ({"chunk": 1.5}, "chunk must be a whole number, not 1.5"),
    ],
)
def test_settings_that_cannot_be_are_refused(given, settings, told):
    _, pack, runs = given
    with pytest.raises(UserError, match=f"launcher 'slurm': {told}"):
        make(LAUNCHERS, as_named({"name": "slurm", **settings}), pack, runs)


@needs_submitit
def test_without_a_batch_system_that_is_told(given, tmp_path, monkeypatch):
    specs, pack, runs = given
    monkeypatch.setenv("PATH", str(tmp_path))
    with (
        closing(make(LAUNCHERS, "slurm", pack, runs)) as pool,
        pytest.raises(UserError, match=r"--launcher slurm: .*srun"),
    ):
        pool.start(specs[0], frozenset())


SBATCH = """#!/bin/sh
cat "$1" > {root}/script
echo Submitted batch job 1234
"""
SQUEUE = """#!/bin/sh
[ {state} = PENDING ] && echo 1234_0 && echo 1234_1
exit 0
"""
SCONTROL = """#!/bin/sh
echo 'JobId=1234 JobState={state} Reason=None'
"""


@pytest.fixture
def batch_system(tmp_path, monkeypatch):
    """Commands of Slurm that write down what they are told and begin nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def has(state):
        texts = {"sbatch": SBATCH.format(root=tmp_path), "scontrol": SCONTROL.format(state=state)}
        texts["squeue"] = SQUEUE.format(state=state)
        told = f'#!/bin/sh\necho "$0" "$@" >> {tmp_path}/told\n'
        for name, text in {**texts, "srun": told, "scancel": told}.items():
            (folder / name).write_text(text, encoding="utf-8")
            (folder / name).chmod(0o755)

    has("PENDING")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return has


@needs_submitit
def test_the_script_of_an_array(given, batch_system, tmp_path, monkeypatch):
    """Three runs in chunks of two are an array of two jobs, with what was asked for; closed, it is cancelled."""
    specs, pack, runs = given
    monkeypatch.setattr(slurm_pool, "LATE_LOOKS", 1)
    monkeypatch.setattr(slurm_pool, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(slurm_pool, "ASK_SECONDS", 0.0)
    settings = {"chunk": 2, "hours": 1.5, "cpus": 2, "gpus": 1, "memory": 8, "partition": "short", "account": "us"}
    launcher = as_named({"name": "slurm", **settings, "sbatch": "qos=long,constraint=v100"})
    with closing(make(LAUNCHERS, launcher, pack, runs, 7)) as pool:
        for spec in specs[:3]:
            pool.start(spec, frozenset())
        batch_system("OUT_OF_MEMORY")
        ended = list(pool.events())
        pool.start(specs[0], frozenset())
        batch_system("PENDING")
        pool._submit()
        held = json.loads((runs.parent / "slurm" / "jobs.json").read_text())
    assert {event.run for event in ended} == {spec.key for spec in specs[:3]}
    assert {event.kind for event in ended} == {"killed"}
    assert len(ended) == 3
    assert "its job was ended: out of memory; ask for more with --with memory=8" in ended[0].error
    assert held == ["1234"]
    assert "scancel 1234" in (tmp_path / "told").read_text()
    assert not (runs.parent / "slurm").exists()


@needs_submitit
def test_what_sbatch_is_told(given, batch_system, tmp_path):
    specs, pack, runs = given
    settings = {"chunk": 2, "hours": 1.5, "cpus": 2, "gpus": 1, "memory": 8, "partition": "short", "account": "us"}
    launcher = as_named({"name": "slurm", **settings, "sbatch": "qos=long,constraint=v100"})
    with closing(make(LAUNCHERS, launcher, pack, runs, 7)) as pool:
        for spec in specs[:3]:
            pool.start(spec, frozenset())
        assert pool.room() == 7 * 2 - 3
        pool._submit()
        assert pool.room() == 5 * 2
    script = (tmp_path / "script").read_text()
    told = dict(re.findall(r"^#SBATCH --([a-z-]+)=?(.*)$", script, re.MULTILINE))
    wanted = {
        **{"array": "0-1%2", "time": "90", "cpus-per-task": "2", "gpus-per-node": "1", "mem": "8GB"},
        **{"partition": "short", "account": "us", "qos": "long", "constraint": "v100", "requeue": ""},
        **{"signal": "USR2@90", "job-name": "cohear-study", "open-mode": "append", "nodes": "1"},
    }
    assert wanted.items() <= {name: value.strip("'") for name, value in told.items()}.items()
    assert "submitit.core._submit" in script


@needs_submitit
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
class TestSlurm(LauncherContract):
    name = "slurm"
    settings: ClassVar = {"executor": "local", "chunk": 1}

    @pytest.fixture(autouse=True)
    def study(self, given, monkeypatch):
        monkeypatch.setattr(slurm_pool, "LOOK_SECONDS", 0.05)
        self._given = given

    def given(self):
        return self._given


@needs_submitit
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
def test_chunks_leave_what_local_runs_leave_and_a_preempted_job_goes_on(bench):
    changes = {"encoders": tiny.slow_encoder(bench.root, 0.05), "repeats": {"folds": 2, "seeds": 1}}
    whole = bench.run("whole", **changes)
    settings = ("--launcher", "slurm", "--with", "executor=local", "--with", "chunk=4", "--jobs", "1")
    process = bench.start("run", "study.yaml", "--out", "out", *settings)
    out = bench.root / "out"
    tiny.until(lambda: len(tiny.records(out)) >= 1, 120)
    [job] = {path.name.partition("_")[0] for path in (out / "slurm" / "submitit").glob("*_log.err")}
    preempted = preempt(int(job))
    _, told = process.communicate(timeout=300)
    assert process.returncode == 0, told
    assert preempted
    assert same_runs(whole / "runs", out / "runs") == 6
    records = [read_record(path) for path in (out / "runs").iterdir()]
    assert {record.launcher for record in records} == {"slurm"}
    assert not (out / "slurm").exists()


def preempt(controller):
    """Send what a batch system sends before it takes a node away; whether anybody was there to hear it."""
    import signal

    children = [pid for pid, parent in parents().items() if parent == controller]
    for pid in children:
        os.kill(pid, signal.SIGUSR2)
    return bool(children)


def parents():
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    return found


@needs_submitit
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
def test_what_a_killed_driver_s_job_has_finished_is_taken(given):
    specs, pack, runs = given
    launcher = as_named({"name": "slurm", "executor": "local", "chunk": 1})
    first = make(LAUNCHERS, launcher, pack, runs, 1)
    first.start(specs[0], frozenset())
    first._submit()
    shared = SharedPlace(runs.parent / "slurm")
    tiny.until(lambda: shared.heard(specs[0].key, ENDED), 120)
    assert shared.heard(specs[0].key, STARTED)
    first._batch.close()
    began = time.monotonic()
    with closing(make(LAUNCHERS, launcher, pack, runs, 1)) as second:
        second.start(specs[0], frozenset())
        assert second._waiting == []
        assert [event.kind for event in second.events()] == ["started", "finished"]
    assert time.monotonic() - began < 60
    assert read_record(runs / specs[0].key).launcher == "slurm"


@needs_submitit
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
def test_commands_of_the_paper_work(finished, tmp_path):
    """With processes in place of a batch system."""
    text = (Path(__file__).resolve().parents[2] / "docs" / "machines.md").read_text(encoding="utf-8")
    commands = re.findall(r"^cohear (run .*--launcher slurm.*)$", text, re.MULTILINE)
    assert len(commands) == 2
    for number, command in enumerate(commands):
        words = command.replace("out/first", f"{tmp_path}/{number}").split()
        ended = called(
            *words, "--with", "executor=local", folder=finished.root, environment={"COHEAR_CACHE": str(finished.cache)}
        )
        assert ended.returncode == 0, ended.stderr
        assert same_runs(finished.root / "out" / "runs", tmp_path / str(number) / "runs") == 6
