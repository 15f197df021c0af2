"""What is said of whole networks: which to train, how many tasks they hold, and why something is not known."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from simulated_results import results_table

from cohear.analysis.answers.recommended import Serving, best_of
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.units import POINTS
from cohear.findings import Findings
from cohear.findings.answers import answers
from cohear.findings.study_findings import cure_words, in_full, said, with_cures

SETTING = ("logmel", "small", "base")


def study(tasks="abcd", sizes=(1, 2, 4), encoders=("small",), folds=5, gain=0.0, noise=0.02, **more):
    rng = np.random.default_rng(1)
    rows = []
    for place, encoder in enumerate(encoders):
        for names in [names for size in sizes for names in combinations(tasks, size)]:
            for fold in range(folds):
                for task in names:
                    value = 0.6 + (gain if len(names) > 1 else 0) + noise * rng.standard_normal()
                    of_run = {"encoder": encoder, "run": f"{encoder}-{names}-{fold}", "parameters": 100 * (1 + place)}
                    rows.append((task, "+".join(names), fold, 0, value, of_run | more))
    return checked_results(results_table(rows))


def findings_of(table):
    return Findings(Statistics.of(GivenTables(checked_results(table))))


@pytest.mark.parametrize(
    ("whole", "chosen", "whole_is_best"),
    [((0.02, 0.1), (-0.05, 0.11), True), ((-0.02, 0.1), (-0.05, 0.11), False), ((0.02, 0.1), (0.01, 0.11), False)],
)
def test_a_sure_gain_of_all_in_one_goes_before_an_unsure_choice(whole, chosen, whole_is_best):
    every = Serving(("a+b+c",), 1, chosen=0.05, gain=0.06, low=whole[0], high=whole[1])
    pair = Serving(("a+b", "c"), 1, chosen=0.07, gain=0.03, low=chosen[0], high=chosen[1])
    assert best_of([every, pair], pair, 3.0) == (every if whole_is_best else pair)


def test_a_choice_that_loses_where_it_did_not_choose_is_not_recommended():
    pair = Serving(("a+b", "c"), 1, chosen=0.07, gain=-0.01, low=-0.05, high=0.03)
    assert best_of([pair], pair, 3.0).groups == ("a", "b", "c")


MANY = tuple(f"t{place:02d}" for place in range(13))


@pytest.mark.parametrize(
    ("table", "reason", "words"),
    [
        (study(MANY, sizes=(1, 2), folds=2), "tasks", "of 12 all are"),
        (study(folds=1), "repeats", "takes two repeats of combinations"),
        (study(parameters=pd.NA), "cost", "parameters of some networks are not known"),
        (study(sizes=(2, 4)), "pairs", "Nothing was compared here"),
        (study(sizes=(1,)), "pairs", "Nothing was compared here"),
        (
            pd.concat([study("ab", sizes=(1, 2)), study("cd", sizes=(1, 2)).assign(metric="db", value=20.0)]),
            *("units", "in several units"),
        ),
    ],
)
def test_where_no_grouping_is_known_the_true_reason_is_told(table, reason, words):
    finding = findings_of(table.reset_index(drop=True)).on_setting("grouping", SETTING)
    assert finding.missing == reason and words in said(finding).text.plain
    assert said(finding).head.plain == ("No pair has been compared yet." if reason == "pairs" else "Not known yet.")


def test_a_second_repeat_recommends_a_grouping_as_it_is_promised():
    (cure,) = findings_of(study(folds=1)).on_setting("grouping", SETTING).settles
    assert cure.promise == "a grouping is recommended"
    assert not findings_of(study(folds=2)).on_setting("grouping", SETTING).missing


def test_page_and_answers_recommend_one_grouping():
    for gain in (0.0, 0.05):
        findings = findings_of(study(gain=gain))
        of_setting, of_study = findings.on_setting("grouping", SETTING), findings.of("grouping")
        if of_study is None:
            assert said(of_setting).head.plain == "Keep all tasks apart: nothing is shown to help."
            continue
        assert of_study.figures["gain"] == of_setting.figures["gain"]
        assert str(of_setting.figures["gain"]) in answers(findings)["savings"]["answer"]
        assert (
            f"{of_setting.figures['gain'].unit.signed(of_setting.figures['gain'].value)} points a task"
            in in_full(of_setting).plain
        )


def test_groups_beside_pairs_say_why_not():
    few = findings_of(study(folds=1)).of("groups-beside-pairs")
    assert few.missing == "errors" and "how sure their gains are is not known" in with_cures(few).plain
    bare = findings_of(study(sizes=(1, 4))).of("groups-beside-pairs")
    assert bare.missing == "pairs" and "not all measured" in with_cures(bare).plain
    known = findings_of(study()).of("groups-beside-pairs")
    assert known.figures["cells"] == 4 and "Of 4 group cells" in with_cures(known).plain


@pytest.mark.parametrize(
    ("table", "lack"),
    [
        (study(), "encoders"),
        (study(encoders=("small", "wide"), parameters=pd.NA), "parameters"),
        (pd.concat([study("abc", sizes=(1, 3)), study("abd", sizes=(1, 3), encoders=("x", "wide"))]), "groups"),
    ],
)
def test_what_is_lacking_to_compare_encoders(table, lack):
    if lack == "groups":
        table = table[table["encoder"] != "x"]
    finding = findings_of(table.reset_index(drop=True)).of("larger-encoder")
    assert finding.missing == lack and "larger one loses less" in cure_words(finding).plain
    assert not findings_of(study(encoders=("small", "wide"))).of("larger-encoder").missing


def test_the_lowest_task_stands_beside_what_it_has_where_it_was_not_looked_for():
    findings = findings_of(study())
    (line,) = [line for line in findings.statistics.sizes if line["size"] == 4]
    gains = findings.statistics.gains.query("combination == 'a+b+c+d'").set_index("task")["gain"]
    assert (line["lowest_task"], line["lowest"]) == (gains.idxmin(), pytest.approx(gains.min()))
    text = with_cures(findings.of("network-size")).plain
    assert f"lowest: {line['lowest_task']} with {POINTS.signed(line['lowest'])}" in text
    assert f"lowest on every other fold: {line['worst_task']}, with {POINTS.signed(line['worst'])}" in text


def test_where_one_fold_was_run_seeds_choose_and_are_named():
    table = study(folds=6)
    findings = findings_of(table.assign(seed=table["fold"], fold=0))
    text = with_cures(findings.of("network-size")).plain
    assert "lowest on every other seed: " in text and "fold" not in text
    (recommended,) = findings.statistics.recommended.values()
    assert recommended.halves == "seed"
