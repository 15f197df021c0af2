"""The job ``network`` keeps the contract of jobs."""

import csv
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

    def test_time_that_others_had_is_no_cost(self, bench):
        """A run that waits takes as long by the clock, and not of the processor."""
        few = {"tasks": {"tone": tiny.settings()["tasks"]["tone"]}, "repeats": {"folds": 1, "seeds": 1}}
        out = bench.run("out", encoders=tiny.slow_encoder(bench.root, pause=0.2), keep=["curves"], **few)
        with (out / "results.csv").open(encoding="utf-8", newline="") as file:
            [row] = csv.DictReader(file)
        assert float(row["wall_seconds"]) > 2  # ten steps
        assert float(row["seconds"]) < float(row["wall_seconds"]) - 1.5
        record = json.loads((out / "runs" / row["run"] / "record.json").read_text())
        assert (str(record["seconds"]), str(record["wall_seconds"])) == (row["seconds"], row["wall_seconds"])

    def test_windows_of_a_batch_cost_what_its_longest_costs(self):
        """Shorter ones are filled up with zeros, which are reckoned with as all else."""
        first, second = self.spec.tasks
        costs = []
        for window in (None, self.spec.window / 2, 2 * self.spec.window):
            own = self.spec.model_copy(update={"tasks": (first, second.model_copy(update={"window": window}))})
            costs.append(job_of(own).cost(own).units)
        assert costs[1:] == [costs[0], 2 * costs[0]]

    def test_a_users_module_is_part_of_the_pack(self):
        own = self.spec.model_copy(update={"encoder": {"name": "mine", "module": "nets.mine:Net", "settings": {}}})
        assert job_of(own).modules(own) == {"nets.mine"}
        assert job_of(self.spec).modules(self.spec) == frozenset()
