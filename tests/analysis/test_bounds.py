"""Intervals hold nothing that cannot be, and nothing else changes."""

import math

import numpy as np
import pandas as pd
import pytest
from simulated_results import results_table

from cohear.analysis.answers.chosen import estimated_on, mean_gain
from cohear.analysis.answers.combining import by_size
from cohear.analysis.gains.bounds import bounds_of
from cohear.analysis.gains.design import Design
from cohear.analysis.gains.gains import gains
from cohear.analysis.gains.pairs import paired_differences
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.study_facts import StudyFacts, TaskFacts
from cohear.findings.pairs import counts

FREE = Design(bounds=dict.fromkeys(("uar", "eer", "r2", "nll"), (-math.inf, math.inf)))
"""As if scores knew no end."""
OTHERS = ["single", "shared", "gain", "p", "p_adjusted", "verdict", "verdict_here"]


def table(alone, shared, tasks="ab", **changes):
    """Each task alone and beside the other, on as many folds as there are scores."""
    rows = []
    for task in tasks:
        rows += [(task, task, fold, 0, value, changes) for fold, value in enumerate(alone)]
        rows += [(task, "+".join(tasks), fold, 0, value, changes) for fold, value in enumerate(shared)]
    return results_table(rows)


WIDE = table([0.8, 0.8], [0.95, 0.75])


def test_a_share_can_gain_what_it_lacks_and_lose_what_it_has():
    found, free = gains(WIDE).iloc[0], gains(WIDE, FREE).iloc[0]
    assert free["low"] < -0.8 and free["high"] > 0.2
    assert found["low"] == pytest.approx(-0.8) and found["high"] == pytest.approx(0.2)
    assert found[OTHERS].equals(free[OTHERS])


def test_an_interval_within_what_can_be_stays_as_it_is():
    narrow = table([0.5] * 5, [0.52, 0.53, 0.5, 0.51, 0.52])
    pd.testing.assert_frame_equal(gains(narrow), gains(narrow, FREE))


def test_less_is_better():
    found = gains(table([0.1, 0.1], [0.3, 0.05], metric="eer", higher_is_better=False), Design(units={"eer": "points"}))
    assert found["low"].iloc[0] == pytest.approx(-0.9) and found["high"].iloc[0] == pytest.approx(0.1)


def test_log_loss_has_one_end():
    found = gains(table([0.4, 0.4], [0.1, 0.8], metric="nll", higher_is_better=False)).iloc[0]
    assert found["low"] < -1 and found["high"] == pytest.approx(0.4)


def test_a_study_states_the_bounds_of_its_metrics():
    facts = StudyFacts.from_json(
        StudyFacts(tasks={"a": TaskFacts(units={"r2": "", "mcc": ""}, bounds={"r2": (None, 1.0)})}).to_json()
    )
    found = gains(table([0.6, 0.6], [0.9, -0.2], metric="r2"), Design.of(facts)).iloc[0]
    assert found["low"] < -2 and found["high"] == pytest.approx(0.4)


def test_a_study_says_where_log_loss_has_no_end():
    """That of a density may be less than 0, also where none is."""
    facts = StudyFacts(tasks={"a": TaskFacts(bounds={"nll": (None, None)})})
    found = gains(table([0.4, 0.4], [0.1, 0.8], metric="nll", higher_is_better=False), Design.of(facts)).iloc[0]
    assert found["low"] < -1 and found["high"] > 1


@pytest.mark.parametrize(
    ("metric", "scale"),
    [("uar", 100), ("snr", 1)],  # per cent, of which nobody knows what they are; and a metric that tells no bounds
)
def test_what_tells_no_bounds_has_none(metric, scale):
    scores = WIDE.assign(metric=metric, value=scale * WIDE["value"])
    pd.testing.assert_frame_equal(gains(scores), gains(scores, Design(bounds={metric: (-math.inf, math.inf)})))


def test_bounds_of_metrics():
    scores = pd.DataFrame({"metric": ["uar", "nll", "map", "mine", "x"], "value": [0.5, 2.0, 1.5, -0.5, 3.0]})
    found = bounds_of(scores, {"mine": (-1.0, 1.0), "x": (0.0, 2.0)}, {})
    nowhere = (-math.inf, math.inf)
    assert found == {"uar": (0, 1), "nll": (0, math.inf), "map": nowhere, "mine": (-1, 1), "x": nowhere}


def test_looks_and_single_scores_end_there_too():
    looked = gains(WIDE, Design(looks=(2, 4))).iloc[0]
    assert looked["low"] == pytest.approx(-0.8) and looked["high"] == pytest.approx(0.2)
    single = Statistics.of(GivenTables(checked_results(table([0.99, 0.79], [0.9, 0.9])))).singles.iloc[0]
    assert single["low"] >= 0 and single["high"] == pytest.approx(1.0)


def test_means_end_at_the_mean_of_what_can_be():
    results = table([0.8, 0.8], [0.95, 0.75])
    (size,) = by_size(paired_differences(results))
    assert size["low"] == pytest.approx(-0.8) and size["high"] == pytest.approx(0.2)
    pairs = paired_differences(results)
    low, high = mean_gain(pairs, ["a+b"], pd.Series(True, index=pairs.index)).interval()
    assert low == pytest.approx(-0.8) and high == pytest.approx(0.2)
    used = estimated_on(pairs, pairs["fold"] == 1)
    assert (used["low"] >= -0.8 - 1e-12).all() and (used["high"] <= 0.2 + 1e-12).all()
    ends = zip("abc", (1.0, 0.0, 1.0), strict=True)
    three = pd.concat([table([0.8, 0.8], [value, value], (task, "z")) for task, value in ends], ignore_index=True)
    three = three.drop_duplicates(["task", "combination", "fold"], ignore_index=True)
    statistics = Statistics.of(GivenTables(checked_results(three)))
    told = counts(statistics.gains, statistics)
    assert told["low"] >= -0.8 and told["high"] <= 0.2 + 1e-12 and np.isfinite(told["mean"])
