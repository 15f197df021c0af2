"""Stores in pieces: the same numbers to the last bit, and nothing that could be taken for a whole store."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohear.base.errors import DataError
from cohear.features import shards
from cohear.features.frame_codec import decoded, encoded
from cohear.features.shards import outline_from_json, outline_of, outline_to_json, put_together, shards_of
from cohear.features.store import open_store, open_store_at

BITS = st.lists(st.integers(0, 2**32 - 1), min_size=6, max_size=60)


def form_of(content):
    return json.loads(content.partition(b"\n")[0])["form"]


@given(BITS)
def test_any_numbers_come_back_to_the_bit(bits):
    frames = np.array(bits[: len(bits) // 3 * 3], np.uint32).view(np.float32).reshape(-1, 3)
    heard = np.arange(len(frames)) % 2 == 0
    again, mask = decoded(encoded(frames, heard))
    assert np.array_equal(again.view(np.uint32), frames.view(np.uint32))
    assert np.array_equal(mask, heard)


@pytest.mark.parametrize(
    ("numbers", "form"),
    [
        ([-11.5, 0.0625, 9.25], "sixteenths"),
        ([-11.5, 0.125, 4095.25 - 0.125], "eighths"),
        ([4095.875, -4096.0, 0.125], "eighths"),
        ([-0.0, 1.0, 2.0], "float16"),  # a zero below zero is no multiple
        ([float("nan"), 1.0, 2.0], "float16"),
        ([0.1, 0.2, 0.3], "float32"),
        ([2.0**100, 1.0, 2.0], "bfloat16"),
        ([5000.0, 1.0, 2.0], "float16"),
        ([1e-45, 1.0, 2.0], "float32"),
    ],
)
def test_the_shortest_form_that_loses_nothing_is_taken(numbers, form):
    frames = np.array(numbers * 5000, np.float32).reshape(-1, 3)
    if form == "float16":
        frames = frames.astype(np.float16).astype(np.float32)
    content = encoded(frames, np.ones(len(frames), np.bool_))
    assert form_of(content) == form
    assert np.array_equal(decoded(content)[0].view(np.uint32), frames.view(np.uint32))


def test_one_odd_number_far_behind_is_not_lost():
    frames = np.zeros((5000, 3), np.float32)
    frames[-1, -1] = np.float32(0.1)
    assert decoded(encoded(frames, np.ones(5000, np.bool_)))[0][-1, -1] == np.float32(0.1)


@pytest.mark.parametrize("content", [b"", b"words", b'{"form": "float32"}\n', b'{"form": 1, "parts": [2]}\nxx'])
def test_other_bytes_are_no_frames(content):
    with pytest.raises(ValueError, match="no frames"):
        decoded(content)


@pytest.fixture
def store(finished):
    key = sorted((finished.cache / "features").iterdir())[0].name
    return open_store(key, finished.cache)


def carried(store, finished, cache, clips):
    outline = outline_from_json(outline_to_json(outline_of(store, finished.cache, clips)))
    return put_together(outline, shards_of(store, outline), cache)


def test_a_store_is_the_same_elsewhere(store, finished, tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "SHARD_BYTES", 20_000)  # several
    clips = range(len(store))
    outline = outline_of(store, finished.cache, clips)
    assert len(outline.shards) > 2
    assert [clip for shard in outline.shards for clip in shard] == list(clips)
    made = carried(store, finished, tmp_path, clips)
    for part in ("frames", "offsets", "heard"):
        assert np.array_equal(getattr(made, part), getattr(store, part))
    assert made.contents == store.contents
    assert open_store(store.key, tmp_path).contents == store.contents


def test_a_store_that_lacks_clips_is_not_taken_for_the_whole_one(store, finished, tmp_path):
    clips = {3, 1, 7}
    made = carried(store, finished, tmp_path, clips)
    for clip in clips:
        assert np.array_equal(made.clip(clip), store.clip(clip))
    assert not made.clip(0).any()
    assert open_store_at(tmp_path / "features" / store.key, store.key) is None


def test_shards_of_another_store_are_refused(store, finished, tmp_path):
    outline = outline_of(store, finished.cache, [0, 1])
    other = list(shards_of(store, outline_of(store, finished.cache, [0, 1, 2])))
    with pytest.raises(DataError, match="do not fit what their pack says"):
        put_together(outline, iter(other), tmp_path)
    with pytest.raises(DataError, match="are damaged"):
        put_together(outline, iter([b"words"]), tmp_path)
    assert not [path for path in (tmp_path / "features").iterdir() if path.is_dir()]
