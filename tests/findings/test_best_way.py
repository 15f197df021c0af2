"""Which way of sharing is recommended, with figures worked out by hand."""

import pytest
from simulated_results import results_table

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.findings import Findings
from cohear.findings.study_findings import said

TASKS = ("digit", "siren")
CHANGE = (-0.004, 0.002, 0.0, 0.006, -0.002)
"""What is peculiar to each fold, of every arm."""


def rows_of(arm, gains, singles="base", parameters=1000):
    """Five folds of two tasks alone and together; ``gains`` of the even folds, which choose, and of the odd ones."""
    rows = []
    for task in TASKS:
        for fold in range(5):
            own = {"arm": arm, "run": f"{singles}-{task}-{fold}", "parameters": 600}
            rows.append((task, task, fold, 0, 0.6, own))
            value = 0.6 + gains[fold % 2] + CHANGE[fold] + (0.01 if task == "digit" else -0.01)
            own = {"arm": arm, "run": f"{arm}-{fold}", "parameters": parameters}
            rows.append((task, "+".join(TASKS), fold, 0, value, own))
    return rows


def findings_of(*arms):
    table = checked_results(results_table([row for arm in arms for row in arm]))
    return Findings(Statistics.of(GivenTables(table)))


BASE = rows_of("base", (-0.02, -0.02))


def test_the_best_where_it_was_chosen_is_estimated_on_the_other_folds():
    """Folds 0, 2 and 4 choose; folds 1 and 3 judge: -.01 there, and what is peculiar to them, .004."""
    (finding,) = findings_of(BASE, rows_of("taught", (0.03, -0.01)), rows_of("soft", (0.02, 0.05))).all("best-way")
    (way,) = finding.figures["ways"]
    assert (way.arm, way.leader, way.plain, way.ways, way.size) == ("taught", "taught", "base", 3, 2)
    assert way.gain.value == pytest.approx(-0.01 + 0.004)
    assert way.lead.value == pytest.approx(0.01)
    text = said(finding).text.plain
    assert text.startswith(
        "Of 3 ways to share that were compared with 2 tasks in one network (logmel, small), taught is recommended: "
        "mean gain -0.6 points"
    )
    assert "on the folds that did not choose, in 1,000 parameters. It was the best where it was chosen, and" in text


def test_a_way_that_was_lucky_where_it_was_chosen_is_not_recommended():
    (finding,) = findings_of(BASE, rows_of("soft", (0.03, -0.05), parameters=2000)).all("best-way")
    (way,) = finding.figures["ways"]
    assert (way.arm, way.leader, way.parameters) == ("base", "soft", 1000)
    assert way.lead.value == pytest.approx(-0.03)
    assert "base is recommended: " in said(finding).text.plain
    assert "soft was the best where it was chosen, and has -3.0 points" in said(finding).text.plain


def test_a_way_that_costs_more_has_to_be_surely_better():
    lucky = [0.05 if row[2] == 1 and "+" in row[1] else 0.0 for row in BASE]
    rows = zip(rows_of("soft", (0.03, -0.03)), lucky, strict=True)
    noisy = [(*row[:4], row[4] + more, row[5]) for row, more in rows]
    large = [(*row[:5], {**row[5], "parameters": 2000 if "+" in row[1] else 600}) for row in noisy]
    for soft, recommended in ((noisy, "soft"), (large, "base")):
        (finding,) = findings_of(BASE, soft).all("best-way")
        (way,) = finding.figures["ways"]
        assert way.lead.value > 0 and not way.lead.without_zero
        assert (way.arm, way.leader, finding.sureness) == (recommended, "soft", "open")
    assert said(finding).text.plain.endswith(" there, in 2,000 parameters, which could be chance.")


def test_the_plain_way_leads_itself():
    (finding,) = findings_of(BASE, rows_of("soft", (-0.03, 0.05))).all("best-way")
    (way,) = finding.figures["ways"]
    assert (way.arm, way.leader, way.lead) == ("base", "base", None)
    assert said(finding).text.plain.endswith("No other was better where it was chosen.")


def test_arms_with_single_runs_of_their_own_are_no_ways_of_sharing():
    """Another window or a share of the labels: what the tasks learn from is another thing."""
    few = rows_of("tenth", (0.2, 0.2), singles="tenth")
    assert findings_of(BASE, few).all("best-way") == []
    (finding,) = findings_of(BASE, few, rows_of("soft", (0.0, 0.0))).all("best-way")
    assert finding.figures["ways"][0].ways == 2


def test_repeats_that_an_arm_lacks_are_left_out_of_all():
    """Two folds are common: one chooses, one judges."""
    short = [row for row in rows_of("soft", (0.03, 0.01)) if row[2] < 2]
    (finding,) = findings_of(BASE, short).all("best-way")
    (way,) = finding.figures["ways"]
    assert way.arm == "soft"
    assert way.lead.value == pytest.approx(0.03)
    assert findings_of(BASE, [row for row in short if row[2] < 1]).all("best-way") == []
