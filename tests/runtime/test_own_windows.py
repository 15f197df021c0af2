"""A bundle whose tasks hear in frames and windows of their own answers as a bundle of each alone does."""

import json

import numpy as np
import pytest
import soundfile
from tiny_bundle import OUTPUTS, RATE, make_one_task_bundle, tone

from cohear import Bundle
from cohear.base.errors import DataError
from cohear.features.logmel import LogMel
from cohear.features.task_input import TaskInput
from cohear.runtime.detector import EventSettings, events_of
from cohear.runtime.files import classify_file
from cohear.runtime.stream import Stream

INPUTS = {
    "pitch": TaskInput.of(LogMel(bands=32), 0.5),
    "parts": TaskInput.of(LogMel(bands=32, hop_ms=20.0, window_ms=40.0), 0.3),
}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A bundle of each task."""
    root = tmp_path_factory.mktemp("alone")
    made = {output.task: make_one_task_bundle(root / output.task, INPUTS[output.task], output) for output in OUTPUTS}
    return {task: Bundle.load(folder, threads=1) for task, folder in made.items()}


def clip(seconds=3.17):
    pieces = [tone("low"), tone(seconds=0.4), tone("mid", "high"), tone("high")]
    return np.concatenate(pieces)[: round(seconds * RATE)]


def same(found, expected):
    assert (found.onset, found.offset, found.heard) == pytest.approx((expected.onset, expected.offset, expected.heard))
    for task, answer in expected.answers.items():
        assert found.answers[task].probabilities == pytest.approx(answer.probabilities, abs=1e-4)


@pytest.mark.parametrize("seconds", [0.01, 0.3, 0.31, 0.5, 1.0, 3.17])
def test_clips_windows_and_streams(own_windows, alone, seconds):
    sound = clip(seconds)
    whole, answers = own_windows.windows(sound), own_windows.classify(sound, RATE)
    assert [window.onset for window in whole] == sorted(window.onset for window in whole)
    stream = Stream(own_windows, RATE)
    cuts = np.sort(np.random.default_rng(0).integers(0, len(sound), 5))
    streamed = [window for piece in np.split(sound, cuts) for window in stream.push(piece)] + stream.end()
    for task, bundle in alone.items():
        assert answers[task].probabilities == pytest.approx(bundle.classify(sound, RATE)[task].probabilities, abs=1e-4)
        assert stream.clip[task].probabilities == pytest.approx(answers[task].probabilities, abs=1e-4)
        expected = bundle.windows(sound)
        for found in (whole, streamed):
            own = [window for window in found if task in window.answers]
            assert len(own) == len(expected)
            for window, there in zip(own, expected, strict=True):
                same(window, there)
    batch = own_windows.probabilities(np.stack([sound, np.zeros_like(sound)]))
    assert all(
        list(answers[task].probabilities.values()) == pytest.approx(batch[task][0], abs=1e-4) for task in answers
    )


def test_events_are_those_of_each_task_alone(own_windows, alone):
    found = events_of(own_windows.windows(clip()), own_windows.tasks)
    expected = [event for bundle in alone.values() for event in events_of(bundle.windows(clip()), bundle.tasks)]
    assert {(event.task, event.label) for event in found} >= {("pitch", "low"), ("parts", "mid"), ("parts", "high")}
    key = [(event.task, event.label, event.onset, event.offset) for event in found]
    assert sorted(key) == sorted((event.task, event.label, event.onset, event.offset) for event in expected)


def test_a_file_in_pieces(own_windows, tmp_path):
    soundfile.write(tmp_path / "clip.wav", clip(), RATE)
    told = classify_file(own_windows, tmp_path / "clip.wav", windows=True, events=EventSettings())
    assert len(told.windows) == len(own_windows.windows(clip()))
    assert set(told.answers) == set(own_windows.tasks)
    assert {event.task for event in told.events} == {"pitch", "parts"}


def test_the_bundle_tells_its_windows(own_windows):
    assert own_windows.rate == RATE
    assert own_windows.window == 0.5
    assert [windowing.seconds for windowing in own_windows.windowings] == [0.5, pytest.approx(0.3)]


@pytest.mark.parametrize("spoil", [{"hears": 2}, {"windowing": {}}, {"windowing": None}])
def test_a_card_that_tells_windows_wrongly_is_refused(own_windows_folder, tmp_path, spoil):
    for file in own_windows_folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    card = json.loads((tmp_path / "card.json").read_text())
    card["tasks"]["parts"] |= spoil
    (tmp_path / "card.json").write_text(json.dumps(card))
    with pytest.raises(DataError, match="is not the card of a bundle"):
        Bundle.load(tmp_path)
