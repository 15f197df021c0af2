"""Probes of a task alone, of two tasks and of all, on whatever their runs have left; in each arm and seed."""

import csv
import io
import os
from itertools import permutations
from typing import ClassVar
from unittest import mock

import in_process
import numpy as np
import pytest
import registries
import tiny
import torch

from cohear.analysis.tables.text import read_table
from cohear.base.errors import RunFailed, StudyError
from cohear.base.tables import CURVE_CSV, MEASUREMENTS_CSV
from cohear.base.yaml_text import YamlText
from cohear.probes.measure import probe_rows
from cohear.probes.network import TrainedNetwork
from cohear.probes.probe import PROBES, Left, Measured, Probe, ProbeInputs
from cohear.runs.in_place import PackInPlace
from cohear.runs.job import read_spec
from cohear.runs.place import RunPlace
from cohear.runs.task_data import load_task
from cohear.study.file import check_study
from cohear.study.folder.folder import StudyFolder, with_paths_from
from cohear.study.prepare import prepare
from cohear.study.run import run_study
from cohear.testing.probe import ProbeContract
from cohear.training.batches import TaskBatches
from cohear.training.device import Device
from cohear.training.networks import load_network
from cohear.training.sources import inputs_of


class Learnt(Probe):
    """How much loss a task's single run has lost, from its curve."""

    subject = "task"
    each = frozenset({"arm", "seed"})
    needs: ClassVar = {"curve": Left("task", CURVE_CSV.file)}
    measures = ("learnt",)

    def measure(self, given):
        losses = [float(row["loss"]) for row in curve(given.files["curve"]) if row["part"] == "train"]
        yield given.measured("learnt", losses[0] - losses[-1])


class Cosine(Probe):
    """How the gradients of tasks agree in their joint network, on its first batch: of every two."""

    subject = "pair"
    needs: ClassVar = {"both": Left("joint")}
    measures = ("cosine",)

    def measure(self, given):
        [named] = self.measures
        network = given.networks["both"]
        name = (network.spec.study_seed, network.spec.fold, network.spec.seed)
        gradients = {}
        for task in given.tasks:
            rows = TaskBatches(task, network.inputs[task.name], network.spec.training, name).make(0)
            out = network.network({task.name: rows.windows})[task.name]
            shared = list(network.network.encoder_of(task.name).parameters())
            found = torch.autograd.grad(task.kind.loss(out, rows.targets), shared)
            gradients[task.name] = torch.cat([each.flatten() for each in found])
        for task, own in gradients.items():
            for partner, other in gradients.items():
                if task != partner:
                    yield Measured(named, float(torch.cosine_similarity(own, other, dim=0)), task, partner)


class CosineOfAll(Cosine):
    """In the network of all tasks."""

    subject = "all"
    measures = ("cosine of all",)


class Names(Probe):
    """How many labels two tasks have: needs no network, and so asks those that hear otherwise too."""

    measures = ("labels",)

    def measure(self, given):
        yield given.measured("labels", len(given.task.labels) + 10 * len(given.partner.labels))


OWN = {"learnt": Learnt, "cosine": Cosine, "cosine-of-all": CosineOfAll, "names": Names}


@pytest.fixture(scope="module", autouse=True)
def entered():
    with registries.entered(PROBES, OWN):
        yield


def curve(content):
    return csv.DictReader(io.StringIO(content.decode()))


class TestLearnt(ProbeContract):
    name = "learnt"


class TestCosine(ProbeContract):
    name = "cosine"

    def test_tasks_that_are_one_agree(self):
        given = self.given()
        numbers = self.measured(given)
        assert len(numbers) == 2 and numbers[0].value == numbers[1].value
        assert -1 <= numbers[0].value <= 1


class TestCosineOfAll(ProbeContract):
    name = "cosine-of-all"

    def test_it_is_of_every_two(self):
        assert len(self.measured(self.given())) == 6


class TestNames(ProbeContract):
    name = "names"


ARMS = {"base": {}, "longer": {"training": {"steps": 12}}}
THREE = {
    "datasets": {name: {"path": f"data/{name}"} for name in ("tones", "birds", "doors")},
    "tasks": {name: {"dataset": f"{name}s", "target": name} for name in ("tone", "bird", "door")},
    "combinations": [["tone", "bird"], "all"],
    "repeats": {"folds": 2, "seeds": 2},
    "arms": ARMS,
    "probes": list(OWN),
    "keep": [],
}


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    root = tmp_path_factory.mktemp("subjects")
    tiny.write_datasets(root / "data")
    settings = with_paths_from(check_study(YamlText(tiny.settings(**THREE))), root)
    with mock.patch.dict(os.environ, {"COHEAR_CACHE": str(root / "cache")}), in_process.entered():
        outcome = run_study(settings, root, root / "out", launcher=in_process.NAME, jobs=1)
    assert outcome.failed == {}
    return StudyFolder(root / "out")


def rows_of(folder, probe):
    return [row for row in folder.read_plan() if row.probe == probe]


def told(folder, name):
    table = read_table(folder.root / MEASUREMENTS_CSV.file, MEASUREMENTS_CSV)
    return table[table["name"] == name]


def test_each_probe_is_asked_of_its_subjects(studied):
    places = {probe: [(row.combination, row.focal) for row in rows_of(studied, probe)] for probe in OWN}
    tasks = list(THREE["tasks"])
    assert sorted(places["learnt"]) == sorted([(task, task) for task in tasks] * 8)  # 2 arms, 2 folds, 2 seeds
    assert places["cosine"] == [("tone+bird", "")] * 2  # of the pair that is trained alone
    assert places["cosine-of-all"] == [("tone+bird+door", "")] * 2
    assert len(places["names"]) == 6 * 2
    arms = {probe: {(row.arm, row.seed) for row in rows_of(studied, probe)} for probe in OWN}
    assert arms["learnt"] == {(arm, seed) for arm in ARMS for seed in (0, 1)}
    assert arms["cosine"] == arms["cosine-of-all"] == arms["names"] == {("base", 0)}


