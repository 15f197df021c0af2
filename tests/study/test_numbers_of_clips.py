"""A study with a task of numbers beside one of labels: what it leaves, in which unit, on which folds, with controls."""

import csv
import json

import numpy as np
import pandas as pd
import pytest
import tiny
from browsing import NEEDS_CHROMIUM, chromium
from made_up import table

from cohear.analysis.statistics import Statistics
from cohear.api import answers, make_report
from cohear.base.errors import DataError, StudyError
from cohear.base.tables import METRICS_CSV, NLL
from cohear.base.yaml_text import YamlText
from cohear.data.folds.cutting import label_matrix
from cohear.data.folds.parts import Part
from cohear.data.folds.splits import FoldPlan, FoldRule
from cohear.data.tables.label_cells import LabelCells
from cohear.report.folder import read_folder
from cohear.report.page.build import render
from cohear.report.parts.behind_cells import behind, cell_sources
from cohear.report.parts.views import views_of
from cohear.runs.prediction_columns import logit_column
from cohear.study.file import check_study

HERTZ = {"dataset": "pitches", "target": "pitch", "kind": "regression", "unit": "Hz", "margin": 0.02}


def settings(**changes):
    given = {
        "datasets": {"tones": {"path": "data/tones"}, "pitches": {"path": "data/pitches"}},
        "tasks": {"tone": {"dataset": "tones", "target": "tone"}, "pitch": HERTZ},
        "baselines": ["svm", "ridge", "majority"],
        "training": {"steps": 150, "batch": 8, "learning_rate": 0.01},
    }
    return {**given, **changes}


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    """A bench with a study folder ``out``: pairs, controls and baselines."""
    bench = tiny.Bench(tmp_path_factory.mktemp("numbers"))
    tiny.write_datasets(bench.root / "data")
    tiny.write_pitches(bench.root / "data" / "pitches")
    bench.run(**settings(controls=["shuffled", "unlabelled"]))
    return bench


def test_it_is_learnt_alone_and_beside_labels_and_scored_by_concordance(studied):
    rows = [row for row in tiny.results(studied.root / "out") if row["task"] == "pitch" and not row["control"]]
    found = {(row["combination"], row["encoder"]) for row in rows}
    assert {encoder for _, encoder in found} >= {"svm", "ridge", "majority"} and ("tone+pitch", "dnn") in {
        (combination, encoder.split("(")[0]) for combination, encoder in found
    }
    for row in rows:
        assert (row["metric"], row["higher_is_better"]) == ("ccc", "true")
        value = float(row["value"])
        assert value == pytest.approx(0, abs=1e-9) if row["encoder"] == "majority" else value > 0.5, row


def test_shuffled_numbers_teach_nothing_and_an_unlabelled_partner_has_no_rows(studied):
    rows = tiny.results(studied.root / "out")
    controls = {(row["control"], row["focal"], row["task"]) for row in rows if row["control"]}
    assert controls == {(name, task, task) for name in ("shuffled", "unlabelled") for task in ("tone", "pitch")}
    told = pd.read_csv(studied.root / "out" / "controls.csv")
    assert set(told["task"]) == {"tone", "pitch"}


def test_all_metrics_and_log_loss_are_told(studied):
    metrics = pd.read_csv(studied.root / "out" / METRICS_CSV.file)
    own = metrics[metrics["task"] == "pitch"]
    assert set(own["metric"]) == {"ccc", "r2", "mae", "loss", NLL}
    last = own[(own["part"] == "test") & (own["selection"] == "last")].pivot_table("value", "run", "metric")
    networks = {row["run"] for row in tiny.results(studied.root / "out") if row["job"] == "network"}
    learnt = last.loc[[run for run in last.index if run in networks]]
    assert (learnt["mae"] < 120).all() and (learnt["mae"] > 1).all()  # of 300 to 1300 Hz
    constant = 0.5 * np.log2(2 * np.pi * np.e)  # what saying the mean of training has
    assert (learnt[NLL] < constant).all()


def test_the_facts_tell_units_bounds_and_chance(studied):
    task = json.loads((studied.root / "out" / "data.json").read_text())["tasks"]["pitch"]
    assert task["units"] == {"ccc": "", "r2": "", "mae": "Hz"}
    assert task["bounds"] == {"ccc": [-1, 1], "r2": [None, 1], "mae": [0, None], "nll": [None, None]}
    assert task["labels"] == ["pitch"] and task["counts"] == {"pitch": 38}
    assert set(task["folds"][0]["chance"]) == {"ccc", "r2", "mae"}
    statistics = Statistics.of_folder(studied.root / "out")
    assert statistics.singles.set_index("task")["learnt"].to_dict()["pitch"] == "yes"
    assert statistics.units["ccc"].name == "ccc"


