"""The local launcher keeps the contract."""

import json
import shutil

import pytest
import tiny

from cohear.runs.in_place import PackInPlace
from cohear.study.launch.launcher import LAUNCHERS
from cohear.study.launch.local import request
from cohear.testing.launcher import LauncherContract
from cohear.training.spec import RunSpec


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


def test_all_that_is_registered_is_tested():
    assert set(LAUNCHERS) == {"local"}
