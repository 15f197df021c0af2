import numpy as np
import pandas as pd
import pytest
from scipy import stats
from simulated_results import families

from cohear.analysis.gains.design import Design
from cohear.analysis.gains.gains import gains, gains_of
from cohear.analysis.gains.judged import judge
from cohear.analysis.gains.pairs import paired_differences
from cohear.analysis.gains.spending import overall, spent
from cohear.analysis.looking.standing import standing
from cohear.analysis.tables.columns import CELL

KEY = ["arm", "task", "combination"]


def decide(table, at_most, looks=None):
    """Where the cells of results stand; looks are taken after each repeat from the fifth on where none are given."""
    looks = looks or tuple(range(min(5, at_most), at_most + 1))
    return standing(judge(paired_differences(table), Design(looks=looks)))


def seen_at(*times):
    """Looks whose information turned out as foretold."""
    return tuple(times[: place + 1] for place in range(len(times)))


@pytest.mark.parametrize("times", [(0.25, 0.5, 0.75, 1), tuple(np.arange(5, 21) / 20), (1,), (0.7, 0.85, 0.95, 1)])
@pytest.mark.parametrize("sides", [1, 2])
def test_all_looks_together_spend_the_rate(times, sides):
    smallest = smallest_rates(times, seen_at(*times), sides)
    for rate in (0.01, 0.05):
        assert (smallest <= rate).mean() == pytest.approx(rate, rel=0.1)


def test_the_rate_is_kept_where_the_information_was_foretold_too_large():
    true = (0.25, 0.5, 0.75, 1)
    seen = ((0.75,), (0.6, 0.8), (0.25, 0.5, 0.75), true)
    assert (smallest_rates(true, seen, 2) <= 0.05).mean() <= 0.06


def test_what_is_spent_stays_spent_and_every_look_has_some():
    shares = spent(((0.9,), (0.5, 0.6), (0.5, 0.6, 0.7), (0.25, 0.5, 0.75, 1.0)), 4)
    assert shares[0] == pytest.approx(0.81) and shares[-1] == 1
    assert (np.diff(shares) >= 0.25 / 4 - 1e-12).all()


def smallest_rates(times, seen, sides):
    """The smallest rate at which any look calls, of 100,000 cells without a gain."""
    rng = np.random.default_rng(0)
    moves = rng.standard_normal((100_000, len(times))) * np.sqrt(np.diff([0, *times]))
    z = moves.cumsum(axis=1) / np.sqrt(times)
    p = stats.norm.sf(z) if sides == 1 else 2 * stats.norm.sf(np.abs(z))
    return np.min([overall(p[:, k], seen[: k + 1], len(times), sides) for k in range(len(times))], axis=0)


def test_a_single_look_is_the_test_itself():
    p = np.array([0.001, 0.04, 0.3, np.nan])
    np.testing.assert_allclose(overall(p, ((1.0,),), 1), p, rtol=0.02)
    seen = seen_at(*np.arange(5, 12) / 20)
    assert (np.diff(overall(np.linspace(1e-6, 0.08, 50), seen, 16)) > 0).all()


@pytest.mark.slow
def test_looks_after_each_repeat_keep_the_rate_of_false_calls():
    table, _ = families(number=120, seeds=2, uneven=0.4, seed=5)
    cells = decide(table, 10).set_index(KEY)
    called = cells["verdict"].isin(["helps", "hurts"])
    assert called.mean() <= 0.05
    assert called.groupby(level="arm").any().mean() <= 0.09  # 5 % of families, and chance of 120


def test_harmless_is_rarely_said_of_a_loss_as_large_as_the_margin():
    table, truth = families(number=60, seeds=2, fold_sd=0.002, seed_sd=0.006, helped=0.6, effect=0.01, seed=6)
    cells = decide(table, 10).set_index(KEY).sort_index()
    lost = truth.loc[cells.index] < 0
    assert (cells["verdict"] == "harmless")[lost].mean() <= 0.05
    assert (cells["verdict"] == "harmless")[truth.loc[cells.index] == 0].mean() > 0.3


@pytest.mark.slow
def test_what_is_decided_stays_decided_and_needs_no_more():
    table, _ = families(number=6, seeds=4, seed_sd=0.01, fold_sd=0.005, helped=0.6, seed=7)
    order = table["seed"] * 5 + table["fold"]
    before = None
    for seen in (5, 8, 12, 20):
        cells = decide(table[order < seen], 20).set_index(list(CELL))
        assert not (cells["open"] & (cells["verdict"] != "undecided")).any()
        if before is not None:
            decided, called = before["verdict"] != "undecided", before["verdict"].isin(["helps", "hurts"])
            assert (cells["verdict"] != "undecided")[decided].all()
            assert (cells["verdict"] == before["verdict"])[called].all()  # harmless may turn out to help
        before = cells
    assert not before["open"].any() and (before["verdict"] != "undecided").mean() > 0.5


def test_cells_may_stop_at_different_repeats():
    table, _ = families(number=3, seeds=2, helped=0.6, seed=8)
    full = decide(table, 10).set_index(list(CELL))
    short = table[~((table["combination"] == "t0+t1") & (table["seed"] == 1))]
    some = decide(short, 10).set_index(list(CELL))
    stopped = some.index.get_level_values("combination") == "t0+t1"
    assert (some["repeats"][stopped] == 5).all() and (some["repeats"][~stopped] == 10).all()
    assert len(some) == len(full)


def test_few_repeats_leave_everything_open_and_the_last_closes():
    table, _ = families(number=1, folds=3, seed=9)
    assert decide(table, 20)["open"].all()
    assert not decide(table, 3)["open"].any()


def test_the_order_of_rows_does_not_matter():
    table, _ = families(number=2, seeds=2, helped=0.4)
    pd.testing.assert_frame_equal(decide(table, 10), decide(table.sample(frac=1, random_state=1), 10))


def test_gains_agree_with_the_ordinary_table():
    table, _ = families(number=2, seeds=2, helped=0.4)
    np.testing.assert_allclose(decide(table, 10)["gain"], gains(table)["gain"])


def test_gains_of_a_study_that_looked_are_those_of_its_looks():
    table, truth = families(number=8, seeds=2, helped=0.4, seed=11)
    pairs = paired_differences(table)
    looked = gains_of(pairs, Design(looks=(5, 10))).set_index(KEY).sort_index()
    fixed, decided = (
        gains(table).set_index(KEY).sort_index(),
        decide(table, 10, looks=(5, 10)).set_index(KEY).sort_index(),
    )
    assert (looked["verdict"] == decided["verdict"]).all()
    np.testing.assert_allclose(looked["p_adjusted"], decided["p_adjusted"])
    assert (looked["high"] - looked["low"] > fixed["high"] - fixed["low"]).all()
    truth = truth.loc[looked.index]
    assert ((looked["low"] <= truth) & (truth <= looked["high"])).mean() >= 0.93
    pd.testing.assert_frame_equal(gains_of(pairs), gains(table))
    assert gains_of(paired_differences(table[table["fold"] < 3]), Design(looks=(10, 20)))["p"].isna().all()


def test_hope_goes_with_the_gain_and_ends_with_the_repeats():
    table, _ = families(number=8, seeds=2, helped=0.4, seed=12)
    half = table[table["seed"] == 0]
    cells = decide(half, 10, looks=(5, 10))
    assert cells["chance"].between(0, 1).all()
    sure = cells["verdict"].isin(["helps", "hurts"])
    assert cells.loc[sure, "chance"].median() > cells.loc[~sure, "chance"].median()
    assert decide(table, 10, looks=(5, 10))["chance"].isna().all()
