"""``predictions.csv``: a column a logit, whatever labels are called, and any kind of target."""

import csv
import json

import pytest
import tiny
import torch

from cohear.base.tables import PREDICTIONS_CSV
from cohear.runs.place import PROCESSOR
from cohear.runs.prediction_columns import logit_column
from cohear.training.device import Device

HOSTILE = ["label", "part", "logit:label"]


def test_columns_are_told_apart():
    names = [*PREDICTIONS_CSV.names, "dog", "logit:label", "logit:logit:label", "Label"]
    columns = [*PREDICTIONS_CSV.names, *map(logit_column, names)]
    assert len(set(columns)) == len(columns)
    assert (logit_column("dog"), logit_column("Label")) == ("dog", "Label")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A study of one task whose labels are names of columns."""
    root = tmp_path_factory.mktemp("hostile")
    tiny.write_dataset(root / "data" / "tones", "tone", HOSTILE, each=2, seed=1)
    return tiny.Bench(root).run(
        datasets={"tones": {"path": "data/tones"}},
        tasks={"tone": {"dataset": "tones", "target": "tone"}},
        repeats={"folds": 1, "seeds": 1},
    )


def test_labels_named_like_columns_double_none(hostile):
    [run] = tiny.records(hostile)
    with (hostile / "runs" / run / "predictions.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == [*PREDICTIONS_CSV.names, *map(logit_column, sorted(HOSTILE))]
    assert len(set(header)) == len(header)
    assert {row[2] for row in rows} <= set(HOSTILE)
    assert {row[3] for row in rows} == {"validation", "test"}
    assert all(float(cell) for row in rows for cell in row[4:])


def test_predictions_give_the_score(hostile):
    """They are of the last step, in the order of their columns."""
    [run] = tiny.records(hostile)
    with (hostile / "runs" / run / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == "test"]
    right = [max(HOSTILE, key=lambda label: float(row[logit_column(label)])) == row["label"] for row in rows]
    record = json.loads(tiny.records(hostile)[run].read_text())
    assert record["tasks"]["tone"]["scores"]["test"]["last"]["accuracy"] == pytest.approx(sum(right) / len(right))


def test_builds_of_torch_without_onednn_train_in_float32(monkeypatch):
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    monkeypatch.setattr(torch.ops, "mkldnn", object())
    assert Device.of(PROCESSOR).precision == "float32"
