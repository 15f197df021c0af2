"""Losses, encodings and pooling against references."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import log_loss
from torch.nn import functional as F

from cohear.base.decoding import activated
from cohear.tasks import Multiclass, Multilabel, WindowPlaces, WindowTargets

SEEDS = st.integers(0, 2**32 - 1)


def batch(seed, rows=17, labels=5):
    draw = np.random.default_rng(seed)
    return draw, torch.from_numpy(draw.normal(0, 3, (rows, labels)).astype(np.float32))


@given(SEEDS, st.sampled_from([0.0, 0.1]))
@settings(max_examples=25, deadline=None)
def test_multiclass_loss_is_cross_entropy_of_the_known(seed, smoothing):
    draw, logits = batch(seed)
    values = torch.from_numpy(draw.integers(0, 5, 17))
    known = torch.from_numpy(draw.random(17) < 0.6)
    known[0] = True
    loss = Multiclass().loss(logits, WindowTargets(values, known), smoothing)
    torch.testing.assert_close(loss, F.cross_entropy(logits[known], values[known], label_smoothing=smoothing))
    if smoothing == 0:
        probabilities = activated("softmax", logits[known].numpy())
        assert loss.item() == pytest.approx(log_loss(values[known], probabilities, labels=range(5)), rel=1e-4)


@given(SEEDS, st.sampled_from([0.0, 0.2]))
@settings(max_examples=25, deadline=None)
def test_multilabel_loss_is_binary_cross_entropy_of_the_known(seed, smoothing):
    """Entry by entry: a clip may be known for some labels and not for others."""
    draw, logits = batch(seed)
    values = torch.from_numpy((draw.random((17, 5)) < 0.4).astype(np.float32))
    known = torch.from_numpy(draw.random((17, 5)) < 0.5)
    known[0, 0] = True
    loss = Multilabel().loss(logits, WindowTargets(values, known), smoothing)
    soft = values * (1 - smoothing) + smoothing * 0.5
    torch.testing.assert_close(loss, F.binary_cross_entropy_with_logits(logits[known], soft[known]))
    spoilt = torch.where(known, values, torch.tensor(1.0) - values)
    torch.testing.assert_close(Multilabel().loss(logits, WindowTargets(spoilt, known), smoothing), loss)


def test_unknown_entries_are_not_negative():
    """An empty cell is masked; a cell without a chosen label is a clip that carries none."""
    targets = Multilabel().encode(["a", "", "x", "b;a"], ["a", "b"])
    assert targets.values.tolist() == [[1, 0], [0, 0], [0, 0], [1, 1]]
    assert targets.known.tolist() == [[True, True], [False, False], [True, True], [True, True]]
    assert Multilabel().counts(targets, ["a", "b"]).tolist() == [2, 1]
    targets = Multiclass().encode(["b", "", "a"], ["a", "b"])
    assert targets.values[[0, 2]].tolist() == [1, 0]
    assert targets.known.tolist() == [True, False, True]
    assert Multiclass().counts(targets, ["a", "b"]).tolist() == [1, 1]


@pytest.mark.parametrize(
    ("cell", "one", "several"),
    [
        ("", [], []),
        ("dog", ["dog"], ["dog"]),
        ("a.b", ["a.b"], ["a.b"]),
        ("no", ["no"], ["no"]),
        (" x ; y;x;;", [" x ; y;x;;"], ["x", "y"]),
        (";", [], []),  # marks alone hold no label
        ("Hü nd;01", ["Hü nd;01"], ["Hü nd", "01"]),
    ],
)
def test_labels_in_a_cell(cell, one, several):
    assert Multiclass().labels_in(cell) == one
    assert Multilabel().labels_in(cell) == several


@pytest.mark.parametrize("kind", [Multiclass(), Multilabel()])
@given(arrays(np.int64, 30, elements=st.integers(0, 6)), SEEDS)
@settings(max_examples=25, deadline=None)
def test_pool_is_the_mean_over_the_windows_of_a_clip(kind, clip_of_window, seed):
    """Pitfall 16: windows are joined to clips by number, whatever their order; a clip without any gets zeros."""
    windows = np.random.default_rng(seed).normal(size=(30, 3)).astype(np.float32)
    whole = np.zeros(30, np.int64), np.full(30, 9), np.ones(30)
    pooled = kind.pool(windows, WindowPlaces(clip_of_window, *whole, 0.01), np.ones(8, np.int64)).values
    for clip in range(8):
        own = windows[clip_of_window == clip]
        np.testing.assert_allclose(pooled[clip], own.mean(axis=0) if len(own) else np.zeros(3), atol=1e-6)


def test_probabilities():
    logits = np.array([[0.0, 0.0], [2.0, -1.0]], np.float32)
    one, several = (kind().decoding("t", ["a", "b"]).activation for kind in (Multiclass, Multilabel))
    np.testing.assert_allclose(activated(one, logits), torch.softmax(torch.from_numpy(logits), 1), rtol=1e-6)
    np.testing.assert_allclose(activated(several, logits), torch.sigmoid(torch.from_numpy(logits)), rtol=1e-6)
