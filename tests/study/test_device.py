"""The device of a study: what it settles, where it arrives, and what is told of it."""

import json
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace

import in_process
import pytest
import tiny

from cohear.base.errors import CohearError, UserError
from cohear.base.processor import processor_name
from cohear.base.yaml_text import YamlText
from cohear.runs import NETWORK, PROBE
from cohear.runs.in_place import PackInPlace
from cohear.runs.place import RunPlace
from cohear.runs.record import read_record
from cohear.study import prepare as preparing
from cohear.study.file import check_study
from cohear.study.folder.devices import trained_elsewhere
from cohear.study.folder.folder import StudyFolder, with_paths_from
from cohear.study.folder.tables import write_tables
from cohear.study.launch import local, worker
from cohear.study.launch.launcher import LAUNCHERS
from cohear.study.launch.progress import NoProgress
from cohear.study.prepare import prepare
from cohear.study.run import run_study
from cohear.training.device import Device


def settings(root, **changes):
    return with_paths_from(check_study(YamlText(tiny.settings(combinations=["singles"], **changes))), root)


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("COHEAR_CACHE", str(tmp_path / "cache"))
    tiny.write_datasets(tmp_path / "data")
    return tmp_path


def keys(root, **changes):
    plan = prepare(settings(root, **changes), root, cache=root / "cache", jobs=1).plan
    assert len({run.spec.training.precision for run in plan}) == 1
    return [run.key for run in plan], plan[0].spec.training.precision


def test_the_device_settles_what_is_left_to_the_machine_and_is_in_no_key(root, monkeypatch):
    plain, precision = keys(root)
    assert keys(root, device="cpu") == (plain, precision)
    other = "float32" if precision == "bfloat16" else "bfloat16"
    monkeypatch.setattr(Device, "of", classmethod(lambda cls, name: cls(name, precision if name == "cpu" else other)))
    assert preparing.Device is Device
    on_device, settled = keys(root, device="cuda")
    assert settled == other
    assert not set(on_device) & set(plain)
    stated = {"training": {**tiny.settings()["training"], "precision": precision}}
    assert keys(root, device="cuda", **stated) == (plain, precision)


ABSENT = "device 'cuda' is not on this machine, or torch was built without it"


class Heard(NoProgress):
    """Keeps what is said."""

    def __init__(self):
        self.said = []

    def say(self, sentence):
        self.said.append(sentence)


@pytest.fixture
def processor_alone(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)


@pytest.mark.usefixtures("processor_alone")
@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_told_before_anything_is_read(tmp_path, device):
    """Not even datasets, which are not there either, and no folder is made."""
    with pytest.raises(UserError, match=f"device '{device}' is not on this machine"):
        run_study(settings(tmp_path, device=device), tmp_path, tmp_path / "out")
    with pytest.raises(UserError, match=f"device '{device}' is not on this machine"):
        prepare(settings(tmp_path, device=device), tmp_path, cache=tmp_path / "cache")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("processor_alone")
@pytest.mark.parametrize("verb", [("run",), ("run", "--dry-run")])
def test_the_command_ends_with_two(bench, verb):
    study = tiny.write_study(bench.root, device="cuda")
    ended = bench.cohear(*verb, study.name, "--out", "out")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"error: {ABSENT}; use auto or cpu\n"


@pytest.mark.usefixtures("processor_alone")
def test_what_auto_is_is_said(root, monkeypatch):
    monkeypatch.setitem(LAUNCHERS._entries, "here", in_process.InProcess)
    heard = Heard()
    run_study(settings(root, device="auto"), root, root / "out", launcher="here", progress=heard)
    assert heard.said[0] == f"device: auto trains on {processor_name()} (cpu), the fastest device of this machine"
    assert sum("device" in sentence for sentence in heard.said) == 1


