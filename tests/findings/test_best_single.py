"""The best single of each task among networks and baselines, with figures worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from simulated_results import results_table

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.study_facts import LabelBudget, StudyFacts
from cohear.base.tables import BASELINE
from cohear.findings import Findings
from cohear.findings.answers import answers
from cohear.findings.study_findings import said

FOLDS = 5
NETWORK = [0.80, 0.82, 0.78, 0.81, 0.79]
"""Means of two seeds, which lie 0.01 on both sides."""
PLAIN = [0.70, 0.73, 0.69, 0.70, 0.70]


def network(task, scores, encoder="small", arm="base"):
    repeats = [(fold, seed, score + 0.01 * (2 * seed - 1)) for fold, score in enumerate(scores) for seed in (0, 1)]
    return results_table([(task, task, *repeat) for repeat in repeats]).assign(encoder=encoder, arm=arm, job="")


def baseline(task, scores, name="svm"):
    rows = results_table([(task, task, fold, 0, score) for fold, score in enumerate(scores)])
    return rows.assign(encoder=name, job=BASELINE)


def statistics(*tables, **facts):
    every = pd.concat(tables, ignore_index=True)
    every = every.assign(run=[f"run {number}" for number in range(len(every))])
    known = StudyFacts.from_json({"tasks": {task: {"metric": "uar"} for task in every["task"].unique()}, **facts})
    return Statistics.of(GivenTables(checked_results(every), known))


def interval(differences):
    """Of a mean over folds whose training sets overlap (Nadeau and Bengio), each tested on a quarter of their size."""
    error = np.sqrt(np.var(differences, ddof=1) * (1 / FOLDS + 1 / (FOLDS - 1)))
    reach = stats.t.ppf(0.975, FOLDS - 1) * error
    return np.mean(differences) - reach, np.mean(differences) + reach


def test_a_network_is_held_against_a_baseline_fold_by_fold():
    best = statistics(network("digit", NETWORK), baseline("digit", PLAIN)).best_singles["digit"]
    (other,) = best["others"]
    difference = np.subtract(NETWORK, PLAIN)
    assert (best["encoder"], best["baseline"], best["value"]) == ("small", False, pytest.approx(np.mean(NETWORK)))
    assert (other["encoder"], other["baseline"], other["ahead"]) == ("svm", True, pytest.approx(difference.mean()))
    assert (other["ahead_low"], other["ahead_high"]) == pytest.approx(interval(difference))
    assert other["surely"]


def test_a_baseline_may_be_the_best():
    made = statistics(network("digit", PLAIN), baseline("digit", NETWORK))
    (finding,) = Findings(made).all("best-single")
    told = finding.figures["tasks"]["digit"]
    assert told.way.startswith("the baseline ") and told.ahead.value > 0 and told.open == []
    assert said(finding).text.plain.startswith("Alone, each task is done best: digit by the baseline ")
    assert said(finding).text.plain.endswith("; 1 of 1 other surely behind).")
    assert finding.sureness == "sure"


def test_networks_are_held_against_each_other_repeat_by_repeat():
    better, worse = network("digit", NETWORK), network("digit", PLAIN, "dnn")
    (other,) = statistics(better, worse).best_singles["digit"]["others"]
    assert other["ahead"] == pytest.approx(np.subtract(NETWORK, PLAIN).mean())
    assert other["ahead_low"] < other["ahead"] < other["ahead_high"]


def test_whichever_was_the_best_is_allowed_for():
    """Of three there are three pairs: a difference of p = .03 is surely none."""
    close = list(np.subtract(NETWORK, [0.022, 0.012, 0.031, 0.008, 0.024]))
    two = statistics(network("digit", NETWORK), network("digit", close, "dnn"))
    three = statistics(network("digit", NETWORK), network("digit", close, "dnn"), network("digit", PLAIN, "cnn"))
    alone, among = (made.best_singles["digit"]["others"][0] for made in (two, three))
    assert (alone["encoder"], among["encoder"]) == ("dnn", "dnn")
    assert 0.05 / 3 < alone["p"] < 0.05
    assert alone["surely"] and not among["surely"]
    (finding,) = Findings(three).all("best-single")
    assert finding.figures["tasks"]["digit"].open == ["logmel / dnn"] and finding.sureness == "open"


def test_fewer_labels_are_no_way_to_do_it():
    fewer = network("digit", [0.99] * FOLDS, arm="few")
    budgets = {"base": {"shares": {}}, "few": {"shares": {"digit": 0.1}}}
    made = statistics(network("digit", NETWORK), fewer, network("digit", PLAIN, "dnn"), label_budgets=budgets)
    best = made.best_singles["digit"]
    assert LabelBudget(**budgets["few"]).shares == {"digit": 0.1}
    assert (best["arm"], [other["encoder"] for other in best["others"]]) == ("base", ["dnn"])


def test_losses_are_better_below():
    rows = [network("age", NETWORK, "small"), network("age", PLAIN, "dnn")]
    made = statistics(*(one.assign(metric="mae", higher_is_better=False) for one in rows))
    best = made.best_singles["age"]
    assert best["encoder"] == "dnn" and best["others"][0]["ahead"] == pytest.approx(np.subtract(NETWORK, PLAIN).mean())


def test_what_was_tested_on_other_clips_is_not_compared():
    one, other = (
        network("digit", NETWORK).assign(test_part="here"),
        network("digit", PLAIN, "dnn").assign(test_part="there"),
    )
    (behind,) = statistics(one, other).best_singles["digit"]["others"]
    assert behind["ahead"] is None and not behind["surely"]


def test_one_way_is_no_finding():
    assert Findings(statistics(network("digit", NETWORK))).all("best-single") == []


def test_answers_have_it_typed_and_in_words():
    told = answers(Findings(statistics(network("digit", NETWORK), baseline("digit", PLAIN))))
    assert [line["task"] for line in told["improve"]["singles"]] == ["digit"]
    assert "Alone, each task is done best: digit by logmel / small (80.0, +9.6 points (" in told["improve"]["answer"]
    (entry,) = [one for one in told["improve"]["findings"] if one["code"] == "best-single"]
    assert entry["figures"]["tasks"]["digit"]["ahead"]["value"] == pytest.approx(0.096)


def test_comparisons_share_their_variances():
    """As cells of gains do: four that vary alike are surer than one."""
    alone = statistics(network("a", NETWORK), baseline("a", PLAIN))
    four = statistics(*(made for task in "abcd" for made in (network(task, NETWORK), baseline(task, PLAIN))))
    one, among = (made.best_singles["a"]["others"][0] for made in (alone, four))
    assert one["ahead"] == pytest.approx(among["ahead"])
    assert among["ahead_high"] - among["ahead_low"] < 0.9 * (one["ahead_high"] - one["ahead_low"])
