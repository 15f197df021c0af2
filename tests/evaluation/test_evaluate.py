"""``cohear evaluate`` through the real command line, on a study's own clips and on others."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tiny

from cohear.api import evaluate
from cohear.audio.decode import read_audio
from cohear.audio.segment import Segment


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Two tasks in two folds, and a bundle of each of two kinds: ``first`` of one run, ``whole`` of all clips."""
    root = tmp_path_factory.mktemp("evaluate")
    tiny.write_datasets(root / "data")
    rows = tiny.write_dataset(root / "data" / "doors", "door", ["open", "shut"], each=2, seed=3)
    for row in rows:
        row["door"] = "open;shut" if row["path"].endswith("3.wav") else row["door"]
    tiny.write_table(root / "data" / "doors", rows)
    bench = tiny.Bench(root)
    bench.run(
        datasets={"tones": {"path": "data/tones"}, "doors": {"path": "data/doors"}},
        tasks={"tone": {"dataset": "tones", "target": "tone"}, "door": {"dataset": "doors", "target": "door"}},
        combinations=["all"],
        repeats={"folds": 4, "seeds": 1},
        training={"steps": 40, "batch": 8},
    )
    results = pd.read_csv(root / "out" / "results.csv")
    run = results[(results["combination"] == "tone+door") & (results["fold"] == 0)]["run"].iloc[0]
    for arguments in (["-o", "whole"], ["--run", run, "-o", "first"]):
        ended = bench.cohear("export", "out", *arguments)
        assert ended.returncode == 0, ended.stderr
    tiny.write_dataset(root / "others" / "tones", "tone", ["low", "mid", "high"], groups=8, each=2, seed=11)
    return bench, run


def found_by(bench, *arguments):
    ended = bench.cohear("evaluate", *arguments, "--json")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_on_the_studys_own_test_clips_it_gives_the_studys_numbers(study):
    bench, run = study
    found = found_by(bench, "first", "data/tones", "data/doors")
    metrics = pd.read_csv(bench.root / "out" / "metrics.csv")
    told = metrics[(metrics["run"] == run) & (metrics["part"] == "test") & (metrics["selection"] == "last")]
    results = pd.read_csv(bench.root / "out" / "results.csv").set_index(["run", "task"])
    for name in ("tone", "door"):
        task = found["tasks"][name]
        assert task["clips"] == results.loc[(run, name), "test_clips"]
        assert task["clips"] + task["set_aside"] == (30 if name == "tone" else 20)
        own = told[told["task"] == name].set_index("metric")["value"]
        for each in task["metrics"]:
            assert each["value"] == pytest.approx(own[each["metric"]], abs=1e-6)
        assert task["metrics"][0]["metric"] == task["metric"] == results.loc[(run, name), "metric"]
    card = json.loads((bench.root / "first" / "card.json").read_text())
    tone = found["tasks"]["tone"]
    assert tone["beside"]["promised"] == card["tasks"]["tone"]["expected"]["mean"]
    assert tone["calibration"]["promised"] == card["tasks"]["tone"]["calibration"]["error_after"]
    matrix = np.array(tone["confusion"]["matrix"])
    assert matrix.sum() == tone["clips"]
    assert np.trace(matrix) / tone["clips"] == pytest.approx(
        next(each["value"] for each in tone["metrics"] if each["metric"] == "accuracy")
    )
    assert found["tasks"]["door"]["confusion"]["matrix"] == []


def test_clips_that_it_was_trained_on_are_set_aside(study, tmp_path):
    bench, _ = study
    ended = bench.cohear("evaluate", "whole", "data/tones")
    assert ended.returncode == 2
    assert "it was trained on all of the 30 labelled clips: give clips that it has not heard" in ended.stderr
    assert "Traceback" not in ended.stderr
    mixed = tmp_path / "mixed"  # under other names: it is the sound that is known
    shutil.copytree(bench.root / "others" / "tones", mixed)
    rows = pd.read_csv(mixed / "manifest.csv").to_dict("records")
    shutil.copy(bench.root / "data" / "tones" / "audio" / "000.wav", mixed / "audio" / "new name.wav")
    tiny.write_table(mixed, [*rows, {"path": "audio/new name.wav", "group": "g0", "tone": "low"}])
    task = found_by(bench, "whole", mixed)["tasks"]["tone"]
    assert (task["clips"], task["set_aside"], task["groups"]) == (48, 1, 8)


def test_of_others_it_says_what_is_lost(study, tmp_path):
    bench, _ = study
    good = found_by(bench, "whole", "others/tones")["tasks"]["tone"]
    assert good["grouped_by"] == ["group"]
    own = good["metrics"][0]
    assert own["low"] <= own["value"] <= own["high"]
    worse = tmp_path / "worse"
    shutil.copytree(bench.root / "others" / "tones", worse)
    rows = pd.read_csv(worse / "manifest.csv").to_dict("records")
    labels = {"low": "mid", "mid": "high", "high": "low"}
    tiny.write_table(worse, [{**row, "tone": labels[row["tone"]]} for row in rows])  # nothing is right any more
    ended = bench.cohear("evaluate", "whole", worse)
    assert ended.returncode == 0, ended.stderr
    said = r"tone: [\d.]+ points below the [\d.]+ that its card lets expect, which is more than chance \(-"
    assert re.search(said, ended.stdout)
    lost = found_by(bench, "whole", worse)["tasks"]["tone"]
    assert lost["metrics"][0]["value"] == 0
    assert lost["beside"]["more_than_chance"] is True
    assert lost["beside"]["p"] < 0.05
    assert np.trace(np.array(lost["confusion"]["matrix"])) == 0


