"""A study without validation parts: all clips that may train do, and what needs other clips says so."""

import json

import pandas as pd
import pytest
import tiny
from tiny import Bench

from cohear.base.errors import StudyError
from cohear.base.yaml_text import YamlText
from cohear.runs.log_losses import TEMPERATURES
from cohear.study.file import check_study
from cohear.study.folder.log_losses import best_temperature, loss_at


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    made = Bench(tmp_path_factory.mktemp("no validation"))
    tiny.write_datasets(made.root / "data")
    return made


@pytest.fixture(scope="module")
def studied(bench):
    return bench.run(validation=0, combinations=["singles", "pairs"], baselines=["svm", "majority"])


def test_every_clip_that_is_not_tested_trains(studied):
    facts = json.loads((studied / "data.json").read_text())
    folds = [fold for task in facts["tasks"].values() for fold in task["folds"]]
    assert {fold["validation"] for fold in folds} == {0}
    assert {fold["train"] + fold["test"] for fold in facts["tasks"]["tone"]["folds"]} == {30}


def test_scores_are_those_of_the_last_step(studied):
    metrics = pd.read_csv(studied / "metrics.csv")
    assert set(metrics["selection"]) == {"last"}
    assert metrics.loc[metrics["part"] == "validation", "value"].isna().all()
    assert metrics.loc[metrics["part"] == "test", "value"].notna().all()
    curve = pd.read_csv(next(studied.glob("runs/*/curve.csv")))
    assert curve.loc[curve["part"] == "train", "loss"].notna().all()
    assert curve.loc[curve["part"] == "validation", ["loss", "metric"]].isna().all(axis=None)


def test_log_loss_is_at_the_temperature_of_the_other_fold(studied):
    """So it is another than that of the scores as they are."""
    metrics = pd.read_csv(studied / "metrics.csv")
    told = metrics[metrics["metric"] == "nll"].set_index(["run", "task"])["value"]
    records = {path.parent.name: json.loads(path.read_text()) for path in studied.glob("runs/*/record.json")}
    held = {(run, task): one["log_losses"] for run, each in records.items() for task, one in each["tasks"].items()}
    assert len(told) == len(held)
    assert {tuple(losses) for losses in held.values()} == {("test",)}
    plan = pd.read_csv(studied / "results.csv")
    one, other = plan[(plan["combination"] == "tone") & plan["encoder"].str.startswith("dnn")].sort_values("fold")[
        "run"
    ]
    own = held[one, "tone"]["test"]
    expected = loss_at(own, best_temperature([held[other, "tone"]["test"]]))
    assert told[one, "tone"] == pytest.approx(expected, rel=1e-4)
    assert told[one, "tone"] != pytest.approx(own[TEMPERATURES.index(1.0)], rel=1e-4)


def test_page_check_and_answers_say_none(bench, studied):
    assert bench.cohear("report", studied).returncode == 0
    page = (studied / "report" / "index.html").read_text(encoding="utf-8")
    assert '<td class="n">none</td>' in page
    assert '–</td><td class="n"><b>' not in page
    assert bench.cohear("answers", studied).returncode == 0
    found = json.loads(bench.cohear("check", studied, "--json").stdout)
    gaps = [one for one in found["findings"] if one["code"] == "train-test-gap"]
    assert {one["figures"]["blame"] for one in gaps} <= {"no-validation", "none", "not-learnt"}
    assert gaps


def test_an_export_is_calibrated_by_the_other_folds(bench, studied):
    ended = bench.cohear("export", studied, "--tasks", "tone,bird", "--output", "bundle")
    assert ended.returncode == 0, ended.stderr
    card = json.loads((bench.root / "bundle" / "card.json").read_text())
    calibration = card["tasks"]["tone"]["calibration"]
    assert calibration["clips"] == 12  # tested in one of two folds each


@pytest.mark.parametrize("share", [-0.1, 0.6, "none"])
def test_what_is_no_share_is_refused(share):
    with pytest.raises(StudyError, match="validation"):
        check_study(YamlText({**tiny.settings(), "validation": share}))


def test_a_probe_that_looks_at_validation_parts_is_refused():
    with pytest.raises(StudyError, match=r"probes.0: probe 'transfer' measures on validation parts.*validation: 0.15"):
        check_study(YamlText({**tiny.settings(), "validation": 0, "probes": ["transfer"]}))
