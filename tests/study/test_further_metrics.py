"""Metrics that a study asks for: in its records and tables, and nowhere else."""

import json

import numpy as np
import pandas as pd
import pytest
import tiny
from sklearn.metrics import roc_auc_score, top_k_accuracy_score

from cohear.report.folder import read_folder
from cohear.report.parts.metrics import gains_by_metric, metric_words


def asking(**tone):
    tasks = tiny.settings()["tasks"]
    return {**tasks, "tone": {**tasks["tone"], **tone}}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The same study without further metrics, with some, and with one of them as the primary one."""
    root = tmp_path_factory.mktemp("metrics")
    tiny.write_datasets(root / "data")
    bench = tiny.Bench(root)
    few = {"repeats": {"folds": 1}, "keep": ["predictions"], "baselines": ["majority"]}
    return (
        bench.run("usual", **few),
        bench.run("more", **few, tasks=asking(metrics=["top2", "eer", "auc", "uar"])),
        bench.run("own", **few, tasks=asking(metric="auc")),
    )


def scores(folder):
    return pd.read_csv(folder / "metrics.csv")


def test_they_are_in_the_tables_of_their_task_alone(folders):
    """Runs without the task are the same runs, and the primary metric stays what it was."""
    usual, more, _ = (scores(folder) for folder in folders)
    tones = more["task"] == "tone"
    assert set(more["metric"][tones]) - set(usual["metric"]) == {"auc", "eer", "top2"}
    assert set(more["metric"][~tones]) <= set(usual["metric"])
    tables = [pd.read_csv(folder / "results.csv") for folder in folders[:2]]
    before, after = (table.set_index(["combination", "encoder", "task"]).sort_index() for table in tables)
    pd.testing.assert_frame_equal(before[["metric", "value"]], after[["metric", "value"]])
    same = before["run"] == after["run"]
    assert {combination for combination, _, _ in same[same].index} == {"bird"}


def test_values_are_those_of_the_predictions(folders):
    table = scores(folders[1])
    for run, own in table[(table["task"] == "tone") & (table["part"] == "test")].groupby("run"):
        told = pd.read_csv(folders[1] / "runs" / run / "predictions.csv")
        told = told[(told["part"] == "test") & (told["task"] == "tone")]
        labels = ["high", "low", "mid"]
        logits = told[labels].to_numpy()
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        value = own[own["selection"] == "last"].set_index("metric")["value"]
        area = roc_auc_score(told["label"], chances, multi_class="ovr", labels=labels)
        assert value["auc"] == pytest.approx(area, abs=1e-6)
        numbers = [labels.index(label) for label in told["label"]]
        assert value["top2"] == pytest.approx(top_k_accuracy_score(numbers, logits, k=2, labels=[0, 1, 2]), abs=1e-6)


def test_facts_know_their_units_bounds_and_chance(folders):
    tasks = json.loads((folders[1] / "data.json").read_text("utf-8"))["tasks"]
    assert set(tasks["tone"]["units"]) == {"uar", "accuracy", "f1", "auc", "eer", "top2"}
    assert tasks["tone"]["bounds"]["eer"] == [0, 1]
    assert tasks["tone"]["folds"][0]["chance"]["auc"] == 0.5
    assert set(tasks["bird"]["units"]) == {"uar", "accuracy", "f1"}


def test_gains_are_told_in_them_and_words_say_what_they_are(folders):
    """The sign of an error rate is turned: plus is better."""
    content = read_folder(folders[1])
    rows = {name: table[table["task"] == "tone"] for name, table in gains_by_metric(content).items()}
    assert {"auc", "eer", "top2"} <= set(rows)
    [row] = rows["eer"].to_dict("records")
    assert row["gain"] == pytest.approx(row["single"] - row["shared"])
    assert set(metric_words(["auc", "eer", "top2"])) == {"auc", "eer", "top2"}


def test_one_can_be_the_primary_metric(folders):
    table = pd.read_csv(folders[2] / "results.csv")
    assert set(table["metric"][table["task"] == "tone"]) == {"auc"}
    assert set(table["metric"][table["task"] == "bird"]) == {"uar"}
