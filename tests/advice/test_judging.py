"""What is judged on tables whose truth is known, and that nothing is found where nothing is."""

import dataclasses
import json
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from planted_gains import Planted
from typer.testing import CliRunner

from cohear.advice.judging.arms import other_budgets
from cohear.advice.judging.ceiling import ceiling_of
from cohear.advice.judging.given import GivenSetting, read_given
from cohear.advice.judging.joint import needs_joint_run
from cohear.advice.judging.judge import judge_predictors, write_predictors
from cohear.advice.judging.measurements import CONFIRMATORY, one_by_one
from cohear.advice.judging.permuting import Permuted
from cohear.advice.judging.resampling import Interval, ResampledCells
from cohear.advice.judging.schemes import SCHEMES
from cohear.advice.judging.scores import ForetoldScores
from cohear.advice.predictors.cells import Cells, Feature, KnownGains
from cohear.advice.predictors.predictor import PREDICTORS, Foretold
from cohear.analysis.answers.persistence import within_tasks
from cohear.analysis.tables.text import read_table
from cohear.base.errors import UserError
from cohear.base.tables import GAINS_NLL_CSV, PREDICTORS_CSV
from cohear.cli import app
from cohear.probes.probe import PROBES

RELATION = {"distance of the pair": -0.8, "number 0 of the partner": 0.4}
FIRST = "leave-dataset-out"
PLANTED = Planted(weights=RELATION, tasks=16, datasets=12)


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    folder = PLANTED.write(tmp_path_factory.mktemp("planted"))
    return judge_predictors([folder], schemes=[FIRST, "quarter"], predictors=["majority", "task", "random", "ridge"])


def row_of(judged, name, scheme=""):
    (row,) = judged[(judged["name"] == name) & (judged["scheme"] == scheme)].to_dict("records")
    return row


def test_a_planted_relation_is_found_by_the_ridge(judged):
    row = row_of(judged, "ridge", FIRST)
    assert row["within_low"] > 0.7
    assert row["accuracy"] > 0.9 and row["above_low"] > 0
    assert row["r2"] > 0.6 and row["auc"] > 0.95
    assert row["within"] > row_of(judged, "random", FIRST)["within"] + 0.3


def test_plain_predictors_do_not_find_it(judged):
    for name in ("majority", "task"):
        assert row_of(judged, name, FIRST)["within"] == 0
    assert row_of(judged, "majority", FIRST)["r2"] <= 0.01


def test_what_is_planted_is_found_among_the_measurements(judged):
    alone = judged[judged["kind"] == "exploratory"].set_index("name")
    assert list(alone.index[:2]) == list(RELATION)
    assert (alone.loc[list(RELATION), "p_adjusted"] < 0.05).all()
    assert alone.loc["number 0 of the partner", "within"] > 0 > alone.loc["distance of the pair", "within"]
    assert not any(name.endswith(" of the task") for name in alone.index)


def test_measurements_that_were_named_come_first_also_where_they_lack(judged):
    assert list(judged["name"][:4]) == [named.feature.words for named in CONFIRMATORY]
    assert (judged["lacks"][:4] == "not measured").all()


def test_the_table_is_written_as_it_is(judged, tmp_path):
    again = read_table(write_predictors(tmp_path, judged), PREDICTORS_CSV)
    assert list(again["name"]) == list(judged["name"])
    assert np.allclose(again["within"].to_numpy(float), judged["within"].to_numpy(float), equal_nan=True)


def test_signs_of_pairs_of_one_dataset_are_not_scored(judged):
    cells = PLANTED.cells()
    apart = sum(cells.dataset(t) != cells.dataset(p[0]) for t, p in zip(cells.tasks, cells.partners, strict=True))
    assert apart < len(cells)
    assert set(judged["cells"]) == {apart}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_schemes_show_nothing_of_what_is_asked(scheme):
    cells = Planted(tasks=9, datasets=6).cells()
    for parts in SCHEMES[scheme](cells):
        count = np.zeros(len(cells), dtype=int)
        for shown, asked in parts:
            assert not (shown & asked).any()
            count += asked
            together = {frozenset((t, *p)) for t, p, at in zip(cells.tasks, cells.partners, asked, strict=True) if at}
            left = cells.take(shown)
            assert not together & {frozenset((t, *p)) for t, p in zip(left.tasks, left.partners, strict=True)}
            if scheme == FIRST:
                datasets = {cells.dataset(task) for task in cells.take(asked).tasks}
                assert len(datasets) == 1
                assert not {cells.dataset(task) for task in left.names} & datasets
            if scheme == "leave-task-out":
                assert not set(cells.take(asked).tasks) & set(left.names)
        assert (count == 1).all() or scheme == "quarter"
    if scheme == "quarter":
        assert np.isclose(shown.sum() / len(cells), 0.25, atol=0.03)


