"""Statistics of windows against numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohear.features import Summary
from cohear.features.store import FeatureStore
from cohear.features.summary import PLAIN, STATISTICS
from cohear.features.windows import gather

PLAIN_SUMMARY = Summary(statistics=PLAIN)


def reference(window: np.ndarray) -> np.ndarray:
    """The vector of a window ``[T, bands]``, in float64."""
    window = window.astype(np.float64)
    statistics = [window.min(0), window.max(0), window.std(0), window.mean(0)]
    return np.concatenate([*statistics, *np.percentile(window, [50, 25, 75], axis=0)])


@pytest.mark.parametrize("length", range(1, 121))
def test_every_length_equals_numpy(length):
    windows = np.random.default_rng(length).normal(-5, 3, (2, 120, 24)).astype(np.float32)
    found = PLAIN_SUMMARY.window_input(windows, np.array([length, 120]))
    np.testing.assert_allclose(found[0], reference(windows[0, :length]), rtol=2e-5, atol=2e-5)
    np.testing.assert_allclose(found[1], reference(windows[1]), rtol=2e-5, atol=2e-5)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), width=st.integers(1, 40), batch=st.integers(1, 8))
def test_mixed_lengths_equal_numpy(data, width, batch):
    lengths = np.array(data.draw(st.lists(st.integers(1, width), min_size=batch, max_size=batch)))
    values = st.floats(-12, 12, width=32)
    few = data.draw(st.lists(values, min_size=1, max_size=5))  # ties are frequent
    windows = np.random.default_rng(width).choice(np.float32(few), (batch, width, 24))
    found = PLAIN_SUMMARY.window_input(windows, lengths)
    for window, length, vector in zip(windows, lengths, found, strict=True):
        np.testing.assert_allclose(vector, reference(window[:length]), rtol=2e-5, atol=2e-5)


def test_a_window_does_not_know_the_clip_around_it():
    """Pitfall 26: statistics are of the window, so extremes do not tell how long the clip is."""
    front_end = PLAIN_SUMMARY
    samples = np.random.default_rng(0).normal(0, 0.01, 4 * front_end.rate).astype(np.float32)
    samples[2 * front_end.rate :] *= 50  # what comes later is louder than all before
    found = []
    for seconds in (1, 2, 4):
        frames = front_end.frames([samples[: seconds * front_end.rate]])[0]
        store = FeatureStore("key", frames, np.array([0, len(frames)]), np.ones(len(frames), np.bool_), ("content",))
        windows, lengths = gather(store, np.array([0]), np.array([10]), 30)
        found.append(front_end.window_input(windows, lengths))
    np.testing.assert_allclose(found[1], found[0], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(found[2], found[0], rtol=1e-5, atol=1e-5)
    assert not np.allclose(front_end.window_input(frames[None], np.array([len(frames)])), found[0], atol=0.1)


def test_order_of_the_vector():
    windows = np.broadcast_to(np.arange(24, dtype=np.float32), (1, 10, 24))
    found = PLAIN_SUMMARY.window_input(windows, np.array([10])).reshape(len(STATISTICS), 24)
    for name, row in zip(STATISTICS, found, strict=True):
        np.testing.assert_array_equal(row, 0 if name == "standard deviation" else np.arange(24))
