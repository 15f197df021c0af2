"""Gains within and between domains, with figures worked out by hand."""

import numpy as np
import pytest
from scipy import stats
from simulated_results import results_table

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.study_facts import StudyFacts
from cohear.findings import Findings
from cohear.findings.answers import answers
from cohear.findings.study_findings import said

DOMAINS = {"digit": "speech", "keyword": "speech", "siren": "environment", "rain": "environment"}
GAINS = {
    ("digit", "keyword"): (0.04, 0.02),
    ("siren", "rain"): (0.03, 0.05),
    ("digit", "siren"): (-0.02, -0.01),
    ("keyword", "rain"): (-0.03, 0.0),
}


def findings(domains):
    """Of four tasks and four pairs over five folds; each task gains what it gains, in every fold."""
    rows = [(task, task, fold, 0, 0.6) for task in DOMAINS for fold in range(5)]
    for pair, gains in GAINS.items():
        rows += [
            (task, "+".join(pair), fold, 0, 0.6 + gain + 0.002 * (fold - 2))
            for task, gain in zip(pair, gains, strict=True)
            for fold in range(5)
        ]
    facts = {
        "datasets": {f"set of {task}": {"domain": domain} for task, domain in domains.items()},
        "tasks": {task: {"dataset": f"set of {task}", "metric": "uar"} for task in DOMAINS},
    }
    table = checked_results(results_table(rows))
    return Findings(Statistics.of(GivenTables(table, StudyFacts.from_json(facts))))


def interval(gains):
    """Of the mean over the tasks, which are the sample."""
    reach = stats.t.ppf(0.975, len(gains) - 1) * np.std(gains, ddof=1) / np.sqrt(len(gains))
    return np.mean(gains) - reach, np.mean(gains) + reach


def test_both_means_with_their_intervals():
    (finding,) = findings(DOMAINS).all("domain-gains")
    within, between = finding.figures["within"], finding.figures["between"]
    assert finding.figures["domains"] == DOMAINS
    assert (within.cells, between.cells, finding.figures["not known"]) == (4, 4, 0)
    assert within.mean.value == pytest.approx(0.035)
    assert (within.mean.low, within.mean.high) == pytest.approx(interval([0.04, 0.02, 0.03, 0.05]))
    assert between.mean.value == pytest.approx(-0.015)
    assert (between.mean.low, between.mean.high) == pytest.approx(interval([-0.02, -0.01, -0.03, 0.0]))
    assert said(finding).text.plain.startswith(
        "Tasks are of the domains environment and speech. Pairs within a domain: 4 of 4 cells helped, 0 hurt, "
        "mean +3.5 points (+1.4 to +5.6). Pairs of two domains: "
    )


def test_answers_have_it_typed_and_in_words():
    told = answers(findings(DOMAINS))
    (entry,) = [one for one in told["improve"]["findings"] if one["code"] == "domain-gains"]
    assert entry["figures"]["within"]["mean"]["value"] == pytest.approx(0.035)
    assert entry["figures"]["between"]["mean"]["unit"] == "points"
    assert "Pairs of two domains: " in told["improve"]["answer"]


def test_tasks_whose_domain_nobody_states_are_counted():
    (finding,) = findings({**DOMAINS, "rain": ""}).all("domain-gains")
    assert (finding.figures["within"].cells, finding.figures["between"].cells) == (2, 2)
    assert finding.figures["not known"] == 4
    assert said(finding).text.plain.endswith(
        "Of 4 cells the domain of a task is not stated (`domain` in dataset.yaml)."
    )


@pytest.mark.parametrize(
    "domains", [{}, dict.fromkeys(DOMAINS, "speech"), {"digit": "speech", "keyword": "", "siren": ""}]
)
def test_one_domain_or_none_is_no_finding(domains):
    assert findings(domains).all("domain-gains") == []


def test_a_side_without_a_pair_says_so():
    (finding,) = findings({"digit": "speech", "siren": "environment"}).all("domain-gains")
    assert "No pair within a domain was compared. Pairs of two domains: " in said(finding).text.plain