def test_answers_tell_it(studied):
    assert "pitch" in json.dumps(answers(studied.root / "out"))


def test_predictions_hold_the_numbers(studied):
    [run] = [
        row["run"]
        for row in tiny.results(studied.root / "out")
        if (row["combination"], row["fold"], row["job"], row["control"]) == ("tone+pitch", "0", "network", "")
        and row["task"] == "pitch"
    ]
    with (studied.root / "out" / "runs" / run / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["task"] == "pitch" and row["part"] == "test"]
    said, true = (np.array([float(row[name]) for row in rows]) for name in (logit_column("pitch"), "label"))
    assert np.corrcoef(said, true)[0, 1] > 0.7 and abs(said.mean() - true.mean()) < 150


def test_the_page_shows_answers_beside_the_truth(studied):
    content = read_folder(studied.root / "out")
    views = views_of(content)
    told = {
        (cell["task"], cell["combination"]): cell
        for cell in behind(cell_sources(content, False), views, views.settings[0])
    }
    cell = told["pitch", "tone+pitch"]
    [picture] = cell["pictures"]
    assert (picture["name"], picture["unit"]) == ("pitch", "Hz")
    assert 10 <= picture["clips"] == len(picture["answers"]["x"]) <= 38
    assert np.corrcoef(picture["answers"]["x"], picture["answers"]["together"])[0, 1] > 0.7
    assert cell["far"]["unit"] == "Hz" and all(row["label"].endswith(" Hz") for row in cell["far"]["rows"])
    changes = [float(row["change"].replace("\N{MINUS SIGN}", "-")) for row in cell["far"]["rows"]]
    assert changes == sorted(changes) and {len(row) for row in cell["distances"]["rows"]} == {4}
    assert "confusion" in told["tone", "tone+pitch"] and "classes" not in cell
    page = render(content)
    assert "per cent" not in page


@NEEDS_CHROMIUM[0]
@NEEDS_CHROMIUM[1]
@pytest.mark.slow
def test_the_page_draws_them(studied):
    path = make_report(studied.root / "out")
    with chromium() as browser:
        page, wrong = browser.new_page(), []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(path.as_uri())
        for button in page.locator("#matrix .matrix td.cell button").all():
            button.click()
            dialog = page.locator("dialog[open]")
            if "pitch beside tone" in dialog.inner_text():
                assert dialog.locator(".curve").count() == 4
                assert dialog.locator(".dot.together").count() == dialog.locator(".dot.alone").count() >= 20
                assert dialog.locator("line.right").count() == 2
                assert "answers less truth in Hz" in dialog.inner_text()
                assert "How far answers are from the truth in Hz" in dialog.inner_text()
                break
            page.keyboard.press("Escape")
        else:
            raise AssertionError("no cell is of pitch")
        assert wrong == []


