"""A network of several tasks that learns from their single runs, before it learns from labels."""

import json

import pandas as pd
import pytest
import tiny
import torch
import yaml

from cohear.export.runs import ALL_CLIPS, TRAINED
from cohear.models.windows import Windows
from cohear.runs.spec import Need
from cohear.tasks.targets import WindowTargets
from cohear.testing.plain import PlainPack, plain_run, plain_task
from cohear.training.batches import Rows
from cohear.training.device import Device
from cohear.training.loop import train_one
from cohear.training.networks import make_network
from cohear.training.settings import TrainingSettings
from cohear.training.spec import RunSpec, teacher_of
from cohear.training.teachers import Teachers

SETTINGS = TrainingSettings(steps=4, batch=4, precision="float32", teachers="singles")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    root = tmp_path_factory.mktemp("taught")
    tiny.write_datasets(root / "data")
    bench = tiny.Bench(root)
    bench.run(
        features={"name": "summary", "statistics": "plain"},
        encoders=[{"name": "dnn", "hidden": 8, "layers": 1}],
        combinations=["singles", "all"],
        repeats={"folds": 2},
        training={"steps": 20, "batch": 8},
        controls=["shuffled", "unlabelled"],
        arms={"base": {}, "taught": {"training": {"teachers": "singles"}}},
        keep=[],
    )
    return bench


@pytest.fixture(scope="module")
def specifications(study):
    """By arm, combination, control and fold."""
    rows = pd.read_csv(study.root / "out" / "results.csv", keep_default_na=False)
    told = {
        key: json.loads(path.read_text())["specification"] for key, path in tiny.records(study.root / "out").items()
    }
    cells = rows.set_index(["arm", "combination", "control", "focal", "fold"])["run"]
    return {cell: (run, told[run]) for cell, run in cells[~cells.index.duplicated()].items()}


def test_singles_are_those_of_every_arm_and_leave_their_weights(study, specifications):
    singles = {cell: run for cell, (run, told) in specifications.items() if "+" not in cell[1] and told.get("encoder")}
    assert len(set(singles.values())) == len(singles) / 2
    for run in singles.values():
        assert sorted(path.name for path in (study.root / "out" / "runs" / run).iterdir()) == [
            "record.json",
            "weights.safetensors",
        ]


def test_a_network_names_its_teachers_of_the_same_fold(specifications):
    taught = {cell: told for cell, (_, told) in specifications.items() if cell[0] == "taught" and "+" in cell[1]}
    assert taught
    for (_, combination, control, _, fold), told in taught.items():
        named = {name: need["run"] for name, need in told["needs"].items()}
        hidden = {task["name"] for task in told["tasks"] if task.get("labels", "true") != "true"}
        assert bool(hidden) == bool(control)
        expected = {teacher_of(task) for task in combination.split("+") if task not in hidden}
        assert set(named) == expected
        for task in set(combination.split("+")) - hidden:
            assert named[teacher_of(task)] == specifications["taught", task, "", "", fold][0]
        assert told["training"]["teachers"] == "singles"
        assert told["versions"]["teachers"] == 1


def test_who_has_no_teachers_has_the_key_of_before_there_were_any(specifications):
    for (arm, *_), (_, told) in specifications.items():
        if arm == "base":
            assert "needs" not in told
            assert "teachers" not in told.get("training", {})
            assert "teachers" not in told["versions"]


def test_what_is_learnt_differs(study):
    metrics = pd.read_csv(study.root / "out" / "metrics.csv", keep_default_na=False)
    results = pd.read_csv(study.root / "out" / "results.csv", keep_default_na=False)
    losses = metrics[(metrics["metric"] == "nll") & (metrics["part"] == "test") & (metrics["selection"] == "last")]
    both = results.drop(columns="value").merge(losses[["run", "task", "value"]], on=["run", "task"])
    shared = both[both["combination"].str.contains("+", regex=False) & (both["control"] == "")]
    by_arm = shared.set_index(["arm", "task", "fold"])["value"].sort_index()
    assert not by_arm["taught"].equals(by_arm["base"])


def test_a_second_call_trains_nothing(study):
    def written():
        return {key: path.stat().st_mtime_ns for key, path in tiny.records(study.root / "out").items()}

    before = written()
    ended = study.cohear("run", "study.yaml", "--out", "out")
    assert ended.returncode == 0, ended.stderr
    assert written() == before