@pytest.mark.usefixtures("processor_alone")
def test_a_pack_is_made_where_its_device_is_not(bench):
    """Where the precision is said: which one is fastest there nobody here can know. Workers must have the device."""
    training = {**tiny.settings()["training"], "precision": "bfloat16"}
    study = tiny.write_study(bench.root, device="cuda").name
    ended = bench.cohear("pack", study, "-o", "pack")
    assert ended.returncode == 2
    assert "so which precision it is fastest in is not known: give training: {precision: " in ended.stderr
    tiny.write_study(bench.root, device="cuda", training=training)
    ended = bench.cohear("pack", study, "-o", "pack")
    assert ended.returncode == 0, ended.stderr
    for verb in (("worker", "pack", "--out", "pack"), ("run", study, "--from", "pack", "--out", "out")):
        ended = bench.cohear(*verb)
        assert ended.returncode == 2
        assert ABSENT in ended.stderr
    assert not (bench.root / "out").exists() and not (bench.root / "pack" / "runs").exists()


def test_what_networks_were_trained_on_is_told_where_their_scores_are(finished, tmp_path):
    called = f"{processor_name()} (cpu)"
    out = finished.root / "out"
    records = [read_record(path.parent) for path in tiny.records(out).values()]
    assert {record.device for record in records} == {called}
    assert json.loads((out / "data.json").read_text())["devices"] == {called: len(records)}
    assert json.loads((out / "environment.json").read_text())["device"] == called


def test_runs_of_two_devices_are_counted_and_told_before_others_are_trained(finished, tmp_path):
    out = StudyFolder(shutil.copytree(finished.root / "out", tmp_path / "out"))
    called = f"{processor_name()} (cpu)"
    keys = sorted(path.name for path in out.runs.iterdir())
    replace(out.record(keys[0]), device="An Accelerator (cuda)").write(out.runs / keys[0])
    replace(out.record(keys[1]), device="").write(out.runs / keys[1])  # of an earlier version
    write_tables(out)
    devices = json.loads((out.root / "data.json").read_text())["devices"]
    assert list(devices.items()) == [(called, len(keys) - 2), ("An Accelerator (cuda)", 1)]
    records = [out.record(key) for key in keys]
    [told] = trained_elsewhere([*records, None], called)
    assert told.startswith(
        "this study has runs that were trained elsewhere (1 run on An Accelerator (cuda)), and those"
    )
    assert trained_elsewhere([None, *records[1:]], called) == []


def test_a_study_says_what_it_goes_on_with(root, monkeypatch):
    """Where some runs are left; where none is, no device is used."""
    monkeypatch.setitem(LAUNCHERS._entries, "here", in_process.InProcess)
    run_study(settings(root), root, root / "out", launcher="here")
    folder = StudyFolder(root / "out")
    first, second, *_ = sorted(path.name for path in folder.runs.iterdir())
    replace(folder.record(first), device="An Accelerator (cuda)").write(folder.runs / first)
    heard = Heard()
    run_study(settings(root), root, root / "out", launcher="here", progress=heard)
    assert not any("trained elsewhere" in sentence for sentence in heard.said)
    (folder.runs / second / "record.json").unlink()
    run_study(settings(root), root, root / "out", launcher="here", progress=heard)
    assert sum("1 run on An Accelerator (cuda)" in sentence for sentence in heard.said) == 1


def test_the_place_arrives_at_the_pool_and_its_runs(root, monkeypatch):
    given, asked = [], []

    class Watching(in_process.InProcess):
        def __init__(self, pack, runs, jobs, place):
            super().__init__(pack, runs, jobs, place)
            given.append(place)

    monkeypatch.setitem(LAUNCHERS._entries, "watching", Watching)
    of = Device.of.__func__
    monkeypatch.setattr(Device, "of", classmethod(lambda cls, *named: asked.append(named) or of(cls, *named)))
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: False)
    outcome = run_study(settings(root, device="auto"), root, root / "out", launcher="watching")
    assert (outcome.failed, given) == ({}, [RunPlace("auto")])
    of_runs = [named[0] for named in asked if named[0] != "cpu"]  # labels and curves are measured on the processor
    assert of_runs == ["auto"] * (2 + 2 * outcome.trained)


