"""The study file and the plan that follows from it."""

import json
import shutil
from pathlib import Path

import pytest
import tiny
import yaml

import cohear
from cohear.base.errors import StudyError
from cohear.base.yaml_text import YamlText, read_yaml
from cohear.models.choice import EncoderChoice
from cohear.models.sharing import SHARING, Multihead
from cohear.study.file import check_study
from cohear.study.folder.folder import StudyFolder
from cohear.study.plan.plan import make_plan, task_sets
from cohear.training.spec import RunSpec

UNCUT = lambda fold, task, share: ""  # noqa: E731


def load(**changes):
    return check_study(read_yaml(yaml.safe_dump(tiny.settings(**changes), sort_keys=False, allow_unicode=True)))


def four(**changes):
    return load(tasks={name: {"dataset": "tones", "target": "tone"} for name in "abcd"}, **changes)


def plan_of(settings):
    folds = range(settings.repeats.folds)
    front_ends = settings.front_ends()
    splits = {(fold, task): f"split {fold} {task}" for fold in folds for task in settings.tasks}
    stores = {(f, d): f"store {f} {d}" for f in ("summary", "logmel") for d in settings.datasets}
    return make_plan(settings, front_ends, settings.encoder_choices(None), splits, stores, "float32", UNCUT)


def keys(settings):
    return sorted({run.key for run in plan_of(settings)})


@pytest.mark.parametrize(
    ("combinations", "expected"),
    [
        (["singles"], "a b c d"),
        ("singles", "a b c d"),
        (["pairs"], "a b c d ab ac ad bc bd cd"),
        (["all"], "a b c d abcd"),
        ({"sizes": [3]}, "a b c d abc abd acd bcd"),
        ([{"sizes": [1, 2]}, ["d", "b", "a"]], "a b c d ab ac ad bc bd cd abd"),
        ([["c", "a"]], "a c ac"),
        ([["c"]], "c"),
        ([["a", "c"], ["c", "a"], ["a", "c", "a"]], "a c ac"),
    ],
)
def test_task_sets(combinations, expected):
    """Every set once, in the study's order, with the singles that its gains need."""
    assert ["".join(chosen) for chosen in task_sets(four(combinations=combinations))] == expected.split()


def test_order_in_lists_changes_no_key():
    assert keys(four(combinations=[["a", "b"], ["c", "d", "b"]])) == keys(
        four(combinations=[["b", "d", "c"], ["b", "a"]])
    )


def test_plan_is_the_whole_grid_once():
    settings = load(
        features=["summary", "logmel"],
        encoders=["dnn", "small", "cnn"],
        arms={"base": {}, "longer": {"training": {"steps": 20}}, "wide window": {"window": 0.3}},
        repeats={"folds": 2, "seeds": 3},
    )
    plan = plan_of(settings)
    cells = {(r.features, r.encoder, r.arm, r.combination, r.fold, r.seed) for r in plan}
    assert len(plan) == len(cells) == len({run.key for run in plan}) == 3 * 3 * 3 * 2 * 3
    assert {(run.features, run.encoder) for run in plan} == {("summary", "dnn"), ("logmel", "small"), ("logmel", "cnn")}
    assert {run.spec.training.steps for run in plan if run.arm == "longer"} == {20}
    assert {run.spec.window for run in plan if run.arm == "wide window"} == {0.3}
    assert all(run.spec.training.precision != "auto" for run in plan)
    assert [(run.seed, run.fold) for run in plan] == sorted((run.seed, run.fold) for run in plan)


def test_an_encoder_has_combinations_of_its_own_and_the_same_keys():
    """What one encoder is trained on says nothing about the runs of another, or about how they are trained."""
    own = {"name": "cnn", "combinations": ["singles", ["bird", "tone"]]}
    settings = load(features=["summary", "logmel"], encoders=["dnn", own], combinations=["singles"])
    plan = plan_of(settings)
    assert {(run.encoder, run.combination) for run in plan} == {
        ("dnn", "tone"),
        ("dnn", "bird"),
        ("cnn", "tone"),
        ("cnn", "bird"),
        ("cnn", "tone+bird"),
    }
    everywhere = load(features=["summary", "logmel"], encoders=["dnn", "cnn"])
    assert {run.key for run in plan} < set(keys(everywhere))


def test_arms_that_come_to_the_same_share_one_training():
    assert keys(load(arms={"base": {}, "again": {"training": {"steps": 10}}})) == keys(load())


