"""The local launcher keeps the contract."""

import json
import shutil

import pytest
import tiny

from cohear.study import local  # noqa: F401 - enters the launcher
from cohear.study.launcher import LAUNCHERS, Work
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
        self.work = Work(tmp_path / "runs", tmp_path / "splits", finished.cache, ("curves",), str(tmp_path))

    def given(self):
        return self.specs, self.work


def test_all_that_is_registered_is_tested():
    assert set(LAUNCHERS) == {"local"}
