"""The pack: what it holds, and how it is opened in place."""

import json

import pytest
import tiny

from cohear.base.assets import Asset
from cohear.base.errors import DataError, FolderError, RunFailed, StudyError
from cohear.runs.carry_out import write_result
from cohear.runs.in_place import PackInPlace, manifest_of
from cohear.runs.job import Result, read_spec
from cohear.runs.manifest import Manifest
from cohear.runs.pack import told_by_others, told_to_others
from cohear.runs.record import Record, TaskRecord, read_record
from cohear.runs.spec import Need, TaskReference
from cohear.testing.pack import PackContract
from cohear.testing.plain import PlainPack
from cohear.training.settings import TrainingSettings
from cohear.training.spec import RunSpec

NET = "from torch import nn\nimport sizes\nclass Net(nn.Module):\n    pass\n"


def spec(fold=0, module=None, **changes):
    encoder = {"name": "mine", "module": module, "settings": {}} if module else {"name": "small", "settings": {}}
    return RunSpec(
        tasks=(TaskReference(name="a", split=f"s{fold}", store="t"), TaskReference(name="b", split="sb", store="t")),
        front_end={"name": "logmel"},
        encoder=encoder,
        window=1.0,
        training=TrainingSettings(),
        study_seed=0,
        fold=fold,
        seed=0,
        **{"versions": {"torch": "2", "training": 1}, **changes},
    )


def test_a_manifest_names_all_that_runs_read(tmp_path):
    (tmp_path / "net.py").write_text(NET, encoding="utf-8")
    (tmp_path / "sizes.py").write_text("WIDTH = 4\n", encoding="utf-8")
    plugin = tmp_path / "parts.py"
    plugin.write_text("x = 1\n", encoding="utf-8")
    need = Need(run="r", file="weights.safetensors")
    specs = [spec(0, "net:Net"), spec(1, "net:Net", needs={"teacher": need}), spec(1, versions={"torch": "3"})]
    made = manifest_of(specs, tmp_path, [plugin])
    assert (made.splits, made.stores, made.needs) == (("s0", "s1", "sb"), ("t",), (need,))
    assert list(made.runs) == [each.key for each in specs]
    assert [read_spec(content) for content in made.runs.values()] == specs
    assert set(made.modules) == {"net.py", "sizes.py"}
    assert len(made.plugins) == 1
    assert made.versions == {"torch": ("2", "3"), "training": ("1",)}
    assert Manifest.model_validate(made.model_dump(mode="json")) == made


def test_what_is_installed_is_no_part_of_a_pack(tmp_path):
    assert manifest_of([spec(0, "torch.nn:Linear")], tmp_path, []).modules == {}


def test_a_pack_in_place_is_told_to_a_worker(tmp_path):
    pack = PackInPlace.of([spec()], splits=tmp_path / "s", cache=tmp_path / "c", code=tmp_path, runs=[tmp_path / "r"])
    assert PackInPlace.from_json(pack.to_json()) == pack


def test_a_pack_of_whatever_class_is_told_to_another_process(tmp_path):
    """With its class, which opens it there."""
    pack = PackInPlace.of([spec()], splits=tmp_path / "s", cache=tmp_path / "c", code=tmp_path, runs=[])
    told = json.loads(json.dumps(told_to_others(pack)))
    assert told_by_others(told) == pack
    other = told_by_others(told_to_others(PlainPack(["a", "b"])))
    assert isinstance(other, PlainPack)
    assert other.split("b") == PlainPack(["a", "b"]).split("b")


class TestInPlace(PackContract):
    @pytest.fixture(autouse=True)
    def study(self, finished):
        out = finished.root / "out"
        record = json.loads(next(iter(tiny.records(out).values())).read_text(encoding="utf-8"))
        need = Need(run=record["run"], file="record.json")
        of_run = read_spec(record["specification"])
        front_end = {**of_run.front_end, "weights": Asset.at(out / "study.yaml").to_json()}  # any file will do
        self.spec = of_run.model_copy(update={"needs": {"teacher": need}, "front_end": front_end})
        where = {"splits": out / "splits", "cache": finished.cache, "code": finished.root, "runs": [out / "runs"]}
        self.pack = PackInPlace.of([self.spec], **where)

    def given(self):
        return self.spec, self.pack


@pytest.mark.parametrize("name", ["parts.py", "net.py"])
def test_code_that_was_changed_is_refused(tmp_path, name):
    """Its runs would not be what their keys say."""
    for file in ("parts.py", "net.py"):
        (tmp_path / file).write_text("from torch import nn\nNet = nn.Linear\n", encoding="utf-8")
    pack = PackInPlace.of(
        [spec(0, "net:Net")],
        splits=tmp_path,
        cache=tmp_path,
        code=tmp_path,
        runs=[],
        plugins=[tmp_path / "parts.py"],
    )
    pack.open()
    (tmp_path / name).write_text("from torch import nn\nNet = nn.Identity\n", encoding="utf-8")
    with pytest.raises(StudyError, match=f"{name} was changed"):
        pack.open()


def test_what_is_not_there_is_told_as_such(tmp_path):
    pack = PackInPlace(tmp_path, tmp_path, runs=(tmp_path / "one", tmp_path / "other"))
    with pytest.raises(DataError, match="cannot read the split"):
        pack.split("0123")
    with pytest.raises(FolderError, match="no feature store"):
        pack.store("0123")
    with pytest.raises(DataError, match=r"run r has left no made\.txt here"):
        pack.file(Need(run="r", file="made.txt"))
    (tmp_path / "other" / "r").mkdir(parents=True)
    (tmp_path / "other" / "r" / "made.txt").write_bytes(b"x")
    assert pack.file(Need(run="r", file="made.txt")) == b"x"


def record(run="r", **changes):
    scores = {"test": {"last": {"uar": 0.5, "f1": float("nan")}}}
    told = {"specification": {"fold": 0}, "tasks": {"a": TaskRecord("uar", True, 9, "part", scores)}, "seconds": 1.0}
    return Record(run, **{**told, **changes})


def test_a_record_comes_back_from_its_folder(tmp_path):
    """Without parameters and steps, where a job has none; what has no number is nothing."""
    write_result(tmp_path / "r", Result(record(), {"made.txt": b"x", "more.txt": b"y"}), frozenset(["made.txt"]))
    read = read_record(tmp_path / "r")
    assert (read.parameters, read.steps, read.tasks["a"].score()) == (None, None, 0.5)
    assert read.tasks["a"].scores["test"]["last"]["f1"] is None
    assert read.tasks["a"].score("validation") is None
    assert {path.name for path in (tmp_path / "r").iterdir()} == {"record.json", "made.txt"}
    (tmp_path / "r").rename(tmp_path / "s")
    assert read_record(tmp_path / "s") is None


def test_a_job_that_leaves_less_than_was_wanted_is_not_done(tmp_path):
    with pytest.raises(RunFailed, match=r"asked for made\.txt and left none"):
        write_result(tmp_path / "r", Result(record(), {}), frozenset(["made.txt"]))
    assert not (tmp_path / "r").exists()
