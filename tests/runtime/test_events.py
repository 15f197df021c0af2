"""Time lines: what lasts over several windows is told once."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_bundle import tone

from cohear.runtime.answers import Answer, WindowAnswer
from cohear.runtime.events import Event, EventLine, audacity, dcase


def line_of(labels, step=0.5, window=1.0):
    """Events of windows that overlap by half and give these labels (a set each; None is silence)."""
    line, events = EventLine("t"), []
    for number, given_ in enumerate(labels):
        chances = dict.fromkeys("abc", 0.5)
        answer = Answer(tuple(sorted(given_ or ("a",))), chances)
        onset = number * step
        events += line.push(WindowAnswer(onset, onset + window, given_ is not None, {"t": answer}))
    return [*events, *line.end((len(labels) - 1) * step + window)]


def test_an_event_over_several_windows_is_told_once():
    events = line_of([{"a"}, {"a"}, {"a"}, {"b"}, {"a"}])
    assert [(event.label, event.onset, event.offset) for event in events] == [
        ("a", 0.0, 1.75),
        ("b", 1.75, 2.25),
        ("a", 2.25, 3.0),
    ]


def test_several_labels_at_a_time_and_silence():
    events = line_of([{"a", "b"}, {"b"}, None, {"b"}])
    assert [(event.label, event.onset, event.offset) for event in events] == [
        ("a", 0.0, 0.75),
        ("b", 0.0, 1.25),
        ("b", 1.75, 2.5),
    ]


@given(st.lists(st.one_of(st.none(), st.sets(st.sampled_from("abc"), min_size=1)), min_size=1, max_size=20))
def test_a_label_never_overlaps_itself_and_nothing_is_lost(labels):
    events = line_of(labels)
    for label in "abc":
        own = sorted((event.onset, event.offset) for event in events if event.label == label)
        assert all(before[1] < after[0] for before, after in itertools.pairwise(own))
        told = sum(offset - onset for onset, offset in own)
        edges = [0.0, *(0.75 + 0.5 * number for number in range(len(labels) - 1)), 0.5 * (len(labels) + 1)]
        given_ = [edges[n + 1] - edges[n] for n, each in enumerate(labels) if each and label in each]
        assert told == pytest.approx(sum(given_))


def test_a_tone_in_silence_is_one_event(tiny):
    samples = np.concatenate([tone(seconds=2), tone("mid", seconds=3), tone(seconds=2)])
    line, events = EventLine("pitch"), []
    for window in tiny.windows(samples):
        events += line.push(window)
    events += line.end(7.0)
    (event,) = [event for event in events if event.label == "mid"]
    assert event.onset == pytest.approx(2, abs=0.4)
    assert event.offset == pytest.approx(5, abs=0.4)


def test_formats():
    events = [Event(0.0, 1.25, "dog\tbark\n", 0.9), Event(1.25, 2.0, "ein Hündchen", 0.8)]
    assert dcase(events).splitlines() == [
        "onset\toffset\tevent_label",
        "0.000\t1.250\tdog bark",
        "1.250\t2.000\tein Hündchen",
    ]
    assert audacity(events).splitlines()[0].split("\t") == ["0.000000", "1.250000", "dog bark"]
