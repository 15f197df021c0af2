"""Measurements of two tasks: contracts, and values that are published or worked out by hand."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest
from scipy import linalg, stats

from cohear.probes.class_similarity import classes_by_least_squares
from cohear.probes.distance import frechet_distance, in_common_directions, mmd, two_sample_accuracy
from cohear.probes.kinship import label_similarity, shared_labels
from cohear.probes.similarity import linear_cka, rsa
from cohear.probes.transferability import h_score, leep, logme, nce
from cohear.tasks import Multilabel
from cohear.testing.probe import ProbeContract

DRAW = np.random.default_rng(0)


def told(numbers):
    return {number.name: number.value for number in numbers}


class TestDistance(ProbeContract):
    name = "distance"

    def test_it_is_the_same_both_ways_round(self):
        numbers = self.measured(self.given())
        assert {(number.task, number.partner) for number in numbers} == {("one", "two"), ("two", "one")}
        assert len({(number.name, number.value) for number in numbers}) == 3

    def test_labels_change_nothing(self):
        given = self.given()
        order = DRAW.permutation(len(given.task.clips))
        tasks = tuple(replace(task, targets=task.targets.take(order)) for task in given.tasks)
        assert self.measured(replace(given, tasks=tasks)) == self.measured(given)


class TestKinship(ProbeContract):
    name = "origin"

    def test_tasks_of_one_dataset_share_their_clips(self):
        given = self.given()
        numbers = told(self.measured(given))
        assert numbers == {"same_dataset": 0, "same_domain": 1, "shared_clips": 0}
        one = given.origins["one"]
        also = replace(given.partner, store=given.task.store, parts={**given.task.parts, "train": np.arange(12, 36)})
        own = replace(given, tasks=(given.task, also), origins={"one": one, "two": replace(one, domain="")})
        numbers = told(self.measured(own))
        assert (numbers["same_dataset"], numbers["shared_clips"]) == (1, 0.5)
        assert np.isnan(numbers["same_domain"])


class TestLabelNames(ProbeContract):
    name = "label-names"


class TestClassSimilarity(ProbeContract):
    name = "class-similarity"

    def test_classes_that_sound_alike_are_told_and_shuffled_ones_are_not(self):
        """The contract's tasks have the same three classes."""
        given = self.given()
        order = np.random.default_rng(1).permutation(len(given.task.clips))
        shuffled = replace(given.task, targets=given.task.targets.take(order))
        alike = told(self.measured(given))["class_similarity"]
        apart = told(self.measured(replace(given, tasks=(shuffled, given.partner))))["class_similarity"]
        assert alike > 0.9 and abs(apart) < 0.2


class TestTransferability(ProbeContract):
    name = "transferability"

    @pytest.mark.parametrize(
        ("changed", "lost"), [("one", {"logme", "h_score", "leep", "nce"}), ("two", {"leep", "nce"})]
    )
    def test_what_needs_one_class_a_clip_is_not_told_without(self, changed, lost):
        given, kind = self.given(), Multilabel()
        tasks = tuple(
            replace(task, kind=kind, targets=kind.encode(["a"] * 48, task.labels)) if task.name == changed else task
            for task in given.tasks
        )
        numbers = told(self.measured(replace(given, tasks=tasks)))
        assert {name for name, value in numbers.items() if np.isnan(value)} == lost


class TestSimilarity(ProbeContract):
    name = "similarity"

    def test_a_network_is_as_itself(self):
        given = self.given()
        same = replace(given, networks=dict.fromkeys(("own", "other"), given.networks["own"]))
        assert list(told(self.measured(same)).values()) == pytest.approx([1, 1])


def test_frechet_distance_of_known_gaussians():
    """One number: the difference of means squared, and that of deviations. Several: by the matrix root of scipy."""
    one, other = np.array([[-1.0], [1.0]]), np.array([[2.0], [8.0]])
    deviations = [each.std(ddof=1) for each in (one, other)]
    assert frechet_distance(one, other) == pytest.approx(5**2 + (deviations[0] - deviations[1]) ** 2)
    one, other = DRAW.normal(size=(40, 3)), 1 + 2 * DRAW.normal(size=(50, 3))
    covariances = [np.cov(each, rowvar=False) for each in (one, other)]
    root = linalg.sqrtm(covariances[0] @ covariances[1]).real
    means = one.mean(axis=0) - other.mean(axis=0)
    by_hand = means @ means + np.trace(covariances[0] + covariances[1] - 2 * root)
    assert frechet_distance(one, other) == pytest.approx(by_hand)
    assert frechet_distance(one, one) == pytest.approx(0, abs=1e-9)


def test_mmd_of_few_points_by_hand():
    """Clips at 0, 0 and 2, 2: squared distances are 0, 0 and four times 4, whose median is 4."""
    one, other = np.zeros((2, 1)), np.full((2, 1), 2.0)
    assert mmd(one, other) == pytest.approx(2 - 2 * np.exp(-4 / 8))
    alike = [mmd(*np.split(DRAW.normal(size=(60, 2)), 2)) for _ in range(200)]
    assert abs(np.mean(alike)) < 3 * np.std(alike) / np.sqrt(200)


def test_a_classifier_of_two_samples():
    """By chance where they are drawn alike, however many there are of each; always where they lie apart."""
    alike = [two_sample_accuracy(DRAW.normal(size=(60, 2)), DRAW.normal(size=(20, 2))) for _ in range(50)]
    assert np.mean(alike) == pytest.approx(0.5, abs=0.05)
    assert two_sample_accuracy(DRAW.normal(size=(30, 2)), 50 + DRAW.normal(size=(30, 2))) == 1


