"""Control runs: what they change, what they must not change, and what the study file may ask for."""

from dataclasses import replace

import numpy as np
import pytest
import tiny
import yaml
from hypothesis import given as drawn
from hypothesis import settings as drawing
from hypothesis import strategies as st

from cohear.base.errors import StudyError, UserError
from cohear.base.files import make_folder
from cohear.base.yaml_text import read_yaml
from cohear.data.folds.parts import Part
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.runs.in_place import PackInPlace
from cohear.runs.job import job_of
from cohear.runs.task_data import load_task, with_shuffled_labels
from cohear.study.controls import CONTROLS, ControlInputs
from cohear.study.controls.clips import Clips
from cohear.study.controls.duplicate import parts_of_both
from cohear.study.controls.wide import NEAR, trainable_parameters, widened
from cohear.study.file import ControlSettings, check_study, load_study
from cohear.study.folder.folder import StudyFolder, with_paths_from
from cohear.study.launch.progress import NoProgress
from cohear.study.plan.control_partners import focal_and_partner
from cohear.study.prepare import make_stores, prepare, write_splits
from cohear.testing.control import ControlContract
from cohear.training.loop import train_one
from cohear.training.objectives import Sum
from cohear.training.record import record_of

ALL = ["shuffled", "unlabelled", "duplicate", "wide", "long", "norm"]
GRID = {
    "features": [{"name": "summary", "statistics": "plain"}],  # few numbers: a head is a large part of the network
    "encoders": [{"name": "dnn", "hidden": 64, "layers": 1}],
    "repeats": {"folds": 1, "seeds": 1},
    "training": {"steps": 3, "batch": 4, "precision": "float32"},
}


class Planned:
    """A study made ready in this process."""

    def __init__(self, prepared, pack, folder):
        self.prepared, self.pack, self.folder = prepared, pack, folder

    def run(self, control="", focal="tone", combination=None):
        [found] = [
            run
            for run in self.prepared.plan
            if (run.control, run.focal) == (control, focal if control else "")
            and combination in (None, run.combination)
        ]
        return found

    def train(self, *names, **more):
        return train_one(self.run(*names, **more).spec, self.pack)


def plan(root, **changes):
    settings = with_paths_from(load_study(tiny.write_study(root, **{**GRID, **changes})), root)
    prepared = prepare(settings, root, cache=make_folder(root / "cache"), jobs=1)
    make_stores(prepared, cache=root / "cache", jobs=1, progress=NoProgress())
    folder = StudyFolder(root / "out")
    make_folder(folder.splits)
    write_splits(prepared, folder)
    return Planned(prepared, PackInPlace(folder.splits, root / "cache"), folder)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("controls")
    tiny.write_datasets(root / "data")
    return root


@pytest.fixture(scope="module")
def planned(root):
    return plan(root, controls=ALL)


class Contract(ControlContract):
    @pytest.fixture(autouse=True)
    def study(self, planned):
        self.planned = planned

    def given(self):
        prepared, run = self.planned.prepared, self.planned.run
        clips = Clips(prepared.folds, 0, lambda: None)
        clips.all_of = clips.of
        given = ControlInputs(
            focal="tone",
            partner="bird",
            single=run(combination="tone").spec,
            pair=run(combination="tone+bird").spec,
            encoder=prepared.settings.encoder_choices(None)[0],
            inputs=dict.fromkeys(("tone", "bird"), prepared.settings.front_ends()[0].input_width),
            heads={"tone": layer(3), "bird": layer(2)},
            clips=clips,
        )
        return given, self.planned.pack


class TestShuffled(Contract):
    name = "shuffled"


class TestUnlabelled(Contract):
    name = "unlabelled"


class TestDuplicate(Contract):
    name = "duplicate"


class TestWide(Contract):
    name = "wide"


class TestLong(Contract):
    name = "long"


def test_all_that_is_registered_is_tested():
    assert sorted(CONTROLS) == sorted(ALL)


def test_controls_change_no_ordinary_run(root, planned):
    """Keys of ordinary runs, which recorded studies go on from, are as they were, and so is their specification."""
    before = plan(root).prepared.plan
    ordinary = [run for run in planned.prepared.plan if not run.control]
    assert [run.row for run in ordinary] == [run.row for run in before]
    controls = [run for run in planned.prepared.plan if run.control]
    assert len(controls) == 2 * len(ALL)
    assert {run.key for run in controls}.isdisjoint(run.key for run in ordinary)
    assert {name for run in before for task in run.spec.model_dump()["tasks"] for name in task} == {
        "name",
        "split",
        "store",
    }


