"""What scores are counted in: as the facts of a study say, else as the metric's name does, if its scores agree."""

import pandas as pd
import pytest

from cohear.analysis.gains.design import Design
from cohear.analysis.tables.units import SHARES, common_unit, units_of
from cohear.base.study_facts import StudyFacts
from cohear.base.units import OWN, POINTS, Unit
from cohear.tasks import METRICS
from cohear.tasks.metrics import SHARE

OURS = frozenset(METRICS)
"""Before any test enters one of its own."""


def scores(*metrics, value=0.4):
    return pd.DataFrame([{"metric": metric, "value": value} for metric in metrics])


def facts(**units):
    return Design.of(
        StudyFacts.from_json({"tasks": {name: {"metric": name, "units": {name: unit}} for name, unit in units.items()}})
    ).units


@pytest.mark.parametrize(
    ("units", "told"),
    [
        ({}, {"mae": Unit("mae"), "uar": POINTS}),
        ({"mae": "points", "uar": "points"}, {"mae": POINTS, "uar": POINTS}),
        ({"mae": "dB", "uar": "dB"}, {"mae": Unit("dB"), "uar": Unit("dB")}),
        ({"mae": "dB"}, {"mae": Unit("dB"), "uar": POINTS}),
        ({"mae": "", "uar": ""}, {"mae": Unit("mae"), "uar": Unit("uar")}),
    ],
)
def test_the_facts_say_what_scores_below_one_are(units, told):
    assert units_of(scores("mae", "uar"), facts(**units)) == told


@pytest.mark.parametrize("value", [85.0, -0.1])
def test_scores_beyond_zero_and_one_are_no_points_whatever_the_facts_say(value):
    assert units_of(scores("uar", value=value), facts(uar="points")) == {"uar": OWN}


def test_a_metric_that_tasks_count_in_several_units_has_none_of_them():
    tasks = {name: {"units": {"mae": unit, "uar": "points"}} for name, unit in (("a", "dB"), ("b", "Hz"))}
    units = Design.of(StudyFacts.from_json({"tasks": tasks})).units
    assert units_of(scores("mae", "uar"), units) == {"mae": OWN, "uar": POINTS}


def test_facts_of_older_studies_say_nothing():
    assert Design.of(StudyFacts.from_json({"tasks": {"a": {"metric": "uar", "margin": 0.01}}})).units == {}


def test_the_shares_that_are_known_by_name_are_those_of_our_metrics():
    assert {name for name in OURS if METRICS[name].unit == SHARE} == SHARES


def test_figures_over_several_units_have_none_of_them():
    assert common_unit([POINTS, POINTS]) == POINTS
    assert common_unit([POINTS, Unit("dB")]) == OWN
    assert common_unit([]) == POINTS


def test_figures():
    decibels, nan = Unit("dB"), float("nan")
    assert [POINTS.signed(value) for value in (0.0312, -0.02, -0.0001, nan)] == ["+3.1", "-2.0", "0.0", "–"]
    assert [decibels.signed(value) for value in (0.0312, -12.3456, 0.0)] == ["+0.0312", "-12.3", "0"]
    assert (POINTS.level(0.7617), decibels.level(12.3456), decibels.size(-0.5)) == ("76.2", "12.35", "0.5 dB")
    assert (POINTS.interval(-0.01, 0.02), POINTS.interval(nan, 0.02)) == ("-1.0 to +2.0", "–")


def test_the_last_bits_of_a_sum_are_not_seen():
    for below, above in [(0.14549999999999996, 0.14550000000000002), (-0.14550000000000002, -0.14549999999999996)]:
        assert POINTS.signed(below) == POINTS.signed(above)
        assert POINTS.level(below) == POINTS.level(above)
        assert OWN.signed(1000 * below) == OWN.signed(1000 * above)
