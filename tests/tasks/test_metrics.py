"""Metrics against scikit-learn."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, average_precision_score, balanced_accuracy_score, f1_score

from cohear.tasks import METRICS, Multiclass, Multilabel, Targets
from cohear.testing.metric import MetricContract

SEEDS = st.integers(0, 2**32 - 1)
pytestmark = pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")


def multiclass(seed, clips=40, labels=4):
    draw = np.random.default_rng(seed)
    values = draw.integers(0, labels, clips)
    values[:labels] = np.arange(labels)
    logits = (draw.normal(size=(clips, labels)) + 1.5 * np.eye(labels)[values]).astype(np.float32)
    return draw, logits, values


def multilabel(seed, clips=40, labels=4):
    draw = np.random.default_rng(seed)
    values = (draw.random((clips, labels)) < 0.3).astype(np.float32)
    values[0], values[1] = 1, 0
    logits = np.round(draw.normal(size=(clips, labels)) + values, 1).astype(np.float32)  # rounded: there are ties
    return draw, logits, values


def score(name, logits, values, known=None, scored=None):
    known = np.ones(values.shape, np.bool_) if known is None else known
    scored = np.ones(logits.shape[1], np.bool_) if scored is None else np.array(scored)
    return METRICS[name].score(logits, Targets(values, known), scored)


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_multiclass_metrics(seed):
    draw, logits, values = multiclass(seed)
    known = draw.random(40) < 0.7
    known[:4] = True
    truth, predicted = values[known], logits[known].argmax(axis=1)
    assert score("uar", logits, values, known) == pytest.approx(balanced_accuracy_score(truth, predicted))
    assert score("accuracy", logits, values, known) == pytest.approx(accuracy_score(truth, predicted))
    assert score("f1", logits, values, known) == pytest.approx(f1_score(truth, predicted, average="macro"))


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_unscored_labels_are_left_out(seed):
    """Pitfall 15: clips of a label that the fold cannot score count nowhere; a guess of it is still wrong."""
    _, logits, values = multiclass(seed)
    scored = [True, False, True, True]
    rows = values != 1
    truth, predicted = values[rows], logits[rows].argmax(axis=1)
    assert score("uar", logits, values, scored=scored) == pytest.approx(balanced_accuracy_score(truth, predicted))
    assert score("accuracy", logits, values, scored=scored) == pytest.approx(accuracy_score(truth, predicted))
    reference = f1_score(truth, predicted, labels=[0, 2, 3], average="macro")
    assert score("f1", logits, values, scored=scored) == pytest.approx(reference)


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_multilabel_metrics(seed):
    draw, logits, values = multilabel(seed)
    known = draw.random(values.shape) < 0.7
    known[:2] = True
    scored = [True, True, False, True]
    columns = [(values[known[:, n], n], logits[known[:, n], n]) for n in (0, 1, 3)]
    precision = np.mean([average_precision_score(truth, guess) for truth, guess in columns])
    assert score("map", logits, values, known, scored) == pytest.approx(precision)
    harmonic = np.mean([f1_score(truth, guess > 0, zero_division=0) for truth, guess in columns])
    assert score("f1", logits, values, known, scored) == pytest.approx(harmonic)


def test_labels_without_clips_in_the_part_are_left_out():
    """A validation part may lack a label that training and test have."""
    _, logits, values = multilabel(1)
    values[:, 2] = 0
    for name in ("map", "f1"):
        others = score(name, logits, values, scored=[True, True, False, True])
        assert score(name, logits, values) == pytest.approx(others)


@pytest.mark.parametrize("name", ["uar", "accuracy", "f1"])
def test_one_class_is_no_score(name):
    logits = np.eye(3, dtype=np.float32)
    assert np.isnan(score(name, logits, np.array([1, 1, 1])))
    assert np.isnan(score(name, logits, np.array([0, 1, 1]), scored=[False, True, True]))
    assert score(name, logits, np.array([0, 1, 2])) == 1


def test_a_label_of_all_or_no_clips_says_nothing_about_ranking():
    logits = np.zeros((3, 2), np.float32)
    assert np.isnan(score("map", logits, np.array([[1, 0]] * 3, np.float32)))


@pytest.mark.parametrize("name", list(METRICS))
def test_better_answers_score_higher(name):
    make, sign = (multilabel if name == "map" else multiclass), 1 if METRICS[name].higher_is_better else -1
    _, logits, values = make(3)
    right = values if name == "map" else np.eye(4)[values]
    helped = (logits + 0.5 * right).astype(np.float32)
    assert sign * score(name, helped, values) > sign * score(name, logits, values)
    assert score(name, right.astype(np.float32), values) == 1


class TestRecall(MetricContract):
    name = "uar"
    kind = Multiclass()


class TestAccuracy(TestRecall):
    name = "accuracy"


class TestF1(TestRecall):
    name = "f1"


class TestF1OfSeveralLabels(TestRecall):
    name = "f1"
    kind = Multilabel()


class TestPrecision(TestF1OfSeveralLabels):
    name = "map"


def test_all_that_is_registered_is_tested():
    assert set(METRICS) == {"uar", "accuracy", "f1", "map"}


def chance(name, values, known=None, scored=None):
    known = np.ones(values.shape, np.bool_) if known is None else known
    labels = values.shape[1] if values.ndim == 2 else int(values.max()) + 1
    return METRICS[name].chance(Targets(values, known), np.ones(labels, np.bool_) if scored is None else scored)


def test_chance_of_one_label_a_clip():
    """Ten clips of one label, five of another, five of a third, whose label is not scored in the second half."""
    values = np.repeat([0, 1, 2], [10, 5, 5])
    assert chance("uar", values) == pytest.approx(1 / 3)
    assert chance("f1", values) == pytest.approx(1 / 3)
    assert chance("accuracy", values) == pytest.approx(0.5)
    scored = np.array([True, True, False])
    assert chance("uar", values, scored=scored) == pytest.approx(1 / 2)
    assert chance("accuracy", values, scored=scored) == pytest.approx(10 / 15)
    known = values != 1
    assert chance("uar", values, known) == pytest.approx(1 / 2)
    assert chance("accuracy", values, known) == pytest.approx(10 / 15)
    assert np.isnan(chance("uar", values, values == 0))


def test_chance_of_several_labels_a_clip():
    """Three of eight clips carry the first label, one the second; a label that all or none carry is not ranked."""
    values = np.zeros((8, 4), np.float32)
    values[:3, 0] = values[0, 1] = values[:, 2] = 1
    orders = [list(order) for order in permutations([1, 1, 1, 0, 0, 0, 0, 0])]
    every = np.mean([average_precision_score(order, np.arange(8, 0, -1)) for order in set(map(tuple, orders))])
    one = np.mean([1 / place for place in range(1, 9)])
    assert chance("map", values) == pytest.approx((every + one) / 2)
    alone = np.array([True, False, False, False])
    assert chance("map", values, scored=alone) == pytest.approx(every)
    assert chance("f1", values, scored=alone) == pytest.approx(2 * 3 / (8 + 3))
    assert np.isnan(chance("map", values, scored=np.array([False, False, True, True])))


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_no_way_to_guess_labels_by_lot_has_a_better_f1(seed):
    draw = np.random.default_rng(seed)
    truth, said = draw.dirichlet(np.ones(4)), draw.dirichlet(np.ones(4))
    assert np.mean(2 * truth * said / (truth + said)) <= 1 / 4 + 1e-12