@pytest.mark.parametrize(
    ("cores", "gigabytes", "runs"), [(16, 140, 16), (64, 140, 35), (8, 24, 6), (8, 3, 1), (2, float("inf"), 2)]
)
def test_runs_share_an_accelerator_as_far_as_cores_and_memory_go(monkeypatch, cores, gigabytes, runs):
    monkeypatch.setattr(local, "available_cores", lambda: cores)
    there = SimpleNamespace(memory=gigabytes * 1e9)
    monkeypatch.setattr(Device, "of", classmethod(lambda cls, name: there))
    assert local.runs_at_once(RunPlace("cuda")) == runs
    assert local.runs_at_once(RunPlace("cpu")) == cores  # whatever there is
    assert local.runs_at_once(RunPlace("cpu", threads=2)) == cores // 2


def test_each_run_knows_how_many_share_its_device(tmp_path, monkeypatch):
    """Whether they are as many as there is room for, or as many as somebody asks for."""
    told = []
    monkeypatch.setattr(local, "worker_server", lambda: None)
    monkeypatch.setattr(local.Local, "_write", lambda pool, message: told.append(message))
    monkeypatch.setattr(local, "available_cores", lambda: 5)
    monkeypatch.setattr(local, "request", lambda *_: {})
    for jobs, runs in ((None, 5), (3, 3)):
        with closing(local.Local(PackInPlace(tmp_path, tmp_path), tmp_path, jobs)) as pool:
            pool.start(SimpleNamespace(key="a"), frozenset())
            place = RunPlace(**told[-2]["place"])
            assert (place.device, place.threads, place.at_once) == ("cpu", 1, runs)


def test_a_run_whose_worker_used_cuda_before_it_says_so(monkeypatch):
    monkeypatch.setattr("torch.cuda._is_in_bad_fork", lambda: True)
    with pytest.raises(CohearError, match="CUDA was in use before the process of this run was forked"):
        worker.demand_accelerator(RunPlace("cuda"))
    worker.demand_accelerator(RunPlace("cpu"))
    monkeypatch.setattr("torch.cuda._is_in_bad_fork", lambda: False)
    worker.demand_accelerator(RunPlace("auto"))


ASKED_BEFORE_THE_FORK = """
import json, sys
from pathlib import Path
import torch
asked = []
for name in ("is_available", "is_initialized", "init", "_lazy_init", "device_count", "current_device",
             "manual_seed_all", "get_device_properties", "is_bf16_supported"):
    setattr(torch.cuda, name, lambda *_, name=name: asked.append(name))
from cohear.runs.in_place import PackInPlace
from cohear.study.launch.worker import _Server
jobs, splits, cache, *records = sys.argv[1:]
server = _Server()
for job in jobs.split(","):
    server._warm_up(job)
for record in records:
    server._share(json.loads(Path(record).read_text())["specification"], PackInPlace(Path(splits), Path(cache)))
print(sorted(server._warm), asked)
"""


def test_nothing_asks_for_cuda_before_a_run_is_forked(finished):
    """All that the worker server does before it forks, in a process of its own: torch is imported, and left alone."""
    out = finished.root / "out"
    given = [f"{NETWORK},{PROBE}", out / "splits", finished.cache, *tiny.records(out).values()]
    ended = subprocess.run(
        [sys.executable, "-c", ASKED_BEFORE_THE_FORK, *map(str, given)], check=True, capture_output=True, text=True
    )
    assert ended.stdout == f"{sorted([NETWORK, PROBE])} []\n"
    assert local.WORKER_ENVIRONMENT["PYTORCH_NVML_BASED_CUDA_CHECK"] == "1"  # nor would it spoil anything
