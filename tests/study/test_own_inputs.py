"""Tasks with a front-end or a window of their own, from the study file to the scores of a run."""

import json

import pytest
import tiny
import torch
import yaml

from cohear.base.errors import StudyError
from cohear.base.files import make_folder
from cohear.base.yaml_text import read_yaml
from cohear.features import Summary
from cohear.runs.in_place import PackInPlace
from cohear.study.audit import check_data
from cohear.study.file import check_study, load_study
from cohear.study.folder.folder import StudyFolder, with_paths_from
from cohear.study.launch.progress import NoProgress
from cohear.study.prepare import make_stores, prepare, write_splits
from cohear.training.loop import train_one
from cohear.training.sources import inputs_of

TONE = {"dataset": "tones", "target": "tone"}
BIRD = {"dataset": "birds", "target": "bird"}
GRID = {
    "features": ["logmel"],
    "encoders": ["small"],
    "repeats": {"folds": 1, "seeds": 1},
    "training": {"steps": 3, "batch": 4, "precision": "float32"},
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("own")
    tiny.write_datasets(root / "data")
    return root


def planned(root, bird=None, tone=None, **changes):
    tasks = {"tone": TONE | (tone or {}), "bird": BIRD | (bird or {})}
    settings = with_paths_from(load_study(tiny.write_study(root, **{**GRID, "tasks": tasks, **changes})), root)
    return prepare(settings, root, cache=make_folder(root / "cache"), jobs=1)


def specs(prepared, control=""):
    return {run.combination: run.spec for run in prepared.plan if run.control == control}


def trained(root, prepared, *combinations, control=""):
    make_stores(prepared, cache=root / "cache", jobs=1, progress=NoProgress())
    folder = StudyFolder(root / "out")
    make_folder(folder.splits)
    write_splits(prepared, folder)
    found = specs(prepared, control)
    return [train_one(found[name], PackInPlace(folder.splits, root / "cache")) for name in combinations]


def check(**changes):
    return check_study(read_yaml(yaml.safe_dump(tiny.settings(**{**GRID, **changes}), sort_keys=False)))


def test_a_run_states_what_its_tasks_have_in_common(root):
    """A task's own input is in its reference where the run has another, and nowhere where it is alone."""
    usual, own = specs(planned(root)), specs(planned(root, bird={"window": 0.1, "features": "logmel"}))
    assert own["tone"].key == usual["tone"].key
    assert [(task.name, task.window) for task in own["tone+bird"].tasks] == [("tone", None), ("bird", 0.1)]
    assert own["tone+bird"].window == usual["tone+bird"].window == 0.2
    alone = specs(planned(root, window=0.1))
    assert own["bird"].key == alone["bird"].key != usual["bird"].key
    for spec in usual.values():
        told = json.loads(spec.model_dump_json())
        assert all(set(task) == {"name", "split", "store"} for task in told["tasks"])
    bands = {"name": "logmel", "bands": 24}
    both = specs(planned(root, bird={"features": bands}, tone={"features": bands}))
    same = specs(planned(root, features=[bands]))
    assert {name: spec.key for name, spec in both.items()} == {name: spec.key for name, spec in same.items()}


def test_windows_of_two_lengths_are_learnt_together(root):
    """Each task is scored on its own windows, and a partner's do not change which windows it sees."""
    prepared = planned(root, bird={"window": 0.1})
    (pair,) = trained(root, prepared, "tone+bird")
    assert set(pair.tasks) == {"tone", "bird"}
    spec = specs(prepared)["tone+bird"]
    assert {task: given.window for task, given in inputs_of(spec).items()} == {"tone": 20, "bird": 10}
    assert all(scores.scores["test"]["last"]["loss"] > 0 for scores in pair.tasks.values())


def test_independent_networks_equal_the_singles_with_inputs_of_their_own(root):
    """Bit for bit, also where widths differ, since no encoder sees both."""
    own = {"window": 0.1, "features": {"name": "summary", "bands": 12}}
    arms = {"base": {"training": {"sharing": "independent"}}}
    dnn = {"features": ["summary"], "encoders": [{"name": "dnn", "hidden": 16, "layers": 1}]}
    prepared = planned(root, bird=own, arms=arms, **dnn)
    tone, bird, pair = trained(root, prepared, "tone", "bird", "tone+bird")
    for number, single in enumerate((tone, bird)):
        for part in ("encoders", "heads"):
            alone, beside = getattr(single.network, part)[0], getattr(pair.network, part)[number]
            for name, tensor in alone.state_dict().items():
                assert torch.equal(tensor, beside.state_dict()[name])
    assert pair.network.encoder_of("bird").input_norm.num_features == Summary(bands=12).input_width


def test_only_features_that_tasks_hear_through_are_made(root):
    prepared = planned(root, bird={"features": {"name": "logmel", "bands": 64, "hop_ms": 20.0}})
    heard = {(store.front_end.hop_ms, store.dataset) for store in prepared.stores}
    assert heard == {(10.0, "tones"), (20.0, "birds")}


def test_controls_give_the_focal_task_its_own_input(root):
    prepared = planned(root, bird={"window": 0.1}, controls=["duplicate", "long", "shuffled", "unlabelled"])
    for run in prepared.plan:
        given = inputs_of(run.spec)
        assert given.get("bird", given.get("tone")).window in (10, 20)
        for task, each in given.items():
            assert each.window == (10 if task.startswith("bird") else 20), (run.control, run.focal, task)


def test_short_clips_are_told_of_the_window_that_their_task_has(root):
    study = tiny.write_study(root, **GRID, tasks={"tone": TONE, "bird": BIRD | {"window": 0.5}})
    settings = with_paths_from(load_study(study), root)
    found = check_data(settings, cache=make_folder(root / "cache")).findings
    assert [finding.dataset for finding in found if finding.code == "shorter-than-window"] == ["birds"]


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        (
            {"tasks": {"tone": TONE, "bird": BIRD | {"features": {"name": "logmel", "bands": 24}}}},
            [
                "encoders.0: encoder 'small': takes inputs of one width, and those of its tasks differ (tone: 64, "
                "bird: 24); give the tasks features of one width, or take an encoder with a first stage per task "
                "(input_widths)"
            ],
        ),
        (
            {"tasks": {"tone": TONE | {"features": "summary"}, "bird": BIRD}},
            [
                "tasks.tone.features: front-end 'summary' gives a vector a window, which encoder 'small' does not "
                "take; give the task features that every encoder of the study takes, or leave that encoder out"
            ],
        ),
        (
            {
                "tasks": {
                    "tone": TONE | {"features": "logmal"},
                    "bird": BIRD | {"features": {"name": "logmel", "band": 1}},
                }
            },
            [
                "tasks.tone.features: unknown front-end 'logmal' (did you mean 'logmel'?)",
                "tasks.bird.features: front-end 'logmel' has no setting 'band' (did you mean 'bands'?)",
            ],
        ),
        (
            {"tasks": {"tone": TONE | {"window": 0}, "bird": BIRD}},
            ["tasks.tone.window (line 11): must be greater than 0"],
        ),
    ],
)
def test_mistakes_are_told_with_their_cure(changes, sentences):
    with pytest.raises(StudyError) as told:
        check(**changes)
    assert len(told.value.mistakes) == len(sentences)
    for mistake, sentence in zip(told.value.mistakes, sentences, strict=True):
        assert mistake.startswith(sentence)


def test_widths_may_differ_where_no_encoder_sees_both():
    own = {"tasks": {"tone": TONE, "bird": BIRD | {"features": {"name": "logmel", "bands": 24}}}}
    assert check(**own, combinations=["singles"]).tasks["bird"].features.build().bands == 24
    assert check(**own, training={"sharing": "independent"}).training.sharing == "independent"
