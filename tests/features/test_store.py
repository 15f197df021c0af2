"""The feature store: keys, equality, joins, faults."""

import dataclasses
import errno
import os
import shutil
import threading
import time
from collections import namedtuple
from typing import ClassVar

import numpy as np
import pytest
import soundfile

from cohear.audio.decode import read_audio
from cohear.audio.resample import resample
from cohear.audio.segment import Segment
from cohear.audio.silence import heard_frames
from cohear.base.errors import DataError, FolderError
from cohear.data.scan.facts import ClipFacts, drop_bad, scan
from cohear.data.tables.clip_name import ClipName
from cohear.features import (
    ClipFrontEnd,
    LogMel,
    Summary,
    ensure_store,
    extraction,
    open_store,
    prune,
    store_key,
    stores,
)


@pytest.fixture
def clips(tmp_path):
    """Clips of several lengths and rates, one of a single sample and one silent."""
    folder, noise = tmp_path / "clips", np.random.default_rng(0)
    folder.mkdir()
    segments = []
    for i, (samples, rate) in enumerate([(9000, 16000), (1, 16000), (4000, 8000), (30000, 44100), (500, 48000)]):
        path = folder / f"{i}.flac"
        soundfile.write(path, noise.uniform(-0.5, 0.5, samples), rate)
        segments.append(Segment(path))
    soundfile.write(folder / "silent.wav", np.zeros((3000, 2)), 16000)
    return [*segments, Segment(folder / "silent.wav"), Segment(segments[0].path, 0.1, 0.3)]


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.mark.parametrize("front_end", [LogMel(), Summary()])
@pytest.mark.parametrize("jobs", [1, 3])
def test_clip_i_has_the_frames_of_segment_i(clips, cache, front_end, jobs, monkeypatch):
    monkeypatch.setattr(extraction, "_CHUNK_SECONDS", 0.3)  # several chunks
    store = ensure_store(front_end, clips, scan(clips, cache=cache), cache=cache, jobs=jobs)
    assert len(store) == len(clips)
    for i, segment in enumerate(clips):
        samples, rate = read_audio(segment)
        expected = front_end.frames([resample(samples, rate, 16000)])[0]
        np.testing.assert_array_equal(store.clip(i), expected)
        assert store.lengths[i] == len(expected)
    assert not store.frames.flags.writeable


def test_long_clips_in_pieces_have_the_same_frames(clips, cache, tmp_path, monkeypatch):
    """Bit for bit where nothing is resampled, else to within the rounding of a resampler that is fed in pieces."""
    facts = scan(clips, cache=cache)
    whole = ensure_store(LogMel(), clips, facts, cache=cache)
    monkeypatch.setattr(extraction, "_LONG_SECONDS", 0.2)
    monkeypatch.setattr("cohear.audio.decode._BLOCK_SAMPLES", 1000)
    for jobs in (1, 3):
        pieces = ensure_store(LogMel(), clips, facts, cache=tmp_path / str(jobs), jobs=jobs)
        assert pieces.key == whole.key
        for index, fact in enumerate(facts):
            tolerance = 0 if fact.rate == 16000 else 1e-3
            np.testing.assert_allclose(pieces.clip(index), whole.clip(index), atol=tolerance, rtol=0)
    segment = Segment(clips[0].path, 0.0)
    soundfile.write(segment.path, np.full(9000, 0.1), 16000)
    with pytest.raises(DataError, match=r"0\.flac changed after it was scanned"):
        ensure_store(LogMel(), [segment], facts[:1], cache=tmp_path / "changed")
    assert not list((tmp_path / "changed").glob("features/*/meta.json"))


@dataclasses.dataclass(frozen=True)
class Lengths(ClipFrontEnd):
    """Of names: a frame a letter."""

    name: ClassVar[str] = "lengths"
    version: ClassVar[int] = 1
    layout: ClassVar[str] = "vector"
    rate: int = 16000
    hop: int = 16000
    frame_width: int = 2
    input_width: int = 2

    def frames_of(self, clip):
        return len(clip.clip)

    def frames(self, clips):
        return [np.full((len(clip.clip), 2), float(clip.clip[0]), np.float32) for clip in clips]

    def window_input(self, windows, lengths):
        return windows[:, 0]


