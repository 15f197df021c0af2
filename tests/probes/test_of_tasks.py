"""Measurements of a task alone, from clips, labels and features: contracts, and values that are known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from cohear.probes.divergence import jensen_shannon, mean_divergence
from cohear.probes.feature_shape import effective_rank
from cohear.probes.labels import kurtosis, of_counts
from cohear.tasks import Regression
from cohear.testing.probe import ProbeContract


def told(numbers):
    return {number.name: number.value for number in numbers}


class TestCountsOfLabels(ProbeContract):
    name = "labels"

    def tasks(self):
        """With two clips of one label fewer: counts that are all alike have no kurtosis."""
        return tuple(
            replace(task, parts={**task.parts, "train": np.delete(task.parts["train"], [0, 3])})
            for task in super().tasks()
        )

    def test_it_counts_training_clips_alone(self):
        numbers = told(self.measured(self.given()))
        assert (numbers["training_clips"], numbers["groups"], numbers["labels"]) == (22, 4, 3)
        assert numbers["imbalance"] == 8 / 6
        shares = np.array([6, 8, 8]) / 22
        assert numbers["label_entropy"] == pytest.approx(stats.entropy(shares))
        assert numbers["label_kurtosis"] == pytest.approx(stats.kurtosis(shares))

    def test_clips_without_groups_are_each_their_own(self):
        given = self.given()
        nobody = replace(given.origins["one"], groups=[""] * len(given.task.clips))
        assert told(self.measured(replace(given, origins={"one": nobody})))["groups"] == 22

    def test_of_a_task_of_numbers_labels_are_not_told(self):
        given = self.given()
        kind = Regression()
        number = replace(given.task, kind=kind, targets=kind.encode(["1"] * len(given.task.clips), ["x"]))
        numbers = told(self.measured(replace(given, tasks=(number,))))
        assert numbers["training_clips"] == 22
        assert np.isnan([numbers[name] for name in ("labels", "label_entropy", "imbalance")]).all()


class TestDurations(ProbeContract):
    name = "durations"

    def test_they_are_of_training_clips(self):
        seconds = 1 + np.arange(24) / 10
        assert told(self.measured(self.given())) == pytest.approx(
            {
                "seconds": seconds.sum(),
                "clip_seconds": np.median(seconds),
                "clip_seconds_spread": np.log(seconds).std(),
                "rate": 16000,
            }
        )


class TestSounds(ProbeContract):
    name = "sounds"

    def test_silent_clips_are_passed_over(self):
        clips = np.setdiff1d(np.arange(24), [1, 13])
        assert told(self.measured(self.given())) == pytest.approx(
            {
                "bandwidth": (7000 - 10 * clips).mean(),
                "noise_floor": (-20 - clips / 8).mean(),
                "loudness": (-30 + clips / 4).mean(),
                "loudness_spread": (clips / 4).std(),
            }
        )

    def test_where_nothing_sounds_nothing_is_told(self):
        given = self.given()
        origin = given.origins["one"]
        mute = replace(origin, sounds=replace(origin.sounds, silent=np.ones(48, np.bool_)))
        assert np.isnan(list(told(self.measured(replace(given, origins={"one": mute}))).values())).all()


class TestFeatureShape(ProbeContract):
    name = "feature-shape"


class TestDivergence(ProbeContract):
    name = "divergence"

    def test_it_hears_that_the_test_part_is_another(self):
        given = self.given()
        alike = told(self.measured(given))["divergence_train_test"]
        turned = dict(given.task.parts)
        turned["train"], turned["test"] = turned["test"], turned["train"]
        other = replace(given, tasks=(replace(given.task, parts=turned),))
        assert told(self.measured(other))["divergence_train_test"] == pytest.approx(alike)


def test_shares_of_three_to_one():
    """By hand: 3/4 log 4/3 + 1/4 log 4 nats; of two counts the fourth moment is always the squared second."""
    found = of_counts(np.array([3.0, 1.0, 0.0]))
    assert found == pytest.approx(
        {
            "labels": 2,
            "label_entropy": 0.75 * np.log(4 / 3) + 0.25 * np.log(4),
            "label_evenness": 0.8112781,
            "label_kurtosis": -2,
            "imbalance": 3,
        }
    )


def test_counts_all_alike_have_no_kurtosis():
    assert np.isnan(kurtosis(np.full(7, 1 / 7)))
    assert kurtosis(np.array([1.0, 2.0, 3.0, 10.0])) == pytest.approx(stats.kurtosis([1.0, 2.0, 3.0, 10.0]))


def test_a_cross_in_two_directions_has_rank_two():
    """Along one direction it is one; in two of unlike size it is between."""
    cross = np.array([[1.0, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]])
    assert effective_rank(cross) == pytest.approx(2)
    assert effective_rank(cross[:2]) == pytest.approx(1)
    flat = effective_rank(cross * [1, 1 / 3, 1])
    assert flat == pytest.approx(np.exp(0.75 * np.log(4 / 3) + 0.25 * np.log(4)))
    assert np.isnan(effective_rank(np.ones((3, 2))))


def test_divergence_of_known_distributions():
    """Half of the entropy of the middle, by hand: 0.8113 bits less half a bit."""
    even, sure, other = np.array([0.5, 0.5]), np.array([1.0, 0.0]), np.array([0.0, 1.0])
    assert jensen_shannon(sure, other) == 1
    assert jensen_shannon(even, even) == 0
    assert jensen_shannon(even, sure) == pytest.approx(0.8112781 - 0.5)


def test_divergence_of_samples():
    """Shifted far away they share no bin; what is no number, but constant, tells nothing apart."""
    drawn = np.random.default_rng(0).normal(size=(400, 3)).astype(np.float32)
    assert mean_divergence(drawn[:200], drawn[:200]) == 0
    assert mean_divergence(drawn[:200], drawn[200:]) < 0.05
    assert mean_divergence(drawn[:200], drawn[200:] + 100) == pytest.approx(1, abs=0.02)
    assert mean_divergence(np.ones((5, 1), np.float32), np.ones((9, 1), np.float32)) == 0
