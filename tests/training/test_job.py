"""The job ``network`` keeps the contract of jobs."""

import json

import pytest
import tiny

from cohear.runs.in_place import PackInPlace
from cohear.runs.job import job_of, read_spec
from cohear.testing.job import JobContract


class TestNetwork(JobContract):
    name = "network"

    @pytest.fixture(autouse=True)
    def study(self, finished):
        out = finished.root / "out"
        told = [json.loads(path.read_text()) for path in sorted(tiny.records(out).values())]
        specs = [read_spec(record["specification"]) for record in told]
        self.spec = next(spec for spec in specs if spec.encoder["name"] == "dnn" and len(spec.tasks) == 2)
        self.pack = PackInPlace(out / "splits", finished.cache, finished.root, (out / "runs",))

    def given(self):
        return self.spec, self.pack

    def test_a_users_module_is_part_of_the_pack(self):
        own = self.spec.model_copy(update={"encoder": {"name": "mine", "module": "nets.mine:Net", "settings": {}}})
        assert job_of(own).modules(own) == {"nets.mine"}
        assert job_of(self.spec).modules(self.spec) == frozenset()
