"""What a study can answer before it is run."""

import json
import math

import numpy as np
import pytest
from scipy import stats

from cohear.analysis.gains.design import Design
from cohear.analysis.gains.judged import judge
from cohear.analysis.gains.pairs import paired_differences
from cohear.analysis.looking import foreseen as numbers
from cohear.analysis.looking.foreseen import RepeatsPlanned, smallest_gain
from cohear.analysis.looking.power import power_table
from cohear.analysis.looking.recorded_parts import parts_like, recorded_parts
from cohear.analysis.simulation.simulation import Deviations, simulate, simulated_results
from cohear.base.study_facts import FoldFacts, LabelBudget, RepeatFacts, StudyFacts, TaskFacts
from cohear.findings.foreseen import PlannedCells, foreseen

SETTING = ("summary", "mlp", "base")


def facts(tasks="abcd", seeds=2, folds=5, **more):
    of_task = TaskFacts(
        metric="uar", units={"uar": "points"}, folds=[FoldFacts(f, 80, 0, 20, test_part=str(f)) for f in range(folds)]
    )
    repeats = more.pop("repeats", RepeatFacts(folds=folds, seeds=seeds))
    return StudyFacts(tasks=dict.fromkeys(tasks, of_task), repeats=repeats, **more)


def pairs_of(tasks):
    return [(one, other) for place, one in enumerate(tasks) for other in tasks[place + 1 :]]


def of(found, **wanted):
    return next(row for row in found["smallest"] if all(row[name] == value for name, value in wanted.items()))


def answer(found, beginning):
    return next(each for each in found["questions"] if each["question"].startswith(beginning))


def test_a_study_that_is_like_the_recorded_ones_finds_what_was_foreseen(monkeypatch):
    """Simulated with known parts: the smallest gain before it is run is that of `cohear power` behind it."""
    fold, seed = 0.02, 0.03
    parts = recorded_parts().iloc[:1].assign(encoder="known", fold_sd=fold, seed_sd=seed, prior=12.0)
    monkeypatch.setattr(numbers, "parts_like", lambda encoder, score: parts)
    before = smallest_gain("known", "metric", "new clips", RepeatsPlanned(5, 4, 0.25), 56, in_family=False)
    table, _ = simulated_results(
        simulate([Deviations(fold, seed / math.sqrt(2), seed / math.sqrt(2))] * 8, families=10, folds=5, seeds=4)
    )
    judged = judge(paired_differences(table), Design(ratio=0.25))
    behind = power_table(judged)["smallest"].median()
    assert before["middle"] == pytest.approx(behind, rel=0.2)


def test_the_error_is_that_of_the_tests(monkeypatch):
    parts = recorded_parts().iloc[:1].assign(fold_sd=0.02, seed_sd=0.03, prior=6.0)
    monkeypatch.setattr(numbers, "parts_like", lambda encoder, score: parts)
    found = smallest_gain("any", "metric", "new clips", RepeatsPlanned(5, 2, 0.25), 10, in_family=True)
    error = math.sqrt(0.02**2 * (1 / 5 + 0.25) + 0.03**2 / 10)
    reach = stats.t.ppf(1 - 0.005 / 2, 10) + stats.t.ppf(0.8, 10)
    assert found["middle"] == found["least"] == found["most"] == pytest.approx(error * reach)
    here = smallest_gain("any", "metric", "these clips", RepeatsPlanned(5, 2, 0.25), 10, in_family=False)
    assert here["middle"] == pytest.approx(0.03 / math.sqrt(10) * (stats.t.ppf(0.975, 11) + stats.t.ppf(0.8, 11)))
    once = smallest_gain("any", "metric", "new clips", RepeatsPlanned(5, 1, 0.25), 10, in_family=False)
    assumed = math.sqrt((0.02**2 + 0.03**2) * (1 / 5 + 0.7 * 0.25))
    assert once["middle"] == pytest.approx(assumed * (stats.t.ppf(0.975, 10) + stats.t.ppf(0.8, 10)))


def test_more_repeats_find_less_and_more_cells_find_more():
    def found(seeds=2, cells=20, folds=5):
        return smallest_gain(
            "dnn", "metric", "new clips", RepeatsPlanned(folds, seeds, 1 / (folds - 1)), cells, in_family=True
        )

    assert found(seeds=4)["middle"] < found()["middle"] < found(cells=200)["middle"]
    assert found(folds=10)["middle"] < found()["middle"]
    assert found()["least"] <= found()["middle"] <= found()["most"]


