"""The prior: fitted to recorded gains, judged on datasets that were left out, taken where nothing was measured."""

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tiny
from planted_gains import ENCODER, FEATURES, Planted
from simulated_results import results_table

from cohear.advice.judging.fit_prior import fit_gain_prior
from cohear.advice.prior import SHIPPED, read_prior
from cohear.analysis.tables.text import write_table
from cohear.api import advise
from cohear.base.errors import UserError
from cohear.base.study_facts import DatasetFacts, StudyFacts, TaskFacts, write_facts
from cohear.base.tables import MEASUREMENTS_CSV

WEIGHTS = {"number 0 of the partner": 0.5, "distance of the pair": -0.8}
RELATED = Planted(tasks=20, datasets=16, weights=WEIGHTS)
BETTER = "prior.json"


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    """To gains that follow from measurements, and written."""
    folder = tmp_path_factory.mktemp("planted")
    prior = fit_gain_prior([RELATED.write(folder / "study")], 7)
    prior.write(folder / BETTER)
    return prior, folder / BETTER


@pytest.fixture(scope="module")
def nothing(tmp_path_factory):
    """To gains that follow from nothing."""
    folder = tmp_path_factory.mktemp("noise")
    prior = fit_gain_prior([Planted(seed=1).write(folder / "study")], 7)
    prior.write(folder / BETTER)
    return prior, folder / BETTER


def test_what_gains_follow_from_is_found_and_pays_on_unseen_datasets(fitted):
    (score,) = fitted[0].scores.values()
    weights = dict(zip((one.words for one in score.relation.scale.features), score.relation.weights, strict=True))
    told = sorted(weights, key=lambda words: -abs(weights[words]))
    assert told[:2] == ["distance of the pair", "number 0 of the partner"]
    assert weights["distance of the pair"] < 0 < weights["number 0 of the partner"]
    unseen = score.unseen
    assert unseen.is_better and unseen.rank > 0.7 and unseen.low < unseen.gain < unseen.high
    assert unseen.gain > unseen.always + 0.1
    assert (score.unit, score.datasets, score.tasks, score.cells) == ("bits", 16, 20, 20 * 19)
    assert score.around == pytest.approx(0.3, abs=0.06) and score.spread > 0.8


def test_gains_of_nothing_make_a_prior_that_is_no_better(nothing):
    (score,) = nothing[0].scores.values()
    assert not score.unseen.is_better and score.unseen.low < 0


def test_a_prior_is_read_as_it_was_written(fitted):
    prior, path = fitted
    again = read_prior(path)
    score, own = again.scores["bits"], prior.scores["bits"]
    assert again.version == 7 and score.unseen == own.unseen
    assert score.relation.scale.features == own.relation.scale.features
    cells = RELATED.cells()
    assert score.relation.gains(cells) == pytest.approx(own.relation.gains(cells))


@pytest.mark.parametrize("text", ["", "{}", '{"format": 99}', '{"format": 1, "version": 1, "scores": [{}]}'])
def test_what_is_no_prior_is_one_sentence(tmp_path, text):
    (tmp_path / "p.json").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"is no prior .*`python benchmarks/prior.py` fits one"):
        read_prior(tmp_path / "p.json")


def test_a_prior_takes_several_datasets(tmp_path):
    folder = Planted(tasks=3, datasets=3, weights=WEIGHTS).write(tmp_path / "study")
    with pytest.raises(UserError, match="a prior takes gains of pairs of 4 datasets"):
        fit_gain_prior([folder], 1)


def singles(folder, measured=True):
    """Singles of four planted tasks, whose log loss is known, with what was measured of them."""
    planted = Planted(weights=WEIGHTS, seed=3)
    names = planted.names()[:4]
    rows = [(name, name, fold, 0, 0.7 + fold / 100) for name in names for fold in range(5)]
    folder.mkdir()
    results = results_table(rows).assign(features=FEATURES, encoder=ENCODER, metric="nll", higher_is_better=False)
    results.to_csv(folder / "results.csv", index=False)
    write_facts(
        folder,
        StudyFacts(
            {f"set {name}": DatasetFacts() for name in names},
            {name: TaskFacts(dataset=f"set {name}", units={"nll": "bits"}) for name in names},
        ),
    )
    if measured:
        numbers = [
            {"task": task, "partner": partner, "name": name, "value": value, "cost": 0.01}
            for (task, partner, name), value in planted.measured().items()
            if task in names and partner in (*names, "")
        ]
        write_table(
            folder / "measurements.csv",
            pd.DataFrame(numbers).assign(features="", encoder="", arm="base")[list(MEASUREMENTS_CSV.names)],
        )
    return folder, planted, names