def test_scores_are_those_of_plain_counting():
    trained = Planted(weights=RELATION, tasks=7, datasets=7, noise=0.5).trained()
    draw = np.random.default_rng(3)
    told = Foretold.normal(trained.gains + draw.normal(size=len(trained)), 1.0)
    scores = ForetoldScores.of(told, trained, ResampledCells.of(trained.cells))
    decided = trained.signs != 0
    up, said = trained.signs > 0, told.gain > 0
    assert np.isclose(scores.within[0], within_tasks(told.gain, trained.gains, np.array(trained.cells.tasks, object)))
    assert np.isclose(scores.accuracy[0], (up == said)[decided].mean())
    hits = (up & said).sum()
    assert np.isclose(scores.f1[0], hits / (hits + ((up != said) & decided).sum() / 2))
    above, below = told.helps[up], told.helps[decided & ~up]
    assert np.isclose(scores.auc[0], (above[:, None] > below).mean())
    assert np.isclose(scores.r2[0], 1 - ((told.gain - trained.gains) ** 2).mean() / trained.gains.var())


def test_halves_that_are_alike_have_the_highest_ceiling():
    trained = Planted().trained()
    drawn = ResampledCells.of(trained.cells)
    noise = np.random.default_rng(0).normal(size=len(trained))
    assert ceiling_of(np.array([trained.gains, trained.gains]), drawn) == pytest.approx(1)
    assert ceiling_of(np.array([trained.gains, noise]), drawn) < 0.4
    assert np.isnan(ceiling_of(np.full((2, len(trained)), np.nan), drawn))


def test_orders_move_whole_datasets():
    planted = Planted(tasks=9, datasets=6)  # the last has four tasks
    cells = planted.cells()
    orders = Permuted.of(cells, planted.trained().gains).orders
    assert (orders[0] == np.arange(9)).all() and (np.sort(orders, axis=1) == np.arange(9)).all()
    datasets = np.array([int(planted.dataset_of()[name].split()[1]) for name in cells.names])
    for order in orders[1:20]:
        for own in range(6):
            assert len(set(datasets[order[datasets == own]])) == 1
    assert {tuple(sorted(order[5:])) for order in orders} == {(5, 6, 7, 8)}


@pytest.mark.slow
def test_nothing_is_called_where_nothing_is():
    """Gains that follow from nothing that is measured, though partners do something: 5 % of calls, not more."""
    calls, p_values = [], []
    for seed in range(60):
        trained = Planted(tasks=14, datasets=10, of_partner=0.3, seed=seed).trained()
        apart = np.array(
            [trained.cells.dataset(t) != trained.cells.dataset(p[0])
             for t, p in zip(trained.cells.tasks, trained.cells.partners, strict=True)]
        )  # fmt: skip
        scored = trained.take(apart)
        drawn = ResampledCells.of(scored.cells)
        told = one_by_one(scored, drawn)
        p_values += [each.p for each in told if each.within is not None]
        within = [each.within for each in told if each.within is not None]
        calls += [each.low > 0 or each.high < 0 for each in within]
    assert len(calls) == 60 * 5
    assert np.mean(np.array(p_values) <= 0.05) < 0.09
    assert np.mean(calls) < 0.12


def test_confirmatory_p_values_are_of_the_expected_side():
    planted = Planted(weights={"labels of the partner": -0.8}, tasks=12, datasets=12)
    numbers = {(t, p, "labels" if name == "number 0" else name): v for (t, p, name), v in planted.measured().items()}
    cells = dataclasses.replace(
        planted.cells(),
        features=tuple(
            Feature("labels", each.side) if each.name == "number 0" else each for each in planted.cells().features
        ),
    )
    assert numbers
    draw = np.random.default_rng(0)
    for sign, holds in ((-1, True), (1, False)):
        gains = sign * cells.column(Feature("labels", "partner")) + 0.1 * draw.normal(size=len(cells))
        trained = dataclasses.replace(
            planted_trained := Planted(tasks=12, datasets=12).trained(), cells=cells, gains=gains
        )
        assert len(planted_trained) == len(trained)
        first = one_by_one(trained, ResampledCells.of(cells))[0]
        assert first.feature == CONFIRMATORY[0].feature
        assert (first.p < 0.01) is holds and (first.p > 0.9) is not holds
        assert first.p_adjusted == pytest.approx(min(1, 4 * first.p))  # one of four, the others not measured


def test_intervals_take_few_datasets_for_few():
    drawn = np.concatenate([[0.5], np.random.default_rng(0).normal(0.5, 0.1, 1000)])
    few, many = Interval.of(drawn, 4), Interval.of(drawn, 100)
    assert few.low < many.low < 0.5 < many.high < few.high
    assert np.isnan(Interval.of(drawn, 2).low)


def test_measurements_of_joint_runs_are_known_by_their_names():
    for name in PROBES:
        probe = PROBES[name]
        joint = probe.subject == "all" or any(left.by == "joint" for left in probe.needs.values())
        if probe.__module__.startswith("cohear."):
            assert {needs_joint_run(number) for number in probe.measures} == {joint}, name


