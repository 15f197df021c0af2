"""Sums over cells, held against the definitions, a cell at a time."""

import numpy as np
import pandas as pd
import pytest
from simulated_results import results_table

from cohear.analysis.answers.chosen import estimated_on, mean_gain
from cohear.analysis.gains.cell_tests import cell_tests
from cohear.analysis.gains.pairs import paired_differences
from cohear.analysis.gains.spread import cell_spread
from cohear.analysis.tables.columns import CELL
from cohear.analysis.tables.groups import Groups


@pytest.fixture(scope="module")
def pairs():
    """Cells of unlike many repeats and test parts, in no order, some of whose test clips nobody knows."""
    rng = np.random.default_rng(4)
    rows = []
    for tasks in (["b", "a"], ["b", "c"], ["a", "c"], ["a", "b", "c"]):
        for task in tasks:
            for fold in range(int(rng.integers(1, 5))):
                for seed in range(int(rng.integers(1, 4))):
                    single, shared = rng.random(2).round(3)
                    rows.append((task, task, fold, seed, single, {}))
                    rows.append((task, "+".join(tasks), fold, seed, shared, {}))
    table = results_table(rows).drop_duplicates(["task", "combination", "fold", "seed"])
    found = paired_differences(table).sample(frac=1, random_state=1)
    found["test_clips"] = found["test_clips"].astype(float).where(rng.random(len(found)) < 0.7)
    return found


def test_each_cell_is_an_analysis_of_variance_one_way_over_its_test_parts(pairs):
    cells = cell_spread(pairs)
    assert list(zip(*(cells[name] for name in CELL), strict=True)) == sorted(
        set(zip(*(pairs[name] for name in CELL), strict=True))
    )
    for row in cells.to_dict("records"):
        own = pairs[(pairs["task"] == row["task"]) & (pairs["combination"] == row["combination"])]
        d = own["difference"].to_numpy()
        of_parts = [own.loc[own["part"] == part, "difference"].to_numpy() for part in own["part"].unique()]
        n, j = len(d), len(of_parts)
        weight = sum((len(part) / n) ** 2 for part in of_parts)
        between = sum(len(part) * (part.mean() - d.mean()) ** 2 for part in of_parts)
        within = sum(((part - part.mean()) ** 2).sum() for part in of_parts)
        clips = own["test_clips"].dropna()
        right = {
            "single": own["single"].mean(),
            "shared": own["shared"].mean(),
            "gain": d.mean(),
            "least": own["least"].mean(),
            "most": own["most"].mean(),
            "repeats": n,
            "parts": j,
            "weight": weight,
            "between_freedom": j - 1,
            "within_freedom": n - j,
            "per_part": (n - n * weight) / (j - 1) if j > 1 else n,
            "between": between / (j - 1) if j > 1 else 0.0,
            "within": within / (n - j) if n > j else 0.0,
            "step": 1 / clips.mean() if len(clips) else np.nan,
        }
        assert {name: row[name] for name in right} == pytest.approx(right, rel=1e-12, nan_ok=True)


def test_nothing_has_no_cells(pairs):
    assert cell_spread(pairs[:0]).empty and list(cell_spread(pairs[:0])) == list(cell_spread(pairs))
    assert cell_tests(pairs[:0]).empty


def test_a_cell_is_judged_alike_wherever_its_row_stands(pairs):
    pd.testing.assert_frame_equal(cell_tests(pairs), cell_tests(pairs.sort_values(["fold", "seed"])))


def test_on_the_repeats_that_did_not_choose_the_mean_is_theirs_and_the_interval_wider(pairs):
    used = pairs["fold"] > 0
    others, cells = estimated_on(pairs, used), cell_tests(pairs).set_index(list(CELL))
    for names, line in others.iterrows():
        own = pairs[used & (pairs["task"] == names[0]) & (pairs["combination"] == names[1])]
        gain = own["difference"].mean() if len(own) else np.nan
        assert line["gain"] == pytest.approx(gain, nan_ok=True)
        wider = np.sqrt(cells.loc[names, "repeats"] / len(own)) if len(own) else np.nan
        assert line["reach"] == pytest.approx(cells.loc[names, "reach"] * wider, nan_ok=True)


def test_a_mean_gain_is_over_repeats_that_have_every_task_of_every_group():
    values = {0: (0.1, 0.3, 0.2), 1: (0.2, 0.0, 0.1), 2: (0.0, 0.1, None)}
    rows = [(task, task, fold, 0, 0.5, {}) for task in "abcd" for fold in values]
    for fold, gains in values.items():
        for (task, group), gain in zip((("a", "a+b"), ("b", "a+b"), ("c", "c+d")), gains, strict=True):
            rows += [] if gain is None else [(task, group, fold, 0, 0.5 + gain, {})]
        rows.append(("d", "c+d", fold, 0, 0.5, {}))
    pairs = paired_differences(results_table(rows))
    every = pd.Series(True, index=pairs.index)
    assert mean_gain(pairs, ["a+b"], every).gain == pytest.approx((0.2 + 0.1 + 0.05) / 3)
    assert mean_gain(pairs, ["a+b", "c+d"], every).gain == pytest.approx((0.6 / 4 + 0.3 / 4) / 2)
    assert mean_gain(pairs, ["a+b", "c"], pairs["fold"] < 2).gain == pytest.approx((0.4 / 3 + 0.2 / 3) / 2)
    assert np.isnan(mean_gain(pairs, ["a+c"], every).gain)


def test_means_pass_over_what_is_not_known():
    groups = Groups.of(pd.Series(["b", "a", "b", "c"]))
    assert groups.of_row.tolist() == [1, 0, 1, 2] and groups.first.tolist() == [1, 0, 3]
    assert groups.sizes.tolist() == [1, 2, 1]
    found = groups.means(np.array([1.0, np.nan, 2.0, np.inf]))
    np.testing.assert_equal(found, [np.nan, 1.5, np.inf])
