"""Numbers of features with fewer digits: in the store, and so in every run, here and elsewhere."""

import json

import numpy as np
import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cohear.api import Study
from cohear.base.errors import DataError
from cohear.features.frame_codec import encoded
from cohear.features.rounding import rounded
from cohear.features.store import open_store
from cohear.runs.pack_index import PackIndex

NUMBERS = arrays.arrays(np.float32, (4, 3), elements=st.floats(-1000, 1000, width=32))


@given(NUMBERS)
def test_exact_is_as_it_was(frames):
    assert rounded(frames, "exact") is frames


@pytest.mark.parametrize(("how", "steps"), [("sixteenths", 16), ("eighths", 8)])
@given(NUMBERS)
def test_steps_are_the_nearest(how, steps, frames):
    found = rounded(frames, how)
    assert found.dtype == np.float32
    assert (np.abs(found - frames) <= 1 / (2 * steps) + 1e-4).all()
    assert np.array_equal(found * steps, np.rint(found * steps))
    assert not np.signbit(found[found == 0]).any()
    assert np.array_equal(rounded(found, how), found)


@given(NUMBERS)
def test_float16_is_what_numpy_says(frames):
    assert np.array_equal(rounded(frames, "float16"), frames.astype(np.float16).astype(np.float32))


@pytest.mark.parametrize(
    ("how", "number"),
    [
        ("float16", 65505.0),
        ("sixteenths", 2047.1),
        ("eighths", 4095.1),
        ("float16", float("nan")),
        ("sixteenths", -1e9),
    ],
)
def test_what_does_not_fit_is_told(how, number):
    with pytest.raises(DataError, match=rf"stored: {how} holds numbers up to"):
        rounded(np.array([1.0, number], np.float32), how)


def stores_of(bench, **changes):
    """Stores that a study reads, by how it keeps numbers."""
    told = Study.load(bench.study(**changes)).plan()[0]
    return {task.store for run in told for task in run.spec.tasks}


def test_ways_of_keeping_numbers_share_no_store(bench, monkeypatch):
    monkeypatch.setenv("COHEAR_CACHE", str(bench.cache))
    usual = stores_of(bench)
    assert usual == stores_of(bench, stored="exact")
    others = [stores_of(bench, stored=how) for how in ("float16", "sixteenths", "eighths")]
    assert len(set().union(usual, *others)) == 4 * len(usual)


@pytest.mark.parametrize("how", ["float16", "sixteenths", "eighths"])
def test_a_pack_of_fewer_digits_is_smaller_and_says_the_same(how, bench, tmp_path, monkeypatch):
    monkeypatch.setenv("COHEAR_CACHE", str(bench.cache))
    sizes = {}
    for stored in ("exact", how):
        study = Study.load(bench.study(stored=stored, features=["logmel"], encoders=["small"]))
        sizes[stored] = study.pack(str(tmp_path / stored)).sent.bytes
    index = PackIndex.model_validate_json((tmp_path / how / "pack.json").read_text(encoding="utf-8"))
    for key in index.manifest.stores:
        store = open_store(key, bench.cache)
        assert store.stored == how
        assert np.array_equal(rounded(store.frames, how), store.frames)
        head = json.loads(encoded(store.frames, store.heard).partition(b"\n")[0])
        assert head["form"] == how
    assert sizes[how] < 0.75 * sizes["exact"]


@pytest.mark.slow
def test_an_export_hears_what_no_store_rounded(bench):
    """The graph rounds nothing, so it is held against features that are not."""
    settings = {"features": ["logmel"], "encoders": ["small"], "repeats": {"folds": 2}, "stored": "sixteenths"}
    bench.run(**settings)
    ended = bench.cohear("export", "out", "-o", "bundle", "--jobs", "1")
    assert ended.returncode == 0, ended.stderr
    card = json.loads((bench.root / "bundle" / "card.json").read_text(encoding="utf-8"))
    assert card["parity"]["clips"] > 0
    assert card["parity"]["largest_difference"] <= 1e-4
    assert len(tiny.records(bench.root / "out")) == 6
