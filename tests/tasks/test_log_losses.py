"""Proper scores: bits a clip, right by hand, right by scikit-learn, least at the truth's own temperature."""

import numpy as np
import pytest
from sklearn.metrics import log_loss

from cohear.tasks import ClipOutputs, Multiclass, Multilabel, Targets

ONE = np.array([1.0])
EVERY = np.array([True, True, True])


def test_multiclass_is_minus_the_logarithm_of_the_truth():
    told = ClipOutputs.one_each(np.log(np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]], dtype=np.float32)))
    targets = Targets(np.array([0, 1]), np.array([True, True]))
    assert Multiclass().log_losses(told, targets, EVERY, ONE) == pytest.approx([(1 + 3) / 2])


def test_multiclass_agrees_with_scikit_learn_and_leaves_out_what_is_unknown_or_unscored():
    random = np.random.default_rng(0)
    logits, truth = random.normal(size=(40, 3)).astype(np.float32), random.integers(0, 3, 40)
    known, scored = random.random(40) < 0.8, np.array([True, False, True])
    found = Multiclass().log_losses(ClipOutputs.one_each(logits), Targets(truth, known), scored, np.array([0.5, 3.0]))
    rows = known & (truth != 1)
    for temperature, ours in zip((0.5, 3.0), found, strict=True):
        chances = np.exp(logits[rows].astype(float) / temperature)
        chances /= chances.sum(axis=1, keepdims=True)
        assert ours == pytest.approx(log_loss(truth[rows], chances, labels=[0, 1, 2]) / np.log(2))


def test_multilabel_sums_over_what_is_known_of_a_clip():
    told = ClipOutputs.one_each(np.array([[0.0, 0.0, 9.0], [np.log(3), 0.0, 9.0]], dtype=np.float32))
    known = np.array([[True, True, False], [True, False, False]])
    targets = Targets(np.array([[1, 0, 0], [0, 0, 0]], dtype=np.float32), known)
    # two halves are two bits; 1 - 3/4 is two bits
    assert Multilabel().log_losses(told, targets, EVERY, ONE) == pytest.approx([2.0])


@pytest.mark.parametrize("kind", [Multiclass(), Multilabel()])
def test_without_a_scored_clip_there_is_none(kind):
    targets = kind.encode(["", ""], ["a", "b", "c"])
    told = ClipOutputs.one_each(np.zeros((2, 3), dtype=np.float32))
    assert np.isnan(kind.log_losses(told, targets, EVERY, np.array([1.0, 2.0]))).all()


def test_sure_and_wrong_is_a_number():
    told = ClipOutputs.one_each(np.array([[3e4, -3e4, 0]], dtype=np.float32))
    assert np.isfinite(
        Multiclass().log_losses(told, Targets(np.array([1]), np.array([True])), EVERY, np.array([1 / 32]))
    )
