"""The best single of each task among networks and baselines, with figures worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from simulated_results import results_table

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.study_facts import StudyFacts
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
    if not every["run"].str.startswith("run ").all():
        every = every.assign(run=[f"run {number}" for number in range(len(every))])
    known = StudyFacts.from_json({"tasks": {task: {"metric": "uar"} for task in every["task"].unique()}, **facts})
    return Statistics.of(GivenTables(checked_results(every), known))


def interval(differences, comparisons=1, extra=0.7 / 4):
    """Of a mean over folds whose training sets overlap (Nadeau and Bengio), all comparisons allowed for."""
    error = np.sqrt(np.var(differences, ddof=1) * (1 / FOLDS + extra))
    reach = stats.t.ppf(1 - 0.025 / comparisons, FOLDS - 1) * error
    return np.mean(differences) - reach, np.mean(differences) + reach


def test_a_network_is_held_against_a_baseline_fold_by_fold():
    best = statistics(network("digit", NETWORK), baseline("digit", PLAIN)).best_singles["digit"]
    (other,) = best["others"]
    difference = np.subtract(NETWORK, PLAIN)
    assert (best["encoder"], best["baseline"], best["value"]) == ("small", False, pytest.approx(np.mean(NETWORK)))
    assert (best["repeats"], best["parts"]) == (FOLDS, FOLDS)
    assert (other["encoder"], other["baseline"], other["ahead"]) == ("svm", True, pytest.approx(difference.mean()))
    # without seeds nobody knows which part of the spread is the folds': all of it, where cells are too few to tell
    assert (other["ahead_low"], other["ahead_high"]) == pytest.approx(interval(difference, extra=1 / 4))
    assert other["surely"]


def test_a_baseline_may_be_the_best():
    made = statistics(network("digit", PLAIN), baseline("digit", NETWORK))
    (finding,) = Findings(made).all("best-single")
    told = finding.figures["tasks"]["digit"]
    assert told.way.startswith("the baseline ") and told.ahead.value > 0 and told.surely_not == 1
    text = said(finding).text.plain
    assert text.startswith("Alone, each task is done best: digit by the baseline ")
    assert "; 1 of 1 other is surely not the best). The best is chosen by " in text
    assert finding.sureness == "sure"


def test_intervals_allow_for_the_number_of_ways():
    """As wide as those of 2.5 % of two comparisons, and sure where nothing is outside of them."""
    close = np.subtract(NETWORK, [0.022, 0.012, 0.031, 0.008, 0.024])
    three = statistics(network("digit", NETWORK), network("digit", close, "dnn"), network("digit", PLAIN, "cnn"))
    others = three.best_singles["digit"]["others"]
    assert [other["encoder"] for other in others] == ["dnn", "cnn"]
    for other, scores in zip(others, (close, PLAIN), strict=True):
        low, high = interval(np.subtract(NETWORK, scores), comparisons=2, extra=1 / 4)
        assert (other["ahead_low"], other["ahead_high"]) == pytest.approx((low, high))
        assert other["surely"] == (low > 0)
    assert [other["surely"] for other in others] == [False, True]
    (finding,) = Findings(three).all("best-single")
    assert finding.figures["tasks"]["digit"].surely_not == 1 and finding.sureness == "open"


def test_only_repeats_that_all_have_choose_the_best():
    """Folds 0 and 1 are hard: who was tried there alone is not worse for it."""
    hard = [0.6, 0.6, 0.9, 0.9, 0.9]
    best = statistics(network("digit", hard), network("digit", [0.7, 0.7], "dnn")).best_singles["digit"]
    (other,) = best["others"]
    assert (best["encoder"], best["repeats"], other["ahead"]) == ("dnn", 2, pytest.approx(0.1))


def test_folds_count_alike_however_many_seeds_they_have():
    few = network("digit", NETWORK)
    few = few[(few["fold"] > 2) | (few["seed"] == 0)]  # repeats of the last folds are there twice
    (other,) = statistics(few, baseline("digit", PLAIN)).best_singles["digit"]["others"]
    means = few.groupby("fold")["value"].mean()
    assert other["ahead"] == pytest.approx((means - PLAIN).mean())


def test_who_has_no_repeat_in_common_is_told_as_that():
    one = network("digit", NETWORK)
    other = network("digit", PLAIN, "dnn").assign(test_clips=90)
    best = statistics(one, network("digit", PLAIN, "cnn"), other).best_singles["digit"]
    assert [(each["encoder"], each["ahead"] is None) for each in best["others"]] == [("cnn", False), ("dnn", True)]
    (finding,) = Findings(statistics(one, other)).all("best-single")
    assert "; the others have no repeat in common with it)" in said(finding).text.plain


def test_another_metric_is_another_question():
    other = network("digit", PLAIN, "dnn").assign(metric="accuracy")
    assert (
        statistics(network("digit", NETWORK), network("digit", PLAIN, "cnn"), other).best_singles["digit"]["metric"]
        == "uar"
    )


def test_equal_names_of_a_network_and_a_baseline_are_told_apart():
    made = statistics(network("digit", NETWORK, "svm"), baseline("digit", PLAIN), network("digit", PLAIN, "dnn"))
    best = made.best_singles["digit"]
    assert (best["encoder"], best["baseline"]) == ("svm", False)
    assert {(each["encoder"], each["baseline"]): each["ahead"] for each in best["others"]} == {
        ("svm", True): pytest.approx(0.096),
        ("dnn", False): pytest.approx(0.096),
    }


def test_the_same_runs_are_one_way():
    """Alone, nothing is shared: arms that differ in sharing have the same runs."""
    one = network("digit", NETWORK).assign(run=[f"run {number}" for number in range(2 * FOLDS)])
    assert statistics(one, one.assign(arm="apart")).best_singles["digit"]["others"] == []


def test_with_one_test_part_seeds_are_the_sample_and_it_is_said():
    rows = results_table([("digit", "digit", 0, seed, 0.8 + 0.01 * seed) for seed in range(4)]).assign(job="")
    made = statistics(rows, baseline("digit", [0.7]))
    best = made.best_singles["digit"]
    assert (best["repeats"], best["parts"]) == (4, 1)
    assert best["others"][0]["ahead"] == pytest.approx(0.115) and best["others"][0]["surely"]
    (finding,) = Findings(made).all("best-single")
    assert "is surely not the best on these clips)" in said(finding).text.plain


def test_what_is_not_learnt_is_marked():
    chance = [{"fold": fold, "chance": {"uar": 0.9}} for fold in range(FOLDS)]
    made = statistics(
        network("digit", NETWORK), baseline("digit", PLAIN), tasks={"digit": {"metric": "uar", "folds": chance}}
    )
    assert made.best_singles["digit"]["learnt"] == "no"
    (finding,) = Findings(made).all("best-single")
    assert "digit by logmel / small (80.0, not learnt; " in said(finding).text.plain


def test_baselines_alone_are_told():
    made = statistics(baseline("digit", PLAIN), baseline("digit", NETWORK, "forest"))
    (finding,) = Findings(made).all("best-single")
    assert finding.figures["tasks"]["digit"].way == "the baseline logmel / forest"


def test_fewer_labels_are_no_way_to_do_it():
    """Of the task that has fewer; another one has all in that arm."""
    fewer = [network(task, [0.99] * FOLDS, arm="few") for task in ("digit", "event")]
    budgets = {"base": {"shares": {}}, "few": {"shares": {"digit": 0.1}}}
    rest = [network(task, scores, name) for task in ("digit", "event") for name, scores in WAYS.items()]
    best = statistics(*rest, *fewer, label_budgets=budgets).best_singles
    assert (best["digit"]["arm"], [other["encoder"] for other in best["digit"]["others"]]) == ("base", ["dnn"])
    assert best["event"]["arm"] == "few"
    assert statistics(*fewer, label_budgets=budgets).best_singles.keys() == {"event"}


WAYS = {"small": NETWORK, "dnn": PLAIN}


def test_losses_are_better_below():
    rows = [network("age", scores, name) for name, scores in WAYS.items()]
    made = statistics(*(one.assign(metric="mae", higher_is_better=False) for one in rows))
    best = made.best_singles["age"]
    assert best["encoder"] == "dnn" and best["others"][0]["ahead"] == pytest.approx(np.subtract(NETWORK, PLAIN).mean())


def test_one_way_is_no_finding():
    assert Findings(statistics(network("digit", NETWORK))).all("best-single") == []


def test_answers_have_it_typed_and_in_words():
    told = answers(Findings(statistics(network("digit", NETWORK), baseline("digit", PLAIN))))
    assert [line["task"] for line in told["improve"]["singles"]] == ["digit"]
    assert "Alone, each task is done best: digit by logmel / small (80.0; +9.6 points (" in told["improve"]["answer"]
    (entry,) = [one for one in told["improve"]["findings"] if one["code"] == "best-single"]
    assert entry["figures"]["tasks"]["digit"]["ahead"]["value"] == pytest.approx(0.096)


def test_comparisons_share_their_variances():
    """As cells of gains do: four that vary alike are surer than one."""
    alone = statistics(network("a", NETWORK), baseline("a", PLAIN))
    four = statistics(*(made for task in "abcd" for made in (network(task, NETWORK), baseline(task, PLAIN))))
    one, among = (made.best_singles["a"]["others"][0] for made in (alone, four))
    assert one["ahead"] == pytest.approx(among["ahead"])
    assert among["ahead_high"] - among["ahead_low"] < 0.9 * (one["ahead_high"] - one["ahead_low"])
