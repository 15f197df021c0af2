"""A study with a partner that needs nothing but audio: what it hears, what is trained, what is told and exported."""

import json

import in_process
import pandas as pd
import pytest
import registries
import tiny

from cohear.analysis.statistics import Statistics
from cohear.api import answers, make_report
from cohear.api.study import Study
from cohear.base.errors import StudyError, UserError
from cohear.base.yaml_text import YamlText
from cohear.findings import Findings
from cohear.report.folder import read_folder
from cohear.report.page.build import render
from cohear.report.parts.views import views_of
from cohear.study.file import check_study
from cohear.study.file.label_budget import EachInTurn, budgets_of
from cohear.study.file.task_sets import task_sets
from cohear.study.launch.launcher import LAUNCHERS

TONE, BIRD = {"dataset": "tones", "target": "tone"}, {"dataset": "birds", "target": "bird"}
FREE = {"dataset": "tones", "kind": "reconstruct"}
SMALL = {"features": ["logmel"], "encoders": ["small"]}
SHORT = {"training": {"steps": 4, "batch": 4}, "repeats": {"folds": 2, "seeds": 1}}


def settings(**changes):
    return {"tasks": {"tone": TONE, "bird": BIRD, "free": FREE}, **SMALL, **SHORT, **changes}


def checked(**changes):
    return check_study(YamlText(tiny.settings(**settings(**changes)), {}))


def mistakes(**changes):
    with pytest.raises(StudyError) as error:
        checked(**changes)
    return error.value.mistakes


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    """A bench with a study folder ``out``: all combinations, and controls of ``tone`` beside the partner."""
    bench = tiny.Bench(tmp_path_factory.mktemp("free"))
    tiny.write_datasets(bench.root / "data")
    controls = [{"name": name, "pairs": [["tone", "free"]]} for name in ("norm", "unlabelled")]
    bench.run(**settings(controls=[*controls, "wide"], baselines=["nearest"]))
    return bench


def combinations(folder):
    return {(row["combination"], row["control"]) for row in tiny.results(folder) if row["encoder"] == "small"}


def test_it_is_beside_tasks_with_labels_alone_and_has_no_row(studied):
    ordinary = {name for name, control in combinations(studied.root / "out") if not control}
    assert ordinary == {"tone", "bird", "tone+bird", "tone+free", "bird+free", "tone+bird+free"}
    assert {row["task"] for row in tiny.results(studied.root / "out")} == {"tone", "bird"}
    gains = pd.read_csv(studied.root / "out" / "gains.csv")
    assert set(gains["task"]) == {"tone", "bird"} and "tone+free" in set(gains["combination"])
    assert set(pd.read_csv(studied.root / "out" / "singles.csv")["task"]) == {"tone", "bird"}


def test_controls_of_a_task_beside_it_are_run(studied):
    told = {name for name in combinations(studied.root / "out") if name[1]}
    assert told == {
        *(("tone+free", name) for name in ("norm", "unlabelled")),
        *((task, "wide") for task in ("tone", "bird")),
    }


def test_it_hears_what_no_task_tests_or_validates_on(studied):
    folder = studied.root / "out"
    splits = [json.loads(path.read_text()) for path in (folder / "splits").glob("*.json")]
    tone = [split for split in splits if split["task"] == "tone"]
    free = {tuple(sorted(split["clips"])): split for split in splits if split["task"] == "free"}
    assert len(tone) == len(free) == 2
    for split in tone:
        trained = {clip for clip, part in zip(split["clips"], split["parts"], strict=True) if part == "train"}
        assert len(trained) < len(split["clips"])
        assert tuple(sorted(trained)) in free
    assert all(set(split["parts"]) == {"train"} and split["labels"] == [] for split in free.values())


def test_it_is_learnt(studied):
    folder = studied.root / "out"
    run = next(row["run"] for row in tiny.results(folder) if row["combination"] == "tone+free" and not row["control"])
    curve = pd.read_csv(folder / "runs" / run / "curve.csv")
    own = curve[curve["task"] == "free"]
    assert set(own["part"]) == {"train"} and own["loss"].gt(0).all() and own["metric"].isna().all()
    record = json.loads((folder / "runs" / run / "record.json").read_text())
    assert list(record["tasks"]) == ["tone"]


