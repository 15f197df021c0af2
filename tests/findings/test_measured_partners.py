"""What is said of measured partners."""

import pytest
from simulated_results import results_table

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.findings import Findings
from cohear.findings.measured_partners import partner_advice

SETTING = ("logmel", "small", "base")


def of_measured_partners(rows):
    """What is said to each task."""
    findings = Findings(Statistics.of(GivenTables(checked_results(results_table(rows)))))
    here = [finding for finding in findings.all("measured-partners") if finding.setting == SETTING]
    return {task: advice for finding in here for task, advice in partner_advice(finding).items()}


def told(*gains_of_partners):
    """What is said to a task whose partners gave these gains, over five folds with little noise."""
    rows = []
    for fold in range(5):
        rows.append(("digit", "digit", fold, 0, 0.7))
        for number, gain in enumerate(gains_of_partners):
            shift = 0.002 * ((fold + number) % 3 - 1)
            rows.append(("digit", f"digit+partner{number}", fold, 0, 0.7 + gain + shift))
    return of_measured_partners(rows).get("digit")


def test_one_that_surely_helps_is_named():
    assert told(-0.05, 0.08, 0.0).startswith("Or a partner task: beside partner1 the gain is +8.0 points")


@pytest.mark.parametrize("partners", [(-0.004, -0.019), (-0.1, -0.2, -0.3)])
def test_where_all_lose_none_is_advised(partners):
    assert told(*partners).startswith("No partner task that was measured helps: beside partner0, the best of")


def test_a_gain_that_may_be_chance_is_open():
    rows = [("digit", "digit", fold, 0, 0.7) for fold in range(5)]
    rows += [("digit", "digit+event", fold, 0, 0.7 + 0.05 * (fold - 1)) for fold in range(5)]
    (only,) = of_measured_partners(rows).values()
    assert only.startswith("Whether a partner task helps is open: beside event the gain is +5.0 points")


def test_a_task_without_a_pair_hears_nothing():
    assert told() is None
