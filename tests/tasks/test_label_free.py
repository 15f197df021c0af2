"""Kinds without labels keep their contract, and hide what they ask for."""

import numpy as np
import pytest
import torch

from cohear.base.moments import Moments
from cohear.tasks import TARGET_KINDS, LabelFree, Targets, WindowPlaces
from cohear.tasks.number_cells import cell_of_numbers
from cohear.tasks.restored import Denoise, NextStep, Reconstruct, Upsample
from cohear.tasks.signal_bins import SignalBins
from cohear.testing.label_free import LabelFreeContract

BATCH, FRAMES, BANDS, STRIDE = 16, 40, 12, 4
LENGTHS = np.array([40, 40, 25, 7, 1, 2] + [40] * 10, dtype=np.int64)
NOTHING = TARGET_KINDS["reconstruct"].encode([""] * BATCH, [])
PLACES = WindowPlaces(np.arange(BATCH), np.zeros(BATCH, np.int64), LENGTHS, np.ones(BATCH), 0.01, STRIDE)
INSIDE = np.arange(FRAMES) < LENGTHS[:, None]
MEAN, DEVIATION = np.linspace(-6, 2, BANDS), np.linspace(0.5, 3, BANDS)
MOMENTS = Moments(100, MEAN, DEVIATION**2 + MEAN**2)


class TestReconstruct(LabelFreeContract):
    def make(self):
        return Reconstruct()


class TestNextStep(LabelFreeContract):
    def make(self):
        return NextStep()


class TestDenoise(LabelFreeContract):
    def make(self):
        return Denoise()


class TestUpsample(LabelFreeContract):
    def make(self):
        return Upsample()


class TestSignalBins(LabelFreeContract):
    def make(self):
        return SignalBins()

    def cells(self):
        rows = [(-20.5 - clip, None if clip == 2 else 100 + clip, 900 - clip, 40 + clip) for clip in range(6)]
        return [cell_of_numbers(SignalBins.measures, row) for row in rows]


def test_every_kind_without_labels_is_tested_here():
    tested = {each().make().name for each in LabelFreeContract.__subclasses__() if each.__module__ == __name__}
    kinds = [TARGET_KINDS[name] for name in TARGET_KINDS]
    assert tested == {each.name for each in kinds if isinstance(each, LabelFree) and "cohear." in type(each).__module__}


def sounds(seed=0):
    """``[B, T, D]``, zero beyond the lengths."""
    noise = np.random.default_rng(seed).normal(size=(BATCH, FRAMES, BANDS)) * DEVIATION + MEAN
    return torch.from_numpy((noise * INSIDE[..., None]).astype(np.float32))


def exercise(kind, features, layout="sequence", seed=3):
    return kind.hearing(layout, MOMENTS).exercise(NOTHING, PLACES, features, np.random.default_rng(seed))


def by_stride(features):
    """Means of the valid frames of each stride in deviations, ``[B, T / stride, D]``."""
    scaled = (features.numpy() - MEAN) / DEVIATION * INSIDE[..., None]
    counts = INSIDE.reshape(BATCH, -1, STRIDE).sum(axis=2)
    return scaled.reshape(BATCH, -1, STRIDE, BANDS).sum(axis=2) / np.maximum(counts, 1)[..., None]


@pytest.mark.parametrize("kind", [Reconstruct(), Upsample(), NextStep()])
def test_what_is_asked_for_is_not_heard(kind):
    """Other numbers where the network hears nothing of them change what it should say, and nothing that it is given."""
    features = sounds()
    made = exercise(kind, features)
    hidden = (made.features != features) & torch.from_numpy(INSIDE)[..., None]
    changed = torch.where(hidden, features + 1, features)
    again = exercise(kind, changed)
    assert torch.equal(again.features, made.features)
    known = made.targets.known
    assert known.any() and torch.equal(again.targets.known, known)
    assert not torch.isclose(again.targets.values[known], made.targets.values[known]).any()


def test_masked_patches_are_about_half_of_what_there_is_and_are_replaced_by_the_mean():
    features = sounds()
    made = exercise(Reconstruct(), features)
    hidden = (made.features != features).numpy()
    assert not hidden[~INSIDE].any()
    assert 0.4 < hidden[INSIDE].mean() < 0.6
    mean = np.broadcast_to(MEAN.astype(np.float32), hidden.shape)
    np.testing.assert_array_equal(made.features.numpy()[hidden], mean[hidden])
    patches = hidden[0].reshape(5, 8, 4, 3)  # of 8 frames and a quarter of the bands
    assert (patches.all(axis=(1, 3)) == patches.any(axis=(1, 3))).all()
    np.testing.assert_array_equal(made.targets.known.numpy(), hidden.reshape(BATCH, -1, STRIDE, BANDS).any(axis=2))
    np.testing.assert_allclose(made.targets.values.numpy(), by_stride(features), atol=1e-4)
    assert not torch.equal(exercise(Reconstruct(), features, seed=4).features, made.features)