def test_runs_of_the_other_tasks_are_those_of_a_study_without_it(studied):
    with studied.here():
        keys = []
        for tasks in ({"tone": TONE, "bird": BIRD}, {"tone": TONE, "bird": BIRD, "free": FREE}):
            study = Study.load(studied.study(**settings(tasks=tasks)))
            plan = study._prepared("local", None, None)[0].plan
            keys.append({run.key for run in plan if "free" not in run.combination})
    assert keys[0] == keys[1] and len(keys[0]) > 4


def test_page_and_answers_say_what_it_is(studied):
    folder = studied.root / "out"
    said = json.dumps(answers(folder))
    assert "free fills in masked patches of sound, of 18 clips of tones that no task tests or validates on." in said
    assert "A task without labels is a partner" in said
    facts = json.loads((folder / "data.json").read_text())["tasks"]["free"]
    assert (facts["without_labels"], facts["margin"]) == ("fills in masked patches of sound", None)
    assert {fold["test"] for fold in facts["folds"]} == {0}
    content = read_folder(folder)
    views = views_of(content)
    assert views.tasks == ["tone", "bird"]
    assert [row.name for row in views.matrices[0].groups] == ["tone+free", "bird+free", "tone+bird+free"]
    page = render(content)
    assert "without labels · reconstruct: fills in masked patches of sound" in page


def test_status_names_it(studied):
    told = studied.cohear("status", "out").stdout
    assert "partners free: no labels, and so no score and no network of their own" in told


def test_groupings_are_of_tasks_with_labels_and_costs_know_no_single_of_it(studied):
    statistics = Statistics.of_folder(studied.root / "out")
    assert {name for line in statistics.groupings for name in line["groups"]} <= {"tone", "bird", "tone+bird"}
    ratios = statistics.costs.set_index("combination")["parameters_ratio"]
    assert ratios.notna().all() and 1 < ratios["tone+free"] < 1.2
    assert {line["size"] for line in statistics.sizes} <= {2}
    assert "best-pair" in {finding.code for finding in Findings(statistics).on("improve")}


def test_a_bundle_leaves_it_out_unless_it_was_trained_beside(studied):
    study = Study.load(studied.root / "out")
    with studied.here(), registries.entered(LAUNCHERS, {"local": in_process.InProcess}):
        plain = study.export(studied.root / "plain")
        beside = study.export(studied.root / "beside", tasks=["tone", "free"])
        with pytest.raises(UserError, match="--tasks: free has no labels and answers nothing"):
            study.export(studied.root / "none", tasks=["free"])
    assert list(plain.card["tasks"]) == ["tone", "bird"] and not any("free" in note for note in plain.card["warnings"])
    assert list(beside.card["tasks"]) == ["tone"]
    [note] = [note for note in beside.card["warnings"] if "free" in note]
    assert note == (
        "trained beside free, a task without labels that fills in masked patches of sound: there is no output for it"
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"tasks": {"tone": {"dataset": "tones"}}}, "tasks.tone.target: is missing"),
        ({"tasks": {"free": FREE}}, "tasks: none has labels, so there is nothing to score; add one with a target"),
        ({"tasks": {"tone": TONE, "free": {**FREE, "target": "tone"}}}, "tasks.free.target: a reconstruct task needs"),
        ({"tasks": {"tone": TONE, "free": {**FREE, "limit": 3}}}, "tasks.free.limit: a reconstruct task needs nothing"),
        (
            {"controls": [{"name": "shuffled", "pairs": [["tone", "free"]]}]},
            "controls.0.pairs: 'shuffled' changes a partner's labels, and task 'free' has none; leave the pair out",
        ),
        (
            {
                "features": ["summary"],
                "encoders": [{"name": "dnn", "hidden": 8}],
                "tasks": {"tone": TONE, "free": {**FREE, "kind": "next-step"}},
            },
            "tasks.free.kind: 'next-step' learns from a sequence, and front-end 'summary' gives a vector a window; "
            "leave the task out of the encoder's combinations, or take another kind",
        ),
    ],
)
def test_mistakes(changes, sentence):
    [found] = mistakes(**changes)
    assert found.startswith(sentence)