def test_features_found_by_name_are_of_these_names(clips, cache, monkeypatch):
    """No audio is decoded for them; clips of other names, or of another dataset, have a store of their own."""
    monkeypatch.setattr(extraction, "_CHUNK_SECONDS", 0.3)  # several chunks
    facts = scan(clips, cache=cache)
    names = [ClipName("some", f"{number}.wav" + "x" * number) for number in range(len(clips))]
    monkeypatch.setattr(extraction, "read_audio", None)
    store = ensure_store(Lengths(), clips, facts, cache=cache, names=names)
    for number, name in enumerate(names):
        np.testing.assert_array_equal(store.clip(number), np.full((len(name.clip), 2), number))
    others = [ClipName("other", name.clip) for name in names]
    keys = {store_key(Lengths(), facts, each) for each in (names, names[::-1], others)}
    assert len(keys) == 3 and store.key in keys
    assert store_key(LogMel(), facts, names) == store_key(LogMel(), facts)
    with pytest.raises(ValueError, match="shorter"):
        store_key(Lengths(), facts)


def test_cold_and_warm_are_identical(clips, cache, tmp_path, monkeypatch):
    """Pitfall 2."""
    facts = scan(clips, cache=cache)
    cold = ensure_store(LogMel(), clips, facts, cache=cache)
    again = ensure_store(LogMel(), clips, facts, cache=tmp_path / "other", jobs=1)
    monkeypatch.setattr("cohear.features.store.write_frames", None)  # a second extraction would fail
    warm = ensure_store(LogMel(), clips, facts, cache=cache)
    opened = open_store(cold.key, cache)
    for store in (again, warm, opened):
        np.testing.assert_array_equal(store.frames, cold.frames)
        np.testing.assert_array_equal(store.offsets, cold.offsets)
        assert (store.key, store.contents) == (cold.key, cold.contents)


def test_key_changes_with_every_setting(clips, cache):
    facts = scan(clips, cache=cache)
    for cls in (LogMel, Summary):
        keys = {store_key(cls(), facts)}
        for field in dataclasses.fields(cls):
            other = {"rate": 22050, "high": 7000.0}.get(
                field.name, field.default * 2 if field.name != "hop_ms" else 5.0
            )
            keys.add(store_key(cls(**{field.name: other}), facts))
        assert len(keys) == 1 + len(dataclasses.fields(cls))
    assert store_key(Summary(bands=64, window_ms=25.0), facts) != store_key(LogMel(), facts)


def test_key_holds_the_resampler_where_something_is_resampled(clips, cache, monkeypatch):
    """Another soxr may give other samples; clips that have the front-end's rate already never meet it."""
    facts = scan(clips, cache=cache)
    resampled, untouched = store_key(LogMel(), facts), store_key(LogMel(), facts[:2])
    assert {fact.rate for fact in facts[:2]} == {16000}
    monkeypatch.setattr("cohear.features.store.RESAMPLER", "soxr 99")
    assert store_key(LogMel(), facts) != resampled
    assert store_key(LogMel(), facts[:2]) == untouched


def test_key_changes_with_version_content_rate_and_order(clips, cache, monkeypatch):
    facts = scan(clips, cache=cache)
    key = store_key(LogMel(), facts)
    assert store_key(LogMel(), facts[::-1]) != key
    assert store_key(LogMel(), facts[:-1]) != key
    assert store_key(LogMel(), [dataclasses.replace(facts[0], content="0"), *facts[1:]]) != key
    assert store_key(LogMel(), [dataclasses.replace(facts[0], rate=8000), *facts[1:]]) != key
    monkeypatch.setattr(LogMel, "version", 2)
    assert store_key(LogMel(), facts) != key


