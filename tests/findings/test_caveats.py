"""What figures cannot say: every kind of caveat keeps the contract, and is said where it holds alone."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from simulated_results import results_table

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import FAILURES, FolderTables, GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.study_facts import StudyFacts
from cohear.findings import FINDINGS, Findings
from cohear.findings.caveats import MOST_LEFT_OUT, caveats, notes
from cohear.findings.study_findings import with_cures
from cohear.study.folder.folder import StudyFolder
from cohear.study.plan.row import PlanRow
from cohear.testing.finding import NAMES, FindingContract

LOOKS = {"repeats": {"looks": [5, 10]}}


def study(names=NAMES, folds=5, seeds=1, scale=1.0, noise=0.02, sizes=(1, 2), **more):
    rng = np.random.default_rng(1)
    rows = []
    for combination in [group for size in sizes for group in combinations(names, size)]:
        for fold in range(folds):
            for seed in range(seeds):
                for task in combination:
                    value = scale * (0.5 + 0.01 * len(combination) + noise * rng.standard_normal())
                    of_run = {"run": f"{combination}-{fold}-{seed}", **more}
                    rows.append((task, "+".join(combination), fold, seed, value, of_run))
    return results_table(rows)


def without_single(names):
    table = study(names)
    return table[table["combination"] != names[0]]


def with_two_metrics(names):
    table = study(names)
    return table.assign(metric=np.where(table["task"] == names[0], "map", "uar"))


TABLES = {
    "not-learnt": study,
    "nothing-compared": lambda names: study(names, sizes=(1,)),
    "stopped-early": study,
    "few-repeats": lambda names: study(names, folds=1),
    "one-test-part": lambda names: study(names, folds=1, seeds=6),
    "one-seed-a-fold": study,
    "no-verdict": lambda names: study(names, folds=3),
    "scores-above-one": lambda names: study(names, scale=100),
    "several-metrics": with_two_metrics,
    "equal-repeats": lambda names: study(names, noise=0.0, test_clips=pd.NA),
    "left-out": without_single,
    "runs-failed": study,
    "devices-mixed": study,
    "partners-without-labels": study,
}
DEVICES = {"devices": {"A Processor (cpu)": 3, "An Accelerator (cuda)": 1}}


FREE = {"dataset": "rain", "without_labels": "fills in masked patches of sound", "folds": [{"fold": 0, "train": 40}]}


def chance_of(names, level):
    """Facts of a study in whose every fold guessing scores so much."""
    folds = [{"fold": fold, "chance": {"uar": level}} for fold in range(5)]
    return {"tasks": {name: {"folds": folds} for name in names}}


def findings_of(table, data=None, failures=None):
    more = {} if failures is None else {"failures": pd.DataFrame(failures, columns=list(FAILURES))}
    return Findings(Statistics.of(GivenTables(checked_results(table), data=StudyFacts.from_json(data or {}), **more)))


def failures(names, tried=2):
    cell = ("logmel", "small", "base")
    return [
        *[("+".join(names), *cell, "", "", "", tried, "the loss of a task is not a finite number")] * 2,
        (names[0], *cell, "shuffled", names[1], "", 1, "ValueError: the flux capacitor is empty."),
    ]


class Caveats(FindingContract):
    def statistics(self, names):
        facts = {"stopped-early": LOOKS, "not-learnt": chance_of(names, 0.5), "devices-mixed": DEVICES}
        facts["partners-without-labels"] = {"tasks": {"free": FREE}}
        data = facts.get(self.code)
        failed = failures(names) if self.code == "runs-failed" else None
        return findings_of(TABLES[self.code](names), data, failed).statistics


for _code in TABLES:
    _name = "Test" + "".join(word.title() for word in _code.split("-"))
    globals()[_name] = type(_name, (Caveats,), {"code": _code})


def test_every_kind_of_caveat_is_here():
    assert {code for code in FINDINGS if FINDINGS[code].question == "caveats"} == set(TABLES)


def test_with_two_seeds_and_five_folds_there_is_none():
    assert notes(findings_of(study(seeds=2))) == []


@pytest.mark.parametrize(("unit", "is_told"), [("points", True), ("Hz", False), ("", False)])
def test_scores_in_a_unit_that_is_stated_are_no_per_cent(unit, is_told):
    data = {"tasks": {name: {"units": {"uar": unit}} for name in NAMES}}
    told = " ".join(notes(findings_of(study(scale=100, seeds=2), data)))
    assert ("If they are per cent" in told) == is_told


@pytest.mark.parametrize(("seeds", "what"), [(3, "intervals"), (6, "verdicts")])
def test_of_one_test_part_verdicts_hold_where_there_are_any(seeds, what):
    said = " ".join(notes(findings_of(study(folds=1, seeds=seeds))))
    assert f"the {what} hold for this split" in said
    assert ("no verdict there" in said) == (what == "intervals")


def test_runs_on_two_devices_are_told_with_what_it_can_do():
    [said] = notes(findings_of(study(seeds=2), DEVICES))
    assert said.startswith(
        "Networks were trained on different devices (3 runs on A Processor (cpu), 1 run on An Accelerator (cuda)). "
    )
    assert "3 points apart" in said and "with another `--out` all runs are trained on one" in said
    assert notes(findings_of(study(seeds=2), {"devices": {"A Processor (cpu)": 4}})) == []


@pytest.mark.parametrize("devices", [[], ["A Processor (cpu)"], ["A Processor (cpu)", "An Accelerator (cuda)"]])
def test_how_verdicts_are_made_names_the_devices(devices):
    findings = findings_of(study(seeds=2), {"devices": dict.fromkeys(devices, 2)})
    told = with_cures(findings.of("verdict-method")).plain
    assert ("Networks were trained on" in told) == bool(devices)
    assert not devices or told.endswith(f"Networks were trained on {' and on '.join(devices)}.")


def test_who_gets_seeds_from_the_study_is_not_told_to_ask_for_them():
    asks = "A second seed a fold tells them apart"
    assert asks in " ".join(notes(findings_of(study())))
    looks = " ".join(notes(findings_of(study(), LOOKS)))
    assert asks not in looks and "12 cells stopped with one seed a fold" in looks


def test_a_terminal_has_some_of_what_was_left_out_and_a_page_all():
    table = study(tuple("abcdef"))
    findings = findings_of(table[~table["combination"].isin(["a", "b"])])
    some = [note for note in notes(findings) if note.startswith("Left out")]
    every = [one.plain for one in caveats(findings) if one.plain.startswith("Left out")]
    assert len(some) == MOST_LEFT_OUT and every[:MOST_LEFT_OUT] == some and len(every) == 10
    assert notes(findings)[-1] == "Repeats of 5 more cells were left out."


@pytest.mark.parametrize(("tried", "runs"), [(2, "All 2 runs"), (5, "2 of 5 runs")])
def test_runs_that_failed_are_told_with_the_first_cause(tried, runs):
    said = notes(findings_of(study(seeds=2), failures=failures(("a", "b"), tried)))
    assert said == [
        f"{runs} of 'a+b' (logmel / small) failed and are no results: the loss of a task is not a finite number.",
        "The run of 'a' as control 'shuffled' of 'b' (logmel / small) failed and is no result: "
        "ValueError: the flux capacitor is empty.",
    ]


def test_a_probe_that_failed_is_none_of_the_combination(tmp_path):
    """The networks it looked at are there; only what it should have measured is not."""
    folder, cell = StudyFolder(tmp_path), ("logmel", "small", "base", "a+b", "")
    probes = [PlanRow(f"p{n}", *cell, n, 0, focal="a", job="probe", probe="transfer") for n in range(3)]
    folder.write_plan("s", [PlanRow("n", *cell, 0, 0), *probes])
    study(seeds=2).to_csv(tmp_path / "results.csv", index=False)
    for name, left in (("p0", "error"), ("p1", "error"), ("p2", "record")):
        (folder.runs / name).mkdir(parents=True)
        (folder.runs / name / f"{left}.json").write_text('{"error": "no space"}', encoding="utf-8")
    assert notes(findings_of(FolderTables(tmp_path).results, None, FolderTables(tmp_path).failures)) == [
        "2 of 3 runs of 'a+b' in probe 'transfer' of 'a' (logmel / small) failed and are no measurements: no space."
    ]


def test_names_are_isolated_on_a_page():
    (finding,) = findings_of(study(("<b>", "c"), folds=1)).all("few-repeats")
    assert "<bdi>&lt;b&gt;</bdi>" in with_cures(finding).html