def test_where_no_gain_was_measured_a_better_prior_tells(tmp_path, fitted):
    folder, planted, names = singles(tmp_path / "s")
    found = advise(folder, prior=fitted[1])
    cells = planted.cells()
    names_of = zip(cells.tasks, cells.partners, planted.expected(cells), strict=True)
    truth = {(task, partner): gain for task, (partner,), gain in names_of}
    told = {(row["task"], *set(row["combination"].split("+")) - {row["task"]}): row for row in found["gains"]}
    assert set(told) == set(permutations(names, 2))
    assert np.corrcoef([told[pair]["gain"] for pair in told], [truth[pair] for pair in told])[0, 1] > 0.95
    assert all("from measurements, most of all" in row["reason"] for row in found["gains"])
    (row,) = found["grouping"]
    assert "this is foretold from measurements, by gains of 16 datasets" in row["words"]


def test_without_measurements_it_says_what_would_help(tmp_path, fitted):
    folder, _, _ = singles(tmp_path / "s", measured=False)
    found = advise(folder, prior=fitted[1])
    assert all(row["gain"] == 0 and "`cohear measure` does" in row["reason"] for row in found["gains"])
    assert found["grouping"][0]["words"].endswith("`cohear measure` does what advice can go by.")


def test_a_prior_that_is_no_better_says_so(tmp_path, nothing):
    folder, _, _ = singles(tmp_path / "s")
    found = advise(folder, prior=nothing[1])
    assert all(row["gain"] == 0 for row in found["gains"])
    words = found["grouping"][0]["words"]
    assert words.startswith("Train separate networks") and "no better than separate networks on datasets" in words


def test_a_study_not_yet_run_is_told_from_measurements(tmp_path):
    """Its plan and measurements are there, and no run; each score has what recorded studies tell."""
    tiny.write_datasets(tmp_path / "data")
    bench = tiny.Bench(tmp_path)
    changes = {
        "datasets": {name: {"path": f"data/{name}"} for name in ("tones", "birds")},
        "tasks": {"tone": {"dataset": "tones", "target": "tone"}, "bird": {"dataset": "birds", "target": "bird"}},
        "combinations": ["singles", "pairs"],
    }
    ended = bench.cohear("measure", bench.study(**changes), "--out", "out", "--only", "labels")
    assert ended.returncode == 0, ended.stderr
    told = bench.cohear("advise", "out", "--json")
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert {row["task"] for row in found["gains"]} == {"tone", "bird"}
    assert {row["combination"] for row in found["gains"]} == {"tone+bird"}
    assert all(row["measured"] is None and row["low"] < row["gain"] < row["high"] for row in found["gains"])
    (row,) = found["grouping"]
    assert row["loss"] is None and row["missing"] == "" and "No gain was measured here" in row["words"]
    assert [one["combination"] for one in found["next"]] == ["tone+bird"] and found["next"][0]["planned"]
    floored = bench.cohear("advise", "out", "--floor", "tone=.8")
    assert "run the singles first" in floored.stdout + floored.stderr


def test_the_prior_that_ships_is_what_its_studies_give(results_folder):
    shipped = read_prior(SHIPPED)
    studies = dict.fromkeys(name for score in shipped.scores.values() for name in score.studies)
    again = fit_gain_prior([results_folder / name for name in studies], shipped.version)
    for unit, score in shipped.scores.items():
        own = again.scores[unit]
        assert own.relation.scale.features == score.relation.scale.features
        assert own.relation.weights == pytest.approx(score.relation.weights, rel=1e-4, abs=1e-9)
        assert (own.unseen.gain, own.unseen.low) == pytest.approx((score.unseen.gain, score.unseen.low), abs=1e-4)


@pytest.fixture
def results_folder():
    return Path(__file__).parents[2] / "docs" / "results"


def test_the_card_is_of_the_prior_that_ships(results_folder):
    shipped = read_prior(SHIPPED)
    text = (results_folder / "prior.md").read_text(encoding="utf-8")
    assert f"Version {shipped.version}." in text
    for score in shipped.scores.values():
        assert f"| {', '.join(score.studies)} | {score.datasets} | {score.tasks} | {score.cells} |" in text