def test_common_directions_keep_distances():
    """All of them, where there are as many as clips allow; of more numbers than clips as well as of fewer."""
    for width in (4, 60):
        one, other = DRAW.normal(size=(12, width)), DRAW.normal(size=(9, width))
        both = np.concatenate([one, other])
        both = (both - both.mean(axis=0)) / both.std(axis=0)
        found = np.concatenate(in_common_directions(one, other))
        apart = [np.linalg.norm(each[:, None] - each, axis=2) for each in (both, found)]
        assert apart[0] == pytest.approx(apart[1])


def test_names_of_labels():
    """Triples of "on" are "  o", " on", "on "; "one" has the first two and two of its own: 2 * 2 of 7."""
    assert shared_labels(["Dog", "rain"], ["dog", "cat"]) == 0.5
    assert label_similarity(["on"], ["one"]) == pytest.approx(4 / 7)
    assert label_similarity(["on", "Off"], ["off", "on"]) == 1
    assert label_similarity(["abc"], ["xyz"]) == 0


def test_least_squares_tell_clear_classes_apart():
    """With fewer numbers than clips and with more."""
    for width in (3, 80):
        classes = np.arange(30) % 3 + 4
        vectors = DRAW.normal(size=(30, width)) + 20 * np.eye(3, width)[classes - 4]
        assert (classes_by_least_squares(vectors, classes, vectors) == classes).all()


class TestLogme:
    VECTORS: ClassVar = np.random.default_rng(3).normal(size=(40, 5))

    def test_it_is_the_largest_evidence(self):
        """That of a normal with covariance 1 / noise + vectors vectors' / prior, sought here over both."""
        classes = (self.VECTORS[:, 0] + 0.5 * np.random.default_rng(4).normal(size=40) > 0).astype(int)

        def evidence(target):
            best = -np.inf
            for prior in np.geomspace(1e-2, 1e4, 150):
                for noise in np.geomspace(1e-1, 1e2, 120):
                    covariance = np.eye(40) / noise + self.VECTORS @ self.VECTORS.T / prior
                    best = max(best, stats.multivariate_normal(np.zeros(40), covariance).logpdf(target))
            return best / 40

        # both classes say the same of 0 and 1, but for the constant that the vectors lack
        by_hand = np.mean([evidence((classes == each).astype(float)) for each in (0, 1)])
        assert logme(self.VECTORS, classes) == pytest.approx(by_hand, abs=2e-3)

    def test_more_numbers_than_clips_are_no_trouble(self):
        wide = np.random.default_rng(5).normal(size=(20, 50))
        assert np.isfinite(logme(wide, np.arange(20) % 2))

    def test_vectors_that_know_the_classes_have_more(self):
        classes = np.arange(40) % 4
        knowing = np.eye(4)[classes] + 0.1 * self.VECTORS[:, :4]
        assert logme(knowing, classes) > logme(self.VECTORS, classes) + 0.5


def test_h_score_of_classes_that_are_the_vectors():
    """As many as there are classes, less one; of means that are alike none."""
    classes = np.arange(30) % 5
    assert h_score(np.eye(5)[classes], classes) == pytest.approx(4)
    assert h_score(np.tile([[1.0], [-1.0]], (15, 1)), np.repeat([0, 1, 2], 10)) == pytest.approx(0)


def test_leep_and_nce_of_known_answers():
    """Answers that are the classes say all; the same answer for all says what frequencies do."""
    classes = np.array([0, 0, 1, 2] * 5)
    entropy = stats.entropy([0.5, 0.25, 0.25])
    assert leep(np.eye(3)[classes], classes) == pytest.approx(0)
    assert leep(np.full((20, 7), 1 / 7), classes) == pytest.approx(-entropy)
    assert nce(classes + 3, classes) == pytest.approx(0)
    assert nce(np.zeros(20, int), classes) == pytest.approx(-entropy)
    # two answers, the first for classes 0 and 1: given it the classes are 2 to 1, and it is said of three of four
    assert nce((classes == 2).astype(int), classes) == pytest.approx(-0.75 * stats.entropy([2 / 3, 1 / 3]))


def test_leep_of_soft_answers_by_hand():
    """Two clips of two classes, each answered 3/4 right: what is expected is 9/16 + 1/16 for both."""
    assert leep(np.array([[0.75, 0.25], [0.25, 0.75]]), np.array([0, 1])) == pytest.approx(np.log(10 / 16))


def test_cka_of_known_vectors():
    """1 of the same turned and scaled; 0 of directions without anything in common; one number each: r squared."""
    vectors = DRAW.normal(size=(50, 4))
    turned = vectors @ np.linalg.qr(DRAW.normal(size=(4, 4)))[0] * 3 + 1
    assert linear_cka(vectors, turned) == pytest.approx(1)
    assert linear_cka(np.array([[1.0], [1], [-1], [-1]]), np.array([[1.0], [-1], [1], [-1]])) == 0
    correlation = np.corrcoef(vectors[:, 0], vectors[:, 1])[0, 1]
    assert linear_cka(vectors[:, :1], vectors[:, 1:2]) == pytest.approx(correlation**2)
    assert np.isnan(linear_cka(vectors, np.ones((50, 1))))


def test_rsa_is_the_rank_correlation_of_distances():
    one, other = DRAW.normal(size=(9, 4)), DRAW.normal(size=(9, 6))
    pairs = np.triu_indices(9, 1)
    by_hand = stats.spearmanr((1 - np.corrcoef(one))[pairs], (1 - np.corrcoef(other))[pairs]).statistic
    assert rsa(one, other) == pytest.approx(by_hand)
    assert rsa(one, 2 * one + 5) == pytest.approx(1)
