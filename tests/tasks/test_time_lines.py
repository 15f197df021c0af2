"""Kinds whose answer is a time line: the contract, and what of silence is scored."""

from pathlib import Path

import numpy as np
import pytest
import tiny

from cohear.base.plugins import load_plugin
from cohear.base.timeline import UNHEARD
from cohear.tasks import METRICS, TARGET_KINDS, ClipOutputs, Events, Multiclass, Multilabel, WindowPlaces
from cohear.tasks.decisions import FILTERS, Decisions
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


def answers_with_gaps(clips=12, steps=40, seed=0):
    """An event a clip that is told with holes in it and specks around it, a level too low; and its truth."""
    noise = np.random.default_rng(seed)
    truth = np.zeros((clips, steps), np.bool_)
    truth[:, 10:25] = True
    logits = np.where(truth, -1.0, -3.0) + noise.normal(0, 0.1, truth.shape)
    flipped = noise.uniform(size=truth.shape) < 0.1
    logits = np.where(flipped, np.where(truth, -3.0, -1.0), logits)
    told = ClipOutputs(logits.reshape(-1, 1).astype(np.float32), np.full(clips, steps))
    return told, Events().encode(["a@1-2.5"] * clips, ["a"])


def test_thresholds_and_filters_are_set_and_make_answers_better():
    """Probabilities below one half, of which nothing would be told, and holes that a median fills."""
    told, truth = answers_with_gaps()
    kind, every = Events(), np.array([True])
    rows = kind.rows(truth, told)
    found = kind.decisions(told, rows, every)
    assert 1 / (1 + np.exp(3)) < found.thresholds[0] < 1 / (1 + np.exp(1)) and found.filters[0] in FILTERS[1:]
    before, after = (
        METRICS["segment_f1"].score(values, rows, every) for values in (told.values, kind.decided(told, found).values)
    )
    assert before == 0 and after > 0.93
    alone = kind.decided(told, Decisions(found.thresholds, (1,)))
    assert after > METRICS["segment_f1"].score(alone.values, rows, every) + 0.05


def test_what_is_silent_stays_so_and_clips_are_apart():
    values = np.array([1, UNHEARD, 1, -1, 1, -1, -1], np.float32)[:, None]
    told = ClipOutputs(values, np.array([5, 2]))
    found = Events().decided(told, Decisions((0.5,), (3,)))
    assert found.values.ravel().tolist() == [1, UNHEARD, -1, 1, 1, -1, -1]


def test_nothing_is_set_where_nothing_sounds_and_by_other_kinds():
    told, truth = answers_with_gaps()
    kind = Events()
    nothing = kind.rows(kind.encode(["none"] * 12, ["a"]), told)
    assert kind.decisions(told, nothing, np.array([True])) is None
    assert kind.decisions(told, kind.rows(truth, told), np.array([False])) is None
    clips = ClipOutputs.one_each(np.ones((2, 2), np.float32))
    assert Multilabel().decisions(clips, Multilabel().encode(["a", "b"], ["a", "b"]), np.array([True, True])) is None