def test_labels_that_are_not_known_columns_of_other_names_and_mistakes(study, tmp_path):
    bench, _ = study
    other = tmp_path / "other"
    shutil.copytree(bench.root / "others" / "tones", other)
    rows = pd.read_csv(other / "manifest.csv").to_dict("records")
    rows = [{"path": row["path"], "group": row["group"], "pitch": row["tone"]} for row in rows]
    for row in rows[:2]:
        row["pitch"] = "shrill"
    tiny.write_table(other, rows)
    ended = bench.cohear("evaluate", "whole", other)
    assert ended.returncode == 2
    assert "no table has a column 'tone'" in ended.stderr
    assert "--target tone=COLUMN" in ended.stderr
    task = found_by(bench, "whole", other, "--target", "tone=pitch")["tasks"]["tone"]
    assert task["unknown_labels"] == {"shrill": 2}
    assert task["clips"] == 46
    for wish, said in (
        (["--target", "tune=pitch"], "the bundle has no task 'tune'"),
        (["--target", "pitch"], "--target takes TASK=COLUMN"),
        (["--target", "tone=pitch", "--by", "pich"], "--by: no table has a column 'pich'"),
        (["--target", "tone=pitch", "--group", "gruop"], "--group: dataset 'other' has no column 'gruop'"),
    ):
        ended = bench.cohear("evaluate", "whole", other, *wish)
        assert ended.returncode == 2
        assert said in ended.stderr
    assert bench.cohear("evaluate", "whole", tmp_path / "nowhere").returncode == 2


def test_by_the_values_of_a_column(study, tmp_path):
    """What is planted is found: every clip of one device has another's label."""
    bench, _ = study
    devices = tmp_path / "devices"
    tiny.write_dataset(devices, "tone", ["low", "mid", "high"], groups=12, each=1, seed=21)
    rows = pd.read_csv(devices / "manifest.csv").to_dict("records")
    for row in rows:
        row["device"] = "phone" if int(row["group"][1:]) % 2 else "desk"
        if row["device"] == "phone" and row["tone"] == "low":
            row["tone"] = "high"
    tiny.write_table(devices, rows)
    task = found_by(bench, "whole", devices, "--by", "device")["tasks"]["tone"]
    (column,) = task["by_column"]
    assert {each["value"]: (each["clips"], each["groups"]) for each in column["values"]} == {
        "desk": (18, 6),
        "phone": (18, 6),
    }
    assert (column["gap"]["better"], column["gap"]["worse"]) == ("desk", "phone")
    assert column["gap"]["sure"] is True
    assert column["gap"]["low"] > 0
    assert column["opportunity"] == {"label": "high", "better": "desk", "worse": "phone", "difference": 0.5}
    few = found_by(bench, "whole", devices, "--by", "group")["tasks"]["tone"]["by_column"][0]
    assert few["gap"] is None or few["gap"]["sure"] is None
    assert len(few["few"]) == 12


def test_the_twin_in_python_and_a_bundle_that_does_not_tell(study, tmp_path):
    bench, _ = study
    with bench.here():
        found = evaluate(bench.root / "whole", [bench.root / "others" / "tones"])
    assert found.to_json() == found_by(bench, "whole", "others/tones")
    older = tmp_path / "older"
    shutil.copytree(bench.root / "whole", older)
    (older / "trained_on.json").unlink()
    ended = bench.cohear("evaluate", older, "data/tones")
    assert ended.returncode == 0
    assert "does not tell which clips it was trained on" in ended.stderr
    (older / "trained_on.json").write_text("{}")
    ended = bench.cohear("evaluate", older, "data/tones")
    assert ended.returncode == 2
    assert "export the bundle again" in ended.stderr


def test_trained_on_tells_no_names(study):
    bench, _ = study
    told = json.loads((bench.root / "first" / "trained_on.json").read_text())
    whole = json.loads((bench.root / "whole" / "trained_on.json").read_text())
    assert set(told["samples"]) < set(whole["samples"])
    assert len(whole["samples"]) == 50
    assert set(map(len, whole["samples"])) == {32}


def test_a_gap_of_group_answers(study):
    """Groups of several clips have scores of their own."""
    bench, _ = study
    task = found_by(bench, "whole", "others/tones")["tasks"]["tone"]
    assert len(task["by_group"]) == 8
    assert {each["clips"] for each in task["by_group"]} == {6}
    assert np.mean([each["metrics"]["accuracy"] for each in task["by_group"]]) == pytest.approx(
        next(each["value"] for each in task["metrics"] if each["metric"] == "accuracy")
    )
    samples, rate = read_audio(Segment(bench.root / "others" / "tones" / "audio" / "000.wav"))
    assert len(samples) == round(tiny.SECONDS * rate)


def test_the_example_of_the_docs(study):
    bench, _ = study
    page = (Path(__file__).parents[2] / "docs" / "evaluate.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    ended = subprocess.run(
        [sys.executable, "-c", example, "whole", "others/tones"],
        capture_output=True,
        text=True,
        check=False,
        cwd=bench.root,
        env=bench.environment(),
    )
    assert ended.returncode == 0, ended.stderr
    own = found_by(bench, "whole", "others/tones")["tasks"]["tone"]
    assert ended.stdout.split() == [
        "tone",
        own["metric"],
        str(round(own["metrics"][0]["value"], 3)),
        str(own["beside"]["more_than_chance"]),
    ]


def test_what_is_told_stands_in_the_docs(study):
    bench, _ = study
    page = (Path(__file__).parents[2] / "docs" / "evaluate.md").read_text(encoding="utf-8")
    told = found_by(bench, "whole", "others/tones")["tasks"]["tone"]
    assert [key for key in told if f"`{key}`" not in page and key not in ("column", "datasets", "metric")] == []
