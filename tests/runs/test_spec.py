"""A run's specification: its key, its job and its JSON."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from cohear.base.errors import UserError
from cohear.base.files import digest
from cohear.runs import NETWORK
from cohear.runs.job import files_kept, job_of, read_spec
from cohear.runs.run_folder import KEPT
from cohear.runs.spec import Need, Spec, TaskReference
from cohear.training.settings import TrainingSettings
from cohear.training.spec import RunSpec

RESULTS = Path(__file__).resolve().parents[2] / "docs" / "results"
RECORDED = sorted({path.parents[2] for path in RESULTS.glob("*/runs/*/record.json")})


class Other(Spec):
    job: str = "other"
    size: int


def spec(**changes):
    content = {
        "tasks": (TaskReference(name="a", split="s", store="t"),),
        "front_end": {"name": "logmel"},
        "encoder": {"name": "small"},
        "window": 1.0,
        "training": TrainingSettings(),
        "study_seed": 0,
        "fold": 0,
        "seed": 0,
        "versions": {},
    }
    return RunSpec(**{**content, **changes})


def other(**changes):
    return Other(**{"tasks": (), "study_seed": 0, "fold": 0, "seed": 0, "versions": {}, "size": 1, **changes})


@pytest.mark.parametrize("study", RECORDED, ids=lambda path: path.name)
def test_recorded_specifications_keep_their_keys(study):
    """What was trained once is never trained again because specifications learnt a new field."""
    for path in study.glob("runs/*/record.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        read = read_spec(record["specification"])
        assert read.key == record["run"] == path.parent.name
        assert read.model_dump(mode="json") == record["specification"]


def test_there_are_recorded_specifications():
    assert len(RECORDED) >= 4


def test_what_holds_its_default_is_left_out_and_counts_where_it_does_not():
    plain = spec().model_dump(mode="json")
    assert not {"job", "needs"} & set(plain)
    assert set(plain["tasks"][0]) == {"name", "split", "store"}
    assert {*plain["training"], "teachers", "optimiser"} == set(TrainingSettings.model_fields)
    needy = spec(needs={"teacher": Need(run="r", file="weights.safetensors")})
    assert needy.model_dump(mode="json")["needs"] == {"teacher": {"run": "r", "file": "weights.safetensors"}}
    assert needy.key != spec().key
    assert RunSpec.model_validate(needy.model_dump(mode="json")) == needy


def test_a_key_is_made_once_and_never_that_of_what_was_copied(monkeypatch):
    """And neither what is written of a specification nor what it equals depends on whether it was asked for."""
    one, made = spec(), []
    monkeypatch.setattr("cohear.runs.spec.digest", lambda *given, **more: made.append(given) or digest(*given, **more))
    written = one.model_dump(mode="json")
    assert one.key == one.key == digest(written, size=8)
    assert len(made) == 1
    assert one.model_dump(mode="json") == written
    assert one == spec()
    for deep in (False, True):
        assert one.model_copy(update={"seed": 1}, deep=deep).key == spec(seed=1).key != one.key
    assert one.model_copy().key == one.key


def test_another_job_names_itself_and_is_another_run():
    written = other().model_dump(mode="json")
    assert written["job"] == "other"
    assert Other.model_validate(written) == other()
    with pytest.raises(ValidationError, match="a specification of the job 'network' is none of 'other'"):
        Other.model_validate({**written, "job": NETWORK})


def test_specifications_are_read_by_their_job():
    assert read_spec(spec().model_dump(mode="json")) == spec()
    assert read_spec({**spec().model_dump(mode="json"), "job": NETWORK}) == spec()
    with pytest.raises(UserError, match=r"unknown job 'netwerk' .did you mean 'network'"):
        read_spec({**spec().model_dump(mode="json"), "job": "netwerk"})


def test_what_is_kept_of_a_run_is_what_its_job_leaves():
    assert files_kept(spec(), ["curves", "weights"]) == {"curve.csv", "weights.safetensors"}
    assert files_kept(spec(), []) == frozenset()
    assert job_of(spec()).leaves == {"curve.csv", "predictions.csv", "weights.safetensors"}


def test_a_file_that_a_job_learns_to_leave_is_asked_of_no_finished_run(monkeypatch):
    """But for what a run is made for, and what other runs need."""
    network = type(job_of(spec()))
    monkeypatch.setattr(network, "leaves", network.leaves | {"answers.csv"})
    assert files_kept(spec(), list(KEPT)) == {"curve.csv", "predictions.csv", "weights.safetensors"}
    monkeypatch.setattr(network, "always", frozenset({"answers.csv"}))
    assert files_kept(spec(), []) == {"answers.csv"}


LIGHT = """
import sys
from cohear.runs import carry_out, in_place, job, pack, predictions, record, run_folder, spec, split, task_data
{more}
print(*({{name.partition(".")[0] for name in sys.modules}} & {{"torch", "cohear.training"}}))
"""


@pytest.mark.parametrize(
    "more",
    ["", "from cohear.runs.job import JOBS\nnetwork = JOBS['network']()\nassert network.leaves"],
    ids=["the room", "the job network"],
)
def test_what_a_run_is_can_be_read_without_torch(more):
    told = subprocess.run([sys.executable, "-c", LIGHT.format(more=more)], check=True, capture_output=True, text=True)
    assert "torch" not in told.stdout.split()


def test_a_study_folder_is_looked_at_without_what_reads_specifications():
    """``cohear status`` is quick."""
    looks = "import sys, cohear.cli.progress, cohear.study.folder.status\nprint(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", looks], check=True, capture_output=True, text=True)
    assert not {"torch", "pandas", "pydantic", "numpy"} & set(told.stdout.split())