def test_what_is_needed_is_kept_and_nothing_else(studied):
    kept = {path.relative_to(studied.runs).as_posix() for path in studied.runs.glob("*/*") if path.suffix != ".json"}
    plan = studied.read_plan()
    curves = {f"{row.run}/curve.csv" for row in plan if row.is_network and len(row.tasks) == 1}
    joint = {need for probe in ("cosine", "cosine-of-all") for row in rows_of(studied, probe) for need in row.needs}
    assert {row.combination for row in plan if row.run in joint} == {"tone+bird", "tone+bird+door"}
    weights = {f"{run}/weights.safetensors" for run in joint}
    assert kept == curves | weights | {f"{row.run}/probe.csv" for row in plan if row.probe}


def test_a_task_alone_is_measured_in_each_arm_over_all_repeats(studied):
    """Means of what stands in the curves of its single runs; nobody is its partner."""
    table = told(studied, "learnt")
    assert set(table["partner"].fillna("")) == {""}
    for task in THREE["tasks"]:
        for arm in ARMS:
            singles = [
                row.run for row in studied.read_plan() if row.is_network and (row.combination, row.arm) == (task, arm)
            ]
            assert len(singles) == 4
            lost = []
            for run in singles:
                rows = [row for row in curve((studied.runs / run / "curve.csv").read_bytes()) if row["part"] == "train"]
                lost.append(float(rows[0]["loss"]) - float(rows[-1]["loss"]))
            [value] = table[(table["task"] == task) & (table["arm"] == arm)]["value"]
            assert value == pytest.approx(np.mean(lost))


@pytest.mark.parametrize(("probe", "combination"), [("cosine", "tone+bird"), ("cosine-of-all", "tone+bird+door")])
def test_gradients_are_those_of_the_joint_network(studied, probe, combination):
    """Worked out here from the weights that its runs have left."""
    pack = PackInPlace(studied.splits, studied.root.parent / "cache")
    found = {}
    for row in studied.read_plan():
        if row.is_network and (row.combination, row.arm, row.seed) == (combination, "base", 0):
            spec = read_spec(studied.record(row.run).specification)
            tasks = {each.name: load_task(each, pack) for each in spec.tasks}
            weights = (studied.runs / row.run / "weights.safetensors").read_bytes()
            network = TrainedNetwork(spec, load_network(spec, tasks, weights, ""), inputs_of(spec), Device())
            for number in OWN[probe]().measure(ProbeInputs(tuple(tasks.values()), {"both": network}, {}, 0)):
                found.setdefault((number.task, number.partner), []).append(number.value)
    table = told(studied, OWN[probe].measures[0])
    names = combination.split("+")
    assert set(found) == set(zip(table["task"], table["partner"], strict=True)) == set(permutations(names, 2))
    for (task, partner), values in found.items():
        [value] = table[(table["task"] == task) & (table["partner"] == partner)]["value"]
        assert value == pytest.approx(np.mean(values))
        assert len(values) == 2 and -1 <= value <= 1


def test_tasks_that_hear_otherwise_are_asked_where_no_network_hears_the_other(studied):
    """What a joint network says of both, and what no network says."""
    tasks = {**THREE["tasks"], "door": {**THREE["tasks"]["door"], "features": {"name": "summary", "window_ms": 25.0}}}
    settings = with_paths_from(
        check_study(YamlText(tiny.settings(**{**THREE, "tasks": tasks, "probes": [*OWN, "transfer"]}))),
        studied.root.parent,
    )
    plan = prepare(settings, studied.root.parent, cache=studied.root.parent / "cache", jobs=1).plan
    asked = {probe: {run.combination for run in plan if run.probe == probe} for probe in (*OWN, "transfer")}
    assert asked["cosine-of-all"] == {"tone+bird+door"}
    assert len(asked["names"]) == 3
    assert asked["transfer"] == {"tone+bird"}


def test_one_task_can_be_measured_alone():
    one = {"tasks": {"tone": {"dataset": "tones", "target": "tone"}}, "datasets": {"tones": {"path": "data/tones"}}}
    assert check_study(YamlText(tiny.settings(**one, probes=["learnt"]))).probes == ["learnt"]
    with pytest.raises(StudyError, match="beside another, and the study has one task"):
        check_study(YamlText(tiny.settings(**one, probes=["learnt", "names"])))


@pytest.mark.parametrize(
    ("probe", "combinations", "many"),
    [("cosine", ["singles"], 2), ("cosine", ["singles", "all"], 2), ("cosine-of-all", ["pairs"], 3)],
)
def test_networks_that_nobody_trains_are_told(probe, combinations, many):
    changes = {"tasks": THREE["tasks"], "datasets": THREE["datasets"], "combinations": combinations}
    with pytest.raises(StudyError) as raised:
        check_study(YamlText(tiny.settings(**changes, probes=["names", probe])))
    assert raised.value.mistakes == [
        f"probes.1: probe {probe!r} looks at networks of {many} tasks, and the study trains none; add pairs or all to "
        "combinations, or leave it out"
    ]


def test_a_number_that_a_probe_does_not_name_is_refused(studied, monkeypatch):
    monkeypatch.setattr(Names, "measures", ("other",))
    record = studied.record(rows_of(studied, "names")[0].run)
    with pytest.raises(RunFailed, match="probe 'names' measured labels, which it does not name"):
        probe_rows(
            read_spec(record.specification), PackInPlace(studied.splits, studied.root.parent / "cache"), RunPlace()
        )