def test_fewer_than_five_repeats_give_no_verdict_and_one_seed_none_on_these_clips():
    found = foreseen(facts(folds=2, seeds=1), [PlannedCells(SETTING, pairs_of("abcd"))])
    assert of(found, sample="new clips", score="metric")["family"] is None
    assert of(found, sample="new clips", score="metric")["settles"].startswith("3 seeds a fold: ")
    assert not answer(found, "Does a partner help")["answerable"]
    five = foreseen(facts(seeds=1), [PlannedCells(SETTING, pairs_of("abcd"))])
    assert of(five, sample="new clips", score="metric")["family"] is not None
    assert of(five, sample="these clips", score="metric")["family"] is None
    assert of(five, sample="these clips", score="metric")["settles"].startswith("2 seeds a fold: ")
    assert not answer(five, "Does it help on these clips")["answerable"]


def test_cells_are_counted_by_family_and_other_units_have_no_recorded_spread():
    found = foreseen(facts(), [PlannedCells(SETTING, [*pairs_of("abcd"), tuple("abcd")])])
    assert of(found, cells="pairs", score="metric")["number"] == 12
    assert of(found, cells="groups", score="metric")["number"] == 4
    known = facts()
    hours = TaskFacts(metric="mae", units={"mae": "hours"}, folds=known.tasks["a"].folds)
    mixed = StudyFacts(tasks={**known.tasks, "a": hours}, repeats=known.repeats)
    found = foreseen(mixed, [PlannedCells(SETTING, pairs_of("abcd"))])
    assert of(found, cells="pairs", score="metric")["number"] == 9


def test_related_partners_need_tasks_enough():
    few = foreseen(facts(related=[["a", "b"]]), [PlannedCells(SETTING, pairs_of("abcd"))])
    told = answer(few, "Are related partners")
    assert not told["answerable"]  # 1/3 squared is more than 5 %
    assert "It takes 3 such tasks" in told["words"]
    many = foreseen(facts("abcdef", related=[["a", "b"], ["c", "d"]]), [PlannedCells(SETTING, pairs_of("abcdef"))])
    assert answer(many, "Are related partners")["words"] == (
        "4 tasks with partners of both kinds, of which 0.8 by chance; 3 or more would tell."
    )
    none = foreseen(facts(), [PlannedCells(SETTING, pairs_of("abcd"))])
    assert "name pairs in `related`" in answer(none, "Are related partners")["words"]


def test_persistence_needs_all_pairs_of_four_tasks_in_two_settings():
    other = ("summary", "dnn", "base")
    three = [PlannedCells(setting, pairs_of("abc")) for setting in (SETTING, other)]
    four = [PlannedCells(setting, pairs_of("abcd")) for setting in (SETTING, other)]
    assert not answer(foreseen(facts("abc"), three), "Do gains persist")["answerable"]
    assert answer(foreseen(facts(), four), "Do gains persist")["answerable"]
    assert not answer(foreseen(facts(), four[:1]), "Do gains persist")["answerable"]


def test_other_questions_need_their_runs():
    bare = foreseen(facts(), [PlannedCells(SETTING, pairs_of("abcd"))])
    budgets = {name: LabelBudget() for name in ("base", "half", "tenth")}
    whole = foreseen(
        facts(label_budgets=budgets), [PlannedCells(SETTING, [*pairs_of("abcd"), tuple("abcd")], ["shuffled"])]
    )
    for beginning in ("Why does it", "How many tasks", "How many labels"):
        assert not answer(bare, beginning)["answerable"]
        assert answer(whole, beginning)["answerable"]


def test_repeats_until_decided_are_as_many_as_there_can_be():
    found = foreseen(
        facts(repeats=RepeatFacts(folds=5, until="decided", at_most=20, looks=(5, 10, 20))),
        [PlannedCells(SETTING, pairs_of("abcd"))],
    )
    assert {row["repeats"] for row in found["smallest"]} == {20}
    assert {row["sample"] for row in found["smallest"]} == {"new clips"}


def test_recorded_parts_are_of_the_encoder_where_it_was_recorded():
    assert set(parts_like("dnn(hidden=16)", "metric")["encoder"]) == {"dnn"}
    assert len(parts_like("nobody's", "metric")) == (recorded_parts()["score"] == "metric").sum()
    assert np.isfinite(recorded_parts()[["fold_sd", "seed_sd", "prior"]]).all().all()


def test_the_command_tells_a_study_file_from_a_folder(bench):
    study = bench.study(repeats={"folds": 5, "seeds": 2})
    ended = bench.cohear("power", study, "--json")
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert {row["cells"] for row in found["smallest"]} == {"pairs"}
    assert of(found, score="metric", sample="new clips")["family"]["middle"] > 0
    shown = bench.cohear("power", study).stdout
    assert "Smallest gain that would be found with 80 % power" in shown
    assert "Do gains persist with another encoder" in shown
    assert not (bench.root / "out").exists()