def test_key_does_not_change_with_names_and_times(clips, cache, tmp_path):
    key = store_key(LogMel(), scan(clips, cache=cache))
    moved = []
    for i, segment in enumerate(clips):
        path = tmp_path / f"moved{i}{segment.path.suffix}"
        shutil.copy(segment.path, path)
        os.utime(path, (i, i))
        moved.append(dataclasses.replace(segment, path=path))
    assert store_key(LogMel(), scan(moved, cache=cache)) == key


def test_other_settings_get_their_own_store(clips, cache):
    """Pitfall 5: asked for 64 bands, got the cached 32."""
    facts = scan(clips, cache=cache)
    assert ensure_store(LogMel(bands=32), clips, facts, cache=cache).frame_width == 32
    assert ensure_store(LogMel(bands=64), clips, facts, cache=cache).frame_width == 64
    assert ensure_store(LogMel(bands=32), clips, facts, cache=cache).frame_width == 32


def test_clips_stay_joined_after_a_bad_file(clips, cache):
    """Pitfall 16."""
    clips[2].path.write_text("no audio")
    scanned = scan(clips, cache=cache)
    with pytest.raises(DataError, match=r"2\.flac: it is text, not audio; leave such clips out"):
        ensure_store(LogMel(), clips, scanned, cache=cache)
    good, facts, bad = drop_bad(scanned)
    assert [clip.path for clip in bad] == [clips[2].path]
    store = ensure_store(LogMel(), [clips[i] for i in good], facts, cache=cache)
    store.verify(facts)
    for row, i in enumerate(good):
        samples, rate = read_audio(clips[i])
        np.testing.assert_array_equal(store.clip(row), LogMel().frames([resample(samples, rate, 16000)])[0])
    with pytest.raises(DataError, match="not made of these clips in this order"):
        store.verify(facts[::-1])


def test_lists_that_do_not_fit(clips, cache):
    facts = scan(clips, cache=cache)
    with pytest.raises(DataError, match="7 clips, 6 facts"):
        ensure_store(LogMel(), clips, facts[:-1], cache=cache)
    with pytest.raises(DataError, match="at least one clip"):
        ensure_store(LogMel(), [], [], cache=cache)


@pytest.mark.parametrize("jobs", [1, 2])
def test_file_that_changed_after_the_scan_is_named(clips, cache, jobs):
    facts = scan(clips, cache=cache)
    soundfile.write(clips[3].path, np.ones(30000) / 2, 44100)
    with pytest.raises(DataError, match=r"3\.flac changed after it was scanned"):
        ensure_store(LogMel(), clips, facts, cache=cache, jobs=jobs)
    assert list((cache / "features").iterdir()) == []


def test_disk_without_room_is_said_beforehand(clips, cache, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 1000))
    with pytest.raises(FolderError, match=r"the features need 0.1 MB and 0.0 MB are free; make room"):
        ensure_store(LogMel(), clips, scan(clips, cache=cache), cache=cache)


