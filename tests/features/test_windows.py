"""Windows out of a store."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohear.features import FeatureStore, gather, window_starts
from cohear.features.windows import heard_frames_of, scored_windows


@given(frames=st.integers(1, 500), window=st.integers(1, 120), hop=st.integers(1, 120))
def test_starts_cover_the_clip(frames, window, hop):
    starts = window_starts(frames, window, hop)
    assert starts.dtype == np.int64
    assert starts[0] == 0
    assert starts[-1] == max(frames - window, 0)
    assert (np.diff(starts) > 0).all()
    assert (np.diff(starts) <= hop).all()
    if frames <= window:
        assert len(starts) == 1


def test_starts_at_the_edges():
    assert window_starts(100, 100, 50).tolist() == [0]
    assert window_starts(101, 100, 50).tolist() == [0, 1]
    assert window_starts(200, 100, 50).tolist() == [0, 50, 100]


@pytest.fixture
def store():
    counts = [3, 10, 1, 25]
    frames = np.random.default_rng(0).normal(size=(sum(counts), 4)).astype(np.float32)
    offsets, heard = np.concatenate([[0], np.cumsum(counts)]), np.ones(len(frames), np.bool_)
    return FeatureStore("key", frames, offsets, heard, tuple("abcd"))


def test_gather_equals_slices_of_clips(store):
    clips = np.array([3, 0, 2, 1, 3, 3])
    starts = np.array([0, 1, 0, 9, 20, 7])
    windows, lengths = gather(store, clips, starts, 8)
    assert windows.shape == (6, 8, 4)
    assert lengths.tolist() == [8, 2, 1, 1, 5, 8]
    for window, length, clip, start in zip(windows, lengths, clips, starts, strict=True):
        np.testing.assert_array_equal(window[:length], store.clip(clip)[start : start + 8])
        assert not window[length:].any()


@pytest.mark.parametrize(("clip", "start"), [(0, 3), (0, -1), (2, 1)])
def test_start_outside_the_clip(store, clip, start):
    with pytest.raises(IndexError, match="must start inside its clip"):
        gather(store, np.array([clip]), np.array([start]), 8)


def test_clip_that_is_not_there(store):
    with pytest.raises(IndexError, match="4 clips has no clip 4"):
        store.clip(4)
    with pytest.raises(IndexError, match="no clip -1"):
        store.clip(-1)


def test_clips_are_scored_on_windows_that_overlap_by_half_without_silence():
    """A pause in a clip has its label and no sound; a clip that is nothing but silence keeps all of its windows."""
    silent, loud = np.zeros(40, np.bool_), np.ones(40, np.bool_)
    clips = [np.concatenate([loud, silent]), silent, loud[:3], np.concatenate([silent, loud[:1]])]
    offsets, heard = np.concatenate([[0], np.cumsum([len(clip) for clip in clips])]), np.concatenate(clips)
    store = FeatureStore("k", np.ones((len(heard), 2), np.float32), offsets, heard, tuple("abcd"))
    clip_of_window, starts = scored_windows(store, np.array([3, 0, 1, 2]), 20)
    found = [starts[clip_of_window == place].tolist() for place in range(4)]
    assert found == [[21], [0, 10, 20, 30], [0, 10, 20], [0]]
    none = scored_windows(store, np.zeros(0, np.int64), 20)
    assert [each.tolist() for each in none] == [[], []]
    assert scored_windows(store, np.array([2]), 1)[1].tolist() == [0, 1, 2]


def test_frames_of_windows_are_heard_as_they_are_in_their_clips():
    """And none is beyond a clip's end, whatever begins there."""
    heard = np.random.default_rng(2).random(30) > 0.5
    store = FeatureStore("k", np.ones((30, 2), np.float32), np.array([0, 3, 30]), heard, tuple("ab"))
    clips, starts = np.array([1, 0, 1, 0]), np.array([20, 1, 4, 0])
    found = heard_frames_of(store, clips, starts, 8)
    assert found.shape == (4, 8)
    for row, clip, start in zip(found, clips, starts, strict=True):
        own = heard[store.offsets[clip] : store.offsets[clip + 1]][start : start + 8]
        assert row.tolist() == [*own, *[False] * (8 - len(own))]
