"""Metrics against scikit-learn."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    roc_auc_score,
    roc_curve,
    top_k_accuracy_score,
)

from cohear.tasks import METRICS, Multiclass, Multilabel, Regression, Targets
from cohear.testing.metric import MetricContract

SEEDS = st.integers(0, 2**32 - 1)
OF_EVENTS = {"segment_f1", "segment_f1_1s", "segment_error_rate", "event_f1", "event_f1_onset", "psds1", "psds2"}
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


def equal_error_rate(truth, said):
    """Where the curve between scikit-learn's points crosses the line from all alarms to none."""
    alarms, found, _ = roc_curve(truth, said)
    return brentq(lambda rate: 1 - rate - np.interp(rate, alarms, found), 0, 1)


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_curves_of_one_label_a_clip(seed):
    draw, logits, values = multiclass(seed)
    known = draw.random(40) < 0.7
    known[:4] = True
    truth, said = values[known], np.exp(logits[known].astype(np.float64))
    said /= said.sum(axis=1, keepdims=True)
    assert score("auc", logits, values, known) == pytest.approx(roc_auc_score(truth, said, multi_class="ovr"))
    rates = [equal_error_rate(truth == label, said[:, label]) for label in range(4)]
    assert score("eer", logits, values, known) == pytest.approx(np.mean(rates), abs=1e-9)


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_curves_of_several_labels_a_clip(seed):
    """With ties, of what is known, and without a label that the fold cannot score."""
    draw, logits, values = multilabel(seed)
    known = draw.random(values.shape) < 0.7
    known[:2] = True
    scored = [True, True, False, True]
    columns = [(values[known[:, n], n], logits[known[:, n], n]) for n in (0, 1, 3)]
    areas = [roc_auc_score(truth, said) for truth, said in columns]
    assert score("auc", logits, values, known, scored) == pytest.approx(np.mean(areas))
    rates = [equal_error_rate(truth, said) for truth, said in columns]
    assert score("eer", logits, values, known, scored) == pytest.approx(np.mean(rates), abs=1e-9)


def test_a_curve_worked_by_hand():
    """One clip of three with the label is ranked below the second of four without: at a threshold between, a third is
    missed, and a quarter or a half of the others is let in; on the line between them a third.
    """
    values = np.array([[1], [0], [1], [0], [1], [0], [0]], np.float32)
    logits = np.arange(7, 0, -1, dtype=np.float32)[:, None]
    assert score("auc", logits, values) == pytest.approx((4 + 3 + 2) / 12)
    assert score("eer", logits, values) == pytest.approx(1 / 3)


@given(SEEDS, st.sampled_from([2, 3, 5]))
@settings(max_examples=30, deadline=None)
def test_labels_among_the_first(seed, most):
    draw, logits, values = multiclass(seed, labels=7)
    known = draw.random(40) < 0.7
    known[:7] = True
    reference = top_k_accuracy_score(values[known], logits[known], k=most)
    assert score(f"top{most}", logits, values, known) == pytest.approx(reference)
    scored = np.arange(7) != 1
    rows = known & (values != 1)
    reference = top_k_accuracy_score(values[rows], logits[rows], k=most, labels=np.arange(7))
    assert score(f"top{most}", logits, values, known, scored) == pytest.approx(reference)


def test_of_equally_probable_labels_the_first_are_said():
    """As where accuracy takes one of them."""
    values, logits = np.array([0, 1, 2, 3]), np.zeros((4, 4), np.float32)
    assert [score(name, logits, values) for name in ("accuracy", "top2", "top3")] == [0.25, 0.5, 0.75]
    assert np.isnan(score("top5", logits, values))


def test_labels_without_clips_in_the_part_are_left_out():
    """A validation part may lack a label that training and test have."""
    _, logits, values = multilabel(1)
    values[:, 2] = 0
    for name in ("map", "f1", "auc", "eer"):
        others = score(name, logits, values, scored=[True, True, False, True])
        assert score(name, logits, values) == pytest.approx(others)


@pytest.mark.parametrize("name", ["uar", "accuracy", "f1", "auc", "eer", "top2"])
def test_one_class_is_no_score(name):
    logits = np.eye(3, dtype=np.float32)
    assert np.isnan(score(name, logits, np.array([1, 1, 1])))
    assert np.isnan(score(name, logits, np.array([0, 1, 1]), scored=[False, True, True]))
    assert score(name, logits, np.array([0, 1, 2])) == (0 if name == "eer" else 1)


def test_a_label_of_all_or_no_clips_says_nothing_about_ranking():
    logits = np.zeros((3, 2), np.float32)
    for name in ("map", "auc", "eer"):
        assert np.isnan(score(name, logits, np.array([[1, 0]] * 3, np.float32)))


@pytest.mark.parametrize("name", [name for name in METRICS if name not in {*Regression.metrics, *OF_EVENTS}])
def test_better_answers_score_higher(name):
    make, sign = (multilabel if name == "map" else multiclass), 1 if METRICS[name].higher_is_better else -1
    labels = METRICS[name].fewest_labels + 3
    _, logits, values = make(3, labels=labels)
    right = values if name == "map" else np.eye(labels)[values]
    helped = (logits + 0.5 * right).astype(np.float32)
    assert sign * score(name, helped, values) > sign * score(name, logits, values)
    assert score(name, right.astype(np.float32), values) == (1 if sign > 0 else 0)


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


class TestRoc(TestRecall):
    name = "auc"


class TestRocOfSeveralLabels(TestF1OfSeveralLabels):
    name = "auc"


class TestErrorRate(TestRecall):
    name = "eer"


class TestErrorRateOfSeveralLabels(TestF1OfSeveralLabels):
    name = "eer"


class TestTopTwo(TestRecall):
    name = "top2"


class TestTopThree(TestRecall):
    name = "top3"


class TestTopFive(TestRecall):
    name = "top5"

    def cells(self):
        return ["" if clip % 7 == 6 else "abcdefg"[clip % 7] for clip in range(24)]


def test_all_that_is_registered_is_tested():
    """Here, and of numbers and events in files of their own."""
    of_labels = {"uar", "accuracy", "f1", "map", "auc", "eer", "top2", "top3", "top5"}
    assert set(METRICS) == of_labels | {"ccc", "r2", "mae"} | OF_EVENTS


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
    assert chance("top2", values) == pytest.approx(0.75)
    assert chance("auc", values) == chance("eer", values) == 0.5
    scored = np.array([True, True, False])
    assert chance("uar", values, scored=scored) == pytest.approx(1 / 2)
    assert chance("accuracy", values, scored=scored) == pytest.approx(10 / 15)
    assert chance("top2", values, scored=scored) == 1
    known = values != 1
    assert chance("uar", values, known) == pytest.approx(1 / 2)
    assert chance("accuracy", values, known) == pytest.approx(10 / 15)
    for name in ("uar", "top2", "auc", "eer"):
        assert np.isnan(chance(name, values, values == 0))


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
    assert chance("auc", values) == chance("eer", values) == 0.5
    for name in ("map", "auc", "eer"):
        assert np.isnan(chance(name, values, scored=np.array([False, False, True, True])))


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_no_way_to_guess_labels_by_lot_has_a_better_f1(seed):
    draw = np.random.default_rng(seed)
    truth, said = draw.dirichlet(np.ones(4)), draw.dirichlet(np.ones(4))
    assert np.mean(2 * truth * said / (truth + said)) <= 1 / 4 + 1e-12
