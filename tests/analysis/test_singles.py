"""Each task alone, beside chance."""

import numpy as np
import pandas as pd
import pytest

from cohear.analysis.gains.pairs import paired_differences
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.study_facts import FoldFacts, StudyFacts, TaskFacts
from cohear.base.tables import RESULTS_CSV, SINGLES_CSV


def of(scores, chance=0.25, *, higher=True, metric="uar", tested=("", ""), job="", pairs=None):
    """Statistics of tasks alone, by task the scores of its folds; with pairs by the combination's name and task.

    ``tested`` names the clips that were tested on, and those that chance is told of.
    """
    rows = []
    for combination, by_task in {**{task: {task: values} for task, values in scores.items()}, **(pairs or {})}.items():
        for task, values in by_task.items():
            for fold, value in enumerate(values):
                row = {"features": "f", "encoder": "e", "arm": "base", "run": f"{combination}{fold}"}
                row |= {"combination": combination, "control": "", "fold": fold, "seed": 0, "task": task}
                row |= {"metric": metric, "value": value, "higher_is_better": higher, "test_clips": 100, "job": job}
                rows.append({**row, "test_part": tested[0], "parameters": 100})
    told = {} if chance is None else {metric: chance}
    folds = [FoldFacts(fold=fold, chance=told, test_part=tested[1]) for fold in range(9)]
    facts = StudyFacts(tasks={task: TaskFacts(folds=folds) for task in scores})
    return Statistics.of(GivenTables(checked_results(pd.DataFrame(rows)), facts))


def learnt(*given, **more):
    return dict(of(*given, **more).singles[["task", "learnt"]].itertuples(index=False, name=None))


def around(mean, spread=0.02, repeats=5):
    return list(mean + spread * np.linspace(-1, 1, repeats))


def test_a_task_is_learnt_where_its_interval_lies_above_chance():
    table = of({"a": around(0.7), "b": around(0.25), "c": around(0.1)}).singles_table
    assert list(table.columns) == list(SINGLES_CSV.names)
    assert dict(zip(table["task"], table["learnt"], strict=True)) == {"a": "yes", "b": "no", "c": "no"}
    assert table["chance"].tolist() == [0.25] * 3
    assert (table["low"] < table["value"]).all() and (table["value"] < table["high"]).all()


def test_less_is_better():
    assert learnt({"a": around(0.2), "b": around(0.5), "c": around(0.9)}, 0.5, higher=False, metric="eer") == {
        "a": "yes",
        "b": "no",
        "c": "no",
    }


def test_what_cannot_be_told_is_empty():
    """One repeat, or no chance, or that of other clips, or of another metric."""
    assert learnt({"a": [0.9]}) == {"a": ""}
    assert learnt({"a": around(0.9)}, None) == {"a": ""}
    assert learnt({"a": around(0.9)}, tested=("x", "y")) == {"a": ""}
    assert learnt({"a": around(0.9)}, tested=("x", "x")) == learnt({"a": around(0.9)}, tested=("", "x")) == {"a": "yes"}


def test_a_wide_interval_reaches_chance():
    assert learnt({"a": [0.05, 0.95, 0.5], "b": [0.7, 0.71, 0.7]}, 0.1)["a"] == "no"


def test_equal_repeats_are_as_sure_as_their_clips():
    """Scores move in steps of a clip."""
    assert learnt({"a": [0.25] * 5, "b": [0.6] * 5}) == {"a": "no", "b": "yes"}


def test_repeats_without_a_score_count_neither_way():
    assert learnt({"a": [*around(0.7), np.nan]}) == {"a": "yes"}


def test_baselines_have_rows():
    """Networks are learnt or not by their own runs."""
    statistics = of({"a": around(0.25), "b": around(0.8)}, job="baseline")
    assert statistics.singles.empty
    assert not statistics.not_learnt
    assert statistics.singles_table["learnt"].tolist() == ["no", "yes"]


def test_advice_is_of_learnt_tasks_and_no_row_is_dropped():
    pairs = {f"{one}+{two}": {one: around(0.75), two: around(0.75)} for one, two in ("ab", "ac", "bc")}
    statistics = of({"a": around(0.7), "b": around(0.7), "c": around(0.25)}, pairs=pairs)
    assert statistics.not_learnt == {("f", "e", "base"): frozenset("c")}
    assert len(paired_differences(statistics.results)) == 30
    assert len(statistics.gains) == 6
    assert sorted(set(statistics.advisable(statistics.gains)["combination"])) == ["a+b"]
    grouped = {task for line in statistics.groupings for group in line["groups"] for task in group.split("+")}
    assert grouped == {"a", "b"}


def test_no_study_without_runs_has_any():
    nothing = checked_results(pd.DataFrame(columns=list(RESULTS_CSV.names)))
    table = Statistics.of(GivenTables(nothing)).singles_table
    assert list(table.columns) == list(SINGLES_CSV.names)
    assert table.empty


@pytest.mark.parametrize("chance", [0.0, 0.25])
def test_chance_is_the_mean_over_the_same_repeats(chance):
    assert of({"a": around(0.9, repeats=3)}, chance).singles["chance"].tolist() == [chance]


def test_tasks_scored_in_other_units_change_nothing():
    """Variances are shared among tasks of one metric: dB beside shares would be a typical variance of neither."""
    statistics = of({"a": around(0.34), "b": around(0.3), "c": around(0.31), "d": around(0.32)})
    loud = statistics.results.assign(metric="snr", value=lambda table: 300 * table["value"] + 30)
    loud = loud.assign(task="x" + loud["task"], combination="x" + loud["combination"], run="x" + loud["run"])
    both = pd.concat([statistics.results, loud], ignore_index=True)
    beside = Statistics.of(GivenTables(checked_results(both), statistics.tables.data)).singles
    own = beside[beside["metric"] == "uar"].reset_index(drop=True)
    pd.testing.assert_frame_equal(own, statistics.singles)