@pytest.mark.slow
def test_the_final_networks_teachers_learn_from_all_clips(study):
    ended = study.cohear("export", "out", "--arm", "taught", "-o", "bundle")
    assert ended.returncode == 0, ended.stderr
    records = [json.loads(path.read_text()) for path in (study.root / "out" / TRAINED).glob("*/record.json")]
    final = [told for record in records if (told := record["specification"])["fold"] == ALL_CLIPS]
    assert sorted(len(told["tasks"]) for told in final) == [1, 1, 2]


def test_few_labels_of_each_in_turn_leave_nobody_to_learn_from(study):
    settings = yaml.safe_load((study.root / "study.yaml").read_text())
    settings["arms"]["taught"]["labels"] = {"share": 0.5, "of": "each"}
    (study.root / "each.yaml").write_text(yaml.safe_dump(settings))
    ended = study.cohear("run", "each.yaml", "--out", "each")
    assert ended.returncode == 2
    assert "arms.taught.training.teachers" in ended.stderr
    assert "nobody to learn from" in ended.stderr


def rows_of(seed):
    noise = torch.Generator().manual_seed(seed)
    return Rows(
        Windows(torch.randn(6, 16, generator=noise)),
        WindowTargets(torch.arange(6) % 3, torch.ones(6, dtype=torch.bool)),
    )


def test_the_loss_goes_from_the_teacher_to_the_labels():
    spec, task = plain_run(("one",), SETTINGS), plain_task("one", 0)
    teacher = make_network(spec, {"one": task}).eval()
    width = next(teacher.parameters()).shape[-1]
    rows = Rows(Windows(torch.randn(6, width)), rows_of(0).targets)
    logits = torch.randn(6, 3, requires_grad=True)
    teachers = Teachers({"one": [teacher]}, steps=4)
    with torch.no_grad():
        told = teacher({"one": rows.windows})["one"]
    from_teacher, from_labels = (task.kind.loss(logits, rows.targets, 0.1, teacher=each) for each in (told, None))
    torch.testing.assert_close(teachers.annealed(from_labels, task, logits, rows, 0), from_teacher)
    due = teachers.annealed(from_labels, task, logits, rows, 3)
    torch.testing.assert_close(due, 0.75 * from_labels + 0.25 * from_teacher)
    assert Teachers({}, steps=4).annealed(from_labels, task, logits, rows, 0) is from_labels


def test_weights_that_are_not_there_are_told():
    spec = plain_run(("one", "two"), SETTINGS)
    spec = spec.model_copy(update={"needs": {teacher_of("one"): Need(run="0" * 16, file="weights.safetensors")}})
    with pytest.raises(KeyError):
        train_one(spec, PlainPack(("one", "two")))


def test_the_network_of_a_single_run_is_made_of_a_runs_own_words():
    spec = plain_run(("one", "two"), SETTINGS.model_copy(update={"sharing": "soft"}))
    alone = spec.alone(spec.tasks[0])
    assert (alone.training.teachers, alone.training.sharing, alone.needs) == ("none", "multihead", {})
    network = make_network(alone, {"one": plain_task("one", 0)})
    assert network.tasks == ["one"]
    assert (
        Teachers.of(alone, {"one": plain_task("one", 0)}, PlainPack(("one",)), Device.of("cpu", "float32"))._networks
        == {}
    )


def test_several_teachers_speak_as_one():
    """With the mean of their answers."""
    task = plain_task("one", 0)
    networks = [
        make_network(plain_run(("one",), SETTINGS).model_copy(update={"seed": seed}), {"one": task}) for seed in (0, 1)
    ]
    width = next(networks[0].parameters()).shape[-1]
    rows = Rows(Windows(torch.randn(6, width)), rows_of(0).targets)
    logits, loss = torch.randn(6, 3), torch.zeros(())
    mean = torch.stack([each.eval()({"one": rows.windows})["one"] for each in networks]).mean(dim=0).detach()
    told = Teachers({"one": networks}, steps=4).annealed(loss, task, logits, rows, 0)
    torch.testing.assert_close(told, task.kind.loss(logits, rows.targets, teacher=mean))
    alone = Teachers({"one": networks[:1]}, steps=4).annealed(loss, task, logits, rows, 0)
    assert not torch.allclose(told, alone)


