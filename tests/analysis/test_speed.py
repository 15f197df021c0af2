import numpy as np
import pandas as pd
import pytest
from simulated_results import results_table

from cohear.analysis.answers.speed import SPEED, steps_to_score
from cohear.analysis.tables.results import checked_results


def tables(shared_pace, reach=1.0, higher=True):
    """Tasks that rise linearly to 0.8 in 10 points; beside a partner at another pace, as far as ``reach``."""
    rows = [(task, name, fold, 0, 0.5, {}) for fold in range(3) for task in "ab" for name in (task, "a+b")]
    results = checked_results(results_table(rows)).assign(higher_is_better=higher)
    points = []
    for row in results.to_dict("records"):
        pace = 1.0 if row["combination"] == row["task"] else shared_pace
        for step in range(10, 101, 10):
            value = min(0.008 * step * pace, 0.8 * (1.0 if pace == 1.0 else reach))
            metric = value if higher else 0.8 / value
            points.append((row["run"], row["task"], step, "validation", 1.0, metric))
            points.append((row["run"], row["task"], step, "train", 1.0, 0.99))
    return results, pd.DataFrame(points, columns=["run", "task", "step", "part", "loss", "metric"])


@pytest.mark.parametrize("higher", [True, False])
def test_twice_the_pace_is_half_the_steps(higher):
    table = steps_to_score(*tables(2.0, higher=higher))
    assert tuple(table.columns) == SPEED
    assert list(table["combination"]) == ["a+b", "a+b"]
    assert table["score"].to_numpy() == pytest.approx(0.72 if higher else 1 / 0.9)
    assert table["steps_single"].to_numpy() == pytest.approx(90, rel=0.01)
    assert table["ratio"].to_numpy() == pytest.approx(0.5, rel=0.02)
    assert (table[["reached_single", "reached_shared", "repeats"]] == 3).all(axis=None)


def test_what_is_never_reached_is_counted_and_not_guessed():
    table = steps_to_score(*tables(2.0, reach=0.8))
    assert list(table["reached_shared"]) == [0, 0]
    assert list(table["reached_single"]) == [3, 3]
    assert table["ratio"].isna().all()


def test_same_curves_are_as_fast():
    assert steps_to_score(*tables(1.0))["ratio"].to_numpy() == pytest.approx(1.0)


def test_without_curves_there_is_no_row():
    results, curves = tables(1.0)
    assert steps_to_score(results, curves[:0]).empty
    assert steps_to_score(results[:0], curves).empty
    assert tuple(steps_to_score(results, curves[:0]).columns) == SPEED


def test_controls_are_left_out():
    results, curves = tables(2.0)
    control = results[results["combination"] == "a+b"].assign(control="shuffled", focal="a")
    pd.testing.assert_frame_equal(
        steps_to_score(pd.concat([results, control], ignore_index=True), curves), steps_to_score(results, curves)
    )
    assert np.isfinite(steps_to_score(results, curves)["ratio"]).all()
