"""Baselines in a study: rows of the tables beside those of networks, and in no conclusion about sharing."""

import csv
import shutil

import pandas as pd
import pytest
import tiny

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.api import answers, make_report, power, write_gains
from cohear.base.errors import StudyError
from cohear.base.files import cache_folder, make_folder
from cohear.base.tables import METRICS_CSV, RESULTS_CSV
from cohear.base.yaml_text import YamlText
from cohear.export.chosen_cell import choose_cell
from cohear.report.folder import read_folder
from cohear.report.page.build import render
from cohear.study.file import check_study
from cohear.study.folder.folder import StudyFolder, with_paths_from
from cohear.study.folder.status import read_status
from cohear.study.folder.tables import write_tables
from cohear.study.plan.baseline_runs import baseline_runs
from cohear.study.plan.repeats import Repeats
from cohear.study.prepare import prepare
from cohear.study.run import run_study
from cohear.tasks import Multiclass

BASELINES = ["svm", {"name": "forest", "trees": 5, "tasks": ["tone"]}, "majority"]


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    """The folder of a study of two folds with baselines, and what its data are prepared from."""
    root = tmp_path_factory.mktemp("baselines")
    tiny.write_datasets(root / "data")
    out = root / "out"
    outcome = run_study(at(root, baselines=BASELINES), root, out)
    assert (outcome.done, outcome.failed) == (6 + 10, {})
    return out


def at(root, **changes):
    """Settings of a study whose data are in a folder."""
    return with_paths_from(settings(**changes), root)


def planned(out, **changes):
    """The plan of a study on the same data."""
    return prepare(at(out.parent, **changes), out.parent, cache=make_folder(cache_folder()), jobs=1).plan


def settings(**changes):
    return check_study(YamlText({**tiny.settings(), **changes}))


def told(**changes):
    """Mistakes in a study file."""
    with pytest.raises(StudyError) as raised:
        settings(**changes)
    return raised.value.mistakes


# What is run


def test_a_baseline_has_a_row_a_task_and_fold(studied):
    results = tiny.results(studied)
    rows = [row for row in results if row["job"] == "baseline"]
    both = [(name, task) for name in ("svm", "majority") for task in ("tone", "bird")]
    assert sorted((row["encoder"], row["task"], row["fold"]) for row in rows) == sorted(
        (*cell, fold) for cell in [*both, ("forest(trees=5)", "tone")] for fold in ("0", "1")
    )
    networks = {(row["task"], row["fold"]): row for row in results if row["job"] == "network"}
    for row in rows:
        assert (row["features"], row["arm"], row["control"], row["seed"]) == ("summary", "base", "", "0")
        assert (row["combination"], row["parameters"], row["steps"]) == (row["task"], "", "")
        beside = networks[row["task"], row["fold"]]
        assert all(row[name] == beside[name] for name in ("metric", "higher_is_better", "test_part", "test_clips"))
        if row["encoder"] == "majority":
            assert float(row["value"]) == pytest.approx(1 / 3 if row["task"] == "tone" else 1 / 2)


def test_it_leaves_predictions_of_the_same_clips_and_all_metrics(studied):
    clips = {}
    for row in tiny.results(studied):
        if row["combination"] == row["task"]:
            with (studied / "runs" / row["run"] / "predictions.csv").open(encoding="utf-8", newline="") as file:
                read = [(line["clip"], line["part"], line["label"]) for line in csv.DictReader(file)]
            assert clips.setdefault((row["task"], row["fold"]), read) == read
    metrics = pd.read_csv(studied / METRICS_CSV.file)
    own = metrics[metrics["run"].isin(row["run"] for row in tiny.results(studied) if row["job"] == "baseline")]
    assert set(own["selection"]) == {"last"}
    assert set(own["part"]) == {"train", "validation", "test"}
    assert set(own["metric"]) == {"uar", "accuracy", "f1", "nll"}


