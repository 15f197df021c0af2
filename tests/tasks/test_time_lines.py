"""Kinds whose answer is a time line: the contract, and what of silence is scored."""

from pathlib import Path

import numpy as np
import pytest
import tiny

from cohear.base.plugins import load_plugin
from cohear.base.timeline import UNHEARD
from cohear.tasks import METRICS, TARGET_KINDS, Multiclass, Multilabel, WindowPlaces
from cohear.tasks.metrics import versions_of_kind
from cohear.testing.target_kind import TargetKindContract


@pytest.fixture(autouse=True)
def kind():
    load_plugin(Path(tiny.__file__).with_name("time_lines.py"))
    return TARGET_KINDS["sounding-steps"]


class TestSoundingSteps(TargetKindContract):
    def make(self):
        return TARGET_KINDS["sounding-steps"]

    def cell(self, label):
        return f"{label}@0-0.3"


def test_a_label_in_silence_is_missed_and_none_is_told_there(kind):
    """Two labels over four steps; the head calls both everywhere, and the two steps between are silent."""
    truth = kind.encode(["a@0-0.09"], ["a", "b"])  # in step 0, and in the silent step 1
    heard = np.repeat([[True, False, False, True]], 5, axis=0).T.reshape(1, 20)
    whole = WindowPlaces(*(np.array([value]) for value in (0, 0, 20, 1.0)), 0.01, heard=heard)
    told = kind.pool(np.ones((1, 20, 2), np.float32), whole, np.array([20]))
    assert told.values.tolist() == [[1, 1], [UNHEARD] * 2, [UNHEARD] * 2, [1, 1]]
    rows = kind.rows(truth, told)
    assert kind.row_cells(told, truth, ["a", "b"]) == ["a", "a", "", ""]
    every = np.array([True, True])
    assert METRICS["f1"].score(told.values, rows, every) == 2 / 4  # one hit, one missed, one too many
    bits = kind.log_losses(told, rows, every, np.ones(1))  # of steps 0 and 3 alone: b twice and a once are not there
    assert bits == pytest.approx(np.log2(1 + np.exp(-1)) + 3 * np.log2(1 + np.exp(1)))


def test_a_clip_of_silence_is_answered_with_nothing(kind):
    """All of its windows are kept, and no step of it has a label."""
    places = WindowPlaces(
        np.zeros(2, np.int64), np.array([0, 5]), np.full(2, 10), np.ones(2), 0.01, heard=np.zeros((2, 10), np.bool_)
    )
    told = kind.pool(np.ones((2, 10, 3), np.float32), places, np.array([15]))
    assert told.values.tolist() == [[UNHEARD] * 3] * 3


def test_time_lines_have_a_version_of_their_own_and_no_other_kind_has(kind):
    """Splits of other kinds, and so the keys of their runs, are what they were."""
    metrics = {"metric f1": 1, "metric map": 1}
    assert versions_of_kind(kind) == {"target kind sounding-steps": 1, "time lines": 1, **metrics}
    for other in (Multiclass(), Multilabel()):
        assert {name for name in versions_of_kind(other) if not name.startswith("metric ")} == {
            f"target kind {other.name}"
        }
