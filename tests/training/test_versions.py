"""What a run was planned for is what it is trained with (a wrong comparison cannot look right)."""

import json

import pytest
import tiny

from cohear.base.versions import OtherVersions
from cohear.features.build import build_front_end
from cohear.features.logmel import LogMel
from cohear.features.task_input import TaskInput
from cohear.models.small import Small
from cohear.runs.in_place import PackInPlace
from cohear.tasks import METRICS
from cohear.tasks.metrics import Metric
from cohear.tasks.multiclass import Multiclass
from cohear.training.loop import train_one
from cohear.training.objectives import Sum
from cohear.training.schedule import Mixed
from cohear.training.settings import TrainingSettings
from cohear.training.spec import RunSpec
from cohear.training.versions import training_versions

NET = """
from torch import nn
import sizes
class Net(nn.Module):
    def __init__(self, input_width):
        super().__init__()
        self.layer = nn.Linear(input_width, sizes.WIDTH)
    def forward(self, features):
        return self.layer(features)
"""


@pytest.fixture(scope="module")
def pack(finished):
    return PackInPlace(finished.root / "out" / "splits", finished.cache)


@pytest.fixture(scope="module")
def spec(finished):
    """A single run of ``small``."""
    told = [json.loads(path.read_text()) for path in tiny.records(finished.root / "out").values()]
    found = [RunSpec.model_validate(record["specification"]) for record in told]
    return next(each for each in found if each.encoder["name"] == "small" and len(each.tasks) == 1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"front_end": {"version": 99}}, r"front-end 'logmel' \(99, here 1\)"),
        ({"encoder": {"version": 7}}, r"encoder 'small' \(7, here 1\)"),
        ({"versions": {"torch": "9.9"}}, r"torch \(9\.9, here "),
        ({"versions": {"training": 0}}, r"training \(0, here "),
        ({"versions": {"objective": 2}}, r"objective \(2, here 1\)"),
        ({"versions": {"schedule": 2}}, r"schedule \(2, here 1\)"),
        ({"versions": {"sharing": 2}}, r"sharing \(2, here 1\)"),
    ],
)
def test_other_code_than_planned_is_refused(spec, pack, change, told):
    [(field, entries)] = change.items()
    other = spec.model_copy(update={field: {**getattr(spec, field), **entries}})
    with pytest.raises(OtherVersions, match=told):
        train_one(other, pack)


def test_windows_drawn_otherwise_than_planned_are_refused(finished, pack):
    """Of runs that draw from a grid; others state nothing of it."""
    told = [json.loads(path.read_text()) for path in tiny.records(finished.root / "out").values()]
    found = [RunSpec.model_validate(record["specification"]) for record in told]
    vectors = next(each for each in found if each.front_end["name"] == "summary")
    for windows in ({"windows": 0}, {"windows": None}):
        other = vectors.model_copy(update={"versions": {**vectors.versions, **windows}})
        with pytest.raises(OtherVersions, match=r"windows \((0|None), here 1\)"):
            train_one(other, pack)
    assert all("windows" not in each.versions for each in found if each.front_end["name"] == "logmel")


def test_all_that_differs_is_told_at_once_and_entries_of_others_are_left_alone(spec, pack):
    mine = spec.model_copy(update={"versions": {**spec.versions, "plugin extra.py": "abc"}})
    assert train_one(mine, pack).parameters > 0
    other = spec.model_copy(update={"versions": {}, "front_end": {**spec.front_end, "version": 2}})
    with pytest.raises(OtherVersions, match=r"training .* torch .* objective .* schedule .* sharing .* front-end"):
        train_one(other, pack)


@pytest.mark.parametrize("part", [Sum, Mixed, Small, LogMel])
def test_a_new_version_of_a_part_is_seen_where_it_is_trained(spec, pack, monkeypatch, part):
    monkeypatch.setattr(part, "version", 8)
    with pytest.raises(OtherVersions, match="here 8"):
        train_one(spec, pack)


def test_versions_of_target_kind_and_metrics_are_those_of_the_split(spec, pack, monkeypatch):
    """Also of the metrics that are reported beside the primary one."""
    monkeypatch.setattr(Multiclass, "version", 3)
    with pytest.raises(OtherVersions, match=r"target kind multiclass \(1, here 3\)"):
        train_one(spec, pack)
    monkeypatch.undo()
    newer = Metric("accuracy", METRICS["accuracy"].score, version=5)
    monkeypatch.setitem(METRICS._entries, "accuracy", newer)
    with pytest.raises(OtherVersions, match=r"metric accuracy \(1, here 5\)"):
        train_one(spec, pack)


def test_key_holds_the_parts_that_a_run_uses():
    always = {"training", "torch", "objective", "schedule", "sharing"}
    assert set(training_versions(TrainingSettings(), [TaskInput.of(build_front_end("logmel"), 1.0)])) == always
    vectors = [TaskInput.of(build_front_end(name), 1.0) for name in ("logmel", "summary")]
    assert set(training_versions(TrainingSettings(), vectors)) == {*always, "windows"}


def test_an_edited_helper_of_a_users_module_trains_again_and_is_refused_under_the_old_key(bench):
    """The key is of all files beside the study that the module imports, and is checked where a run is trained."""
    (bench.root / "net.py").write_text(NET, encoding="utf-8")
    (bench.root / "sizes.py").write_text("WIDTH = 4\n", encoding="utf-8")
    changes = {
        "tasks": {"tone": tiny.settings()["tasks"]["tone"]},
        "encoders": [{"name": "mine", "module": "net:Net", "features": "vector"}],
        "repeats": {"folds": 1, "seeds": 1},
    }
    out = bench.run("out", **changes)
    [before] = tiny.results(out)
    bench.run("out", **changes)
    assert len(tiny.records(out)) == 1
    (bench.root / "sizes.py").write_text("WIDTH = 5\n", encoding="utf-8")
    record = json.loads(next(iter(tiny.records(out).values())).read_text())
    old = RunSpec.model_validate(record["specification"])
    with pytest.raises(OtherVersions, match=r"encoder 'mine' \("):
        train_one(old, PackInPlace(out / "splits", bench.cache, bench.root))
    bench.run("out", **changes)
    assert len(tiny.records(out)) == 2
    [after] = tiny.results(out)
    assert after["run"] != before["run"]
    assert int(after["parameters"]) > int(before["parameters"])
