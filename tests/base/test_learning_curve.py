"""Learning curves of known form give their slopes, their parameters and their errors back."""

import numpy as np
import pytest

from cohear.base.learning_curve import CURVE_SHARES, area, gradients, log_curve, plateau, smoothed_gradient

STEP = np.arange(10.0, 101, 10)


def test_of_a_line_every_gradient_is_its_slope():
    """From 2 down by a tenth a tenth: over its first value 2 that is -.05."""
    line = 2 - 0.1 * np.arange(10)
    assert gradients(STEP, line) == pytest.approx([-0.05] * 5)
    for share in CURVE_SHARES:
        assert smoothed_gradient(STEP, line, share) == pytest.approx((-0.05, 0), abs=1e-9)


def test_published_gradients_are_differences_of_neighbours():
    """At half of the training, points at 40 and 60 %: (4 - 9) / 2 over the first value 10."""
    loss = np.array([10.0, 9.5, 9.2, 9, 6, 4, 3, 2.5, 2, 1])
    assert gradients(STEP, loss)[3] == pytest.approx((4 - 9) / 2 / 10)


def test_errors_of_smoothed_gradients_are_those_of_many_draws():
    """And they follow noise: twice as much, twice the error."""
    drawn = np.random.default_rng(0).normal(size=(2000, 10))
    found = np.array([smoothed_gradient(STEP, np.r_[1.0, (1 + 0.01 * row)[1:]], 0.5) for row in drawn])
    spread, error = found[:, 0].std(), np.sqrt(np.square(found[:, 1]).mean())
    assert error == pytest.approx(spread, rel=0.15)
    once, twice = (smoothed_gradient(STEP, 10 + size * np.sin(7 * STEP), 0.3)[1] for size in (0.01, 0.02))
    assert twice == pytest.approx(2 * once, rel=0.01)


def test_a_log_curve_is_found_again():
    """And what it says at 0 and at the end is what Bingel & Søgaard's four numbers say there."""
    a, b, c = 2.3, -0.4, 20.0
    found = log_curve(STEP, a + b * np.log(c * STEP / 100 + 1))
    assert (found.a, found.b, np.log(found.c)) == pytest.approx((a, b, np.log(c)), abs=0.05)


def test_area_and_plateau():
    """Of a line from 1 to 0 the mean is a half; a curve that falls at once is flat from its second point on."""
    assert area(STEP, np.linspace(1, 0, 10)) == pytest.approx(0.5)
    assert area(STEP, np.full(10, 3.0)) == 1
    assert plateau(STEP, np.array([5.0, 1, 1, 1, 1, 1, 1, 1, 1, 1])) == 0.2
    assert plateau(STEP, np.linspace(1, 0, 10)) == 1
    assert np.isnan(plateau(STEP, np.full(10, 3.0)))


@pytest.mark.parametrize("loss", [np.array([1.0, 0.5]), np.array([1.0, np.nan, 0.5]), np.array([0.0, 1, 1])])
def test_of_a_curve_that_tells_nothing_nothing_is_told(loss):
    step = np.arange(1.0, len(loss) + 1)
    assert gradients(step, loss) == []
    assert np.isnan([*smoothed_gradient(step, loss, 0.5), *log_curve(step, loss), area(step, loss)]).all()
    assert np.isnan(plateau(step, loss))


def test_of_few_points_no_error_is_told():
    """Four leave nothing to tell noise by."""
    assert np.isnan(smoothed_gradient(np.arange(1.0, 5), np.array([4.0, 3, 2, 1]), 0.5)).all()