@pytest.mark.slow
def test_it_is_exported_and_answered_in_its_unit_with_an_interval(studied):
    def told(*arguments):
        ended = studied.cohear(*arguments)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    told("export", "out", "--tasks", "tone,pitch", "-o", "bundle")
    card = json.loads((studied.root / "bundle" / "card.json").read_text())
    task = card["tasks"]["pitch"]
    assert (task["kind"], task["target_kind"], task["names"], task["unit"]) == ("number", "regression", ["pitch"], "Hz")
    assert card["parity"]["largest_difference"] <= 1e-4 * 1300
    assert task["expected"]["metric"] == "ccc" and 0.3 < task["expected"]["mean"] <= 1
    assert 0 < task["spread"][0] < 500 and task["calibration"]["covered"] > 0.5
    assert "in Hz" in (studied.root / "bundle" / "README.md").read_text()
    with (studied.root / "data/pitches/manifest.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["pitch"]]
    files = [f"data/pitches/{row['path']}" for row in rows]
    lines = [json.loads(line)["tasks"]["pitch"] for line in told("classify", "bundle", *files, "--json").splitlines()]
    said = np.array([line["numbers"]["pitch"] for line in lines])
    assert {line["unit"] for line in lines} == {"Hz"} and lines[0]["spread"]["pitch"] == task["spread"][0]
    assert np.corrcoef(said, [float(row["pitch"]) for row in rows])[0, 1] > 0.9
    assert " ± " in told("classify", "bundle", files[0]) and " Hz" in told("classify", "bundle", files[0])
    told("export", "out", "--tasks", "tone,pitch", "--quantize", "int8", "-o", "small", "--force")


def test_another_unit_trains_nothing_again(studied):
    before = tiny.times(studied.root / "out")
    tasks = {**settings()["tasks"], "pitch": {**HERTZ, "unit": "hertz"}}
    studied.run(**settings(controls=["shuffled", "unlabelled"], tasks=tasks))
    assert tiny.times(studied.root / "out") == before
    task = json.loads((studied.root / "out" / "data.json").read_text())["tasks"]["pitch"]
    assert task["units"]["mae"] == "hertz"


@pytest.mark.parametrize(
    ("task", "why"),
    [
        ({"dataset": "tones", "target": "tone", "kind": "regression"}, "holds 'low', which is no number"),
        (
            {"dataset": "tones", "target": "tone", "unit": "Hz"},
            "tasks.pitch.unit: a task of kind multiclass holds nothing",
        ),
        ({**HERTZ, "drop": ["300"]}, "tasks.pitch.drop: a task of kind regression has no labels to choose from"),
        ({**HERTZ, "metric": "uar"}, "tasks.pitch.metric: a task of kind regression has no metric 'uar'"),
    ],
)
def test_a_mistake_is_one_sentence(studied, task, why):
    study = studied.study(**settings(tasks={"tone": settings()["tasks"]["tone"], "pitch": task}))
    ended = studied.cohear("run", study, "--out", "none", "--dry-run")
    assert ended.returncode == 2
    assert why in ended.stderr.replace("\n", " ")


# Folds


def clips(count=100, groups=20, **columns):
    noise = np.random.default_rng(0)
    cells = {"level": [f"{value:.3f}" for value in noise.normal(size=count)], **columns}
    return table({"group": [f"g{number % groups}" for number in range(count)], **cells})


def test_folds_are_alike_in_numbers():
    made = clips(400, 400)
    plan = FoldPlan(made, FoldRule(), 0, "tasks.t")
    level = np.array(made.rows["level"], float)
    tested = [level[plan.parts(fold) == Part.TEST] for fold in range(5)]
    edges = np.quantile(level, [0.2, 0.4, 0.6, 0.8])
    for own in tested:
        assert (np.bincount(np.searchsorted(edges, own), minlength=5) == 16).all()


def test_each_fifth_of_a_column_of_numbers_is_balanced_as_a_label():
    matrix = label_matrix(clips(50, 10, duration=[f"{1 + number / 1000}" for number in range(50)])).toarray()
    assert matrix.shape == (50, 6)  # the clips, and five parts; how long they are is bookkeeping
    assert matrix.sum(axis=0).tolist() == [50, 10, 10, 10, 10, 10]
    several = label_matrix(clips(50, 10, affect=[f"v={n};a={-n}" if n else "" for n in range(50)]))
    assert several.shape == (50, 16)
    assert label_matrix(clips(50, 10, level=[*map(str, range(49)), "loud"])).shape == (50, 1)


def test_several_columns_are_one_target_of_several_numbers():
    made = LabelCells(numbers={"affect": ["valence", "arousal"]}).applied(
        clips(10, 5, valence=["0.5", *"123456789"], arousal=["", *"987654321"])
    )
    assert made.rows["affect"].tolist()[:2] == ["valence=0.5", "valence=1;arousal=9"]
    assert next(iter(made.rows["valence"])) == "0.5"
    with pytest.raises(DataError, match=r"datasets\.made\.numbers: dataset 'made' has no column 'x'"):
        LabelCells(numbers={"other": ["valence", "x"]}).applied(made)
    with pytest.raises(DataError, match="has a column 'level'; give the target another name"):
        LabelCells(numbers={"level": ["valence", "arousal"]}).applied(made)


def test_several_numbers_from_the_study_file_to_the_table(studied):
    tiny.write_pitches(studied.root / "data" / "two")
    study = settings(
        datasets={"two": {"path": "data/two", "numbers": {"both": ["pitch", "octave"]}}},
        tasks={"both": {"dataset": "two", "target": "both"}},
        baselines=["ridge"],
        repeats={"folds": 1, "seeds": 1},
    )
    studied.run("two", **study)
    task = json.loads((studied.root / "two" / "data.json").read_text())["tasks"]["both"]
    assert (task["kind"], task["labels"], task["counts"]) == (
        "regression", ["octave", "pitch"], {"octave": 30, "pitch": 38}
    )  # fmt: skip
    assert {row["metric"] for row in tiny.results(studied.root / "two")} == {"ccc"}
    assert all(float(row["value"]) > 0.4 for row in tiny.results(studied.root / "two"))


def test_an_unknown_number_setting_is_a_mistake_in_the_study_file():
    with pytest.raises(StudyError, match="numbers"):
        check_study(YamlText(settings(datasets={"two": {"path": "x", "numbers": {"both": ["pitch"]}}})))
