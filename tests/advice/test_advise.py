"""Advice on folders of results."""

import json

import numpy as np
import pytest
from scipy.stats import norm, spearmanr
from simulated_results import results_table
from simulated_study import write_study

from cohear.advice.advise import advise as advice_of
from cohear.advice.budget import GroupingBudget, read_floors
from cohear.analysis.simulation.simulation import Deviations, simulate, simulated_results
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.api import advise
from cohear.base.errors import UserError
from cohear.base.tables import RESULTS_CSV


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_study(tmp_path_factory.mktemp("advice") / "study", seeds=2, extras=False)


@pytest.fixture(scope="module")
def advised(folder):
    return advise(folder)


def table(folder, effects, *, tasks="abcd", repeats=5, pairs=True):
    """Singles and pairs whose gains are given by (task, partner), 0 for others."""
    draw = np.random.default_rng(0)
    names = [*tasks, *("+".join((one, two)) for one in tasks for two in tasks if one < two and pairs)]
    rows = [
        (
            task,
            name,
            fold,
            0,
            0.7 + sum(effects.get((task, one), 0) for one in name.split("+")) + draw.normal(0, 0.004),
        )
        for name in names
        for fold in range(repeats)
        for task in name.split("+")
    ]
    folder.mkdir(exist_ok=True)
    results_table(rows).to_csv(folder / RESULTS_CSV.file, index=False)
    return folder


def test_the_document_has_three_keys_and_is_json(advised):
    assert list(advised) == ["gains", "next", "grouping"]
    assert json.loads(json.dumps(advised, allow_nan=False)) == advised


def test_gains_are_drawn_together_and_have_a_reason(advised):
    measured = [row for row in advised["gains"] if row["measured"] is not None]
    assert len(measured) == len(advised["gains"]) == 6 * 5 + 6
    spread = [np.std([row[name] for row in measured]) for name in ("gain", "measured")]
    assert spread[0] < spread[1]
    assert all(row["low"] < row["gain"] < row["high"] and row["reason"].startswith("measured, ") for row in measured)


def test_the_grouping_serves_every_task_once_and_adds_up(advised):
    (row,) = advised["grouping"]
    served = [name for network in row["networks"] for name in network["combination"].split("+")]
    assert sorted(served) == sorted(one["task"] for one in row["tasks"])
    assert row["gain"] == pytest.approx(np.mean([one["gain"] for one in row["tasks"]]))
    assert row["loss"] == pytest.approx(row["loss_separate"] + row["gain"])
    assert row["low"] < row["gain"] < row["high"] and row["everything"] >= 0
    assert row["parameters"] == sum(network["parameters"] for network in row["networks"])


def test_two_that_help_each_other_are_put_together(tmp_path):
    found = advise(table(tmp_path / "a", {("a", "b"): 0.08, ("b", "a"): 0.06, ("c", "d"): -0.05, ("d", "c"): -0.05}))
    (row,) = found["grouping"]
    assert "a+b" in {network["combination"] for network in row["networks"]}
    assert "c+d" not in {network["combination"] for network in row["networks"]}
    assert (
        row["better"] > 0.95 and "not shown" not in row["words"] and row["words"].startswith("Train a and b together")
    )


def test_where_nothing_helps_it_says_separate_networks(tmp_path):
    losses = {(one, two): -0.06 for one in "abcd" for two in "abcd"}
    (row,) = advise(table(tmp_path / "b", losses))["grouping"]
    assert row["words"] == "Train separate networks: no grouping is expected to do better."
    assert row["gain"] == 0 and {network["combination"] for network in row["networks"]} == set("abcd")


def test_a_study_of_singles_alone_is_told_by_what_recorded_studies_showed(tmp_path):
    found = advise(table(tmp_path / "c", {}, pairs=False))
    (reason,) = {row["reason"] for row in found["gains"]}
    assert reason.startswith("not run") and "as gains of recorded studies scatter" in reason
    assert all(row["low"] < -0.01 and row["high"] > 0.01 for row in found["gains"])
    assert found["grouping"][0]["words"].startswith("Train separate networks")
    assert {row["combination"] for row in found["next"]} == {"a+b", "a+c", "a+d", "b+c", "b+d", "c+d"}
    assert all(row["worth"] > 0 and row["seconds"] > 0 for row in found["next"])


def test_what_was_not_run_is_foretold_with_a_wider_interval(tmp_path):
    folder = table(tmp_path / "d", {("a", "b"): 0.05, ("c", "b"): 0.05, ("d", "b"): 0.04, ("a", "c"): -0.03})
    whole = (folder / "results.csv").read_text(encoding="utf-8").splitlines()
    (folder / "results.csv").write_text("\n".join(line for line in whole if ",a+d," not in line), encoding="utf-8")
    rows = {(row["task"], row["combination"]): row for row in advise(folder)["gains"]}
    assert rows["a", "a+d"]["measured"] is None and "not run: from what a gains" in rows["a", "a+d"]["reason"]
    widths = {key: row["high"] - row["low"] for key, row in rows.items()}
    assert widths["a", "a+d"] > 2 * widths["a", "a+b"]
    best = advise(folder)["next"][0]
    assert best["combination"] == "a+d"


@pytest.mark.parametrize(
    ("budget", "told"),
    [
        (GroupingBudget(floors={"digits": 0.5}), "there is no task 'digits' .did you mean 'digit'"),
        (
            GroupingBudget(parameters=10),
            "logmel / small: --parameters 10 cannot be held: the cheapest grouping .* takes",
        ),
        (
            GroupingBudget(milliseconds=1),
            "--milliseconds needs that cost of every task alone; `cohear bench DIR` measures it",
        ),
        (GroupingBudget(floors={"digit": 0.999}), "--floor digit=0.999 cannot be held"),
    ],
)
def test_a_budget_that_cannot_be_is_a_mistake(folder, budget, told):
    with pytest.raises(UserError, match=told):
        advise(folder, budget)


def test_a_budget_is_held(folder):
    (row,) = advise(folder, GroupingBudget(networks=2, floors={"digit": 0.7}))["grouping"]
    assert len(row["networks"]) <= 2
    assert next(one for one in row["tasks"] if one["task"] == "digit")["score"] >= 0.7


@pytest.mark.parametrize("text", ["digit", "digit=", "=.5", "digit=half", "digit=nan"])
def test_a_floor_is_a_task_and_a_score(text):
    with pytest.raises(UserError, match="give a task and the score"):
        read_floors([text])


def test_names_with_an_equals_sign_have_floors_too():
    assert read_floors(["a=b=.5", "c=1"]) == {"a=b": 0.5, "c": 1.0}


def test_planted_partners_are_put_in_the_right_order():
    """Gains that lie five times as far apart as their repeats' means deviate."""
    spread = Deviations(fold=0.015, single=0.01, residual=0.01)
    truths = 0.05 * norm.ppf((np.arange(99) + 0.5) / 99)
    drawn = simulate([spread] * 6, families=4, folds=5, seeds=2, truths=truths)
    truth = drawn.truth
    found = advice_of(Statistics.of(GivenTables(checked_results(simulated_results(drawn)[0]))))
    gains = {(row["arm"], row["task"], row["combination"]): row["gain"] for row in found["gains"]}
    assert set(gains) == set(truth.index)
    ranks = [
        spearmanr(own.to_numpy(), [gains[place] for place in own.index]).statistic
        for _, own in truth.groupby(level=[0, 1])
    ]
    assert np.mean(ranks) >= 0.9