def test_key_names_no_place_and_changes_with_every_setting():
    base = set(keys(load()))
    assert base == set(keys(load(datasets={"tones": {"path": "/else/where"}, "birds": {"path": "x"}}, study="other")))
    for changes in (
        {"window": 0.3},
        {"seed": 1},
        {"training": {"steps": 10, "batch": 4, "weight_decay": 0.1}},
        {"encoders": [{"name": "dnn", "hidden": 17, "layers": 1}]},
        {"features": [{"name": "summary", "bands": 12}]},
    ):
        changed = load(**changes)
        if "features" in changes:
            splits = {(f, t): f"split {f} {t}" for f in range(2) for t in changed.tasks}
            stores = {("summary(bands=12)", d): f"store summary {d}" for d in changed.datasets}
            new = make_plan(
                changed, changed.front_ends(), changed.encoder_choices(None), splits, stores, "float32", UNCUT
            )
            assert base.isdisjoint(run.key for run in new)
        else:
            assert base.isdisjoint(keys(changed))


def test_labels_name_settings_that_were_given():
    assert EncoderChoice("dnn").label == "dnn"
    assert EncoderChoice("dnn", settings={"hidden": 16, "dropout": 0.1}).label == "dnn(hidden=16,dropout=0.1)"


def test_parts_are_called_as_the_study_says_and_their_runs_are_the_same():
    """Names in the tables are no part of a key."""
    plain = {"features": [{"name": "summary", "bands": 24}], "encoders": [{"name": "dnn", "hidden": 16}]}
    called = {key: [{**items[0], "called": f"my {key}"}] for key, items in plain.items()}
    settings = load(**called)
    splits = {(f, t): f"split {f} {t}" for f in range(2) for t in settings.tasks}
    stores = {("my features", d): f"store summary {d}" for d in settings.datasets}
    front_ends, encoders = settings.front_ends(), settings.encoder_choices(None)
    plan = make_plan(settings, front_ends, encoders, splits, stores, "float32", UNCUT)
    assert {(run.features, run.encoder) for run in plan} == {("my features", "my encoders")}
    plain_stores = {("summary", d): store for (_, d), store in stores.items()}
    before = load(**plain)
    runs = make_plan(before, before.front_ends(), before.encoder_choices(None), splits, plain_stores, "float32", UNCUT)
    assert [run.key for run in runs] == [run.key for run in plan]


def test_two_encoders_of_one_name_are_refused():
    with pytest.raises(StudyError, match=r"encoders.1: it would be called 'net' in the tables as another is"):
        load(encoders=[{"name": "dnn", "called": "net"}, {"name": "dnn", "hidden": 16, "called": "net"}])


def test_resolved_file_loads_to_the_same_settings_and_keys(tmp_path):
    settings = load(
        study="2026",
        tasks={
            "no": {"dataset": "tones", "target": "tone", "only": ["yes", "01", "ä b", "~"], "rename": {"on": "off"}},
            "x.y": {"dataset": "birds", "target": "bird", "drop": "null", "limit": 3, "margin": 0.5},
        },
        combinations=["pairs", {"sizes": [1]}, ["x.y"]],
        features=[{"name": "summary", "bands": 12}, "logmel"],
        encoders=[{"name": "small", "combinations": "pairs", "controls": "wide"}, {"name": "dnn", "dropout": 0.25}],
        arms={"base": {}, "on": {"training": {"learning_rate": 1.0e-4}, "window": 0.5}},
        on_bad_file="skip",
        allow_input_overlap=True,
    )
    folder = StudyFolder(tmp_path / "out")
    folder.root.mkdir()
    folder.write_settings(settings)
    again = folder.read_settings()
    without = {"datasets"}
    assert again.model_dump(exclude=without, exclude_none=True) == settings.model_dump(
        exclude=without, exclude_none=True
    )
    stores = {(f, d): f"{f} {d}" for f in ("summary(bands=12)", "logmel") for d in settings.datasets}
    splits = {(fold, task): f"{fold} {task}" for fold in range(2) for task in settings.tasks}
    plans = [
        make_plan(s, s.front_ends(), s.encoder_choices(None), splits, stores, "float32", UNCUT)
        for s in (settings, again)
    ]
    assert [run.key for run in plans[0]] == [run.key for run in plans[1]]


