"""Tasks over several datasets are audited: labels of one alone, recordings that tell datasets apart, copies across."""

import json

import numpy as np
import planted
import pytest
import soundfile
from two_datasets import BOTH, write_two

from cohear.data.audit.over_datasets import recall_by_dataset
from cohear.study.audit import check_data


def found(settings, cache, code=None):
    audit = check_data(settings, cache=cache)
    return [one for one in audit.findings if code is None or one.code == code]


def test_a_label_of_one_dataset_is_told_until_it_is_renamed(tmp_path):
    settings = write_two(tmp_path, labels_there=(0, 2))
    [told] = found(settings, tmp_path / "cache", "label-of-one-dataset")
    assert (told.severity, told.task, told.datasets) == ("warning", "both", ("here", "there"))
    assert told.sentence == "2 of 3 labels are of one dataset alone: 'b' in here; 'c' in there"
    renamed = write_two(tmp_path / "renamed", {**BOTH, "rename": {"there": {"c": "b"}}}, labels_there=(0, 2))
    assert found(renamed, tmp_path / "cache", "label-of-one-dataset") == []


@pytest.mark.parametrize(("shares", "severity"), [((2, 2), "note"), ((6, 1), "warning")])
def test_recordings_that_tell_datasets_apart(tmp_path, shares, severity):
    """A note where that is of no use; a warning where a dataset has other shares of labels."""
    settings = write_two(tmp_path, rate=2 * planted.RATE, shares=shares)
    [told] = found(settings, tmp_path / "cache", "datasets-recorded-apart")
    assert (told.severity, told.task) == (severity, "both")
    assert told.figures["conditions"]["sample rate"] == 1 and "sample rate (1.00 alone)" in told.sentence
    assert ("whoever knows the dataset recognises" in told.sentence) == (severity == "warning")


def test_datasets_that_are_recorded_alike_are_not_told(tmp_path):
    assert found(write_two(tmp_path, shares=(2, 2)), tmp_path / "cache", "datasets-recorded-apart") == []


def test_which_dataset_a_clip_is_of_is_a_task_that_recordings_give_away(tmp_path):
    settings = write_two(tmp_path, {"dataset": ["here", "there"], "target": "dataset"}, rate=2 * planted.RATE)
    [told] = found(settings, tmp_path / "cache", "datasets-recorded-apart")
    assert told.severity == "warning" and told.figures["labels_by_dataset"] == 1


def test_a_copy_in_the_other_dataset_leaks_where_that_is_held_out(tmp_path):
    """The leakage rule knows equal samples, and takes them out; another take it can not know."""
    settings = write_two(tmp_path, {**BOTH, "hold_out": "dataset"})
    samples, rate = soundfile.read(tmp_path / "here" / "clips" / "0-0-0.wav")
    soundfile.write(tmp_path / "there" / "clips" / "0-0-0.wav", planted.another_take(samples), rate, subtype="PCM_16")
    told = found(settings, tmp_path / "cache")
    assert "leaking-near-duplicates" in [one.code for one in told if one.severity == "error"]
    soundfile.write(tmp_path / "there" / "clips" / "0-0-0.wav", samples, rate, subtype="PCM_16")
    [aside] = [one for one in found(settings, tmp_path / "cache") if one.code == "clips-set-aside"]
    assert aside.task == "both" and aside.datasets == ("here", "there")


def test_a_column_that_one_dataset_lacks_is_told_and_the_rest_is_audited(tmp_path):
    settings = write_two(tmp_path, {**BOTH, "target": {"here": "bird", "there": "brid"}})
    audit = check_data(settings, cache=tmp_path / "cache")
    [refused] = [one for one in audit.findings if one.code == "study-refused"]
    assert "brid" in refused.sentence and audit.failed
    assert json.loads(json.dumps(audit.to_json()))["counts"]["error"] == 1


def test_what_a_dataset_tells_of_labels():
    assert recall_by_dataset(np.array([[5, 5, 0], [5, 5, 0]])) == 0.5
    assert recall_by_dataset(np.array([[4, 0], [0, 9]])) == 1
