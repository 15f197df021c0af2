"""The contract of every job, as tests to inherit.

::

    class TestMine(JobContract):
        name = "mine"

        def given(self) -> tuple[Spec, Pack]:
            return a_specification_that_takes_about_a_second, a_pack_that_holds_what_it_names
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import asdict, replace
from pathlib import Path
from typing import ClassVar

import pytest
from safetensors.numpy import load as tensors_of

from cohear.base.errors import DataError
from cohear.features.store import FeatureStore
from cohear.runs import NETWORK
from cohear.runs.carry_out import write_result
from cohear.runs.in_place import PackInPlace, manifest_of
from cohear.runs.job import JOBS, Result, files_kept, job_of, read_spec
from cohear.runs.pack import Pack
from cohear.runs.place import RunPlace
from cohear.runs.record import Record, read_record
from cohear.runs.run_folder import KEPT, lacking
from cohear.runs.spec import Need, Spec
from cohear.runs.split import Split


class WatchedPack(Pack):
    """Notes what is read of another pack."""

    def __init__(self, pack: Pack) -> None:
        self._pack, self.code, self.manifest = pack, pack.code, pack.manifest
        self.splits: set[str] = set()
        self.stores: set[str] = set()
        self.files: set[Need] = set()

    def open(self) -> None:
        """Open the other."""
        self._pack.open()

    def split(self, name: str) -> Split:
        """Of the other."""
        self.splits.add(name)
        return self._pack.split(name)

    def store(self, key: str) -> FeatureStore:
        """Of the other."""
        self.stores.add(key)
        return self._pack.store(key)

    def file(self, need: Need) -> bytes:
        """Of the other."""
        self.files.add(need)
        return self._pack.file(need)

    def to_json(self) -> str:
        """Of the other."""
        return self._pack.to_json()

    @classmethod
    def from_json(cls, text: str) -> WatchedPack:
        """Of one in place."""
        return cls(PackInPlace.from_json(text))


class JobContract(ABC):
    """What must hold for a job; pytest runs it for each subclass whose name begins with ``Test``."""

    name: ClassVar[str]
    """In the registry."""

    @abstractmethod
    def given(self) -> tuple[Spec, Pack]:
        """A run that takes about a second, and where its data are."""

    def run(self, files: frozenset[str]) -> Result:
        """The given run, with these files wanted."""
        spec, pack = self.given()
        return job_of(spec).run(spec, pack, files, RunPlace())

    def test_specifications_come_back_from_their_json(self) -> None:
        """As what they were, under the same key, whoever reads them."""
        spec, _ = self.given()
        assert spec.job == self.name
        content = json.loads(json.dumps(spec.model_dump(mode="json")))
        assert content.get("job", NETWORK) == self.name
        read = read_spec(content)
        assert type(read) is type(spec) is JOBS[self.name].specification
        assert read.key == spec.key

    def test_repeats_are_runs_of_their_own_and_cost_the_same(self) -> None:
        """Whoever plans them asks for the cost of each, which never depends on chance."""
        spec, _ = self.given()
        others = [spec.model_copy(update={name: getattr(spec, name) + 1}) for name in ("fold", "seed", "study_seed")]
        assert len({each.key for each in (spec, *others)}) == 4
        job, cost = job_of(spec), job_of(spec).cost(spec)
        assert cost.units > 0
        assert all(job.cost(each) == cost for each in others)

    @pytest.mark.parametrize("keep", [[], ["predictions"], list(KEPT)])
    def test_it_leaves_what_is_wanted_and_a_record(self, tmp_path: Path, keep: list[str]) -> None:
        """A run that is asked for files and leaves others would be done again at every call."""
        spec, pack = self.given()
        files = files_kept(spec, keep)
        assert job_of(spec).always <= files <= job_of(spec).leaves
        write_result(tmp_path / spec.key, job_of(spec).run(spec, pack, files, RunPlace()), files)
        assert not lacking(tmp_path / spec.key, files)
        assert {path.name for path in (tmp_path / spec.key).iterdir()} == {"record.json", *files}
        record = read_record(tmp_path / spec.key)
        assert record is not None
        assert read_spec(record.specification).key == spec.key

    def test_the_record_scores_the_tasks_that_are_scored(self) -> None:
        """Each on its own test part; a single score is the last, so that all tables find it."""
        spec, pack = self.given()
        record = self.run(frozenset()).record
        assert set(record.tasks) <= {task.name for task in spec.tasks if task.scored}
        for task in spec.tasks:
            if (told := record.tasks.get(task.name)) is not None:
                assert told.test_part == pack.split(task.split).test_part
                assert told.metric in told.scores["test"]["last"]
        assert record.seconds >= 0

    def test_the_same_run_gives_the_same(self) -> None:
        """All but the time and the memory that it took."""
        spec, _ = self.given()
        one, other = (self.run(job_of(spec).leaves) for _ in range(2))
        assert _timeless(one.record) == _timeless(other.record)
        assert one.files.keys() == other.files.keys()
        for name, content in one.files.items():
            again = other.files[name]
            assert content == again or (name == KEPT["weights"] and _equal_tensors(content, again)), name

    def test_it_reads_nothing_that_the_manifest_does_not_name(self) -> None:
        """What is carried elsewhere is what the manifest names."""
        spec, pack = self.given()
        watched = WatchedPack(pack)
        job_of(spec).run(spec, watched, frozenset(), RunPlace())
        manifest = manifest_of([spec], pack.code, [])
        assert list(manifest.runs) == [spec.key]
        assert read_spec(manifest.runs[spec.key]) == spec
        assert watched.splits <= set(manifest.splits)
        assert watched.stores <= set(manifest.stores)
        assert watched.files <= set(manifest.needs)
        assert manifest.versions.keys() == spec.versions.keys()

    def test_the_record_holds_nothing_of_this_machine(self) -> None:
        """Records of all machines are alike."""
        spec, pack = self.given()
        told = _timeless(self.run(frozenset()).record) + json.dumps(spec.model_dump(mode="json"))
        for place in _places(json.loads(pack.to_json())):
            assert str(place.resolve()) not in told

    def test_data_that_are_gone_are_told_as_such(self) -> None:
        """As what concerns all runs, and not as a failure of this one."""
        spec, pack = self.given()
        if spec.tasks:
            gone = tuple(task.model_copy(update={"split": "0" * 16}) for task in spec.tasks)
            with pytest.raises(DataError):
                job_of(spec).run(spec.model_copy(update={"tasks": gone}), pack, frozenset(), RunPlace())


def _equal_tensors(content: bytes, again: bytes) -> bool:
    """Whether two files of weights hold the same; the order of what stands in their heads is left to chance."""
    one, other = tensors_of(content), tensors_of(again)
    return one.keys() == other.keys() and all(one[name].tobytes() == other[name].tobytes() for name in one)


def _places(told: object) -> list[Path]:
    """Folders and files of this machine that something names."""
    if isinstance(told, str):
        return [Path(told)] if Path(told).is_absolute() and Path(told).exists() else []
    if isinstance(told, list | dict):
        return [place for each in (told.values() if isinstance(told, dict) else told) for place in _places(each)]
    return []


def _timeless(record: Record) -> str:
    """The record as JSON, without what another try takes in time and memory."""
    return json.dumps(asdict(replace(record, seconds=0, wall_seconds=None, peak_memory_bytes=None)), sort_keys=True)