def test_disk_that_fills_up_is_said_and_leaves_nothing(clips, cache, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    facts = scan(clips, cache=cache)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(FolderError, match=r"cannot write .*: no space is left on the disk"):
            ensure_store(LogMel(), clips, facts, cache=cache)
    assert list((cache / "features").iterdir()) == []
    ensure_store(LogMel(), clips, facts, cache=cache)


def test_keys_stay():
    """Features that were made are found again; a key that changes here makes all of them anew, everywhere."""
    facts = [ClipFacts("ab", 8000, 16000, 1, 0.5), ClipFacts("cd", 9000, 16000, 1, 0.5)]
    assert store_key(LogMel(), facts) == "79651f6254149d8b080e76916fe76ea9"


@pytest.mark.parametrize("front_end", [LogMel(), Summary(), LogMel(rate=8000, high=4000.0)])
@pytest.mark.parametrize("long", [False, True])
def test_frames_below_the_floor_are_not_heard(tmp_path, cache, front_end, long, monkeypatch):
    """E.1: scores go by the floor that answers go by; a clip that is read in pieces has the same frames."""
    monkeypatch.setattr(extraction, "_LONG_SECONDS", 0.5 if long else 60.0)
    noise = np.random.default_rng(0)
    quiet, loud = 3e-5 * noise.uniform(-1, 1, 32000), 0.1 * noise.uniform(-1, 1, 16000)  # -95 and -25 dB
    soundfile.write(tmp_path / "clip.wav", np.concatenate([quiet, loud, quiet]), 16000, subtype="FLOAT")
    segments = [Segment(tmp_path / "clip.wav"), Segment(tmp_path / "clip.wav", 0.0, 1.5)]
    store = ensure_store(front_end, segments, scan(segments, cache=cache), cache=cache)
    heard = store.heard[: store.offsets[1]]
    samples, rate = read_audio(segments[0])
    expected = heard_frames(resample(samples, rate, front_end.rate), front_end.hop, *front_end.context)
    np.testing.assert_array_equal(heard, expected)
    assert 100 <= heard.sum() <= 106 and heard[202:298].all()
    assert not store.heard[store.offsets[1] :].any()


@pytest.mark.parametrize("file", ["meta.json", "offsets.npy", "heard.npy", "frames.npy"])
@pytest.mark.parametrize("damage", ["deleted", "cut", "emptied"])
def test_damaged_store_is_made_again(clips, cache, file, damage):
    facts = scan(clips, cache=cache)
    store = ensure_store(LogMel(), clips, facts, cache=cache)
    frames = store.frames.copy()
    path = cache / "features" / store.key / file
    content = path.read_bytes()
    path.unlink()
    if damage != "deleted":
        path.write_bytes(content[:-10] if damage == "cut" else b"")
    with pytest.raises(FolderError, match="there is no feature store"):
        open_store(store.key, cache)
    np.testing.assert_array_equal(ensure_store(LogMel(), clips, facts, cache=cache).frames, frames)
    assert [entry.name for entry in (cache / "features").iterdir()] == [store.key]


def test_two_at_once_both_end_well(clips, cache):
    facts = scan(clips, cache=cache)
    found, barrier = [], threading.Barrier(4)

    def make():
        barrier.wait()
        found.append(ensure_store(LogMel(), clips, facts, cache=cache, jobs=1))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for store in found:
        np.testing.assert_array_equal(store.frames, found[0].frames)
    assert [entry.name for entry in (cache / "features").iterdir()] == [found[0].key]


def test_progress_is_in_seconds_of_audio(clips, cache):
    facts, told = scan(clips, cache=cache), []
    ensure_store(LogMel(), clips, facts, cache=cache, progress=lambda *done: told.append(done))
    assert told[-1] == pytest.approx((sum(clip.seconds for clip in facts),) * 2)


def test_stores_are_listed_and_pruned(clips, cache):
    facts = scan(clips, cache=cache)
    old = ensure_store(LogMel(bands=32), clips, facts, cache=cache)
    new = ensure_store(LogMel(), clips, facts, cache=cache)
    long_ago = time.time() - 40 * 24 * 3600
    for file in ("used", "meta.json"):
        os.utime(cache / "features" / old.key / file, (long_ago, long_ago))
    listed = stores(cache)
    assert [store.key for store in listed] == [new.key, old.key]
    assert listed[0].bytes > new.frames.nbytes
    assert listed[1].last_used == pytest.approx(long_ago)
    assert listed[1].description.startswith("logmel (rate: 16000, bands: 32")
    assert listed[0].clips == len(clips)
    removed = prune(cache)
    assert [(store.key, store.bytes) for store in removed] == [(old.key, listed[1].bytes)]
    ensure_store(LogMel(bands=32), clips, facts, cache=cache)
    assert prune(cache) == []
    assert {store.key for store in prune(cache, days=0)} == {old.key, new.key}
    assert stores(cache) == []
    assert prune(cache / "none") == []


def test_use_is_noted(clips, cache):
    facts = scan(clips, cache=cache)
    store = ensure_store(LogMel(), clips, facts, cache=cache)
    for file in ("used", "meta.json"):
        os.utime(cache / "features" / store.key / file, (0, 0))
    ensure_store(LogMel(), clips, facts, cache=cache)
    assert prune(cache) == []
