"""Measured gains are shrunk, others foretold; intervals hold what they say, and partners come in the right order."""

import numpy as np
import pytest
from advised import observed, planted
from scipy.stats import spearmanr

from cohear.advice.expectation import Beforehand, GainDistribution, noise
from cohear.advice.observed import GainPlace


def test_partners_come_in_the_right_order():
    """Planted gains of eight tasks, measured with an error of a quarter of what pairs differ by."""
    ranks = []
    for seed in range(5):
        truth = planted(8, pair=0.03, task=0.02, partner=0.02, mean=-0.01, seed=seed)
        expectation = GainDistribution.of(observed(truth, error=0.0075, seed=seed))
        for task in range(8):
            others = [other for other in range(8) if other != task]
            gains, _ = expectation.of_places([GainPlace(task, (other,)) for other in others])
            ranks.append(spearmanr(gains, truth[task, others]).statistic)
    assert np.mean(ranks) >= 0.9


def test_shrunk_gains_are_nearer_to_the_truth_than_measured_ones():
    for seed in range(5):
        truth = planted(8, pair=0.01, task=0.01, partner=0.01, seed=seed)
        measured = observed(truth, error=0.02, seed=seed)
        expected, _ = GainDistribution.of(measured).of_places(measured.places)
        true = np.array([truth[place.task, place.partners[0]] for place in measured.places])
        assert np.square(expected - true).mean() < 0.7 * np.square(measured.gains - true).mean()


def test_intervals_hold_the_truth_of_pairs_that_were_not_run():
    held = []
    for seed in range(20):
        truth = planted(8, pair=0.02, task=0.02, partner=0.01, mean=0.01, seed=seed)
        leave = {(0, 1), (2, 3), (4, 6), (5, 7), (1, 6)}
        expectation = GainDistribution.of(observed(truth, error=0.01, seed=seed, leave=leave))
        places = [GainPlace(one, (other,)) for pair in leave for one, other in (pair, pair[::-1])]
        gains, covariance = expectation.of_places(places)
        off = gains - np.array([truth[place.task, place.partners[0]] for place in places])
        deviations = expectation.deviations(places)
        assert np.allclose(deviations, np.sqrt(np.diag(covariance)))
        held.extend(np.abs(off) < 1.96 * deviations)
    assert 0.9 <= np.mean(held) <= 0.99


def test_draws_scatter_as_the_covariance_says():
    truth = planted(4, seed=1)
    expectation = GainDistribution.of(observed(truth, error=0.02, groups=[(0, 1, 2)]))
    places = [GainPlace(0, (1,)), GainPlace(1, (0, 2)), GainPlace(3, (0,)), GainPlace(2, (0, 1))]
    gains, covariance = expectation.of_places(places)
    draws = expectation.draws(20000, np.random.default_rng(0)) @ expectation.effects.rows(places).T
    assert np.allclose(draws.mean(axis=0), gains, atol=3e-3)
    assert np.allclose(np.cov(draws.T), covariance, atol=0.1 * covariance.max())


def test_groups_that_were_run_move_groups_that_were_not():
    truth, places = planted(6, seed=2), [GainPlace(0, (1, 2, 3)), GainPlace(4, (2, 3, 5))]
    pairs, _ = GainDistribution.of(observed(truth, error=0.005)).of_places(places)
    above = GainDistribution.of(
        observed(truth, error=0.005, groups=[(0, 1, 2), (3, 4, 5), (1, 3, 5)], mean_of_pairs=False)
    )
    groups, _ = above.of_places(places)
    assert np.all(groups > pairs + 0.05)
    means = [np.mean([truth[place.task, other] for other in place.partners]) for place in places]
    assert pairs == pytest.approx(means, abs=0.02)


def test_a_group_that_was_not_run_is_less_sure_than_one_that_was():
    expectation = GainDistribution.of(observed(planted(6, seed=3), error=0.005, groups=[(0, 1, 2), (3, 4, 5)]))
    run, not_run = expectation.deviations([GainPlace(0, (1, 2)), GainPlace(0, (1, 3))])
    assert run < 0.7 * not_run


def test_what_was_expected_beforehand_stands_where_nothing_was_measured():
    nothing = observed(planted(3), leave={(0, 1), (0, 2), (1, 2)})
    gain = np.array([[0, 0.02, -0.01], [0.03, 0, 0], [0, 0, 0]])
    expectation = GainDistribution.of(nothing, Beforehand(gain, np.full((3, 3), 0.01)))
    places = [GainPlace(0, (1,)), GainPlace(1, (0,)), GainPlace(0, (1, 2))]
    gains, _ = expectation.of_places(places)
    assert gains == pytest.approx([0.02, 0.03, 0.005])
    assert np.all(expectation.deviations(places) > 0.005)
    assert expectation.draws(5, np.random.default_rng(0)).shape == (5, len(expectation.prior))


def test_errors_of_a_task_go_together():
    measured = observed(planted(3), error=0.02)
    alike = type(measured)(**{**vars(measured), "together": 0.5})
    covariance = noise(alike)
    same = np.array([[one.task == other.task for other in alike.places] for one in alike.places])
    assert np.allclose(np.diag(covariance), 4e-4)
    assert np.allclose(covariance[same & ~np.eye(6, dtype=bool)], 2e-4) and not covariance[~same].any()