def test_combination_says_what_a_control_stands_beside(planned):
    told = {(run.control, run.focal): run.combination for run in planned.prepared.plan if run.control}
    assert told == {
        **{(control, task): "tone+bird" for control in ("shuffled", "unlabelled", "norm") for task in ("tone", "bird")},
        **{(control, task): task for control in ("duplicate", "wide", "long") for task in ("tone", "bird")},
    }


def test_shuffled_labels_are_those_of_the_training_part_alone(planned):
    """Label counts of training and the labels of validation and test are the true ones."""
    run = planned.run("shuffled")
    own, partner = (load_task(task, planned.pack) for task in run.spec.tasks)
    assert [(task.name, task.labels, task.scored) for task in run.spec.tasks] == [
        ("tone", "true", True),
        ("bird", "shuffled", False),
    ]
    shuffled = with_shuffled_labels(partner, (0, 0, 0))
    train = partner.parts["train"]
    assert sorted(shuffled.targets.values[train]) == sorted(partner.targets.values[train])
    others = np.setdiff1d(np.arange(len(partner.clips)), train)
    np.testing.assert_array_equal(shuffled.targets.values[others], partner.targets.values[others])
    drawn = {with_shuffled_labels(own, (0, 0, seed)).targets.values.tobytes() for seed in range(4)}
    assert len(drawn) == 4
    again = with_shuffled_labels(own, (0, 0, 3)).targets
    assert again.values.tobytes() in drawn


def test_shuffled_labels_reach_training(planned, monkeypatch):
    """The same windows' audio aside, another network comes out than of the pair."""
    shuffled, pair = planned.train("shuffled"), planned.train(combination="tone+bird")
    assert not np.array_equal(
        shuffled.tasks["tone"].predictions["test"].logits, pair.tasks["tone"].predictions["test"].logits
    )
    assert {point["task"] for point in shuffled.curve} == {"tone", "bird"}
    assert not [point for point in shuffled.curve if (point["task"], point["part"]) == ("bird", "validation")]


def input_norm(result):
    state = result.network.state_dict()
    return {name: tensor.numpy() for name, tensor in state.items() if "input_norm.running" in name}


def test_unlabelled_partner_reaches_statistics_and_nothing_else(planned, monkeypatch):
    """Its windows are those of the pair, so the first layer's statistics are; no loss and no head are of it."""
    seen = []
    backward = Sum.backward

    def spy(self, step):
        seen.append(list(step.losses))
        backward(self, step)

    monkeypatch.setattr(Sum, "backward", spy)
    unlabelled = planned.train("unlabelled")
    assert seen == [["tone"]] * 3
    single, pair = planned.train(combination="tone"), planned.train(combination="tone+bird")
    assert unlabelled.parameters == single.parameters < pair.parameters
    for name, statistics in input_norm(unlabelled).items():
        np.testing.assert_array_equal(statistics, input_norm(pair)[name])
        assert not np.allclose(statistics, input_norm(single)[name])


def groups_of(root, dataset):
    lines = (root / "data" / dataset / "manifest.csv").read_text().split()[1:]
    return {line.split(",")[0]: line.split(",")[1] for line in lines}


@pytest.mark.parametrize("limit", [None, 4])
def test_duplicate_learns_from_other_clips_and_from_nothing_that_is_tested(root, limit):
    """No clip and no group of a test part; none that the task itself trains on; with a limit, those it left out."""
    tasks = {
        "tone": {"dataset": "tones", "target": "tone", **({"limit": limit} if limit else {})},
        "bird": {"dataset": "birds", "target": "bird"},
    }
    planned = plan(root, controls="duplicate", tasks=tasks, repeats={"folds": 3, "seeds": 1})
    groups = groups_of(root, "tones")
    for run in planned.prepared.plan:
        if (run.control, run.focal) != ("duplicate", "tone"):
            continue
        own, copy = (load_task(task, planned.pack) for task in run.spec.tasks)
        trained = {own.clips[clip] for clip in own.parts["train"]}
        tested = {own.clips[clip] for clip in own.parts["test"]}
        copied = {copy.clips[clip] for clip in copy.parts["train"]}
        assert len(copied) == len(copy.clips) > 0
        assert copied.isdisjoint(trained | tested)
        assert {groups[clip] for clip in copied}.isdisjoint(groups[clip] for clip in tested)
        assert not len(own.parts["validation"])
        assert copy.labels == own.labels
        everything = {clip for clip in groups if groups[clip] not in {groups[each] for each in tested}}
        assert copied | trained == everything