def test_seeds_and_arms_add_none(studied):
    """They draw nothing that a seed names, and read nothing that an arm changes."""
    arms = {"base": {}, "longer": {"training": {"steps": 12}}}
    more = planned(studied, baselines=BASELINES, repeats={"folds": 2, "seeds": 3}, arms=arms)
    plain = planned(studied, baselines=BASELINES)
    assert [run.key for run in more if not run.row.is_network] == [run.key for run in plain if not run.row.is_network]
    assert len(more) == 10 + 6 * 3 * 2


def test_networks_keep_their_keys(studied):
    """Adding a baseline trains no network again."""
    with_them, without = planned(studied, baselines=BASELINES), planned(studied)
    assert [run.key for run in with_them if run.row.is_network] == [run.key for run in without]


def test_they_are_counted(studied):
    status = read_status(StudyFolder(studied))
    assert (status.planned, status.done, status.failed) == (16, 16, {})
    assert status.seconds_spent > 0


def test_what_a_plugin_brings_is_part_of_the_key(studied):
    plugin = studied.parent / "parts.py"
    plugin.write_text("x = 1\n", encoding="utf-8")
    changed = planned(studied, baselines=["svm"], plugins=[str(plugin)])
    keys = {run.key for run in planned(studied, baselines=["svm"])}
    assert not keys & {run.key for run in changed}


def test_a_study_without_them_has_the_table_that_it_always_had(studied):
    """All are networks then, and a reader takes a table without the column for that."""
    (copy := studied.parent / "copy").mkdir()
    folder = StudyFolder(copy)
    for record in tiny.records(studied).values():
        shutil.copytree(record.parent, folder.runs / record.parent.name)
    folder.write_plan("tiny", [run.row for run in planned(studied)])
    write_tables(folder)
    assert list(pd.read_csv(copy / "results.csv")) == list(RESULTS_CSV.names)
    assert list(pd.read_csv(studied / "results.csv")) == [*RESULTS_CSV.names, "job"]


# What is concluded


def test_the_cell_that_is_exported_is_a_network(studied):
    folder = StudyFolder(studied)
    assert choose_cell(folder, folder.read_settings(), ("tone",)).encoder == "dnn(hidden=16,layers=1)"


def table(**changes):
    """Two encoders and a baseline, three folds; a task alone and with another."""
    usual = dict.fromkeys([*RESULTS_CSV.names, "job"], "") | {
        "features": "summary",
        "arm": "base",
        "seed": 0,
        "metric": "uar",
    }
    usual |= {"higher_is_better": "true", "parameters": 9, "steps": 5, "seconds": 1.0, "test_clips": 9}
    rows = []
    for fold in range(3):
        part = {"fold": fold, "test_part": f"p{fold}"}
        for task in ("a", "b"):
            for combination in (task, "a+b"):
                own = {"task": task, "combination": combination, "encoder": "dnn", "value": 0.5 + 0.01 * fold}
                rows.append({**usual, **part, **own, "run": f"{combination}{fold}", "job": "network"})
            own = {"task": task, "combination": task, "encoder": "svm", "value": 0.9, "parameters": "", "steps": ""}
            rows.append({**usual, **part, **own, "run": f"svm{task}{fold}", "job": "baseline"})
    return pd.DataFrame(rows).assign(**changes)


def test_statistics_are_of_networks_and_keep_baselines_apart():
    statistics = Statistics.of(GivenTables(checked_results(table())))
    assert set(statistics.results["encoder"]) == set(statistics.singles["encoder"]) == {"dnn"}
    assert set(statistics.baselines["encoder"]) == {"svm"}
    assert len(statistics.results) + len(statistics.baselines) == len(table())


def test_a_table_that_names_no_job_holds_networks():
    without = checked_results(table().drop(columns="job"))
    assert len(Statistics.of(GivenTables(without)).results) == len(without)


def test_a_baseline_may_be_called_as_an_encoder_is():
    assert len(checked_results(table(encoder="dnn"))) == len(table())


