"""Networks that begin where others have ended: what they take over, what stays, and which runs they need for it."""

import json

import pandas as pd
import pytest
import tiny
import torch
import yaml

from cohear.base.errors import RunFailed, UserError
from cohear.base.named import WithSettings, make
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.models.windows import Windows
from cohear.testing.plain import PlainPack, plain_run, plain_run_with_needs, plain_task
from cohear.training.loop import train_one
from cohear.training.networks import first_network, load_network, make_network
from cohear.training.settings import TrainingSettings
from cohear.training.spec import RunSpec, beginning_of

TASKS = ("one", "two", "three")
BEGUN = [name for name in SHARING if SHARING[name].begins_with]


def settings(sharing, **changes):
    return TrainingSettings(
        **{"steps": 6, "batch": 4, "precision": "float32", "learning_rate": 0.05, **changes}, sharing=sharing
    )


def given(sharing, tasks=TASKS, **changes):
    """A run, its network before it begins and after, and the networks that its tasks begin with."""
    spec, pack = plain_run_with_needs(tasks, settings(sharing, **changes))
    data = {task: plain_task(task, number) for number, task in enumerate(tasks)}
    network, before = first_network(spec, data, pack), make_network(spec, data)
    source, givers = SHARING[sharing].begins_with, {}
    for task in tasks:
        other = spec.beginning(task, source)
        own = {each.name: data[each.name] for each in other.tasks}
        givers[task] = load_network(other, own, pack.file(spec.needs[beginning_of(task)]), "")
    return spec, pack, before, network, givers


def equal(one, other):
    ours, theirs = one.state_dict(), other.state_dict()
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_of_partners_and_of_all():
    """What a task begins with is the single of its one partner, the network of several, or that of all."""
    for sharing, tasks, expected in [
        ("from-partners", ("one", "two"), {"one": ["two"], "two": ["one"]}),
        ("from-partners", TASKS, {"one": ["two", "three"], "two": ["one", "three"], "three": ["one", "two"]}),
        ("from-joint", TASKS, {task: list(TASKS) for task in TASKS}),
        ("merged", TASKS, {task: [task] for task in TASKS}),
    ]:
        spec, _, _, network, givers = given(sharing, tasks)
        assert {task: giver.tasks for task, giver in givers.items()} == expected
        for task, giver in givers.items():
            assert spec.beginning(task, network.begins_with).training.sharing == "multihead"
            if sharing != "merged":
                assert equal(network.encoder_of(task), giver.encoders[0])
            own = network.heads[network.tasks.index(task)]
            if task in giver.tasks:
                assert equal(own, giver.heads[giver.tasks.index(task)])


def test_a_task_that_its_giver_does_not_know_has_a_new_head():
    _, _, before, network, _ = given("from-partners")
    assert all(equal(one, other) for one, other in zip(network.heads, before.heads, strict=True))


def test_what_is_added_to_stays_what_it_was():
    """Weights, and what norms have counted; the head learns, and what the encoder drops is drawn."""
    spec, pack, before, network, givers = given("added")
    trained = train_one(spec, pack).network
    for number, task in enumerate(TASKS):
        assert equal(trained.encoder_of(task), givers[task].encoders[0])
        assert not equal(trained.heads[number], before.heads[number])
    network.train()
    assert not any(part.training for part in network.encoders.modules() if list(part.buffers(recurse=False)))
    assert any(part.training for part in network.encoders.modules() if isinstance(part, torch.nn.Dropout))
    assert trained.size() == before.size()


def test_what_is_fine_tuned_changes():
    spec, pack, _, network, _ = given("from-joint")
    trained = train_one(spec, pack).network
    assert not any(equal(trained.encoder_of(task), network.encoder_of(task)) for task in TASKS)


def test_what_is_merged_is_the_mean_of_what_singles_have_learnt():
    spec, pack, _, network, givers = given("merged")
    learnt = [giver.encoders[0].state_dict() for giver in givers.values()]
    for name, found in network.encoders[0].state_dict().items():
        if found.is_floating_point():
            torch.testing.assert_close(found, torch.stack([each[name] for each in learnt]).mean(dim=0))
    result = train_one(spec, pack)
    parameters = dict(network.named_parameters())
    assert all(torch.equal(parameters[name], each) for name, each in result.network.named_parameters())
    assert result.steps == spec.training.steps
    assert not equal(result.network, network)  # norms have counted anew
    assert result.parameters == sum(each.numel() for each in parameters.values())


def test_a_scale_goes_as_far_from_the_beginning():
    tasks = TASKS[:2]
    parts = [{"name": "merged", "scale": scale} for scale in (0.0, 1.0, 0.5)]
    first, whole, half = [_begun(WithSettings(**part), tasks).encoders[0].state_dict() for part in parts]
    weights = [name for name, each in first.items() if each.is_floating_point()]
    assert any(not torch.equal(first[name], whole[name]) for name in weights)
    for name in weights:
        torch.testing.assert_close(half[name], (first[name] + whole[name]) / 2)


def _begun(sharing, tasks):
    spec, pack = plain_run_with_needs(tasks, settings(sharing))
    return first_network(spec, {task: plain_task(task, number) for number, task in enumerate(tasks)}, pack)


