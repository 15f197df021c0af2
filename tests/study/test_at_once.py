"""Networks trained as one, through the launcher of this machine: same runs, same files; what fails does so alone."""

import json
import subprocess
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest
import tiny
from safetensors.numpy import load_file

from cohear.runs.place import RunPlace
from cohear.runs.run_folder import RunFolders
from cohear.study.launch import driver, local
from cohear.study.launch.alike_together import alike_together, told_alone
from cohear.study.launch.needs import Wanted
from cohear.testing.plain import plain_run
from cohear.training.device import Device
from cohear.training.settings import TrainingSettings

FILES = ("curve.csv", "predictions.csv", "weights.safetensors")
SETTINGS = {
    "encoders": ["mlp"],
    "repeats": {"folds": 2, "seeds": 2},
    "keep": ["curves", "predictions", "weights"],
    # AdamW makes whole steps of a gradient that is zero but for rounding
    "training": {"steps": 10, "batch": 4, "precision": "float32", "optimiser": "sgd", "learning_rate": 0.05},
}


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    """The same study, a run at a time and up to three as one."""
    root = tmp_path_factory.mktemp("at-once")
    tiny.write_datasets(root / "data")
    bench = tiny.Bench(root)
    alone = bench.run_apart("alone", **SETTINGS)
    ended = bench.cohear("run", bench.study(**SETTINGS), "--out", "together", "--jobs", "1", "--at-once", "3")
    assert ended.returncode == 0, ended.stderr
    return bench, alone, root / "together", ended


def test_runs_are_those_that_are_trained_alone(studies):
    """Keys, files, and what is in them; numbers up to rounding."""
    _, alone, together, _ = studies
    keys = set(tiny.records(alone))
    assert keys == set(tiny.records(together)) and len(keys) == 12
    for key in keys:
        one, other = alone / "runs" / key, together / "runs" / key
        assert sorted(path.name for path in one.iterdir()) == sorted(path.name for path in other.iterdir())
        told, its = (json.loads((each / "record.json").read_text()) for each in (one, other))
        assert told.keys() == its.keys()
        for name in ("run", "specification", "parameters", "steps", "device", "launcher", "host"):
            assert told.get(name) == its.get(name), name
        weights, others = (load_file(each / "weights.safetensors") for each in (one, other))
        assert weights.keys() == others.keys()
        for name, value in weights.items():
            np.testing.assert_allclose(value, others[name], atol=1e-4)
        for file in FILES[:2]:
            lines, of_others = ((each / file).read_text().splitlines() for each in (one, other))
            assert len(lines) == len(of_others) and lines[0] == of_others[0]


def test_what_is_finished_is_not_trained_again(studies):
    """One is gone: the same command trains that one, to the numbers that it had."""
    bench, _, together, _ = studies
    before = tiny.times(together)
    gone = sorted(before)[0]
    kept = load_file(together / "runs" / gone / "weights.safetensors")
    for path in (together / "runs" / gone).iterdir():
        path.unlink()
    (together / "runs" / gone).rmdir()
    ended = bench.cohear("run", bench.study(**SETTINGS), "--out", "together", "--jobs", "1", "--at-once", "3")
    assert ended.returncode == 0, ended.stderr
    after = tiny.times(together)
    assert {key: value for key, value in after.items() if key != gone} == {
        key: value for key, value in before.items() if key != gone
    }
    for name, value in load_file(together / "runs" / gone / "weights.safetensors").items():
        np.testing.assert_allclose(value, kept[name], atol=1e-4)


def test_at_once_is_of_this_machine(studies):
    bench, *_ = studies
    ended = bench.cohear("run", bench.study(**SETTINGS), "--at-once", "2", "--launcher", "ssh", "--host", "a")
    assert ended.returncode == 2
    assert "--at-once is of networks on this machine; with --launcher ssh leave it out" in ended.stderr


def plain(seed=0, tasks=("a",), **training):
    return plain_run(tasks, TrainingSettings(**{"steps": 2, "batch": 4, **training})).model_copy(update={"seed": seed})


class Asked(local.Local):
    """Keeps what the server would be asked, and answers in its place."""

    def __init__(self, runs, jobs, at_once, killed):
        super().__init__(SimpleNamespace(), runs, jobs, RunPlace(together=at_once))
        self.asked, self.there, self._killed, self._answers = [], set(), killed, []

    def _ask(self, runs):
        self._server = SimpleNamespace(stdout=self)
        keys = [spec.key for spec, _ in runs]
        status = -9 if self._killed in keys else 0
        if status and len(keys) == 1:
            self._killed = None  # once
        if not status:
            self.there.update(keys)
        self.asked.append(keys)
        self._answers += [{"run": key, "event": "started", "seconds": 0.0} for key in keys]
        end = {"event": "ended", "status": status, "failure": None, "seconds": 0.0}
        self._answers += [{"run": key, **end} for key in keys]

    def readline(self):
        return json.dumps(self._answers.pop(0))

    def close(self):
        """There is no server."""


