"""A stream: what the whole file gives, in pieces, in constant memory."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_bundle import tone

from cohear.audio.resample import resampled_length
from cohear.base.errors import DataError
from cohear.runtime.detector import events_of
from cohear.runtime.stream import Stream

MIXED = np.concatenate([tone("low", seconds=1.3), tone(seconds=1.2), tone("mid", "high", seconds=0.7)])
MIXED = MIXED + np.random.default_rng(0).normal(0, 0.01, len(MIXED)).astype(np.float32)


def pieces(samples, sizes):
    """Cut into blocks of these sizes, over and over."""
    begin, turn = 0, 0
    while begin < len(samples):
        size = max(sizes[turn % len(sizes)], 1)
        yield samples[begin : begin + size]
        begin, turn = begin + size, turn + 1


def same(streamed, whole):
    assert [(w.onset, w.heard) for w in streamed] == [(w.onset, w.heard) for w in whole]
    assert [w.offset for w in streamed] == pytest.approx([w.offset for w in whole])
    for one, other in zip(streamed, whole, strict=True):
        for task, there in other.answers.items():
            difference = np.subtract(list(one.answers[task].probabilities.values()), list(there.probabilities.values()))
            assert np.abs(difference).max() <= 1e-4


@settings(deadline=None, max_examples=40)
@given(
    sizes=st.lists(st.integers(1, 20000), min_size=1, max_size=4),
    rate=st.sampled_from([8000, 16000, 22050, 44100, 48000]),
    samples=st.integers(1, len(MIXED)),
)
def test_each_window_has_the_answer_of_the_whole_file(tiny, sizes, rate, samples):
    waveform = MIXED[:samples]
    stream = Stream(tiny, rate)
    # blocks of a few samples are the property tests' worst case in time, not in kind
    sizes = [max(size, samples // 200) for size in sizes]
    streamed = [window for block in pieces(waveform, sizes) for window in stream.push(block)]
    streamed += stream.end()
    same(streamed, tiny.windows(waveform, rate))
    (windowing,) = tiny.windowings
    starts = windowing.starts(resampled_length(samples, rate, tiny.rate))
    assert [w.onset for w in streamed] == pytest.approx([start * windowing.hop / tiny.rate for start in starts])
    for task, there in tiny.classify(waveform, rate).items():
        assert stream.clip[task].probabilities == pytest.approx(there.probabilities, abs=1e-4)


def test_integers_and_channels(tiny):
    stereo = (np.stack([MIXED, MIXED], axis=1) * 32767).astype(np.int16)
    stream = Stream(tiny, 16000)
    same([*stream.push(stereo), *stream.end()], tiny.windows(stereo, 16000))


def test_answers_come_before_the_end_and_events_once(tiny):
    """The answer to a window is there at most two frames after its last sample; an event is told once (pitfall 21)."""
    stream = Stream(tiny, 16000)
    windows = []
    waveform = np.concatenate([tone("low", seconds=2.0), tone("high", seconds=2.0)])
    for number, block in enumerate(pieces(waveform, [160]), 1):
        for window in stream.push(block):
            assert number * 0.01 - window.offset < 0.031
            windows.append(window)
    windows += stream.end()
    found = [
        (e.label, round(e.onset, 2), round(e.offset, 2)) for e in events_of(windows, tiny.tasks) if e.task == "pitch"
    ]
    assert [label for label, *_ in found] == ["low", "high"]
    assert found[0][1] == 0 and found[0][2] == pytest.approx(2.0, abs=0.15) and found[1][2] == 4.0


def test_memory_is_constant(tiny):
    stream = Stream(tiny, 48000)
    block = tone("mid", rate=48000)
    for _ in range(3):
        stream.push(block)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(120):
        stream.push(block)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 200_000  # two minutes at 48 kHz would be 23 MB


def test_nothing_and_mistakes(tiny):
    stream = Stream(tiny, 16000)
    assert stream.push(np.zeros(0, np.float32)) == [] and stream.clip == {}
    for wrong in ([np.nan], [[[0.0]]], ["text"]):
        with pytest.raises(DataError):
            stream.push(np.array(wrong))
    assert stream.end() == [] and stream.end() == []
    with pytest.raises(DataError, match="ended"):
        stream.push(np.zeros(1, np.float32))
    with pytest.raises(DataError, match="rate"):
        Stream(tiny, 0)