@drawing(deadline=None)
@drawn(st.lists(st.tuples(st.sampled_from(Part), st.sampled_from(Part)), min_size=1, max_size=30))
def test_duplicate_takes_no_clip_that_is_tested_or_set_aside(planned, parts):
    """Whatever the leakage rule made of a clip, with and without limit: no part of a copy's is taken twice."""
    split = planned.prepared.folds[0]["tone"]
    cut = [replace(split.cleared, parts=np.array([int(each[side]) for each in parts])) for side in (0, 1)]
    rows = np.arange(len(parts))
    own, copy = parts_of_both(*(replace(split, rows=rows, cleared=cleared) for cleared in cut))
    made = (cut[0].parts, cut[1].parts, own.cleared.parts, copy.cleared.parts)
    for before, whole, its_own, copied in zip(*made, strict=True):
        assert its_own == (Part.NONE if before == Part.VALIDATION else before)
        assert copied == (Part.TRAIN if whole in (Part.TRAIN, Part.VALIDATION) and before != Part.TRAIN else Part.NONE)


def test_duplicate_without_other_clips_is_refused(planned):
    split = planned.prepared.folds[0]["tone"]
    parts = np.where(split.cleared.parts == Part.VALIDATION, int(Part.NONE), split.cleared.parts)
    bare = replace(split, cleared=replace(split.cleared, parts=parts))
    clips = Clips({0: {"tone": bare}}, 0, lambda: None)
    clips.all_of = clips.of
    run = planned.run
    given = ControlInputs(
        "tone", "bird", run(combination="tone").spec, run(combination="tone+bird").spec, None, {}, {}, clips
    )
    with pytest.raises(UserError, match="fold 0 has none: no validation part and nothing left out by limit"):
        CONTROLS["duplicate"]().make(given)


def test_wide_has_the_parameters_of_the_pair(planned):
    wide, pair, single = (
        planned.train("wide"),
        planned.train(combination="tone+bird"),
        planned.train(combination="tone"),
    )
    assert abs(wide.parameters / pair.parameters - 1) <= NEAR
    assert wide.parameters > single.parameters
    assert record_of(wide).parameters == wide.parameters


@pytest.mark.parametrize(
    ("encoder", "width", "outputs"),
    [
        (EncoderChoice("small"), 64, 50),
        (EncoderChoice("small"), 64, 2),
        (EncoderChoice("small", settings={"width": 0.5}), 64, 35),
        (EncoderChoice("dnn"), 440, 50),
        (EncoderChoice("cnn"), 64, 10),
    ],
)
@pytest.mark.parametrize("sharing", ["multihead", "independent"])
def test_every_encoder_can_be_widened_to_a_pair(planned, encoder, width, outputs, sharing):
    """Also where a sharing scheme has an encoder a task: then to twice the parameters."""
    run = planned.run
    pair = run(combination="tone+bird").spec
    pair = pair.model_copy(update={"training": pair.training.model_copy(update={"sharing": sharing})})
    heads = {"tone": layer(10), "bird": layer(outputs)}
    inputs = {"tone": width, "bird": width}
    given = ControlInputs("tone", "bird", run(combination="tone").spec, pair, encoder, inputs, heads, None)
    spec = CONTROLS["wide"]().make(given)
    target = trainable_parameters(given, dict(encoder.settings), sharing, "tone", "bird")
    assert abs(trainable_parameters(given, spec.encoder["settings"], "multihead", "tone") / target - 1) <= NEAR


def test_what_cannot_be_widened_near_enough_is_refused():
    with pytest.raises(UserError, match=r"nearer than -?\+?[\d.]+% to the 125 parameters"):
        widened(EncoderChoice("dnn", settings={"hidden": 1}), lambda s: 100 * s.get("hidden", 512), 125)


def test_width_that_widens_nothing_is_refused():
    with pytest.raises(UserError, match=r"'wide' raised 'hidden' to \d+ and the encoder has hardly more parameters"):
        widened(EncoderChoice("dnn"), lambda settings: 100, 125)


def test_widths_of_a_users_module(tmp_path):
    """A class attribute; a name that is no setting is a mistake of the study."""
    (tmp_path / "wider_net.py").write_text(
        tiny.SLOW.replace("    def __init__", "    widths = {'pause': 1}\n\n    def __init__").replace("Slow", "Wider")
    )
    assert EncoderChoice("mine", "wider_net:Wider", folder=str(tmp_path)).widths() == {"pause": (0.0, 1)}
    (tmp_path / "wrong_net.py").write_text(
        tiny.SLOW.replace("    def __init__", "    widths = {'x': 1}\n\n    def __init__")
    )
    encoders = [{"name": "mine", "module": "wrong_net:Slow", "features": "vector"}]
    with pytest.raises(StudyError, match=r"controls.0: 'wide': encoder 'mine' names a width 'x': no setting"):
        check_study(read_yaml(yaml.safe_dump(tiny.settings(controls=["wide"], encoders=encoders))), folder=tmp_path)


