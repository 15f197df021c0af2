"""A study with a task of events in time beside one of labels: folds, scores, what it leaves, and its bundle."""

import csv
import json

import numpy as np
import pytest
import tiny
from browsing import NEEDS_CHROMIUM, chromium
from events import SECONDS, write_event_list
from scipy.ndimage import median_filter
from sklearn.metrics import f1_score

from cohear.api import make_report
from cohear.data.folds.cutting import label_matrix
from cohear.data.tables.event_column import without_event_column
from cohear.data.tables.reader import read_clip_table

STEPS = round(SECONDS / 0.1)
WHEN = {"dataset": "events", "target": "events", "metrics": ["segment_f1_1s", "event_f1_onset", "f1"]}


def settings(**changes):
    given = {
        "datasets": {"tones": {"path": "data/tones"}, "events": {"path": "data/events"}},
        "tasks": {"tone": {"dataset": "tones", "target": "tone"}, "when": WHEN},
        "features": ["logmel"],
        "encoders": [{"name": "small", "width": 0.5}],
        "baselines": ["majority", "onsets"],
        "repeats": {"folds": 1},
        "window": 0.5,
        "training": {"steps": 150, "batch": 8, "learning_rate": 0.01},
    }
    return {**given, **changes}


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    """A bench with a study folder ``out``."""
    bench = tiny.Bench(tmp_path_factory.mktemp("events"))
    tiny.write_datasets(bench.root / "data")
    write_event_list(bench.root / "data" / "events")
    bench.run(**settings())
    return bench


def rows_of(studied):
    return [row for row in tiny.results(studied.root / "out") if row["task"] == "when"]


def test_events_are_learnt_alone_and_beside_labels(studied):
    found = {row["combination"]: row for row in rows_of(studied) if row["job"] == "network"}
    assert set(found) == {"when", "tone+when"}
    for row in found.values():
        assert (row["metric"], row["higher_is_better"], row["test_clips"]) == ("segment_f1", "true", "6")
        assert float(row["value"]) > 0.8


def test_a_detector_of_onsets_stands_beside(studied):
    """A baseline of clips leaves the task out, and one in time the task of clips."""
    rows = [row for row in tiny.results(studied.root / "out") if row["job"] == "baseline"]
    assert {(row["task"], row["encoder"]) for row in rows} == {("tone", "majority"), ("when", "onsets")}
    [own] = [row for row in rows if row["task"] == "when"]
    assert (own["metric"], own["test_clips"]) == ("segment_f1", "6")
    assert 0.5 < float(own["value"]) <= 1
    predictions = (studied.root / "out" / "runs" / own["run"] / "predictions.csv").read_text(encoding="utf-8")
    assert sum(row["part"] == "test" for row in csv.DictReader(predictions.splitlines())) == 6 * STEPS


def test_a_baseline_that_cannot_answer_a_task_is_refused_where_it_is_asked_to(studied):
    baselines = [{"name": "svm", "tasks": ["when"]}, {"name": "onsets", "tasks": ["tone"]}]
    file = studied.root / "refused.yaml"
    file.write_text(json.dumps(tiny.settings(**settings(baselines=baselines))), encoding="utf-8")
    ended = studied.cohear("run", file, "--out", "refused")
    told = " ".join(ended.stderr.split())
    assert (ended.returncode, "Traceback" in told) == (2, False)
    assert "baselines.0: task 'when' is answered frame by frame, and this baseline answers clips" in told
    assert "baselines.1: task 'tone' is answered by clip, and this baseline answers in time" in told


def test_every_metric_is_reported_and_the_primary_one_is_that_of_the_predictions(studied):
    [run] = [row for row in rows_of(studied) if row["combination"] == "when" and row["job"] == "network"]
    text = (studied.root / "out" / "metrics.csv").read_text(encoding="utf-8")
    metrics = {
        row["metric"]: float(row["value"])
        for row in csv.DictReader(text.splitlines())
        if (row["run"], row["part"], row["selection"]) == (run["run"], "test", "last") and row["task"] == "when"
    }
    asked = {"segment_f1", "segment_f1_1s", "segment_error_rate", "event_f1", "event_f1_onset", "map", "loss", "nll"}
    assert asked <= set(metrics)
    assert metrics["event_f1"] <= metrics["event_f1_onset"] <= 1
    predictions = (studied.root / "out" / "runs" / run["run"] / "predictions.csv").read_text(encoding="utf-8")
    steps = [row for row in csv.DictReader(predictions.splitlines()) if row["part"] == "test"]
    assert len(steps) == 6 * STEPS
    truth = np.array([[label in row["label"].split(";") for label in ("high", "low")] for row in steps])
    logits = np.array([[float(row[label]) for label in ("high", "low")] for row in steps])
    assert metrics["segment_f1"] == pytest.approx(f1_score(truth, logits > 0, average="micro"))
    assert metrics["segment_f1"] == pytest.approx(float(run["value"]))