@pytest.fixture(scope="module")
def chosen(tmp_path_factory):
    root = tmp_path_factory.mktemp("chosen")
    tiny.write_datasets(root / "data")
    bench = tiny.Bench(root)
    wide = {"name": "dnn", "hidden": 16, "layers": 1, "called": "wide", "combinations": ["singles"]}
    bench.run(
        features={"name": "summary", "statistics": "plain"},
        encoders=[{"name": "dnn", "hidden": 8, "layers": 1, "called": "narrow"}, wide],
        combinations=["singles", "all"],
        repeats={"folds": 1, "seeds": 2},
        training={"steps": 10, "batch": 8},
        arms={
            "base": {},
            "wide": {"training": {"teachers": {"name": "singles", "encoder": "wide"}}},
            "seeds": {"training": {"teachers": {"name": "singles", "seeds": "all"}}},
        },
        keep=[],
    )
    return bench


def givers_of(told, run):
    """The runs that a run tells as those of its teachers, which have no teachers and no version of them."""
    found = {}
    for name, giver in RunSpec.model_validate(told[run]).givers().items():
        versions = {part: version for part, version in giver.versions.items() if part != "teachers"}
        found[name] = giver.model_copy(update={"versions": versions}).key
    return found


def test_a_wider_teacher_or_those_of_all_seeds(chosen):
    """The singles of another encoder of the study, or of each of its seeds, that of the network's own first."""
    rows = pd.read_csv(chosen.root / "out" / "results.csv", keep_default_na=False)
    cells = rows.set_index(["encoder", "arm", "combination", "seed"])["run"]
    cells = cells[~cells.index.duplicated()]
    told = {
        key: json.loads(path.read_text())["specification"] for key, path in tiny.records(chosen.root / "out").items()
    }
    [both] = {each for each in rows["combination"] if "+" in each}
    for seed in (0, 1):
        needs = told[cells["narrow", "wide", both, seed]]["needs"]
        assert {name: need["run"] for name, need in needs.items()} == {
            teacher_of(task): cells["wide", "base", task, seed] for task in both.split("+")
        }
        assert told[cells["narrow", "wide", both, seed]]["teacher_encoder"]["settings"]["hidden"] == 16
        assert givers_of(told, cells["narrow", "wide", both, seed]) == {
            name: need["run"] for name, need in needs.items()
        }
        needs = told[cells["narrow", "seeds", both, seed]]["needs"]
        assert {name: need["run"] for name, need in needs.items()} == {
            teacher_of(task, number): cells["narrow", "base", task, other]
            for task in both.split("+")
            for number, other in enumerate((seed, 1 - seed))
        }
        givers = givers_of(told, cells["narrow", "seeds", both, seed])
        assert givers.keys() == needs.keys()
        assert all(givers[teacher_of(task)] == cells["narrow", "base", task, seed] for task in both.split("+"))
        assert "teacher_encoder" not in told[cells["narrow", "seeds", both, seed]]


@pytest.mark.parametrize(
    ("teachers", "told"),
    [
        ({"name": "singles", "encoder": "wider"}, "is called 'wider' (did you mean 'wide'?)"),
        ({"name": "singles", "seeds": "some"}, "seeds is one of own, all, not 'some'"),
        ("couples", "'couples'"),
    ],
)
def test_teachers_that_there_are_not_are_told(chosen, teachers, told):
    changed = yaml.safe_load((chosen.root / "study.yaml").read_text())
    changed["arms"] = {"base": {}, "other": {"training": {"teachers": teachers}}}
    (chosen.root / "other.yaml").write_text(yaml.safe_dump(changed))
    ended = chosen.cohear("run", "other.yaml", "--out", "other")
    assert ended.returncode == 2
    assert "arms.other.training.teachers" in ended.stderr
    assert told in " ".join(ended.stderr.split())


@pytest.mark.slow
def test_the_final_networks_teachers_of_all_seeds_differ(chosen):
    ended = chosen.cohear("export", "out", "--encoder", "narrow", "--arm", "seeds", "-o", "bundle")
    assert ended.returncode == 0, ended.stderr
    records = [json.loads(path.read_text()) for path in (chosen.root / "out" / TRAINED).glob("*/record.json")]
    final = [told for record in records if (told := record["specification"])["fold"] == ALL_CLIPS]
    assert sorted(len(told["tasks"]) for told in final) == [1, 1, 1, 1, 2]
