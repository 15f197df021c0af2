"""Intervals over groups hold what they promise, and a difference is called as often as chance allows."""

import math

import numpy as np
import pytest

from cohear.evaluation.intervals import FEWEST_GROUPS, interval_over_groups
from cohear.evaluation.promise import FEW_GROUPS, NO_PROMISE, NO_SPREAD, beside_promise
from cohear.tasks import METRICS

ACCURACY = METRICS["accuracy"]
TRIES = 400


def drawn(noise, groups, each=6, mean=0.0, between=0.8):
    """Whether clips are right: groups differ by a normal draw on the logistic scale."""
    chance = 1 / (1 + np.exp(-(mean + between * noise.standard_normal(groups))))
    right = noise.random((groups, each)) < chance[:, None]
    return right.ravel().astype(float), [str(group) for group in np.repeat(np.arange(groups), each)]


def interval_of(right, groups):
    return interval_over_groups(lambda clips: float(right[clips].mean()), groups, ACCURACY, float(right.mean()))


@pytest.mark.parametrize("groups", [6, 20, 80])
def test_an_interval_holds_the_mean_of_all_groups(groups):
    noise = np.random.default_rng(groups)
    held = 0
    for _ in range(TRIES):
        found = interval_of(*drawn(noise, groups))
        held += found.low <= 0.5 <= found.high
    assert held / TRIES == pytest.approx(0.95, abs=0.03)


def test_the_error_of_a_mean_of_single_clips_is_the_usual_one():
    right = np.array([0.0, 1, 1, 0, 1, 1, 1, 0])
    found = interval_of(right, [str(clip) for clip in range(8)])
    assert found.error == pytest.approx(right.std(ddof=1) / math.sqrt(8))
    assert found.freedom == 7


def test_where_there_is_none():
    assert interval_of(*drawn(np.random.default_rng(0), FEWEST_GROUPS - 1)) is None
    assert interval_over_groups(lambda clips: math.nan, list("abcdef"), ACCURACY, 0.5) is None
    assert interval_over_groups(lambda clips: 0.5, list("abcdef"), ACCURACY, math.nan) is None


def test_what_never_fails_is_not_sure_for_that():
    found = interval_of(np.ones(20), [str(clip) for clip in range(20)])
    assert (found.low, found.high) == (pytest.approx(0.025 ** (1 / 20)), 1.0)


def test_a_difference_is_called_as_seldom_as_chance_allows_and_a_real_one_is():
    noise = np.random.default_rng(1)
    called = {0.0: 0, 1.5: 0}
    for mean in called:
        for _ in range(TRIES):
            parts = [drawn(noise, 12)[0].mean() for _ in range(5)]
            reach = 2.776 * np.std(parts, ddof=1) / math.sqrt(5)  # Student's t of four degrees of freedom
            promised = {
                "mean": np.mean(parts),
                "low": np.mean(parts) - reach,
                "high": np.mean(parts) + reach,
                "parts": 5,
            }
            right, groups = drawn(noise, 30, mean=mean)
            found = beside_promise(float(right.mean()), interval_of(right, groups), promised)
            called[mean] += found.more_than_chance
            assert (found.p < 0.05) == found.more_than_chance
            assert (found.low <= 0 <= found.high) != found.more_than_chance
    assert called[0.0] / TRIES <= 0.08
    assert called[1.5] / TRIES > 0.9


def test_why_nothing_is_known():
    found = interval_of(*drawn(np.random.default_rng(2), 10))
    told = {"mean": 0.5, "low": 0.4, "high": 0.6, "parts": 5}
    assert beside_promise(0.5, found, {}).why == NO_PROMISE
    assert beside_promise(0.5, found, {**told, "low": None, "high": None}).why == NO_SPREAD
    beside = beside_promise(0.25, None, told)
    assert (beside.why, beside.difference, beside.more_than_chance) == (FEW_GROUPS, -0.25, None)
