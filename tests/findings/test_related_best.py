"""How often the best partner is a related one, with figures worked out by hand."""

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_results import results_table

from cohear.analysis.answers.related_partners import as_many_or_more, related_partners
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.study_facts import StudyFacts
from cohear.findings import Findings
from cohear.findings.study_findings import said

GAINS = {
    ("digit", "number"): (0.05, 0.03),
    ("digit", "siren"): (0.01, -0.02),
    ("digit", "rain"): (0.02, 0.01),
    ("number", "siren"): (0.04, 0.02),
    ("number", "rain"): (-0.01, 0.0),
    ("siren", "rain"): (-0.03, 0.04),
}
RELATED = [frozenset(("digit", "number")), frozenset(("siren", "rain"))]


def findings(related, facts=None):
    """Of digit and rain the best partner is the related one, of number and siren the other's."""
    tasks = {task for pair in GAINS for task in pair}
    rows = [(task, task, fold, 0, 0.6) for task in sorted(tasks) for fold in range(5)]
    for pair, gains in GAINS.items():
        rows += [
            (task, "+".join(pair), fold, 0, 0.6 + gain + 0.002 * (fold - 2))
            for task, gain in zip(pair, gains, strict=True)
            for fold in range(5)
        ]
    table = checked_results(results_table(rows))
    return Findings(Statistics.of(GivenTables(table, StudyFacts.from_json(facts or {})), related))


def test_tasks_whose_best_partner_is_related_are_counted_against_chance():
    (finding,) = findings(RELATED).all("related-best")
    [line] = finding.figures["own"]
    assert (line["tasks"], line["related"]) == (4, 2)
    assert line["chance"] == pytest.approx(4 / 3)
    assert line["p"] == pytest.approx(1 - (2 / 3) ** 4 - 4 * (1 / 3) * (2 / 3) ** 3)
    assert said(finding).text.plain == (
        "Are related tasks the better partners? Counted is the partner with the highest mean gain, sure or not; p is "
        "as if tasks were independent. A related partner is the best for 2 of 4 tasks (by chance 1.3; p 0.41)."
    )


def test_without_related_pairs_or_without_others_there_is_nothing_to_say():
    assert not findings([]).all("related-best")
    assert not findings([frozenset(pair) for pair in GAINS]).all("related-best")


def test_tasks_that_are_not_learnt_are_neither_counted_nor_partners():
    """Rain is at chance: digit and number keep one partner that is related and one that is not."""
    facts = {"tasks": {"rain": {"metric": "uar", "folds": [{"fold": n, "chance": {"uar": 0.7}} for n in range(5)]}}}
    (finding,) = findings(RELATED, facts).all("related-best")
    [line] = finding.figures["own"]
    assert (line["tasks"], line["related"], line["chance"]) == (2, 1, 1.0)


def test_a_task_with_partners_of_one_kind_is_not_counted():
    cells = pd.DataFrame(
        [
            ("logmel", "small", "base", "a", "a+b", 0.1),
            ("logmel", "small", "base", "a", "a+c", 0.2),
            ("logmel", "small", "base", "b", "a+b", 0.1),
            ("logmel", "small", "base", "c", "a+c", float("nan")),
        ],
        columns=["features", "encoder", "arm", "task", "combination", "gain"],
    )
    [line] = related_partners(cells, lambda names: names == "a+c")
    assert (line["tasks"], line["related"], line["chance"]) == (1, 1, 0.5)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_probabilities_of_all_counts_come_to_one(shares):
    at_least = [as_many_or_more(hits, shares) for hits in range(len(shares) + 2)]
    assert at_least[0] == pytest.approx(1)
    assert at_least[-1] == 0
    assert all(more >= fewer - 1e-12 for more, fewer in pairwise(at_least))
    assert sum(at_least[1:]) == pytest.approx(sum(shares))  # the mean number of hits
