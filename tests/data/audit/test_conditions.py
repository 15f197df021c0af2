"""Labels that recording conditions give away are told; labels that have nothing to do with them are not."""

from pathlib import Path

import numpy as np
import planted
import pytest

from cohear.base.yaml_text import YamlText
from cohear.data.audit.conditions import ConditionsCheck, predicted
from cohear.data.audit.cues import binned
from cohear.data.audit.shuffle import GroupShuffle
from cohear.study.audit import check_data, gather_evidence
from cohear.study.file import check_study
from cohear.study.folder.folder import with_paths_from
from cohear.study.launch.progress import NoProgress

CODE = "label-from-conditions"
TRIES = 200
REAL = {
    "emodb": {"target": "emotion", "hold_out": "speaker"},
    "ukrdigits": {"target": "digit", "hold_out": "group"},
    "urdu_emotion": {"target": "emotion", "hold_out": "speaker"},
    "esc10": {"target": "event", "hold_out": "group"},
}


def found(copy, cache, code=CODE):
    return [one for one in check_data(copy.settings(), cache=cache).findings if one.code == code]


def made(draw, clips=240, groups=12, labels=4):
    """Conditions, labels and groups without any relation; labels are mixed inside groups."""
    conditions = [binned(draw.standard_normal(clips)) for _ in range(3)] + [draw.integers(0, 3, clips)]
    return conditions, draw.integers(0, labels, clips), np.arange(clips) % groups


def test_unrelated_labels_are_called_in_one_of_a_hundred():
    """Exactly 2 of 200 places are called; 400 tries of that: 4 +- 2."""
    called = 0
    for number in range(400):
        draw = np.random.default_rng(number)
        called += predicted(*made(draw), draw).p <= 0.01
    assert called <= 12


def test_groups_that_share_a_condition_are_no_relation():
    """Each speaker has a microphone and a label of its own: by clips that would be a sure relation, and it is none."""
    called = 0
    for number in range(100):
        draw = np.random.default_rng(number)
        groups = np.arange(240) % 12
        microphone, label = draw.integers(0, 3, 12), draw.permutation(np.arange(12) % 3)
        called += predicted([microphone[groups]], label[groups], groups, draw).is_sure
    assert called <= 5


@pytest.mark.parametrize("share", [1.0, 0.7])
def test_a_condition_that_goes_with_the_label(share):
    draw = np.random.default_rng(0)
    conditions, labels, groups = made(draw)
    conditions[3] = np.where(draw.random(len(labels)) < share, labels, conditions[3])
    told = predicted(conditions, labels, groups, draw)
    assert told.is_sure
    assert told.chance == pytest.approx(0.25, abs=0.04)
    assert told.recall >= 0.6 * share


def test_a_column_of_devices(clean, cache, tmp_path):
    """Each label has its own microphone, in every group."""
    copy = planted.Copy(clean, tmp_path)
    copy.rows(lambda number, row: row.update(device={"low": "a", "mid": "b", "high": "a"}[row["bird"]]))
    (finding,) = found(copy, cache)
    assert (finding.severity, finding.dataset, finding.task) == ("warning", "bird", "bird")
    assert max(finding.figures["conditions"], key=finding.figures["conditions"].get) == "column 'device'"
    assert finding.figures["recall"] > finding.figures["chance"] + 0.2
    assert f"chance {finding.figures['chance']:.2f}" in finding.sentence


def test_a_device_that_is_a_task_too(clean, cache, tmp_path):
    """`cohear check DATASET` proposes each column as a task: that hides no microphone from the others."""
    copy = planted.Copy(clean, tmp_path)
    names = {"low": "a", "mid": "b", "high": "a"}
    copy.rows(lambda number, row: row.update({"Recorder Model": names[row["bird"]]}))
    copy.changes["tasks"] = {
        "bird": {"dataset": "bird", "target": "bird", "hold_out": "group"},
        "recorder": {"dataset": "bird", "target": "Recorder Model", "hold_out": "group"},
    }
    told = {one.task: one for one in found(copy, cache)}
    assert "column 'Recorder Model'" in told["bird"].figures["conditions"]
    assert "recorder" not in told  # what it is called says nothing of itself