def test_conclusions_about_sharing_are_those_without_them(tmp_path):
    """The same gains, answers and power, but for which way to do a task alone is the best one."""

    def concluded(rows, folder):
        folder.mkdir()
        rows.to_csv(folder / "results.csv", index=False)
        write_gains(folder)
        told = answers(folder)
        improve = {name: told["improve"][name] for name in ("counts", "decided", "controls", "labels", "power")}
        found = [finding for finding in told["improve"]["findings"] if finding["code"] != "best-single"]
        others = {question: told[question] for question in ("measurements", "persistence", "combining", "savings")}
        return (folder / "gains.csv").read_text(), improve, found, others, told["caveats"], power(folder)

    every = table()
    every.loc[every["job"] == "baseline", "value"] = 0.1  # of better ones it is said what they do better alone
    assert concluded(every, tmp_path / "a") == concluded(every[every["job"] == "network"], tmp_path / "b")


def test_the_page_shows_them_behind_the_networks(tmp_path):
    table().to_csv(tmp_path / "results.csv", index=False)
    page = render(read_folder(tmp_path))
    assert page.count('<tr class="baseline">') == 2
    assert 'data-choice="encoder"' not in page


def test_a_folder_in_which_every_network_failed_has_conclusions(tmp_path):
    """None, but no traceback."""
    alone = table()
    alone[alone["job"] == "baseline"].to_csv(tmp_path / "results.csv", index=False)
    assert write_gains(tmp_path).empty
    assert answers(tmp_path)
    assert power(tmp_path)
    assert "Test scores" in make_report(tmp_path).read_text(encoding="utf-8")


def test_repeats_that_stop_have_each_baseline_once(studied):
    """Adaptive repeats ask for all of them at the first look, and for no seed more."""
    plan = [run.row for run in planned(studied, baselines=BASELINES, repeats={"folds": 2, "seeds": 2})]
    once = {row.run for row in plan if not row.is_network}
    repeats = Repeats(plan, (2, 4))
    assert once <= repeats.wanted()
    assert all("+" in group[3] for group in repeats.limits)
    assert repeats.of_runs(once) == set()
    assert repeats.at_most([]) - repeats.wanted() == {row.run for row in plan if row.seed == 1}


# The study file


def test_a_baseline_hears_the_vectors_of_the_grid_or_the_usual_ones():
    def heard(**changes):
        made = settings(baselines=[{"name": "svm", **changes.pop("own", {})}], **changes)
        return [(front_end.name, task) for _, task, front_end, _ in made.inputs_of_baseline(made.baselines[0])]

    both = [("summary", "tone"), ("summary", "bird")]
    assert heard() == heard(features=["summary", "logmel"]) == heard(features=["logmel"], encoders=["small"]) == both
    assert heard(own={"features": "summary", "tasks": ["bird"]}) == both[1:]
    two = heard(features=["summary", {"name": "summary", "bands": 8}])
    assert len(two) == 4


def test_a_task_that_hears_otherwise_does_so_in_its_baselines():
    own = {"name": "summary", "bands": 8}
    tasks = {**tiny.settings()["tasks"]}
    tasks["bird"] = {**tasks["bird"], "features": own, "window": 0.1}
    for asked, bands in (("svm", [24, 8]), ({"name": "svm", "features": "summary"}, [24, 24])):
        made = settings(tasks=tasks, encoders=[{"name": "dnn"}], training={"sharing": "independent"}, baselines=[asked])
        inputs = list(made.inputs_of_baseline(made.baselines[0]))
        assert [front_end.settings()["bands"] for _, _, front_end, _ in inputs] == bands
        assert [window for *_, window in inputs] == [0.2, 0.1]


SAME = (
    "baselines.1: answers task 'tone' as baselines.0 does; leave one out, or give it another setting or other features"
)


