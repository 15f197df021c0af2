"""Events: each told once, where it begins and ends."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_bundle import tone

from cohear.base.decoding import LabelDecoding
from cohear.base.errors import UserError
from cohear.base.timeline import TimelineDecoding, medians
from cohear.runtime.answers import WindowAnswer
from cohear.runtime.detector import EventDetector, EventSettings, events_of
from cohear.runtime.forms import answer, timeline

WORD = LabelDecoding("word", "multiclass", ("yes", "no", "none"))
SOUND = LabelDecoding("sound", "multilabel", ("dog", "rain"), (0.5, 0.8))


def windows_of(task, rows, *, heard=None, seconds=1.0, step=0.5):
    """Windows that overlap by half, with these probabilities of one task."""
    heard = heard or [True] * len(rows)
    return [
        WindowAnswer(step * n, step * n + seconds, heard[n], {task.name: answer(task, np.array(row, np.float32))})
        for n, row in enumerate(rows)
    ]


def told(task, rows, settings=None, **more):
    found = events_of(windows_of(task, rows, **more), {task.name: task}, settings)
    return [(event.label, event.onset, event.offset) for event in found]


def test_an_event_over_overlapping_windows_is_told_once():
    """Pitfall 21: a streaming classifier reports one event several times."""
    rows = [(0.1, 0.1, 0.8), *[(0.9, 0.05, 0.05)] * 3, (0.1, 0.1, 0.8)]
    assert told(WORD, rows) == [("none", 0.0, 0.75), ("yes", 0.75, 2.25), ("none", 2.25, 3.0)]


def test_a_dip_above_the_release_does_not_end_it_and_one_below_does():
    dog = [[p, 0.0] for p in (0.9, 0.35, 0.9, 0.2, 0.9)]
    assert told(SOUND, dog) == [("dog", 0.0, 1.75), ("dog", 2.25, 3.0)]


def test_labels_begin_at_their_own_thresholds_and_may_overlap():
    assert told(SOUND, [(0.6, 0.6), (0.6, 0.9)]) == [("dog", 0.0, 1.5), ("rain", 0.75, 1.5)]


def test_one_label_of_a_multiclass_task_at_a_time():
    assert told(WORD, [(0.9, 0.1, 0.0), (0.45, 0.55, 0.0)]) == [("yes", 0.0, 0.75), ("no", 0.75, 1.5)]


def test_too_short_is_no_event():
    rows = [(0.0, 0.0), (0.9, 0.0), (0.0, 0.0), (0.9, 0.0), (0.9, 0.0), (0.0, 0.0)]
    assert told(SOUND, rows, EventSettings(minimum=0.75)) == [("dog", 1.75, 2.75)]


def test_digital_silence_ends_an_event():
    assert told(WORD, [(0.9, 0.1, 0.0)] * 3, heard=[True, False, False]) == [("yes", 0.0, 0.75)]


def test_what_lasts_is_known_before_it_ends():
    detector = EventDetector({"word": WORD}, EventSettings(minimum=1.2))
    first, second = windows_of(WORD, [(0.9, 0.1, 0.0), (0.8, 0.1, 0.1)])
    assert detector.push(first) == [] and detector.lasting == []
    assert detector.push(second) == []
    (event,) = detector.lasting
    assert (event.label, event.onset, event.offset, event.probability) == ("yes", 0.0, 1.5, pytest.approx(0.9))
    assert detector.end() == [event]
    assert detector.end() == []


def test_no_windows_no_events():
    assert events_of([], {"word": WORD}) == []


def test_a_tone_in_silence_is_one_event(tiny):
    """Pitfall 21 on a model: fifteen windows hear it."""
    windows = tiny.windows(np.concatenate([tone(seconds=2), tone("mid", seconds=3), tone(seconds=2)]))
    assert sum("mid" in window.answers["pitch"].labels for window in windows if window.heard) > 5
    (event,) = [event for event in events_of(windows, tiny.tasks) if event.task == "pitch"]
    assert event.label == "mid"
    assert event.onset == pytest.approx(2, abs=0.4) and event.offset == pytest.approx(5, abs=0.4)


@pytest.mark.parametrize("wrong", [{"onset": 0.0}, {"onset": 1.1}, {"release": 0}, {"minimum": -1}, {"onset": np.nan}])
def test_wrong_settings(wrong):
    with pytest.raises(UserError, match="onset"):
        EventSettings(**wrong)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=30), st.floats(0, 2))
def test_events_of_a_label_never_overlap_and_cover_what_is_given(rows, minimum):
    windows = windows_of(SOUND, rows)
    found = events_of(windows, {"sound": SOUND}, EventSettings(minimum=minimum))
    for label in SOUND.labels:
        own = [event for event in found if event.label == label]
        assert all(earlier.offset <= later.onset for earlier, later in itertools.pairwise(own))
        assert all(event.offset - event.onset >= minimum - 1e-6 and event.probability <= 1 for event in own)
        if minimum == 0:
            centres = [(w.onset + w.offset) / 2 for w in windows if label in w.answers["sound"].labels]
            assert all(any(e.onset <= centre <= e.offset for e in own) for centre in centres)


@given(st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.6, 0.9]), min_size=1, max_size=40), st.sampled_from([1, 3, 5]))
def test_medians_of_steps_are_taken_over_windows(chances, width):
    """Windows of six steps, every three: events are those of all steps at once, whatever of them is in one window."""
    task = TimelineDecoding("when", "timeline", ("a", "b"), 0.1, 1, (0.5, 0.5), (width, 1))
    values = np.array([chances, chances[::-1]], np.float32).T
    windows = []
    for first in range(0, max(len(values) - 3, 1), 3):
        own = values[first : first + 6]
        end = (first + len(own)) * 0.1
        answered = timeline(task, own, first, end, own.any(axis=1))
        windows.append(WindowAnswer(first * 0.1, end, True, {"when": answered}))
    found = events_of(windows, {"when": task}, EventSettings(release=1.0))
    smooth = medians(values, task.widths) >= 0.5
    for column, label in enumerate(task.labels):
        steps = {
            step
            for event in found
            if event.label == label
            for step in range(round(event.onset / 0.1), round(event.offset / 0.1))
        }
        assert steps == set(np.flatnonzero(smooth[:, column]).tolist())
