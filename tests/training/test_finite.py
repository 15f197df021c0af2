"""What is not a finite number is never a result: argmax of NaN is class 0, which scored 1/k and was significant."""

import csv
import json
from unittest import mock

import numpy as np
import pytest
import tiny
import torch
from in_process import entered

from cohear.api import Study, answers
from cohear.base.errors import RunFailed
from cohear.runs.finite import check_answers
from cohear.runs.in_place import PackInPlace
from cohear.runs.record import read_record
from cohear.study.run import run_study
from cohear.tasks import ClipOutputs, Multiclass
from cohear.training.device import Device
from cohear.training.evaluate import Evaluation
from cohear.training.finite import StepsWatched
from cohear.training.loop import train_one
from cohear.training.spec import RunSpec

LOST = """
import torch
from torch import nn


class Lost(nn.Module):
    '''Its weights become NaN in pairs alone.'''

    def __init__(self, input_width, hidden=8, when="training"):
        super().__init__()
        self.layer, self.when, self.seen = nn.Linear(input_width, hidden), when, 0

    def forward(self, features):
        embedding = self.layer(features)
        self.seen += self.training
        if self.when == "training" and self.training and len(features) > 4 and self.seen == 3:
            return embedding * float("nan")
        if self.when == "evaluation" and not self.training and self.seen > 4:
            return embedding * float("inf")
        return embedding
"""


def lost(**settings):
    return [{"name": "lost", "module": "lost_net:Lost", "features": "vector", **settings}]


def run(bench, **changes):
    """Run a study in this process; how it ended, and its folder."""
    (bench.root / "lost_net.py").write_text(LOST)
    study, out = bench.study(**changes), bench.root / "out"
    with mock.patch.dict("os.environ", {"COHEAR_CACHE": str(bench.cache)}), entered():
        ended = run_study(Study.load(study, out).settings, study.parent, out, launcher="in-process", jobs=1)
    return ended, out


def test_an_encoder_that_is_lost_in_pairs_alone(bench):
    """Singles stay, pairs are no rows, and everybody who looks is told."""
    ended, out = run(bench, encoders=lost(), repeats={"folds": 2, "seeds": 1})
    assert (ended.planned, ended.done) == (6, 4)
    assert {error.partition(":")[0] for error in ended.failed.values()} == {
        "the loss of task 'tone' is not a finite number at step 3"
    }
    assert {row["combination"] for row in tiny.results(out)} == {"tone", "bird"}
    told = "All 2 runs of 'tone+bird' (summary / lost) failed and are no results: the loss of task 'tone'"
    assert told in bench.cohear("gains", out).stderr.replace("\n", " ")
    with (out / "gains.csv").open() as file:
        assert list(csv.DictReader(file)) == []
    assert told in " ".join(answers(out)["caveats"])
    bench.cohear("report", out)
    assert "failed and are no results" in (out / "report" / "index.html").read_text()
    status = bench.cohear("status", out)
    assert "4 of 6 done, 2 failed" in status.stdout


@pytest.mark.slow
def test_the_exit_status_is_that_of_a_run_that_failed(bench):
    (bench.root / "lost_net.py").write_text(LOST)
    ended = bench.cohear_apart("run", bench.study(encoders=lost(), repeats={"folds": 1, "seeds": 1}), "--out", "out")
    assert ended.returncode == 1
    assert "failed: the loss of task 'tone' is not a finite number at step 3" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.fixture
def specs(finished):
    told = [json.loads(path.read_text()) for path in tiny.records(finished.root / "out").values()]
    found = [RunSpec.model_validate(record["specification"]) for record in told]
    return {(spec.encoder["name"], "+".join(task.name for task in spec.tasks)): spec for spec in found}


@pytest.fixture
def pack(finished):
    return PackInPlace(finished.root / "out" / "splits", finished.cache)


@pytest.mark.parametrize("encoder", ["dnn", "small"])
@pytest.mark.parametrize("combination", ["tone", "tone+bird"])
@pytest.mark.parametrize("labels", ["own", "shuffled"])
def test_a_learning_rate_that_diverges(specs, pack, encoder, combination, labels):
    """Of ordinary runs and of controls."""
    spec = specs[encoder, combination]
    training = spec.training.model_copy(update={"learning_rate": 1e38})
    tasks = tuple(task.model_copy(update={"labels": labels}) for task in spec.tasks)
    with pytest.raises(RunFailed, match=r"is not a finite number (at|on the validation part after) step [1-9]"):
        train_one(spec.model_copy(update={"training": training, "tasks": tasks}), pack)


def test_an_encoder_that_is_lost_in_evaluation_alone(bench):
    ended, _ = run(bench, encoders=lost(when="evaluation"), combinations=["singles"], repeats={"folds": 1, "seeds": 1})
    assert len(ended.failed) == 2
    for error in ended.failed.values():
        assert "is not a finite number on the validation part after step 5" in error


def test_multilabel(bench):
    """The loss of a sigmoid of NaN is NaN; a score of it was the share of one label."""
    rows = tiny.write_dataset(bench.root / "data" / "both", "heard", ["low", "low;high"], each=2, seed=4)
    assert len(rows) == 20
    datasets = {"both": {"path": "data/both"}, "birds": {"path": "data/birds"}}
    tasks = {"heard": {"dataset": "both", "target": "heard"}, "bird": {"dataset": "birds", "target": "bird"}}
    ended, out = run(bench, datasets=datasets, tasks=tasks, encoders=lost(), repeats={"folds": 1, "seeds": 1})
    assert [error.partition(":")[0] for error in ended.failed.values()] == [
        "the loss of task 'heard' is not a finite number at step 3"
    ]
    assert len(tiny.results(out)) == 2