def test_all_mistakes_are_told_at_once():
    with pytest.raises(StudyError) as told:
        load(window=-1, featurez=1, repeats={"folds": 0})
    assert len(told.value.mistakes) == 3


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"window": -1, "encoders": ["dnnn"]}, ["window", "encoders.0"]),
        ({"window": -1, "encoders": [{"name": "dnn", "hiden": 3}]}, ["window", "encoders.0"]),
        ({"study": None, "combinations": [["tone", "brd"]]}, ["study", "combinations"]),
        (
            {"tasks": {"a": {"dataset": "tonez"}}, "training": {"objective": "summ"}},
            ["tasks.a.dataset", "tasks.a.target", "training.objective"],
        ),
        (
            {
                "window": -1,
                "training": {
                    "objective": {"name": "sum", "a": 1},
                    "schedule": {"name": "mixed", "b": 1},
                    "sharing": {"name": "multihead", "c": 1},
                },
            },
            ["window", "training.objective", "training.schedule", "training.sharing"],
        ),
        ({"features": [{"band": 3}], "controls": ["x"]}, ["features.0.name", "controls"]),
        ({"datasets": {"tones": {}}, "combinations": [["tone"]]}, ["datasets.tones.path"]),
        ({"encoders": [{"name": "dnn", "combinations": [["tone", "brd"]]}]}, ["encoders.0.combinations"]),
        ({"encoders": [{"name": "dnn", "combinations": {"size": [2]}}]}, ["encoders.0.combinations.size"]),
        (
            {"encoders": [{"name": "dnn", "combinations": []}], "combinations": {"sizes": 9}},
            ["combinations.sizes", "encoders.0.combinations"],
        ),
        (
            {"datasets": {"tones": {}}, "encoders": [{"name": "dnn", "combinations": [["tone"]]}]},
            ["datasets.tones.path"],
        ),
        ({"encoders": ["dnnn", {"name": "dnn", "hiden": 3}]}, ["encoders.0", "encoders.1"]),
        (
            {
                "tasks": {"a": {"dataset": "tonez", "target": "x", "metric": "uarr", "metrics": ["auc", "topp", "er"]}},
                "encoders": ["dnnn"],
            },
            ["tasks.a.dataset", "tasks.a.metric", "tasks.a.metrics", "tasks.a.metrics", "encoders.0"],
        ),
        (
            {"combinations": ["singls"], "tasks": {"a": {"dataset": "tonez", "target": "x"}}},
            ["combinations", "tasks.a.dataset"],
        ),
    ],
)
def test_mistakes_of_all_kinds_are_told_in_one_round_and_no_false_ones(changes, places):
    with pytest.raises(StudyError) as told:
        load(**changes)
    found = [mistake.partition(":")[0].partition(" ")[0] for mistake in told.value.mistakes]
    assert len(found) == len(places), told.value.mistakes
    assert all(one.startswith(place) for one, place in zip(found, places, strict=True))


def test_tables_say_what_the_records_say(finished):
    """Pitfall 16: numbers are joined by run and task, never by position."""
    out = finished.root / "out"
    told = {run: json.loads(path.read_text()) for run, path in tiny.records(out).items()}
    cells = {cell["run"]: cell for cell in json.loads((out / "plan.json").read_text())["runs"]}
    rows = tiny.results(out)
    assert len(rows) == sum(len(record["tasks"]) for record in told.values()) == 8
    for row in rows:
        record, task = told[row["run"]], told[row["run"]]["tasks"][row["task"]]
        assert float(row["value"]) == task["scores"]["test"]["last"]["uar"]
        assert row["combination"] == "+".join(record["tasks"]) == cells[row["run"]]["combination"]
        assert (row["test_part"], int(row["test_clips"])) == (task["test_part"], task["test_clips"])
        assert int(row["parameters"]) == record["parameters"]
    assert [tuple(row.values()) for row in rows] == sorted(tuple(row.values()) for row in rows)


def test_a_finished_study_has_nothing_left_to_do(finished, tmp_path, monkeypatch):
    """A run is done where its record is there, and all of what its job leaves that is to be kept."""
    monkeypatch.setenv("COHEAR_CACHE", str(finished.cache))
    shutil.copytree(finished.root / "out", tmp_path / "out")
    study = cohear.Study.load(finished.root / "study.yaml", tmp_path / "out")
    plan, done, _ = study.plan()
    keys = {run.key for run in plan}
    assert done == keys
    lacking = min(keys)
    (tmp_path / "out" / "runs" / lacking / "curve.csv").unlink()
    assert study.plan()[1] == keys - {lacking}
    study.settings = study.settings.model_copy(update={"keep": ["weights"]})
    assert study.plan()[1] == keys


class Deep(Multihead):
    """A sharing scheme with a setting."""

    def __init__(self, *given, depth=1):
        if depth > 3:
            raise ValueError(f"depth must be at most 3, not {depth}")
        super().__init__(*given)


def test_settings_of_parts_are_in_the_keys_and_their_values_are_tried(monkeypatch):
    monkeypatch.setitem(SHARING._entries, "deep", Deep)
    training = load().training.model_dump()

    def specs(sharing):
        return [run.spec for run in plan_of(load(training={**training, "sharing": sharing})) if len(run.spec.tasks) > 1]

    bare, one, two = specs("deep"), specs({"name": "deep", "depth": "1"}), specs({"name": "deep", "depth": 2})
    assert [spec.training.sharing for spec in bare] == ["deep"] * len(bare)
    assert len({spec.key for spec in [*bare, *one, *two]}) == 3 * len(bare)
    assert {(spec.training.sharing.name, spec.training.sharing.depth) for spec in two} == {("deep", 2)}
    assert RunSpec.model_validate_json(two[0].model_dump_json()).key == two[0].key
    with pytest.raises(StudyError, match=r"training.sharing: sharing scheme 'deep': depth must be at most 3, not 4"):
        check_study(YamlText(tiny.settings(training={"sharing": {"name": "deep", "depth": "4"}})), folder=Path())