def test_a_baseline_that_is_to_answer_it_is_refused(studied):
    with (
        studied.here(),
        pytest.raises(StudyError, match="task 'free' has no labels, and so there is nothing to answer"),
    ):
        study = Study.load(studied.study(**settings(baselines=[{"name": "nearest", "tasks": ["free"]}])))
        study._prepared("local", None, None)


def test_combinations_hold_a_task_with_labels_unless_they_are_listed():
    assert task_sets(checked(combinations=["singles"])) == [("tone",), ("bird",)]
    pairs = [("tone", "bird"), ("tone", "free"), ("bird", "free")]
    assert [each for each in task_sets(checked(combinations=["pairs"])) if len(each) == 2] == pairs
    every = [("tone", "bird"), ("tone", "bird", "free")]
    assert [each for each in task_sets(checked(combinations=["all"])) if len(each) > 1] == every
    assert task_sets(checked(combinations=[["free"]])) == [("free",)]


def test_label_budgets_are_of_labels():
    free = frozenset({"free"})
    assert budgets_of(0.1, ["tone", "free"], free) == [("", {"tone": 0.1})]
    assert budgets_of(EachInTurn(share=0.1, of="each"), ["tone", "free"], free) == [("tone", {"tone": 0.1})]
    assert budgets_of({"tone": 0.1, "free": 0.5}, ["tone", "free"], free) == [("", {"tone": 0.1, "free": 0.5})]
    assert budgets_of(0.1, ["free"], free) == budgets_of(EachInTurn(share=0.1, of="each"), ["free"], free) == [("", {})]


def test_few_labels_beside_all_audio(studied):
    """Lee's question: the share is of the task's labels, its partner hears all; asked for, it hears less."""
    arms = {"few": {"labels": {"share": 0.3, "of": "each"}}, "less": {"labels": {"tone": 0.3, "free": 0.5}}}
    folder = studied.run(
        "few", **settings(tasks={"tone": TONE, "free": FREE}, combinations=["pairs"], arms=arms, baselines=[])
    )
    splits = {path.stem: json.loads(path.read_text()) for path in (folder / "splits").glob("*.json")}
    heard = {}
    for path in folder.glob("runs/*/record.json"):
        spec = json.loads(path.read_text())["specification"]
        tasks = {task["name"]: splits[task["split"]]["parts"].count("train") for task in spec["tasks"]}
        if "free" in tasks:
            heard.setdefault(tasks["free"], set()).add(tasks["tone"])
    assert heard == {18: {6}, 9: {6}}


def test_a_network_of_it_alone_is_trained_where_it_is_listed(studied):
    folder = studied.run("alone", **settings(combinations=["singles", ["free"]], repeats={"folds": 1, "seeds": 1}))
    plan = json.loads((folder / "plan.json").read_text())["runs"]
    assert "free" in {row["combination"] for row in plan}
    assert len(list(folder.glob("runs/*/record.json"))) == len(plan)
    assert {row["task"] for row in tiny.results(folder)} == {"tone", "bird"}
    make_report(folder)


def test_vectors_are_restored_and_signals_are_told_in_bins(studied):
    folder = studied.run(
        "vectors",
        features=["summary"],
        encoders=[{"name": "dnn", "hidden": 16, "layers": 1}],
        tasks={"tone": TONE, "free": FREE, "bins": {"dataset": "birds", "kind": "signal-bins"}},
        repeats={"folds": 1, "seeds": 1},
        training={"steps": 4, "batch": 4, "teachers": "singles"},
    )
    assert {row["combination"] for row in tiny.results(folder)} >= {"tone+free", "tone+bins", "tone+free+bins"}