@pytest.mark.parametrize(
    ("baselines", "mistake"),
    [
        (["svn"], "baselines.0: unknown baseline 'svn' (did you mean 'svm'?)"),
        ([{"name": "svm", "coost": 1}], "baselines.0: baseline 'svm' has no setting 'coost' (did you mean 'cost'?)"),
        ([{"name": "forest", "trees": 0}], "baselines.0: baseline 'forest': trees is 1 or more, not 0"),
        ([{"name": "svm", "tasks": ["tome"]}], "baselines.0.tasks: there is no task 'tome' (did you mean 'tone'?)"),
        (
            [{"name": "svm", "features": "logmel"}],
            "baselines.0.features: front-end 'logmel' gives a sequence, and baseline 'svm' takes a vector a window",
        ),
        (
            [{"name": "gmm", "features": "summary"}],
            "baselines.0.features: front-end 'summary' gives a vector a window, and baseline 'gmm' takes a sequence",
        ),
        (["svm", "svm"], SAME),
        (["svm", {"name": "svm", "features": "summary"}], SAME),
        (["svm", {"name": "svm", "features": {"name": "summary", "bands": 24}}], SAME),
        ([{"name": "svm", "tasks": ["tone"]}, {"name": "svm"}], SAME),
        ([{"name": "svm", "tasks": ["tone", "tone"]}], "baselines.0.tasks: names a task twice"),
        ([{"name": "svm", "cost": "inf"}], "baselines.0: cost must be a finite number, not inf"),
        ([{"name": "svm", "cost": ".nan"}], "baselines.0: cost must be a finite number, not .nan"),
        ([{"name": "forest", "trees": 1.5}], "baselines.0: baseline 'forest': trees must be a whole number, not 1.5"),
    ],
)
def test_mistakes_are_told_with_their_place(baselines, mistake):
    assert told(baselines=baselines) == [mistake]


def test_the_same_baseline_of_other_tasks_is_another_one():
    made = [{"name": "svm", "tasks": ["tone"]}, {"name": "svm", "tasks": ["bird"]}]
    assert [baseline.tasks for baseline in settings(baselines=made).baselines] == [["tone"], ["bird"]]


def no_cut(*split, groups):
    raise AssertionError(f"no split is cut here, and {split} is asked for")


def test_a_task_that_no_baseline_can_answer_is_a_mistake(monkeypatch):
    monkeypatch.setattr(Multiclass, "reads", "frames")
    made = settings(baselines=[{"name": "svm", "tasks": ["bird"]}, {"name": "majority", "tasks": ["bird"]}])
    with pytest.raises(StudyError) as raised:
        baseline_runs(made, {"tone": "multilabel", "bird": "multiclass"}, {}, {}, no_cut)
    assert raised.value.mistakes == [
        f"baselines.{number}: task 'bird' is answered frame by frame, and this baseline answers clips; "
        "leave the task out of the baseline's tasks"
        for number in (0, 1)
    ]


def test_a_study_that_says_nothing_has_the_usual_ones():
    """What it costs is little, and how strong a single is cannot be told without."""
    content = tiny.settings()
    del content["baselines"]
    assert [baseline.name for baseline in check_study(YamlText(content)).baselines] == ["svm", "majority"]
    assert settings(baselines=[]).baselines == []


def test_without_tasks_a_baseline_answers_those_that_it_can(studied, monkeypatch):
    """A study of some tasks that are answered frame by frame need say nothing."""
    splits = {(fold, task): "s" for fold in range(2) for task in ("tone", "bird")}
    stores = {("summary(bands=24)", "tones"): "t", ("summary(bands=24)", "birds"): "b"}
    stores |= {("summary", "tones"): "t", ("summary", "birds"): "b"}
    monkeypatch.setattr(Multiclass, "reads", "frames")
    kinds = {"tone": "multilabel", "bird": "multiclass"}
    plan = baseline_runs(settings(baselines=["svm"]), kinds, splits, stores, no_cut)
    assert [(run.combination, run.fold) for run in plan] == [("tone", 0), ("tone", 1)]


def test_a_mixture_hears_frames(studied):
    """Of the grid's sequences, or the usual ones; its rows are as those of the others."""
    made = settings(baselines=["gmm"])
    assert [front_end.name for _, _, front_end, _ in made.inputs_of_baseline(made.baselines[0])] == ["logmel"] * 2
    root = studied.parent
    outcome = run_study(at(root, baselines=["gmm"], combinations=["singles"]), root, root / "mixtures")
    assert outcome.failed == {}
    rows = [row for row in tiny.results(root / "mixtures") if row["encoder"] == "gmm"]
    assert {(row["features"], row["task"], row["fold"]) for row in rows} == {
        ("logmel", task, fold) for task in ("tone", "bird") for fold in ("0", "1")
    }
    assert min(float(row["value"]) for row in rows) > 0.9
