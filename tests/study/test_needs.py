"""A job of one's own that needs what networks leave, from a plugin, through workers that are killed."""

import json
from contextlib import closing

import pytest
import tiny

from cohear.base.plugins import load_plugin, plugins_version
from cohear.runs.in_place import PackInPlace
from cohear.runs.job import JOBS, read_spec
from cohear.runs.place import RunPlace
from cohear.runs.run_folder import RunFolders
from cohear.runs.spec import Need
from cohear.study.launch.driver import ensure
from cohear.study.launch.launcher import LAUNCHERS
from cohear.study.launch.needs import Wanted
from cohear.testing.job import JobContract
from cohear.testing.launcher import KeptEvents

COUNT = """
import os
import signal
import sys

from cohear.runs.cost import Cost
from cohear.runs.job import JOBS, Job
from cohear.runs.record import Record
from cohear.runs.job import Result
from cohear.runs.spec import Spec


class CountSpec(Spec):
    job: str = "count"


@JOBS.register("count")
class Count(Job[CountSpec]):
    specification = CountSpec
    leaves = frozenset({"count.txt"})

    def cost(self, spec):
        return Cost("count", 1)

    def run(self, spec, pack, files, place):
        killing = pack.code / "kill-once"
        if killing.exists():
            killing.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        rows = pack.file(spec.needs["predictions"]).decode().splitlines()[1:]
        told = f"{len(rows)} clips, torch: {'torch' in sys.modules}, {place.threads} of {place.device}"
        return Result(Record(spec.key, spec.model_dump(mode="json"), {}, 0.0), {"count.txt": told.encode()})
"""


class Studied:
    """A network's run, the run that counts its predictions, and where they are carried out."""

    def __init__(self, finished, root):
        self.finished, self.runs, self.code = finished, root / "runs", root / "code"
        self.code.mkdir()
        self.plugin = self.code / "count_job.py"
        self.plugin.write_text(COUNT, encoding="utf-8")
        load_plugin(self.plugin)
        out = finished.root / "out"
        told = [json.loads(path.read_text()) for path in sorted(tiny.records(out).values())]
        specs = [read_spec(record["specification"]) for record in told]
        self.trained = next(spec for spec in specs if spec.encoder["name"] == "dnn" and len(spec.tasks) == 1)
        versions = {**self.trained.versions, "plugins": plugins_version([self.plugin])}
        self.network = self.trained.model_copy(update={"versions": versions})
        self.count = self.counting(self.network)

    def counting(self, network):
        return JOBS["count"].specification(
            needs={"predictions": Need(run=network.key, file="predictions.csv")},
            tasks=(),
            study_seed=0,
            fold=0,
            seed=0,
            versions={"plugins": plugins_version([self.plugin])},
        )

    def pack(self, *specs, runs=()):
        return PackInPlace.of(
            specs,
            splits=self.finished.root / "out" / "splits",
            cache=self.finished.cache,
            code=self.code,
            runs=[self.runs, *runs],
            plugins=[self.plugin],
        )

    def ensure(self, told):
        specs = (self.count, self.network)
        with closing(LAUNCHERS["local"](self.pack(*specs), self.runs, 2)) as pool:
            wanted = [Wanted(self.count, frozenset(["count.txt"])), Wanted(self.network)]
            return ensure(wanted, pool, RunFolders(self.runs), progress=told)


@pytest.fixture(scope="module")
def place(finished, tmp_path_factory):
    return Studied(finished, tmp_path_factory.mktemp("needs"))


class Stopping(KeptEvents):
    """Is interrupted when the first run has finished."""

    def run_event(self, event):
        super().run_event(event)
        if event.kind == "finished":
            raise KeyboardInterrupt


@pytest.mark.slow
def test_a_job_with_needs_is_killed_and_resumed(place):
    """It waits for the network, whose predictions nobody else wanted; a new pool goes on where the other was."""
    with pytest.raises(KeyboardInterrupt):
        place.ensure(stopped := Stopping())
    assert [(event.run, event.kind) for event in stopped.events] == [
        (place.network.key, "started"),
        (place.network.key, "finished"),
    ]
    (place.code / "kill-once").touch()
    ended = place.ensure(told := KeptEvents())
    assert ended.trained == {place.count.key}
    assert ended.done == {place.count.key, place.network.key}
    assert [(event.run, event.kind) for event in told.events] == [
        (place.count.key, kind) for kind in ("started", "killed", "started", "finished")
    ]
    predicted = (place.runs / place.network.key / "predictions.csv").read_text().splitlines()
    counted = (place.runs / place.count.key / "count.txt").read_text()
    assert counted == f"{len(predicted) - 1} clips, torch: False, 1 of cpu"


def test_a_place_arrives_where_the_run_is(place, tmp_path):
    """At a job that takes it as it comes, and at a network that is told of a device that there is not."""
    runs, counting = tmp_path / "runs", place.counting(place.trained)
    pack = place.pack(counting, runs=[place.finished.root / "out" / "runs"])
    with closing(LAUNCHERS["local"](pack, runs, 1, RunPlace("far", 3))) as pool:
        wanted = [Wanted(counting, frozenset(["count.txt"])), Wanted(place.network)]
        ended = ensure(wanted, pool, RunFolders(runs, pack.runs[1:]))
    assert (runs / counting.key / "count.txt").read_text().endswith(", 3 of far")
    assert list(ended.failed) == [place.network.key]
    assert ended.failed[place.network.key].startswith("unknown device 'far'")


class TestCount(JobContract):
    name = "count"

    @pytest.fixture(autouse=True)
    def study(self, place):
        spec = place.counting(place.trained)
        self.asked = spec, place.pack(spec, runs=[place.finished.root / "out" / "runs"])

    def given(self):
        return self.asked
