"""The device of a study: what it settles, and where it arrives."""

import in_process
import pytest
import tiny

from cohear.base.errors import UserError
from cohear.base.yaml_text import YamlText
from cohear.runs.place import RunPlace
from cohear.study import prepare as preparing
from cohear.study.file import check_study
from cohear.study.folder.folder import with_paths_from
from cohear.study.launch.launcher import LAUNCHERS
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


def test_a_device_that_is_not_there_is_told_before_anything_is_trained(root, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(UserError, match="device 'cuda' is not on this machine"):
        run_study(settings(root, device="cuda"), root, root / "out")


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
    assert [named[0] for named in asked] == ["auto"] * (1 + outcome.trained)