def test_of_a_vector_single_numbers_are_masked():
    vectors = sounds()[:, 0]
    made = exercise(Reconstruct(), vectors, "vector")
    hidden = (made.features != vectors).numpy()
    np.testing.assert_array_equal(made.targets.known.numpy(), hidden)
    assert 0.3 < hidden.mean() < 0.7
    np.testing.assert_allclose(made.targets.values.numpy(), (vectors.numpy() - MEAN) / DEVIATION, atol=1e-5)


def test_noise_is_as_large_as_the_features_vary_and_every_number_is_asked_for():
    features = sounds()
    made = exercise(Denoise(), features)
    noise = (made.features - features).numpy()[INSIDE] / DEVIATION
    assert noise.std(axis=0) == pytest.approx(np.ones(BANDS), abs=0.15)
    assert not made.features.numpy()[~INSIDE].any()
    counts = INSIDE.reshape(BATCH, -1, STRIDE).any(axis=2)
    np.testing.assert_array_equal(made.targets.known.numpy(), np.repeat(counts[..., None], BANDS, axis=2))
    np.testing.assert_allclose(made.targets.values.numpy(), by_stride(features), atol=1e-4)


def test_the_upper_half_of_the_bands_is_told_from_the_lower():
    features = sounds()
    made = exercise(Upsample(), features)
    assert torch.equal(made.features[..., : BANDS // 2], features[..., : BANDS // 2])
    known = made.targets.known.numpy()
    assert not known[..., : BANDS // 2].any() and known[0, :, BANDS // 2 :].all()


def test_what_comes_next_is_kept_back_whatever_the_encoder_looks_at():
    features = sounds()
    made = exercise(NextStep(), features)
    assert made.lengths.tolist() == [30, 30, 15, 4, 1, 1] + [30] * 10
    assert made.targets.known.any(dim=1).tolist() == [True, True, True, True, False, True] + [True] * 10
    scaled = (features.numpy() - MEAN) / DEVIATION
    np.testing.assert_allclose(made.targets.values[0].numpy(), scaled[0, 30:].mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(made.targets.values[3].numpy(), scaled[3, 4:7].mean(axis=0), atol=1e-5)
    assert NextStep().hearing("sequence", MOMENTS).reads == "vector"


def test_a_perfect_answer_has_no_loss_and_the_mean_has_that_of_a_deviation():
    for kind in (Reconstruct(), Upsample()):
        fitted = kind.hearing("sequence", MOMENTS)
        targets = exercise(kind, sounds()).targets
        assert fitted.loss(targets.values, targets) == 0
        assert float(fitted.loss(torch.zeros_like(targets.values), targets)) == pytest.approx(1 / STRIDE, rel=0.2)


def test_a_kind_without_labels_answers_nothing():
    with pytest.raises(TypeError, match="has no labels and answers nothing"):
        Reconstruct().decoding("free", [])


def test_bins_hold_an_eighth_of_the_training_clips_each_and_what_is_unknown_is_not_learnt():
    kind, draw = SignalBins(), np.random.default_rng(1)
    numbers = draw.normal(size=(800, 4)) * [10, 50, 1000, 400]
    known = np.ones((800, 4), dtype=np.bool_)
    known[::4, 1] = False
    truth = Targets(numbers.astype(np.float32), known)
    places = WindowPlaces(np.arange(800), np.zeros(800, np.int64), np.full(800, 4), np.ones(800), 0.01)
    made = kind.fitted(truth).exercise(truth, places, torch.zeros(800, 3), draw)
    for column in range(4):
        bins = np.bincount(made.targets.values[:, column].numpy()[known[:, column]], minlength=8)
        assert len(bins) == 8 and np.abs(bins - known[:, column].sum() / 8).max() <= 1
    np.testing.assert_array_equal(made.targets.known.numpy(), known)
    right = torch.nn.functional.one_hot(made.targets.values, 8).reshape(800, -1) * 50.0
    assert kind.loss(right, made.targets) < 1e-6
    assert float(kind.loss(torch.zeros(800, 32), made.targets)) == pytest.approx(np.log(8))