DRAWS = Draws((0, 0, 0))


def _dnn(**settings):
    return EncoderChoice("dnn", settings={"hidden": 4, "layers": 1, **settings})


def test_norms_are_those_of_what_is_merged():
    """Statistics are counted anew of what is merged: windows leave its first layer as normal as a single's do."""
    _, _, _, network, _ = given("merged")
    spec, pack, *_ = given("merged", steps=60)
    trained = train_one(spec, pack).network
    names = [name for name, _ in trained.named_buffers() if name.endswith("running_var")]
    assert names
    before, after = network.state_dict(), trained.state_dict()
    assert not all(torch.equal(before[name], after[name]) for name in names)


@pytest.mark.parametrize("sharing", BEGUN)
def test_a_task_alone_begins_anew(sharing):
    """Single runs serve these ways too."""
    assert settings(sharing).of_single() == settings("multihead")


@pytest.mark.parametrize("sharing", BEGUN)
def test_no_run_begins_with_nothing(sharing):
    with pytest.raises(RunFailed, match=f"with sharing {sharing} one begins with another run, and none is named"):
        train_one(plain_run(TASKS, settings(sharing)), PlainPack(TASKS))


@pytest.mark.parametrize("sharing", BEGUN)
def test_parts_of_each_tasks_own_are_told(sharing):
    with pytest.raises(UserError, match="without parts of each task's own"):
        make(
            SHARING,
            sharing,
            NetworkParts(dict.fromkeys("ab", 3), dict.fromkeys("ab", layer(2)), _dnn(norm="task").build, DRAWS),
        )


ARMS = {
    "base": {},
    **{name: {"training": {"sharing": name}} for name in BEGUN},
    "few": {"training": {"sharing": "merged"}, "labels": 0.5},
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    root = tmp_path_factory.mktemp("begun")
    tiny.write_datasets(root / "data")
    bench = tiny.Bench(root)
    bench.run(
        features={"name": "summary", "statistics": "plain"},
        encoders=[{"name": "dnn", "hidden": 8, "layers": 1}],
        combinations=["singles", "all"],
        repeats={"folds": 2},
        training={"steps": 10, "batch": 8},
        controls=["shuffled"],
        arms=ARMS,
        keep=[],
    )
    return bench


def test_rows_of_the_same_tables_stand_on_runs_that_are_in_them(study):
    rows = pd.read_csv(study.root / "out" / "results.csv", keep_default_na=False)
    told = {
        key: json.loads(path.read_text())["specification"] for key, path in tiny.records(study.root / "out").items()
    }
    cells = rows[rows["control"] == ""].set_index(["arm", "combination", "fold"])["run"]
    cells = cells[~cells.index.duplicated()]
    for (arm, combination, fold), run in cells.items():
        needs = {name: need["run"] for name, need in told[run].get("needs", {}).items()}
        if "+" not in combination or arm == "base":
            assert not needs
            continue
        tasks, scheme = combination.split("+"), "merged" if arm == "few" else arm
        others = {task: "+".join(other for other in tasks if other != task) for task in tasks}
        own = {task: task for task in tasks}
        by = {"merged": own, "bottleneck": own, "from-joint": dict.fromkeys(tasks, combination)}.get(scheme, others)
        assert needs == {
            beginning_of(task): cells["base" if "+" in its else arm, its, fold] for task, its in by.items()
        }
        givers = RunSpec.model_validate(told[run]).givers()
        assert {name: giver.key for name, giver in givers.items()} == needs
    for arm in BEGUN:
        assert set(cells[arm].index.get_level_values("combination")) == set(
            cells["base"].index.get_level_values("combination")
        )
    assert set(rows[rows["control"] == "shuffled"]["arm"]) == {"base"}
    needed = {need["run"] for each in told.values() for need in each.get("needs", {}).values()}
    assert all((study.root / "out" / "runs" / run / "weights.safetensors").exists() for run in needed)


def test_what_no_arm_trains_is_told(study):
    changed = yaml.safe_load((study.root / "study.yaml").read_text())
    changed["arms"] = {"longer": {"training": {"sharing": "from-joint", "steps": 12}}}
    (study.root / "longer.yaml").write_text(yaml.safe_dump(changed))
    ended = study.cohear("run", "longer.yaml", "--out", "longer")
    assert ended.returncode == 2
    assert "arms.longer.training.sharing: with 'from-joint'" in ended.stderr
    assert "add it to combinations and an arm that differs from this one in sharing alone" in " ".join(
        ended.stderr.split()
    )


@pytest.mark.slow
def test_a_final_network_begins_with_final_networks(study):
    ended = study.cohear("export", "out", "--arm", "from-joint", "-o", "bundle")
    assert ended.returncode == 0, ended.stderr
    assert (study.root / "bundle" / "model.onnx").exists()


def test_windows_go_through_a_merged_network_as_through_any(study):
    _, _, _, network, _ = given("merged")
    width = next(network.parameters()).shape[-1]
    assert set(network.eval()({task: Windows(torch.randn(3, width)) for task in TASKS})) == set(TASKS)