def test_a_column_that_says_nothing(clean, cache, tmp_path):
    """Microphones that change with the group are no relation; nor is a column that a task learns."""
    copy = planted.Copy(clean, tmp_path)
    copy.rows(lambda number, row: row.update(device="ab"[int(row["group"][1:]) % 2], room=row["bird"]))
    copy.changes["tasks"] = {
        "bird": {"dataset": "bird", "target": "bird", "hold_out": "group"},
        "room": {"dataset": "bird", "target": "room", "hold_out": "group"},
    }
    assert found(copy, cache) == []


@pytest.mark.parametrize(
    ("change", "severity"),
    [
        (lambda samples: np.append(samples, np.zeros(4000, np.float32)), "warning"),  # filled up
        (planted.low_pass, "warning"),  # another codec
        (lambda samples: 0.2 * samples, "note"),  # further away
        (lambda samples: np.full_like(samples, 0.2), "warning"),  # nothing but an offset
    ],
)
def test_conditions_of_one_label(clean, cache, tmp_path, change, severity):
    copy = planted.Copy(clean, tmp_path)
    for number, row in enumerate(planted.read_rows(copy.folder / "bird")):
        if row["bird"] == "low":
            copy.change(change, number)
    (finding,) = found(copy, cache)
    assert (finding.severity, finding.task) == (severity, "bird")


def test_a_label_that_was_levelled_to_another_peak(clean, cache, tmp_path):
    """Loudness in eight bins hides a tenth of the peak; that many clips share one does not."""
    copy = planted.Copy(clean, tmp_path)
    for number, row in enumerate(planted.read_rows(copy.folder / "bird")):
        peak = 0.45 if row["bird"] == "low" else 0.5
        copy.change(lambda samples, peak=peak: peak / np.abs(samples).max() * samples, number)
    (finding,) = found(copy, cache)
    assert finding.severity == "note"
    assert max(finding.figures["conditions"], key=finding.figures["conditions"].get) == "peak"


def evidence_of(shared_data: Path, name: str, cache: Path):
    task = {"dataset": name, **REAL.get(name, {"target": "language", "hold_out": "group"})}
    content = {"study": "real", "datasets": {name: {"path": name}}, "tasks": {name: task}}
    settings = with_paths_from(check_study(YamlText(content)), shared_data)
    return gather_evidence(settings, cache=cache, jobs=None, progress=NoProgress())[0]


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_permuted_labels_of_real_sets_are_not_called(shared_data, tmp_path, name):
    """Labels that change places as groups allow keep all recordings and their groups: called in 5 % at most."""
    evidence = evidence_of(shared_data, name, tmp_path)
    table = evidence.datasets[name].table
    target, hold_out = REAL[name]["target"], REAL[name]["hold_out"]
    cells = np.array(table.column(target, name))
    labels, numbers = np.unique(cells, return_inverse=True)
    shuffle = GroupShuffle(numbers, evidence.datasets[name].groups(hold_out))
    split = evidence.folds[0][name]
    assert len(split.rows) == len(cells)
    called = 0
    for number in range(TRIES):
        drawn = shuffle.draw(np.random.default_rng(number))
        split.targets.values[:] = drawn[split.rows]
        object.__setattr__(evidence, "seed", number)
        called += len(list(ConditionsCheck().find(evidence)))
    print(f"{name}: called in {called} of {TRIES} tries")  # noqa: T201 - docs/check.md tells it
    assert len(labels) > 1
    assert called <= 0.05 * TRIES


@pytest.mark.data
@pytest.mark.slow
def test_one_speaker_a_language(shared_data, tmp_path):
    """Each language of `asterisk` has one speaker and studio; cut ends and zeros alone tell them apart."""
    (finding,) = ConditionsCheck().find(evidence_of(shared_data, "asterisk", tmp_path))
    assert finding.severity == "warning"
    assert finding.figures["recall"] > finding.figures["chance"] + 0.1