class TestStepsWatched:
    def watch(self, name):
        watched = StepsWatched(Device())
        object.__setattr__(watched._device, "name", name)
        return watched

    def test_on_the_processor_at_once(self):
        watched = self.watch("cpu")
        watched.saw("a", 1, torch.tensor(0.5), torch.zeros(4, 3))
        with pytest.raises(RunFailed, match="the loss of task 'b' is not a finite number at step 2"):
            watched.saw("b", 2, torch.tensor(float("nan")), torch.zeros(4, 3))

    def test_elsewhere_when_asked(self):
        """The first step is told, not that at which somebody looked."""
        watched = self.watch("cuda")
        watched.saw("a", 1, torch.tensor(0.5), torch.zeros(4, 3))
        watched.look()
        watched.saw("a", 2, torch.tensor(0.5), torch.tensor([[0.0, -torch.inf]]))
        watched.saw("a", 3, torch.tensor(torch.inf), torch.zeros(4, 3))
        with pytest.raises(RunFailed, match="a logit of task 'a' is not a finite number at step 2"):
            watched.look()


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_answers_and_losses(number):
    logits = np.zeros((3, 2), np.float32)
    check_answers("a", "test", 7, logits, 0.5)
    with pytest.raises(RunFailed, match="the loss of task 'a' is not a finite number on the test part after step 7"):
        check_answers("a", "test", 7, logits, number)
    logits[1, 1] = number
    with pytest.raises(RunFailed, match="a logit of task 'a' is not a finite number on the test part: "):
        check_answers("a", "test", None, logits)


def test_a_kind_whose_pooling_or_loss_is_no_number(specs, pack, monkeypatch):
    """As a kind of one's own may have it."""
    spec = specs["dnn", "tone"]
    nothing = np.full((99, 3), np.nan, np.float32)
    monkeypatch.setattr(
        Multiclass, "pool", lambda kind, logits, places, lengths: ClipOutputs.one_each(nothing[: len(lengths)])
    )
    with pytest.raises(RunFailed, match="a logit of task 'tone' is not a finite number on the validation part"):
        train_one(spec, pack)


def test_what_export_and_others_predict_is_looked_at_too(specs, pack, monkeypatch):
    result = train_one(specs["dnn", "tone"], pack)
    data = result.tasks["tone"].data
    from cohear.training.sources import inputs_of

    evaluation = Evaluation(data, "test", inputs_of(specs["dnn", "tone"])["tone"], (0, 0, 0))
    with torch.no_grad():
        next(result.network.parameters()).fill_(torch.nan)
    with pytest.raises(RunFailed, match="a logit of task 'tone' is not a finite number on the test part: "):
        evaluation.predict(result.network)


def test_a_record_of_a_run_that_diverged_is_none(finished, tmp_path):
    """Earlier versions wrote such records; the run is trained again, and fails."""
    run, file = next(iter(tiny.records(finished.root / "out").items()))
    content = json.loads(file.read_text())
    folder = tmp_path / run
    folder.mkdir()
    (folder / "record.json").write_text(json.dumps(content))
    assert read_record(folder) is not None
    del content["checksum"]
    for task in content["tasks"].values():
        task["scores"]["test"]["last"]["loss"] = None
    (folder / "record.json").write_text(json.dumps(content))
    assert read_record(folder) is None


def test_exports_own_run_that_is_lost_leaves_no_bundle(bench):
    """Of an encoder whose file lies beside the study file alone: `--code` names its folder."""
    lost_later = LOST.replace("== 3", '== 3 and Path(__file__).with_name("now").exists()').replace("> 4", "> 0", 1)
    (bench.root / "lost_net.py").write_text(f"from pathlib import Path\n{lost_later}")
    settings = {"encoders": lost(), "combinations": ["singles"], "repeats": {"folds": 1, "seeds": 1}}
    bench.run(**settings)
    assert bench.cohear("check", "out").returncode == 0
    noted = bench.root / "out" / "study.yaml"
    noted.write_text(f"{noted.read_text()}# a note\n")
    bench.run(**settings)
    assert "# a note" in noted.read_text()
    wish = ("export", "out", "--tasks", "tone", "-o", "bundle", "--launcher", "in-process")
    with entered():
        elsewhere = bench.cohear(*wish)
        assert elsewhere.returncode == 2
        assert "--code names the folder that its file is in" in elsewhere.stderr
        (bench.root / "now").touch()
        failed = bench.cohear(*wish, "--code", ".")
        assert failed.returncode == 1
        assert "the loss of task 'tone' is not a finite number at step 3" in failed.stderr
        assert "Traceback" not in failed.stderr
        assert not (bench.root / "bundle").exists()
        (bench.root / "now").unlink()
        assert bench.cohear(*wish, "--code", ".").returncode == 0


def test_a_study_all_of_whose_runs_failed_says_so_on_its_page(bench):
    """The page of what had been trained before stayed as it was, beside tables without a row."""
    settings = {"repeats": {"folds": 1, "seeds": 1}}
    out = bench.run(**settings)
    bench.cohear("report", out)
    page = out / "report" / "index.html"
    assert "failed and is no result" not in page.read_text(encoding="utf-8")
    (bench.root / "lost_net.py").write_text(LOST.replace("> 4", "> 0", 1))
    with entered():
        ended = bench.cohear("run", bench.study(encoders=lost(), **settings), "--out", out, "--launcher", "in-process")
    assert ended.returncode == 1
    assert "3 of 3 runs failed" in ended.stderr
    assert f"page: {page}" in ended.stdout
    told = " ".join(page.read_text(encoding="utf-8").split())
    assert "failed and is no result" in told
    assert "is not a finite number at step 3" in told
    assert tiny.results(out) == []
    with (out / "gains.csv").open() as file:
        assert list(csv.DictReader(file)) == []
