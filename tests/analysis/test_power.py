import itertools

import numpy as np
import pytest
from scipy import stats
from simulated_results import families, results_table

from cohear.analysis.gains.design import Design
from cohear.analysis.gains.information import error_at
from cohear.analysis.gains.judged import judge
from cohear.analysis.gains.pairs import paired_differences
from cohear.analysis.gains.spread import A_PRIORI_SHARE
from cohear.analysis.gains.variance_parts import PARTS, variance_parts
from cohear.analysis.looking.power import family_table, power_table
from cohear.analysis.simulation.simulation import Deviations, Shape, simulate, simulated_results
from cohear.base.multiplicity import benjamini_hochberg, holm


def parts_of(seeds, shape=None, seed=0):
    table, _ = simulated_results(
        simulate([Deviations(0.02, 0.012, 0.009)] * 8, families=30, folds=5, seeds=seeds, shape=shape, seed=seed)
    )
    return variance_parts(
        paired_differences(
            table.assign(
                arm="one",
                task=table["arm"] + table["task"],
                combination=[
                    "+".join(arm + name for name in names.split("+"))
                    for arm, names in zip(table["arm"], table["combination"], strict=True)
                ],
            )
        )
    )


def test_variance_parts_are_recovered():
    """Thirty families in one setting; the fold part within a cell is what the overlap leaves of it."""
    row = parts_of(4, Shape(overlap=0.0)).iloc[0]
    assert row["task"] == "" and row["estimated"]
    assert row["fold_sd"] == pytest.approx(0.02, rel=0.05)
    assert row["single_sd"] == pytest.approx(0.012, rel=0.1)
    assert row["residual_sd"] == pytest.approx(0.009, rel=0.1)
    assert row["seed_sd"] ** 2 == pytest.approx(row["single_sd"] ** 2 + row["residual_sd"] ** 2)


def test_one_seed_a_fold_cannot_tell_the_parts_apart():
    row = parts_of(1).iloc[0]
    assert not row["estimated"] and row["fold_share"] == pytest.approx(A_PRIORI_SHARE)


def test_nothing_has_no_parts():
    empty = variance_parts(paired_differences(results_table([("a", "a", 0, 0, 0.5)])))
    assert empty.empty and tuple(empty.columns) == PARTS


def test_a_gain_as_large_as_the_smallest_is_found_in_four_of_five():
    found = []
    for seed in range(3):
        table, _ = families(number=40, seeds=2, seed=20 + seed)
        cells = power_table(judge(paired_differences(table)))
        z = cells["smallest"] / cells["error"]
        rng = np.random.default_rng(seed)
        estimate = z + rng.standard_normal(len(z))  # what would be seen if the gain were the smallest
        found.append((estimate > z - 0.8416).mean())
    assert np.mean(found) == pytest.approx(0.8, abs=0.02)
    assert (cells["smallest_in_family"] >= cells["smallest"]).all()


def test_repeats_that_would_decide_do_decide():
    """Where only seeds differ, that many more repeats with the same gain are enough."""
    table, _ = families(number=10, seeds=2, fold_sd=0.0, helped=0.5, effect=0.01, seed=3)
    cells = power_table(judge(paired_differences(table)))
    undecided = cells[cells["verdict"] == "undecided"]
    assert (cells.loc[cells["verdict"] != "undecided", "more_repeats"] == 0).all()
    assert (undecided["more_repeats"].dropna() > 0).all() and undecided["more_repeats"].notna().any()
    family = family_table(cells)[0]
    assert family["number"] == 30 and family["open"] >= family["not_by_repeats"]


def test_so_many_more_repeats_decide_four_of_five_cells():
    """What is seen after them scatters around the gain that was seen before."""
    table, _ = families(number=20, seeds=2, fold_sd=0.0, helped=0.5, effect=0.015, seed=3)
    judged = judge(paired_differences(table), Design(margins=-1.0))  # nothing is harmless
    cells = power_table(judged)
    promised = (cells["way"] == "repeats") & (cells["gain"] > 0)
    some = cells[promised]
    assert len(some) > 10
    after = (cells["repeats"] + cells["more_repeats"].fillna(0)).to_numpy(float)
    error = error_at(judged.cells, after)[promised.to_numpy()]
    freedom = judged.cells.loc[promised.to_numpy(), "freedom"].to_numpy(float)
    limit = (some["smallest_in_family"] / some["error"]).to_numpy(float) - stats.t.ppf(0.8, freedom)  # in errors
    rng = np.random.default_rng(0)
    seen = some["gain"].to_numpy(float) / error + stats.t.rvs(freedom, size=(500, len(some)), random_state=rng)
    assert (seen >= limit).mean() > 0.78


def test_where_folds_differ_seeds_never_decide():
    table, _ = families(number=4, seeds=6, fold_sd=0.03, seed_sd=0.001)
    cells = power_table(judge(paired_differences(table)))
    assert cells.loc[cells["verdict"] == "undecided", "more_repeats"].isna().mean() > 0.9


def test_holm_by_hand_and_beside_benjamini_hochberg():
    p = np.array([0.01, np.nan, 0.04, 0.03, 0.5])
    np.testing.assert_allclose(holm(p), [0.04, np.nan, 0.09, 0.09, 0.5])
    known = ~np.isnan(p)
    assert (holm(p)[known] >= benjamini_hochberg(p)[known]).all()


def test_a_task_whose_test_part_comes_up_twice_measures_nothing_for_its_family():
    """Three official folds and five indices: two of them have a second repeat."""
    rng = np.random.default_rng(0)
    rows = []
    for fold in range(5):
        for names in (("a",), ("b",), ("c",), ("d",), ("e",), *itertools.combinations("abcde", 2)):
            for task in names:
                part = {"test_part": f"{task}{fold % 3 if task == 'a' else fold}"}
                rows.append((task, "+".join(names), fold, 0, 0.5 + 0.02 * rng.standard_normal(), part))
    pairs = paired_differences(results_table(rows))
    cells = power_table(judge(pairs))
    assert not cells["share_measured"].any()
    assert set(cells["share_assumed"]) == {"seeds"}
    parts = variance_parts(pairs).set_index("task")["estimated"]
    assert parts["a"] and not parts.drop("a").any()


def test_one_repeat_has_no_parts_and_nothing_is_said_to_be_out_of_reach():
    rows = [(task, names, 0, 0, 0.5 + 0.1 * len(names)) for names in ("a", "b", "a+b") for task in names.split("+")]
    pairs = paired_differences(results_table(rows))
    (family,) = family_table(power_table(judge(pairs)))
    assert family["open"] == 2 and family["not_by_repeats"] == 0
    parts = variance_parts(pairs)
    assert parts[["fold_sd", "seed_sd", "fold_share"]].isna().all(axis=None) and not parts["estimated"].any()
