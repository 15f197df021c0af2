"""Vectors of windows that a process keeps, and the windows that they are of."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohear.features import FeatureStore, gather
from cohear.features import window_vectors as kept
from cohear.features.build import build_front_end
from cohear.features.task_input import TaskInput
from cohear.features.window_grid import WindowGrid, grid_starts
from cohear.features.windows import hop_in_scoring, window_starts

WINDOW = 8
COUNTS = [3, 10, 1, 25, 10]


@pytest.fixture
def store():
    frames = np.random.default_rng(0).normal(size=(sum(COUNTS), 6)).astype(np.float32)
    offsets, heard = np.concatenate([[0], np.cumsum(COUNTS)]), np.ones(len(frames), np.bool_)
    return FeatureStore("a key", frames, offsets, heard, tuple("abcde"))


@pytest.fixture
def summary():
    return build_front_end({"name": "summary", "bands": 6, "statistics": "plain"})


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(kept, "_KEPT", type(kept._KEPT)())
    monkeypatch.setattr(kept, "_NO_ROOM", set())


@given(frames=st.integers(1, 300), window=st.integers(1, 60))
def test_a_grid_holds_the_scored_windows_and_what_lies_half_way(frames, window):
    starts = grid_starts(frames, window).tolist()
    scored = window_starts(frames, window, hop_in_scoring(window)).tolist()
    assert set(scored) <= set(starts)
    assert starts == sorted(set(starts))
    assert (starts[0], starts[-1]) == (0, max(frames - window, 0))
    assert len(starts) <= 2 * len(scored) - 1
    between = set(starts) - set(scored)
    assert all(any(a < start < b for a, b in pairwise(scored)) for start in between)


def test_grid_by_hand():
    assert grid_starts(25, 8).tolist() == [0, 2, 4, 6, 8, 10, 12, 14, 16, 17]
    assert grid_starts(8, 8).tolist() == grid_starts(3, 8).tolist() == [0]


def test_windows_of_a_grid_by_their_numbers_and_back(store):
    grid = WindowGrid.of(store, WINDOW)
    rows = np.array([[0, 1], [3, 3], [4, 2]])
    assert grid.counts(rows).tolist() == [[1, 3], [10, 10], [3, 1]]
    starts = grid.starts(rows, np.array([[0, 1], [9, 3], [1, 0]]))
    assert starts.tolist() == [[0, 1], [17, 6], [1, 0]]
    places = grid.places(rows.reshape(-1), starts.reshape(-1))
    assert (grid.begins[places] == store.offsets[rows.reshape(-1)] + starts.reshape(-1)).all()
    assert grid.places(np.array([3, 3, 1]), np.array([1, 24, 2])).tolist() == [-1, -1, 3]


def test_what_is_kept_is_what_the_front_end_makes(store, summary):
    rows, starts = np.array([3, 0, 3, 1, 2, 3]), np.array([17, 0, 2, 2, 0, 5])  # the last is off the grid
    expected = summary.window_input(*gather(store, rows, starts, WINDOW))
    features, lengths = TaskInput(summary, WINDOW).seen(store, rows, starts)
    np.testing.assert_allclose(features, expected, atol=1e-6)
    assert lengths.tolist() == gather(store, rows, starts, WINDOW)[1].tolist()


def test_a_window_has_the_same_vector_whatever_is_asked_beside_it(store):
    functionals, rows, starts = build_front_end({"name": "summary", "bands": 6}), np.array([3, 1]), np.array([4, 2])
    given = TaskInput(functionals, WINDOW)
    alone = [given.seen(store, rows[i : i + 1], starts[i : i + 1])[0][0] for i in (0, 1)]
    kept._KEPT.clear()
    np.testing.assert_array_equal(given.seen(store, rows[::-1], starts[::-1])[0][::-1], alone)


def test_a_vector_is_made_once(store, summary, monkeypatch):
    made = []
    real = type(summary).window_input

    def counted(self, windows, lengths):
        made.extend(lengths.tolist())
        return real(self, windows, lengths)

    monkeypatch.setattr(type(summary), "window_input", counted)
    given, rows = TaskInput(summary, WINDOW), np.array([3, 3, 1])
    first, _ = given.seen(store, rows, np.array([0, 6, 0]))
    again, _ = given.seen(store, rows, np.array([0, 6, 0]))
    np.testing.assert_array_equal(first, again)
    assert len(made) == 10 + 3  # all windows of the two clips
    TaskInput(summary, WINDOW - 1).seen(store, rows[:1], np.array([0]))
    assert len(made) > 13  # another window has vectors of its own


def test_what_would_be_too_much_is_made_anew(store, summary, monkeypatch):
    rows, starts = np.array([3, 1]), np.array([4, 2])
    expected, _ = TaskInput(summary, WINDOW).seen(store, rows, starts)
    monkeypatch.setattr(kept, "MOST_BYTES_A_TABLE", 100)
    kept._KEPT.clear()
    for _ in range(2):
        found, _ = TaskInput(summary, WINDOW).seen(store, rows, starts)
        np.testing.assert_allclose(found, expected, atol=1e-6)
    assert list(kept._KEPT.values()) == [None]  # it is asked once whether there are too many


def test_what_was_used_longest_ago_goes_first(store, summary, monkeypatch):
    one, two, three = (kept.kept_vectors(summary, store, WINDOW + more) for more in (0, 1, 2))
    monkeypatch.setattr(kept, "MOST_BYTES", one.bytes + two.bytes + three.bytes - 1)
    kept._KEPT.popitem()  # the third
    assert kept.kept_vectors(summary, store, WINDOW) is one
    kept.kept_vectors(summary, store, WINDOW + 2)  # `two` goes, which has waited longest
    assert kept.kept_vectors(summary, store, WINDOW) is one
    assert kept.kept_vectors(summary, store, WINDOW + 1) is not two


def test_sequences_and_frames_that_training_changes_draw_from_everywhere(summary, monkeypatch):
    assert TaskInput(summary, WINDOW).draws_from_grid
    assert not TaskInput(build_front_end("logmel"), WINDOW).draws_from_grid
    monkeypatch.setattr(type(summary), "augmentation", build_front_end("logmel").augmentation)
    assert not TaskInput(summary, WINDOW).draws_from_grid


def test_what_is_made_beforehand_is_all_of_a_store_and_opens_it_once(store, summary, monkeypatch):
    opened = []

    def open_store(key):
        opened.append(key)
        return store

    given = TaskInput(summary, WINDOW)
    given.make_vectors(store.key, open_store)
    given.make_vectors(store.key, open_store)
    assert opened == ["a key"]
    monkeypatch.setattr(type(summary), "window_input", None)  # nothing is left to be made
    grid = WindowGrid.of(store, WINDOW)
    for row, count in enumerate(grid.counts(np.arange(len(COUNTS)))):
        rows = np.full(count, row)
        assert given.seen(store, rows, grid.starts(rows, np.arange(count)))[0].shape == (count, summary.input_width)
    TaskInput(build_front_end("logmel"), WINDOW).make_vectors(store.key, open_store)
    assert opened == ["a key"]


def test_what_is_made_beforehand_takes_the_place_of_nothing(store, summary, monkeypatch):
    one = TaskInput(summary, WINDOW)
    one.make_vectors(store.key, lambda _: store)
    [table] = kept._KEPT.values()
    monkeypatch.setattr(kept, "MOST_BYTES", table.bytes + 1)
    opened = []
    for _ in range(2):
        TaskInput(summary, WINDOW + 1).make_vectors(store.key, lambda key: opened.append(key) or store)
    assert len(opened) == 1
    assert kept.kept_vectors(summary, store, WINDOW) is table