def f1_of(steps, decisions):
    """F1 over the steps of clips ``STEPS`` long, told by thresholds and medians of labels."""
    said, true = [], []
    for first in range(0, len(steps), STEPS):
        clip = steps[first : first + STEPS]
        for label, each in decisions.items():
            chances = 1 / (1 + np.exp(-np.array([float(row[label]) for row in clip])))
            said.append(median_filter(chances, each["filter"], mode="nearest") >= each["threshold"])
            true.append([label in row["label"].split(";") for row in clip])
    return f1_score(np.concatenate(true), np.concatenate(said))


def test_thresholds_and_filters_are_set_on_validation_and_scored_beside(studied):
    """The primary score is of one half and single steps; what was set is in the record."""
    [run] = [row for row in rows_of(studied) if row["combination"] == "when" and row["job"] == "network"]
    record = json.loads((studied.root / "out" / "runs" / run["run"] / "record.json").read_text(encoding="utf-8"))
    own = record["tasks"]["when"]
    assert set(own["decisions"]) == {"high", "low"}
    assert all(0 < each["threshold"] < 1 and each["filter"] % 2 == 1 for each in own["decisions"].values())
    assert own["scores"]["validation"]["decided"]["f1"] >= own["scores"]["validation"]["last"]["f1"]
    text = (studied.root / "out" / "metrics.csv").read_text(encoding="utf-8")
    rows = [
        row for row in csv.DictReader(text.splitlines()) if (row["run"], row["metric"]) == (run["run"], "segment_f1")
    ]
    decided = {row["part"]: float(row["value"]) for row in rows if row["selection"] == "decided"}
    assert set(decided) == {"validation", "test"}
    predictions = (studied.root / "out" / "runs" / run["run"] / "predictions.csv").read_text(encoding="utf-8")
    steps = {part: [row for row in csv.DictReader(predictions.splitlines()) if row["part"] == part] for part in decided}
    assert decided["test"] == pytest.approx(f1_of(steps["test"], own["decisions"]), abs=0.01)  # but for silent steps
    for label, each in own["decisions"].items():
        best = f1_of(steps["validation"], {label: each})
        for width in (1, 3, 5, 9, 15):
            for threshold in np.linspace(0.02, 0.98, 25):
                assert best >= f1_of(steps["validation"], {label: {"threshold": threshold, "filter": width}}) - 0.01
    other = next(row for row in tiny.results(studied.root / "out") if row["task"] == "tone")["run"]
    record = json.loads((studied.root / "out" / "runs" / other / "record.json").read_text(encoding="utf-8"))
    assert record["tasks"]["tone"]["decisions"] == {} and "decided" not in record["tasks"]["tone"]["scores"]["test"]


def test_what_a_guess_scores_is_told(studied):
    [fold] = json.loads((studied.root / "out" / "data.json").read_text(encoding="utf-8"))["tasks"]["when"]["folds"]
    assert 0.3 < fold["chance"]["segment_f1"] < 0.7
    assert fold["chance"]["segment_error_rate"] <= 1


@NEEDS_CHROMIUM[0]
@NEEDS_CHROMIUM[1]
@pytest.mark.slow
def test_the_page_draws_a_piano_roll(studied):
    path = make_report(studied.root / "out")
    with chromium() as browser:
        page, wrong = browser.new_page(), []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(path.as_uri())
        for button in page.locator("#matrix .matrix td.cell button").all():
            button.click()
            dialog = page.locator("dialog[open]")
            if "when beside tone" in dialog.inner_text():
                assert "What sounds when" in dialog.inner_text() and "F1 over steps" in dialog.inner_html()
                rolls = dialog.locator(".roll")
                assert rolls.count() == 3
                for roll in rolls.all():
                    assert roll.locator(".lanes").count() == 2 and "0 to 1.5 s" in roll.inner_text()
                    for side in ("truth", "alone", "together"):
                        bars = roll.locator(f"svg.{side} rect")
                        assert bars.count() >= 2
                        assert all(bar.bounding_box()["width"] > 5 for bar in bars.all())
                break
            page.keyboard.press("Escape")
        else:
            raise AssertionError("no cell is of events")
        assert wrong == []


