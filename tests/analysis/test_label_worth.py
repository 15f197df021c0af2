"""The exchange rate of partners and own labels, on results whose rate is known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from simulated_results import results_table

from cohear.analysis.answers.label_worth import label_worth
from cohear.analysis.gains.design import Design
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.study_facts import FoldFacts, LabelBudget, StudyFacts, TaskFacts
from cohear.findings import Findings
from cohear.findings.answers import answers
from cohear.findings.study_findings import with_cures

SHARES = {"base": 1.0, "half": 0.5, "quarter": 0.25, "tenth": 0.1}
CLIPS = {"a": 400, "b": 1000, "c": 300}
RATES = {"b": 0.6, "c": -0.3}
SLOPE = 3.0


def facts(in_turn=True):
    folds = {task: [FoldFacts(fold, train=clips) for fold in range(5)] for task, clips in CLIPS.items()}
    tasks = {task: TaskFacts(folds=folds[task]) for task in CLIPS}
    budgets = {arm: LabelBudget(dict.fromkeys(CLIPS, share), in_turn) for arm, share in SHARES.items()}
    return StudyFacts(tasks=tasks, label_budgets=budgets)


def results(noise=0.0, metric="nll", seed=0, in_turn=True, shares=SHARES):
    rng, rows = np.random.default_rng(seed), []
    for arm, share in shares.items():
        for fold in range(5):
            for partner, rate in {"": 0.0, **RATES}.items():
                theirs = 1.0 if in_turn else share
                loss = 0.5 + np.exp(0.7 - SLOPE * (share + rate * theirs * bool(partner))) + noise * rng.normal()
                value, better = (1 - loss / 5, True) if metric == "uar" else (loss, False)
                combination = f"a+{partner}" if partner else "a"
                more = {"arm": arm, "metric": metric, "higher_is_better": better, "run": f"{arm}{partner}{fold}"}
                rows.append(("a", combination, fold, 0, value, {**more, "focal": "a" if partner else ""}))
    return checked_results(results_table(rows))


@pytest.mark.parametrize("metric", ["nll", "uar"])
@pytest.mark.parametrize("in_turn", [True, False])
def test_a_known_rate_comes_out(metric, in_turn):
    found = label_worth(results(metric=metric, in_turn=in_turn), facts(in_turn), Design())
    assert [(line["task"], line["partner"], line["clips"], line["budgets"]) for line in found] == [
        ("a", "b", 1000, 4),
        ("a", "c", 300, 4),
    ]
    assert [line["worth"] for line in found] == pytest.approx([0.6 * 400, -0.3 * 400], rel=0.02)
    assert all(line["low"] <= line["worth"] + 1 and line["high"] >= line["worth"] - 1 for line in found)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    held = [
        line["low"] <= 400 * RATES[line["partner"]] <= line["high"]
        for seed in range(40)
        for line in label_worth(results(noise=0.02, seed=seed), facts(), Design(ratio=0.0))
    ]
    assert np.mean(held) > 0.85


def test_two_budgets_tell_no_curve_and_flat_ones_no_worth():
    few = {arm: SHARES[arm] for arm in ("base", "tenth")}
    assert label_worth(results(shares=few), facts(), Design()) == []
    flat = results()
    flat["value"] = 0.7
    assert all(line["worth"] is None for line in label_worth(flat, facts(), Design()))


def test_arms_without_budgets_say_nothing():
    assert label_worth(results(), StudyFacts(), Design()) == []
    longer = results(shares={"base": 1.0}).assign(arm="longer", run="x", value=99.0)
    both = checked_results(pd.concat([results(), longer], ignore_index=True))
    assert label_worth(both, facts(), Design())[0]["worth"] == pytest.approx(240, rel=0.02)


def test_the_best_partner_is_told_in_words():
    findings = Findings(Statistics.of(GivenTables(results(noise=0.005, metric="uar"), facts())))
    [found] = findings.all("labels-worth")
    said = with_cures(found).plain
    assert said.startswith(
        "Of 2 partners at several label budgets 1 surely does what more own labels would, and 1 surely"
    )
    assert "b with its 1,000 clips is worth 2" in said and said.endswith("own clips to a, which has 400.")
    assert answers(findings)["improve"]["labels"] == findings.statistics.label_worth


@pytest.mark.parametrize(("chance", "told"), [(0.1, True), (0.7, True), (0.95, False)])
def test_a_task_that_no_budget_teaches_is_advised_nothing(chance, told):
    """Few labels may be too few; where all of them do not do, its partners are worth nothing. The table has them."""
    known = facts()
    folds = [replace(fold, chance={"uar": chance}) for fold in known.tasks["a"].folds]
    tables = GivenTables(results(metric="uar"), replace(known, tasks={**known.tasks, "a": TaskFacts(folds=folds)}))
    findings = Findings(Statistics.of(tables))
    learnt = findings.statistics.singles.set_index("arm")["learnt"]
    assert learnt["tenth"] == ("yes" if chance == 0.1 else "no") and learnt["base"] == ("yes" if told else "no")
    assert bool(findings.all("labels-worth")) is told
    assert len(answers(findings)["improve"]["labels"]) == 2
