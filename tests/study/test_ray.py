"""The launcher ``ray`` on a cluster of node processes on loopback."""

import os
import re
import threading
import time
from pathlib import Path
from typing import ClassVar
from unittest import mock

import pytest
import ray_nodes
import tiny
from command import called
from same_runs import same_runs

from cohear.base.errors import UserError
from cohear.base.named import as_named, make
from cohear.runs.in_place import PackInPlace
from cohear.runs.record import read_record
from cohear.study.launch.launcher import LAUNCHERS
from cohear.study.launch.ray.cluster import ShareOfNode
from cohear.testing.launcher import LauncherContract
from cohear.training.spec import RunSpec

needs_ray = pytest.mark.skipif(bool(ray_nodes.MISSING), reason=ray_nodes.MISSING)
PATIENCE = 900.0
"""Seconds for tests whose nodes load torch beside whatever else the machine does."""
OTHER = "127.0.0.2"
MACHINES = Path(__file__).resolve().parents[2] / "docs" / "machines.md"


@pytest.fixture(scope="module")
def nodes(tmp_path_factory):
    """Two nodes, and this process connected to them."""
    root = tmp_path_factory.mktemp("ray")
    environment = {"COHEAR_CACHE": str(root / "cache")}
    with (
        ray_nodes.cluster(root, OTHER, environment=environment) as there,
        mock.patch.dict(os.environ, there.environment),
        ray_nodes.connected(there, 2),
    ):
        yield there


def test_a_share_of_a_node():
    node = {"CPU": 4.0, "GPU": 1.0}
    assert ShareOfNode().fits(node) == 4
    assert ShareOfNode(0.5).fits(node) == 8
    assert ShareOfNode(1.0, 0.25).fits(node) == 4
    assert ShareOfNode(1.0, 1.0).fits(node) == 1
    assert ShareOfNode(1.0, 0.1).fits({"CPU": 30.0, "GPU": 0.3}) == 3
    assert ShareOfNode(1.0, 0.5).fits({"CPU": 4.0}) == 0
    assert str(ShareOfNode(2, 0.5)) == "2 CPU and 0.5 GPU"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"cpus": 0}, "cpus must be more than 0, not 0"),
        ({"gpus": -1}, "gpus must not be less than 0, not -1"),
        ({"cpus": "many"}, "cpus must be a number, not many"),
    ],
)
def test_a_share_that_is_none_is_refused(tmp_path, settings, told):
    pack = PackInPlace.of([], splits=tmp_path, cache=tmp_path, code=tmp_path, runs=[])
    with pytest.raises(UserError, match=f"launcher 'ray': {told}"):
        make(LAUNCHERS, as_named({"name": "ray", **settings}), pack, tmp_path)


@needs_ray
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
class TestRay(LauncherContract):
    name = "ray"
    settings: ClassVar = {"cpus": 0.5}

    @pytest.fixture(autouse=True)
    def study(self, nodes, finished, tmp_path, monkeypatch):
        monkeypatch.setenv("COHEAR_CACHE", str(finished.cache))
        records = [read_record(path) for path in sorted((finished.root / "out" / "runs").iterdir())]
        specs = [RunSpec.model_validate(record.specification) for record in records]
        self.specs = [spec for spec in specs if spec.encoder["name"] == "dnn"]
        self.runs = tmp_path / "runs"
        self.pack = PackInPlace.of(
            self.specs, splits=finished.root / "out" / "splits", cache=finished.cache, code=tmp_path, runs=[self.runs]
        )

    def given(self):
        return self.specs, self.pack, self.runs


@needs_ray
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
def test_a_run_that_no_node_is_large_enough_for_is_told(nodes, finished, tmp_path):
    ended = called(
        *("run", "study.yaml", "--out", tmp_path / "out", "--launcher", "ray", "--with", "cpus=2", "--with", "gpus=1"),
        folder=finished.root,
        environment={"COHEAR_CACHE": str(finished.cache)},
    )
    assert ended.returncode == 2
    assert "error: a run takes 2 CPU and 1 GPU, and none of the nodes (" in ended.stderr
    assert OTHER in ended.stderr


@needs_ray
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
def test_commands_of_the_paper_work(nodes, finished, tmp_path):
    """With the cluster that is there in place of its own."""
    text = MACHINES.read_text(encoding="utf-8")
    commands = re.findall(r"^cohear (run .*--launcher ray.*)$", text, re.MULTILINE)
    assert len(commands) == 3
    for number, command in enumerate(commands):
        named = re.sub(r"auto|10\.0\.0\.1:6379", nodes.address, command).replace("out/first", f"{tmp_path}/{number}")
        ended = called(*named.split(), folder=finished.root, environment={"COHEAR_CACHE": str(finished.cache)})
        assert ended.returncode == 0, ended.stderr
        assert same_runs(finished.root / "out" / "runs", tmp_path / str(number) / "runs") == 6


@needs_ray
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
def test_a_node_that_is_killed_costs_no_run_and_the_results_are_those_of_this_machine(nodes, bench, tmp_path):
    """Two nodes, one killed when half of the runs are there; killed again, the driver repeats nothing."""
    changes = {"encoders": tiny.slow_encoder(bench.root, 0.4), "repeats": {"folds": 2, "seeds": 2}}
    whole = bench.run("whole", **changes)
    out, killed = bench.root / "out", threading.Event()

    def kill():
        while len(tiny.records(out)) < 6 and not killed.is_set():
            time.sleep(0.01)
        nodes.kill(OTHER)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        ended = bench.cohear("run", "study.yaml", "--out", "out", "--launcher", "ray")
    finally:
        killed.set()
        killer.join()
    assert ended.returncode == 0, ended.stderr
    assert same_runs(whole / "runs", out / "runs") == 12
    assert tiny.results(out) == tiny.results(whole)
    records = [read_record(path) for path in (out / "runs").iterdir()]
    assert {record.launcher for record in records} == {"ray"}
    hosts = {record.host for record in records}
    assert len(hosts) == 2
    assert OTHER in hosts
    before = tiny.times(out)
    again = bench.cohear("run", "study.yaml", "--out", "out", "--launcher", "ray")
    assert again.returncode == 0, again.stderr
    assert tiny.times(out) == before
