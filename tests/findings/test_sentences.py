"""What the answers say: right for one and for many, and nothing of what is not known."""

import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from simulated_results import families, results_table

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.counting import counted
from cohear.base.study_facts import StudyFacts
from cohear.base.units import OWN, POINTS
from cohear.findings import Findings
from cohear.findings.answers import answers
from cohear.findings.figures import Estimate, correlation
from cohear.findings.kind import QUESTIONS
from cohear.findings.sentences import listed, setting_name, shortened
from cohear.report.terminal.answers import MOST_CELLS, answers_text

pytestmark = pytest.mark.slow

PUZZLING = re.compile(r"unknown|nan\b|None|np\.|\b1 (cells|tasks|are)\b|\b1 (group )?cells|\(\)|  +[a-z]|\.\.")


def study(tasks="abcd", sizes=(1, 2), encoders=("small",), folds=5, scale=1.0, gain=0.0, noise=0.02, **more):
    rng = np.random.default_rng(1)
    rows = []
    for encoder in encoders:
        for names in [names for size in sizes for names in combinations(tasks, size)]:
            for fold in range(folds):
                for task in names:
                    value = 0.6 + (gain if len(names) > 1 else 0) + noise * rng.standard_normal()
                    of_run = {"encoder": encoder, "run": f"{encoder}-{names}-{fold}", **more}
                    rows.append((task, "+".join(names), fold, 0, scale * value, of_run))
    return checked_results(results_table(rows))


def answers_of(statistics):
    return answers(Findings(statistics))


def told_of(table):
    return answers_of(Statistics.of(GivenTables(checked_results(table))))