def test_joint_measurements_count_only_where_they_are_asked_for(tmp_path):
    folder = Planted(weights=RELATION).write(tmp_path)
    table = (folder / "measurements.csv").read_text(encoding="utf-8")
    (folder / "measurements.csv").write_text(table.replace("distance", "update_cosine"), encoding="utf-8")
    names = [{feature.name for feature in given.pairs.cells.features} for given in read_given([folder])]
    joint = [{feature.name for feature in given.pairs.cells.features} for given in read_given([folder], joint=True)]
    assert "update_cosine" not in names[0]
    assert "update_cosine" in joint[0]


def test_signs_come_from_verdicts_on_these_clips(tmp_path):
    folder = Planted(weights=RELATION).write(tmp_path)
    (given,) = read_given([folder])
    assert set(given.pairs.signs) == {-1, 0, 1}
    table = read_table(folder / GAINS_NLL_CSV.file, GAINS_NLL_CSV)
    assert (given.pairs.signs == table["verdict_here"].map({"helps": 1, "hurts": -1}).fillna(0)).all()


def test_without_datasets_each_task_is_left_out(tmp_path):
    folder = Planted(weights=RELATION, tasks=6).write(tmp_path)
    (folder / "data.json").unlink()
    judged = judge_predictors([folder], schemes=[FIRST], predictors=["ridge", "majority"])
    assert set(judged["unit"]) == {"task"}
    assert set(judged["cells"]) == {30}


def test_a_folder_without_pairs_is_told_of(tmp_path):
    folder = Planted(tasks=6).write(tmp_path)
    table = pd.read_csv(folder / GAINS_NLL_CSV.file, dtype=str, keep_default_na=False)
    table[table["combination"].str.count(r"\+") > 1].to_csv(folder / GAINS_NLL_CSV.file, index=False)
    (folder / "gains.csv").write_text((folder / GAINS_NLL_CSV.file).read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(UserError, match=r"results\.csv does not exist"):
        judge_predictors([folder])


def test_a_predictor_that_there_is_not_is_told_of(tmp_path):
    with pytest.raises(UserError, match=r"unknown predictor 'rigde'.*did you mean 'ridge'"):
        judge_predictors([tmp_path], predictors=["rigde"])
    assert "ridge" in PREDICTORS


def test_signs_that_are_all_right_have_no_interval():
    assert np.isnan(Interval.of(np.ones(1001), 12).low)
    assert Interval.of(np.ones(1001), 12).value == 1


def test_the_command_judges_and_leaves_the_table(tmp_path):
    folder = Planted(weights=RELATION, tasks=6, datasets=6, numbers=2).write(tmp_path)
    told = json.loads(CliRunner().invoke(app, ["advise", str(folder), "--judge", "--json"]).stdout)["predictors"]
    assert [row["name"] for row in told] == list(read_table(folder / "predictors.csv", PREDICTORS_CSV)["name"])
    assert {row["name"] for row in told if row["kind"] == "plain"} == {"majority", "task", "partner", "random"}
    shown = CliRunner().invoke(app, ["advise", str(folder), "--judge"])
    assert "leave-dataset-out" in shown.stdout and "ceiling –" in shown.stdout


def test_curves_of_labels_foretell_another_budget():
    """Where partners are worth labels, what they are worth at three budgets tells what they gain at a fourth."""
    draw = np.random.default_rng(0)
    names = [f"task {number}" for number in range(6)]
    places = [(task, (partner,)) for task, partner in permutations(names, 2)]
    worth = dict(zip(places, draw.uniform(-0.2, 1.0, len(places)), strict=True))
    slope = dict(zip(names, draw.uniform(0.002, 0.006, 6), strict=True))
    given = []
    for number, share in enumerate((1.0, 0.5, 0.25, 0.1)):
        cells = Cells.of(places, {(task, "", "labels"): float(at) for at, task in enumerate(names)}, {})
        left = np.array([2 * np.exp(-slope[task] * 1000 * share) for task, _ in places])
        gains = left * -np.expm1(-np.array([worth[place] for place in places]))
        pairs = KnownGains(cells, gains, np.sign(gains).astype(np.int64))
        given.append(
            GivenSetting(
                setting=("f", "e", f"arm {number}"),
                score="nll",
                unit="task",
                pairs=pairs,
                groups=pairs.take(np.zeros(len(pairs), dtype=bool)),
                halves=np.full((2, len(pairs)), np.nan),
                labelled=np.full(len(pairs), 1000 * share),
                single=0.3 + left,
                cost=np.nan,
                cost_of={},
            )
        )
    every, ((shown, asked),) = other_budgets(given[2], given)
    assert asked.sum() == len(places) and (every.gains[asked] == given[2].pairs.gains).all()
    told, mean = (
        PREDICTORS[name]().fit(every.take(shown), 0).foretell(every.cells.take(asked)).gain
        for name in ("learning-curves", "pairwise")
    )
    truth = every.gains[asked]
    assert np.abs(told - truth).mean() < 0.7 * np.abs(mean - truth).mean()  # drawn towards the mean of the task
    assert np.corrcoef(told, truth)[0, 1] > 0.95
    assert other_budgets(given[2], given[1:3]) is None
