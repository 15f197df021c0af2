"""What the verdicts are worth, by simulation with known truth (fixed seeds)."""

import time

import numpy as np
import pytest
from simulated_results import families

from cohear.analysis.gains import gains
from cohear.analysis.moderation import fit_prior, inverse_trigamma, moderate
from cohear.analysis.multiplicity import benjamini_hochberg
from cohear.analysis.pairs import paired_differences
from cohear.analysis.simulation import usual_calls

KEY = ["arm", "task", "combination"]


def judged(**settings):
    table, truth = families(**settings)
    cells = gains(table).set_index(KEY).sort_index()
    return table, cells, truth.loc[cells.index]


@pytest.mark.parametrize("seeds", [1, 2])
@pytest.mark.parametrize("fold_sd", [0.0, 0.015])
def test_without_gains_nothing_is_called(seeds, fold_sd):
    start = time.process_time()
    _, cells, truth = judged(number=400, seeds=seeds, fold_sd=fold_sd, uneven=0.4, seed=1)
    called = cells["verdict"].isin(["helps", "hurts"])
    assert called.mean() <= 0.05
    assert called.groupby("arm").any().mean() <= 0.075  # 5 % of families, and chance of 400
    assert ((cells["low"] <= truth) & (truth <= cells["high"])).mean() >= 0.93
    assert time.process_time() - start < 30  # up to 168,000 rows


@pytest.mark.parametrize("seeds", [1, 2])
def test_gains_are_found_where_the_usual_test_finds_few(seeds):
    table, cells, truth = judged(number=150, seeds=seeds, helped=0.4, uneven=0.4, seed=2)
    sign = cells["verdict"].map({"helps": 1, "hurts": -1}).fillna(0)
    wrong = (sign != 0) & (sign != np.sign(truth))
    real = truth != 0
    power = (sign == np.sign(truth))[real].mean()
    assert power > usual_calls(paired_differences(table)).loc[cells.index][real].mean() + 0.25
    assert power > (0.4 if seeds == 1 else 0.65)
    assert wrong[~real].mean() <= 0.05
    assert ((cells["low"] <= truth) & (truth <= cells["high"])).mean() >= 0.93


def test_harmless_is_rarely_said_of_a_loss_as_large_as_the_margin():
    _, cells, truth = judged(number=150, seeds=2, fold_sd=0.005, helped=0.5, effect=0.01, seed=3)
    lost = truth < 0
    assert (cells["verdict"] == "harmless")[lost].mean() <= 0.05
    assert (cells["verdict"] == "harmless")[truth == 0].mean() >= 0.2


def test_benjamini_hochberg_by_hand():
    p = np.array([0.01, np.nan, 0.04, 0.03, 0.5])
    np.testing.assert_allclose(benjamini_hochberg(p), [0.04, np.nan, 0.16 / 3, 0.16 / 3, 0.5])
    assert np.isnan(benjamini_hochberg(np.array([np.nan]))).all()


@pytest.mark.parametrize("x", [1e-4, 0.1, 1.0, 7.0, 1e4, 1e8])
def test_inverse_trigamma(x):
    from scipy.special import polygamma

    assert inverse_trigamma(float(polygamma(1, x))) == pytest.approx(x, rel=1e-3)


def test_the_prior_is_recovered():
    rng = np.random.default_rng(0)
    freedom = np.full(4000, 4.0)
    true = 8 * 0.3 / rng.chisquare(8, 4000)
    prior = fit_prior(true * rng.chisquare(4, 4000) / 4, freedom)
    assert prior.freedom == pytest.approx(8, rel=0.2) and prior.variance == pytest.approx(0.3, rel=0.1)
    alike = fit_prior(0.3 * rng.chisquare(4, 50) / 4, freedom[:50])
    assert alike.freedom > 8
    assert fit_prior(np.array([1.0, 2.0, 0.0, 0.0]), freedom[:4]).freedom == 0
    posterior, total = moderate(np.array([0.0, 0.6]), freedom[:2], prior)
    assert 0 < posterior[0] < prior.variance < posterior[1] < 0.6 and (total == 8).all()