TABLES = {
    "nothing": study().iloc[:0],
    "one single": study("a", (1,)),
    "no singles": study(sizes=(2,)),
    "one pair": study("ab"),
    "one pair in two encoders": study("ab", encoders=("small", "dnn")),
    "all of three": study("abc", (1, 2, 3)),
    "a group without its pairs": study(sizes=(1, 4)),
    "one repeat": study(folds=1),
    "no spread": study(noise=0.0, gain=0.1, test_clips=pd.NA),
    "per cent": study(scale=100),
    "no costs": study(sizes=(1, 2, 4), parameters=pd.NA, seconds=np.nan, steps=pd.NA),
    "five encoders": study(encoders=("small", "dnn", "wide", "cnn", "other")),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_sentence_is_plain(name):
    told = told_of(TABLES[name])
    for question in QUESTIONS:
        for text in (told[question]["answer"], told[question]["would_change"], *told["caveats"]):
            assert not (puzzle := PUZZLING.search(text)), (puzzle, text)
            assert text[0].isupper() or text[0].isdigit() or text.startswith(("logmel", "summary"))
            assert text.endswith((".", ")"))


def test_settings_with_too_few_cells_in_common_are_said_to_have_them():
    told = told_of(study("ab", encoders=("small", "dnn")))["persistence"]
    assert "too few cells in common to rank a task's partners" in told["answer"]
    assert "in 2 of 2 cells" in told["answer"] or "in 0 of 2" in told["answer"] or "in 1 of 2" in told["answer"]
    apart = pd.concat([study("ab"), study("cd", encoders=("dnn",))], ignore_index=True)
    assert "have no cell in common" in told_of(apart)["persistence"]["answer"]


def test_many_settings_are_counted_and_the_rest_is_in_the_tables():
    told = told_of(study(encoders=("small", "dnn", "wide", "cnn", "other")))["persistence"]
    assert told["answer"].count("rank correlation within tasks") == 3 and "7 more agreements" in told["answer"]
    assert len(told["agreements"]) == 10


def test_the_strongest_measurement_stands_beside_what_its_own_setting_has_to_beat():
    table = study(encoders=("small", "dnn"), tasks="abcde")
    data = {"tasks": {name: {"counts": {"x": 1 + i, "y": 9}} for i, name in enumerate("abcde")}}
    found = answers_of(Statistics.of(GivenTables(table, StudyFacts.from_json(data))))["measurements"]
    tested = [line for line in found["correlations"] if line["p_adjusted"] is not None]
    best = max(tested, key=lambda line: abs(line["pooled"]))
    (identity,) = [
        line["pooled"]
        for line in found["correlations"]
        if line["measurement"] == "task identity" and line["encoder"] == best["encoder"]
    ]
    assert f"in logmel / {best['encoder']} " in found["answer"] and f"alone has {identity:+.2f}" in found["answer"]
    assert f"Of {len(tested)} rank correlations" in found["answer"]


def test_per_cent_are_no_points():
    told = told_of(study(scale=100))
    assert "points" not in told["improve"]["answer"] and "in the unit of the scores" in told["improve"]["answer"]
    assert any("divide them by 100" in said for said in told["caveats"])
    assert not any("divide them" in said for said in told_of(study())["caveats"])


def test_means_over_several_metrics_are_warned_of():
    table = study()
    mixed = table.assign(metric=table["metric"].mask(table["task"] == "a", "map"))
    assert any("different metrics (map, uar)" in said for said in told_of(mixed)["caveats"])


def test_equal_gains_of_unknown_test_parts_are_told():
    said = told_of(study(noise=0.0, gain=0.1, test_clips=pd.NA))["caveats"]
    assert any(text.startswith("All repeats of 12 cells have the same gain") for text in said)


def test_which_settings_have_one_seed_a_fold():
    two, one = families(number=2, seeds=2, seed=3)[0], families(number=1, seeds=1, seed=4)[0]
    both = pd.concat([two, one.assign(encoder="rest")], ignore_index=True)
    told = told_of(both)
    assert any("With one seed a fold (simulated / rest" in said for said in told["caveats"])
    assert "With one seed a fold in simulated / rest" in told["improve"]["would_change"]
    assert "as others have it here" in told["improve"]["would_change"]


def test_of_many_decided_cells_both_ends_are_listed():
    helped = study("abcdef", gain=0.2, noise=0.004)
    lost = helped["value"].mask((helped["task"] == "a") & (helped["combination"] == "a+b"), 0.3)
    lines = [str(line) for line in answers_text(told_of(helped.assign(value=lost))).renderables]
    cells = [line for line in lines if " beside " in line and line.startswith("  ")]
    assert len(cells) == MOST_CELLS and "hurts" in cells[-1]
    assert sum(f"{30 - MOST_CELLS} more between them" in line for line in lines) == 1


def test_words():
    assert [counted(number, "cell") for number in (0, 1, 2)] == ["0 cells", "1 cell", "2 cells"]
    assert [listed(list(names)) for names in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]
    assert shortened(["a", "b", "c"], 2) == ["a", "b", "1 more"] and shortened(["a"], 2) == ["a"]
    assert [POINTS.signed(value) for value in (0.0123, -0.0123, 0.0001, -0.0001, None)] == [
        *("+1.2", "-1.2", "0.0", "0.0", "–")
    ]
    assert POINTS.size(-0.0123) == "1.2 points" and OWN.signed(-12.34) == "-12.3"
    assert str(Estimate.of(0.01, None, 0.02, POINTS)) == "+1.0 points"
    assert str(Estimate.of(1, 0, 2, OWN)) == "+1 in the unit of the scores (0 to +2)"


def test_empty_names_of_a_setting_are_left_out_and_nothing_has_no_sign():
    assert setting_name(["mel", "resnet", ""]) == "mel / resnet" and setting_name(["", "", "base"]) == "the one setting"
    assert correlation(-0.001) == "0.00" and correlation(-0.01) == "-0.01"


def test_it_is_said_what_could_not_be_compared():
    table = study("abcdef", (1, 2))
    said = told_of(table[table["combination"] != "a"])["caveats"]
    assert "Left out: 5 of 5 repeats of 'a' in 'a+b' (logmel, small, base) (5 without a single run" in " ".join(said)
    fewer = told_of(table[~table["combination"].isin(["a", "b"])])["caveats"]
    assert sum(text.startswith("Left out") for text in fewer) == 5 and "Repeats of 5 more cells were left out." in fewer


def test_cells_of_one_repeat_are_not_out_of_reach_but_unknown():
    table = study("abcd", folds=6)
    few = table[(table["fold"] == 0) | ~table["combination"].isin(["a+b"])]
    change = told_of(few)["improve"]["would_change"]
    assert "2 cells have no error that is known." in change and "10 of the 12 that are undecided" in change
