"""What is said of measurements, of other classifiers and of controls, and what would tell more."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from simulated_results import results_table

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.findings import Findings
from cohear.findings.study_findings import cure_words, with_cures


def study(tasks="abcd", encoders=("small", "dnn"), folds=6, noise=0.02, control="", gain=0.0):
    rng = np.random.default_rng(1)
    rows = []
    for encoder in encoders:
        for names in [names for size in (1, 2) for names in combinations(tasks, size)]:
            for fold in range(folds):
                for task in names:
                    more = {"encoder": encoder, "run": f"{encoder}{control}-{names}-{fold}", "control": control}
                    more["focal"] = task if control else ""
                    value = 0.6 + (gain if len(names) > 1 else 0) + noise * rng.standard_normal()
                    rows.append((task, "+".join(names), fold, 0, value, more))
    return checked_results(results_table(rows))


def findings_of(*tables):
    return Findings(Statistics.of(GivenTables(checked_results(pd.concat(tables, ignore_index=True)))))


def without_singles(table, encoder):
    return table[(table["encoder"] != encoder) | (table["combination"] != table["task"])]


@pytest.mark.parametrize(
    ("tables", "lack", "words"),
    [
        ([study(encoders=("small",))], "setting", "a second encoder"),
        ([without_singles(study(), "dnn")], "singles", "Single runs on the same repeats in logmel / dnn"),
        ([study("abc")], "task", "a fourth task"),
        ([study("ab", encoders=("small",)), study("cd", encoders=("dnn",))], "pairs", "pairs of the same tasks in"),
        ([study(noise=0.0)], "spread", "whose gains differ"),
        ([study(folds=1)], "ceilings", "takes two of them"),
        ([study()], "repeats", "the ceilings are low"),
    ],
)
def test_what_would_tell_whether_gains_persist(tables, lack, words):
    finding = findings_of(*tables).of("agreement")
    (cure,) = finding.settles
    assert cure.lack == lack and words in cure_words(finding).plain


def test_a_fourth_task_ranks_partners_as_it_is_promised():
    assert findings_of(study("abc")).of("agreement").figures["ranked"] == []
    assert findings_of(study("abcd")).of("agreement").figures["ranked"]


def test_a_setting_says_the_same_of_its_measurements_as_the_study():
    findings = findings_of(study("abcde", encoders=("small",)))
    assert with_cures(findings.of("correlates")) == with_cures(
        findings.on_setting("correlates", ("logmel", "small", "base"))
    )


def test_controls_are_told_where_they_were_run():
    plain, controls = study(encoders=("small",), gain=0.2), study(encoders=("small",), control="shuffled")
    controls = controls[controls["combination"] != controls["task"]]
    assert findings_of(plain).of("control-explanations") is None
    text = with_cures(findings_of(plain, controls).of("control-explanations")).plain
    assert text == "Controls were run for 12 effects of partners. Explained: 12 relation."
    quiet = with_cures(findings_of(study(encoders=("small",)), controls).of("control-explanations")).plain
    assert "Not one of these is beyond chance" in quiet