def test_long_has_the_compute_of_the_pair(planned):
    long, pair = planned.run("long"), planned.run(combination="tone+bird")
    assert job_of(long.spec).cost(long.spec) == job_of(pair.spec).cost(pair.spec)
    result = planned.train("long")
    assert record_of(result).steps == result.steps == 2 * pair.spec.training.steps
    assert result.parameters == planned.train(combination="tone").parameters


PAIRS = [frozenset(pair) for pair in ("ab", "ac", "ad", "bc", "bd", "cd")]
DATASETS = {"a": "x", "b": "x", "c": "y", "d": "y"}


@pytest.mark.parametrize(
    ("settings", "pairs", "expected"),
    [
        ({}, PAIRS, "ac bc ca da"),
        ({"partners": 2}, PAIRS, "ac ad bc bd ca cb da db"),
        ({"partners": "all"}, PAIRS, "ac ad ab bc bd ba ca cb cd da db dc"),
        ({"pairs": [["d", "a"], ["a", "d"]]}, PAIRS, "ad da"),
        ({}, [frozenset("ab"), frozenset("bc")], "ab bc cb"),
    ],
)
def test_partners(settings, pairs, expected):
    """The next task in the study's order that there is a pair with, one from another dataset first."""
    asked = ControlSettings(name="shuffled", **settings)
    found = focal_and_partner(asked, DATASETS, pairs, has_partner=True)
    assert ["".join(pair) for pair in found] == expected.split()
    once = focal_and_partner(ControlSettings(name="wide"), DATASETS, pairs, has_partner=False)
    assert [focal for focal, _ in once] == sorted({focal for focal, _ in once})


def check(**changes):
    return check_study(read_yaml(yaml.safe_dump(tiny.settings(**changes), sort_keys=False)))


@pytest.mark.parametrize("asked", ["shuffled", ["shuffled"], [{"name": "shuffled", "partners": 1}]])
def test_ways_to_write_controls(asked):
    assert [control.name for control in check(controls=asked).controls] == ["shuffled"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"controls": ["shufled"]}, ["controls.0: unknown control 'shufled' (did you mean 'shuffled'?)"]),
        ({"controls": ["long", "long"]}, ["controls.1: 'long' is there twice"]),
        ({"controls": [{"name": "long", "partners": 2}]}, ["controls.0: 'long' has no partner"]),
        ({"controls": [{"name": "shuffled", "partnrs": 2}]}, ["unknown key (did you mean 'partners'?)"]),
        ({"controls": [{"name": "shuffled", "partners": 0}]}, ["must be a whole number from 1, or all"]),
        ({"controls": [{"name": "shuffled", "pairs": [["tone", "brd"]]}]}, ["no task 'brd' (did you mean 'bird'?)"]),
        ({"controls": [{"name": "shuffled", "pairs": [["tone", "tone"]]}]}, ["a pair is of two different tasks"]),
        (
            {"controls": [{"name": "shuffled", "pairs": [["tone", "bird"]], "partners": 1}]},
            ["give partners (how many a task) or pairs (which ones), not both"],
        ),
        ({"controls": "wide", "combinations": ["singles"]}, ["no pair is trained; add pairs to combinations"]),
        (
            {"encoders": [{"name": "dnn", "controls": ["wid", "long"], "combinations": "singles"}]},
            ["encoders.0.controls.0: unknown control 'wid'", "encoders.0.controls: they explain what pairs do"],
        ),
        ({"encoders": [{"name": "dnn", "controls": []}], "controls": ["long"]}, ["controls: no encoder takes them"]),
        (
            {"controls": ["shufled", "wid"], "window": -1, "encoders": "dnnn"},
            ["'shufled'", "'wid'", "window", "'dnnn'"],
        ),
    ],
)
def test_mistakes_are_told_at_once(changes, told):
    with pytest.raises(StudyError) as error:
        check(**changes)
    assert len(error.value.mistakes) == len(told)
    for part in told:
        assert any(part in mistake for mistake in error.value.mistakes), (part, error.value.mistakes)


def test_encoder_without_widths_cannot_be_wide(tmp_path):
    encoders = tiny.slow_encoder(tmp_path, 0.0)
    content = tiny.settings(controls=["wide"], encoders=encoders)
    with pytest.raises(StudyError, match=r"controls.0: 'wide' widens the encoder, and 'slow' names no settings"):
        check_study(read_yaml(yaml.safe_dump(content)), folder=tmp_path)
