"""What is said of measured partners."""

import pytest
from simulated_results import results_table

from cohear.analysis.gains.gains import gains
from cohear.analysis.tables.units import units_of
from cohear.findings.measured_partners import of_measured_partners

SETTING = ("logmel", "small", "base")


def told(*gains_of_partners):
    """What is said to a task whose partners gave these gains, over five folds with little noise."""
    rows = []
    for fold in range(5):
        rows.append(("digit", "digit", fold, 0, 0.7))
        for number, gain in enumerate(gains_of_partners):
            shift = 0.002 * ((fold + number) % 3 - 1)
            rows.append(("digit", f"digit+partner{number}", fold, 0, 0.7 + gain + shift))
    table = gains(results_table(rows))
    return of_measured_partners(table, units_of(table)).get(("digit", *SETTING))


def test_one_that_surely_helps_is_named():
    assert told(-0.05, 0.08, 0.0).startswith("Or a partner task: beside partner1 the gain is +8.0 points")


@pytest.mark.parametrize("partners", [(-0.004, -0.019), (-0.1, -0.2, -0.3)])
def test_where_all_lose_none_is_advised(partners):
    assert told(*partners).startswith("No partner task that was measured helps: beside partner0, the best of")


def test_a_gain_that_may_be_chance_is_open():
    rows = [("digit", "digit", fold, 0, 0.7) for fold in range(5)]
    rows += [("digit", "digit+event", fold, 0, 0.7 + 0.05 * (fold - 1)) for fold in range(5)]
    table = gains(results_table(rows))
    (said,) = of_measured_partners(table, units_of(table)).values()
    assert said.startswith("Whether a partner task helps is open: beside event the gain is +5.0 points")


def test_a_task_without_a_pair_hears_nothing():
    assert told() is None
