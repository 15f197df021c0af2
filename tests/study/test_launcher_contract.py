"""The local launcher keeps the contract."""

import json
import os
import shutil
import sys
from contextlib import closing, contextmanager
from importlib import import_module

import in_process
import pytest
import tiny

from cohear.api import Study
from cohear.base.errors import UserError
from cohear.base.yaml_text import YamlText
from cohear.runs.in_place import PackInPlace
from cohear.runs.place import RunPlace
from cohear.study.file import check_study
from cohear.study.folder.folder import with_paths_from
from cohear.study.launch.launcher import HERE, LAUNCHERS
from cohear.study.launch.local import Local, request
from cohear.study.run import run_study
from cohear.testing.launcher import LauncherContract
from cohear.training.spec import RunSpec

pytestmark = pytest.mark.slow


class TestLocal(LauncherContract):
    name = "local"

    @pytest.fixture(autouse=True)
    def study(self, finished, tmp_path):
        shutil.copytree(finished.root / "out" / "splits", tmp_path / "splits")
        (tmp_path / "runs").mkdir()
        out = finished.root / "out"
        told = [json.loads(path.read_text()) for path in sorted(tiny.records(out).values())]
        specs = [RunSpec.model_validate(record["specification"]) for record in told]
        self.specs = [spec for spec in specs if spec.encoder["name"] == "dnn"]
        self.runs = tmp_path / "runs"
        self.pack = PackInPlace.of(
            self.specs, splits=tmp_path / "splits", cache=finished.cache, code=tmp_path, runs=[self.runs]
        )

    def given(self):
        return self.specs, self.pack, self.runs

    def test_a_request_holds_no_path(self):
        """Where things are is told once, when the pack is opened."""
        for spec in self.specs:
            asked = json.dumps(request(spec, frozenset(["curve.csv"])))
            assert str(self.runs.parent) not in asked
            assert str(self.pack.cache) not in asked


class TestLocalAtOnce(TestLocal):
    """Several runs as one in a process, where there are two; what one takes is tested above."""

    together = 3

    @contextmanager
    def opened(self, pack, runs, jobs=2):
        with closing(Local(pack, runs, jobs, RunPlace(together=self.together if jobs > 1 else 1))) as pool:
            yield pool

    def test_they_are_in_one_process(self, monkeypatch):
        sizes, ask = [], Local._ask
        monkeypatch.setattr(Local, "_ask", lambda pool, runs: (sizes.append(len(runs)), ask(pool, runs)))
        single = next(spec for spec in self.specs if len(spec.tasks) == 1)
        seeds = [single.model_copy(update={"seed": seed}) for seed in range(4)]
        ended, events = self.ensure(seeds, self.pack, self.runs)
        assert ended.done == {spec.key for spec in seeds}
        assert sizes == [2, 2]
        assert len({event.seconds for event in events if event.kind == "finished"}) == len(sizes)


ELSEWHERE = """
import json
from pathlib import Path

from cohear.runs.in_place import PackInPlace
from cohear.runs.place import RunPlace
from cohear.runs.pack import Pack


class Elsewhere(Pack):
    def __init__(self, pack, note):
        self.pack, self.note, self.code, self.manifest = pack, note, pack.code, pack.manifest

    def open(self):
        self.note.write_text("opened")
        self.pack.open()

    def split(self, name):
        return self.pack.split(name)

    def store(self, key):
        return self.pack.store(key)

    def file(self, need):
        return self.pack.file(need)

    def to_json(self):
        return json.dumps([self.pack.to_json(), str(self.note)])

    @classmethod
    def from_json(cls, text):
        pack, note = json.loads(text)
        return cls(PackInPlace.from_json(pack), Path(note))
"""


def test_workers_open_a_pack_of_whatever_class(finished, tmp_path, monkeypatch):
    """They find it where this process does."""
    (tmp_path / "pack_elsewhere.py").write_text(ELSEWHERE, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path[1:]]))
    monkeypatch.syspath_prepend(tmp_path)
    record = json.loads(next(iter(tiny.records(finished.root / "out").values())).read_text(encoding="utf-8"))
    spec = RunSpec.model_validate(record["specification"])
    where = {"splits": finished.root / "out" / "splits", "cache": finished.cache, "code": tmp_path, "runs": []}
    pack = import_module("pack_elsewhere").Elsewhere(PackInPlace.of([spec], **where), tmp_path / "note")
    with closing(LAUNCHERS["local"](pack, tmp_path / "runs", 1)) as pool:
        pool.start(spec, frozenset())
        assert [event.kind for event in pool.events()] == ["started", "finished"]
    assert (tmp_path / "note").read_text() == "opened"
    assert (tmp_path / "runs" / spec.key / "record.json").exists()


@pytest.mark.parametrize(
    ("launcher", "told"),
    [
        ({"name": "locl"}, "unknown launcher 'locl' (did you mean 'local'?)"),
        ({"name": "local", "hosts": ["a"]}, "launcher 'local' has no setting 'hosts'"),
    ],
)
def test_a_launcher_that_is_not_there_is_told_before_anything_is_read(tmp_path, launcher, told):
    settings = check_study(YamlText(tiny.settings()))
    with pytest.raises(UserError) as raised:
        run_study(settings, tmp_path, tmp_path / "out", launcher=launcher)
    assert str(raised.value) == told
    with pytest.raises(UserError) as raised:
        Study(settings, tmp_path, tmp_path / "out").plan(launcher=launcher)
    assert str(raised.value) == told
    assert not (tmp_path / "out").exists()


def test_a_launcher_has_its_settings(tmp_path, monkeypatch):
    """From Python as from wherever a part is named."""
    given = []

    class Remote(in_process.InProcess):
        def __init__(self, pack, runs, jobs=None, place=HERE, *, hosts=("here",)):
            super().__init__(pack, runs, jobs, place)
            given.append(hosts)

    monkeypatch.setitem(LAUNCHERS._entries, "remote", Remote)
    monkeypatch.setenv("COHEAR_CACHE", str(tmp_path / "cache"))
    tiny.write_datasets(tmp_path / "data")
    settings = with_paths_from(check_study(YamlText(tiny.settings(combinations=["singles"]))), tmp_path)
    for launcher in ({"name": "remote", "hosts": ["a", "b"]}, {"name": "remote"}, "remote"):
        run_study(settings, tmp_path, tmp_path / "out", launcher=launcher)
    assert given == [["a", "b"], ("here",), ("here",)]


def test_all_that_is_registered_is_tested():
    assert set(LAUNCHERS) == {"local", "ssh", "ray", "slurm"}