def test_a_bundle_answers_in_time(studied):
    ended = studied.cohear("export", "out", "-o", "bundle")
    assert ended.returncode == 0, ended.stderr
    card = json.loads((studied.root / "bundle" / "card.json").read_text(encoding="utf-8"))
    task = card["tasks"]["when"]
    assert (task["target_kind"], task["kind"], task["step"]) == ("events", "timeline", 0.1)
    ended = studied.cohear("classify", "bundle", "data/events/audio/00.wav", "--json")
    [line] = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {span["label"] for span in line["tasks"]["when"]["spans"]} == {"high", "low"}
    assert len(line["tasks"]["when"]["probabilities"]["low"]) == STEPS


def test_an_encoder_without_frames_is_refused_in_a_sentence(studied):
    content = tiny.settings(**settings(features=["summary"], encoders=["dnn"]))
    file = studied.root / "vectors.yaml"
    file.write_text(json.dumps(content), encoding="utf-8")
    ended = studied.cohear("run", file, "--out", "vectors")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert (
        "task 'when': its target kind reads frames of an embedding, and the encoder gives vector alone" in ended.stderr
    )
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (
            {"metric": "segment_f2"},
            "tasks.when.metric: unknown metric 'segment_f2' (did you mean 'segment_f1'?)",
        ),
        ({"unit": "s"}, "tasks.when.unit: a task of kind events holds nothing that is counted in 's'; leave it out"),
        ({"drop": ["lwo"]}, "tasks.when.drop: there is no label 'lwo' (did you mean 'low'?)"),
    ],
)
def test_mistakes_in_the_task_are_told(studied, change, because):
    file = studied.root / "mistaken.yaml"
    content = tiny.settings(
        **settings(tasks={"when": {**WHEN, **change}}, datasets={"events": {"path": "data/events"}})
    )
    file.write_text(json.dumps(content), encoding="utf-8")
    ended = studied.cohear("run", file, "--out", "mistaken")
    assert (ended.returncode, "Traceback" in ended.stderr) == (2, False)
    assert because in " ".join(ended.stderr.split())


def test_folds_are_alike_in_the_labels_of_events(tmp_path):
    """A column each, in which clips count that hold it; none where another column says the same."""
    write_event_list(tmp_path / "events", clips=8)
    file = tmp_path / "events" / "events.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(line for line in lines if "00.wav" not in line or "low" in line), encoding="utf-8")
    table = read_clip_table(tmp_path / "events", "e")
    assert table.column("events", "t")[0].startswith("low@") and table.column("events", "t")[7] == ""
    assert label_matrix(table).toarray()[:, 1:].sum(axis=0).tolist() == [6.0, 7.0]
    rows = [{"path": row, "tags": "high;low"} for row in table.column("path", "t")]
    rows[0]["tags"], rows[7]["tags"] = "low", ""
    tiny.write_table(tmp_path / "events", rows)
    table = read_clip_table(tmp_path / "events", "e")
    assert label_matrix(table).shape == label_matrix(without_event_column(table)).shape


def test_events_are_cut_to_clips_that_are_parts_of_a_file(tmp_path):
    write_event_list(tmp_path / "events", clips=2)
    parts = [("0", "0.5"), ("0.5", "1"), ("1", "")]
    tiny.write_table(tmp_path / "events", [{"path": "a.wav", "start": start, "end": end} for start, end in parts])
    for list_, cells in (
        (["a.wav,0.25,0.75,x", "a.wav,0.4,0.5,y"], ["x@0.25-0.5;y@0.4-0.5", "x@0-0.25", "none"]),
        (["a.wav,,,"], ["none", "none", "none"]),
        (["a.wav,,,x", "a.wav,0.25,0.75,y"], ["", "", ""]),
        (["b.wav,0,1,x"], ["", "", ""]),
    ):
        text = "\n".join(["path,onset,offset,label", *list_])
        (tmp_path / "events" / "events.csv").write_text(text, encoding="utf-8")
        assert read_clip_table(tmp_path / "events", "e").column("events", "t") == cells


def test_a_list_of_another_form_makes_no_target_and_is_told(tmp_path):
    write_event_list(tmp_path / "events", clips=2)
    (tmp_path / "events" / "events.csv").write_text("path,begin,end,label\naudio/00.wav,0,1,x\n", encoding="utf-8")
    table = read_clip_table(tmp_path / "events", "e")
    assert "events" not in table.rows.columns
    assert table.remarks == ("events.csv has no column 'onset', and no target is made of it",)