def asked_for(folder, monkeypatch, specs, jobs, at_once, killed=None):
    """What each process was asked for, and how it ended."""
    pool = Asked(folder, jobs, at_once, killed)
    monkeypatch.setattr(driver, "read_record", lambda _: None)
    monkeypatch.setattr(RunFolders, "find", lambda _, key, files=(): folder / key if key in pool.there else None)
    ended = driver.ensure([Wanted(spec, frozenset()) for spec in specs], pool, RunFolders(folder))
    return pool.asked, ended


def test_runs_that_are_alike_go_together(tmp_path, monkeypatch):
    """Those of the same tasks first, as many as are told; another way of training never."""
    specs = [plain(seed, tasks) for seed in range(3) for tasks in (("a",), ("b",))]
    specs.insert(1, plain(objective="uncertainty"))
    asked, ended = asked_for(tmp_path, monkeypatch, specs, jobs=1, at_once=2)
    a, b = ([plain(seed, (task,)).key for seed in range(3)] for task in "ab")
    assert asked == [a[:2], [a[2], b[0]], b[1:], [specs[1].key]]
    assert ended.done == {spec.key for spec in specs}


def test_each_process_has_its_part(tmp_path, monkeypatch):
    specs = [plain(seed) for seed in range(9)]
    asked, _ = asked_for(tmp_path, monkeypatch, specs, jobs=3, at_once=8)
    assert [len(keys) for keys in asked] == [3, 3, 3]


def test_one_at_a_time_as_ever(tmp_path, monkeypatch):
    specs = [plain(seed, tasks) for seed in range(2) for tasks in (("a",), ("b",))]
    asked, _ = asked_for(tmp_path, monkeypatch, specs, jobs=2, at_once=1)
    assert asked == [[spec.key] for spec in specs]


def test_runs_whose_process_was_killed_are_tried_each_by_itself(tmp_path, monkeypatch):
    """One of them may be at fault."""
    specs = [plain(seed) for seed in range(3)]
    keys = [spec.key for spec in specs]
    asked, ended = asked_for(tmp_path, monkeypatch, specs, jobs=1, at_once=3, killed=keys[1])
    assert asked == [keys, [keys[0]], [keys[1]], [keys[2]], [keys[1]]]
    assert ended.done == set(keys) and not ended.failed


ANSWERING = """
import json, sys
sys.stdin.readline()
for line in sys.stdin:
    for run in json.loads(line)["runs"]:
        for event in ({"event": "started"}, {"event": "ended", "status": 0, "failure": None}):
            print(json.dumps({"run": run["run"], "seconds": 0.0, "more": "x" * 4000, **event}), flush=True)
"""


def test_neither_side_waits_for_the_other(tmp_path, monkeypatch):
    """More requests than a pipe holds, and more answers."""

    def answering():
        command = [sys.executable, "-c", ANSWERING]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    monkeypatch.setattr(local, "worker_server", answering)
    monkeypatch.setattr(local, "told_to_others", lambda _: None)
    specs, ended = [plain(seed) for seed in range(400)], []
    pool = local.Local(SimpleNamespace(), tmp_path, 20, RunPlace(together=20))
    for spec in specs:
        pool.start(spec, frozenset())
    reading = threading.Thread(target=lambda: ended.extend(e.run for e in pool.events() if e.kind == "finished"))
    reading.daemon = True
    reading.start()
    reading.join(60)
    waits = reading.is_alive()
    if waits:
        pool._server.kill()
    assert not waits
    assert sorted(ended) == sorted(spec.key for spec in specs)
    pool.close()


def test_others_are_told_of():
    wanted = {spec.key: Wanted(spec, frozenset()) for spec in (plain(0), plain(1), plain(objective="uncertainty"))}
    told = "1 of 3 networks are trained one at a time; as one go those of encoder linear or mlp or dnn, sharing "
    assert told_alone(wanted).startswith(told)
    assert told_alone(dict(list(wanted.items())[:2])) == ""
    assert list(alike_together(wanted)) == list(wanted)


@pytest.mark.parametrize(
    ("device", "told", "found"), [("cpu", None, 1), ("cpu", 5, 5), ("cuda", None, 64), ("cuda", 5, 5), ("mps", None, 1)]
)
def test_as_many_as_pay_on_a_device(device, told, found, monkeypatch):
    monkeypatch.setattr(Device, "of", classmethod(lambda cls, name: SimpleNamespace(name=name)))
    assert local.runs_together(RunPlace(device, together=told)) == found
