"""Runs by advice: within the budget of core time, what teaches most first, and on where it was stopped."""

import csv
import json

import pytest
import tiny

from cohear.base.errors import UserError
from cohear.study.advised_rounds import AdvisedRuns, advised_rounds, core_seconds
from cohear.study.folder.folder import StudyFolder
from cohear.study.launch.progress import NoProgress


class Heard(NoProgress):
    def __init__(self):
        self.said = []

    def say(self, sentence):
        self.said.append(sentence)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("30 min", 1800), ("2h", 7200), ("1.5d", 129600), (".5h", 1800)]
)
def test_core_time(text, seconds):
    assert core_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "0h", "2 weeks", "1e3s"])
def test_what_is_no_core_time(text):
    with pytest.raises(UserError, match="give the core time that runs may take, as in 90s"):
        core_seconds(text)


SECONDS = 10.0


@pytest.fixture
def bench(tmp_path):
    tiny.write_datasets(tmp_path / "data")
    return tiny.Bench(tmp_path)


CHANGES = {
    "datasets": {name: {"path": f"data/{name}"} for name in ("tones", "birds", "doors")},
    "tasks": {
        "tone": {"dataset": "tones", "target": "tone"},
        "bird": {"dataset": "birds", "target": "bird"},
        "door": {"dataset": "doors", "target": "door"},
    },
    "combinations": ["singles", "pairs", "all"],
    "repeats": {"folds": 3, "seeds": 1},
    "training": {"steps": 60, "batch": 8},
    "controls": ["shuffled"],
}


def trained_combinations(bench):
    with (bench.root / "out" / "results.csv").open(encoding="utf-8", newline="") as file:
        return {row["combination"] for row in csv.DictReader(file)}


def test_a_study_by_advice_through_the_command_line(bench):
    study = bench.study(**CHANGES)
    ended = bench.cohear("run", study, "--out", "out", "--advise", "1s")
    assert ended.returncode == 0, ended.stderr
    first = trained_combinations(bench)
    assert {"tone", "bird", "door"} <= first
    assert "of 1 s of core time are spent" in ended.stderr
    more = bench.cohear("run", study, "--out", "out", "--advise", "10m")
    assert more.returncode == 0, more.stderr
    assert first <= trained_combinations(bench)
    assert any(name.count("+") == 1 for name in trained_combinations(bench))
    controls = json.loads((bench.root / "out" / "plan.json").read_text(encoding="utf-8"))["runs"]
    trained = {folder.name for folder in (bench.root / "out" / "runs").iterdir() if (folder / "record.json").exists()}
    assert not trained & {row["run"] for row in controls if row["control"]}
    whole = bench.cohear("run", study, "--out", "out")
    assert whole.returncode == 0 and len(trained_combinations(bench)) == 7


def test_advice_and_a_dry_run_do_not_go_together(bench):
    ended = bench.cohear("run", bench.study(), "--advise", "2h", "--dry-run")
    assert ended.returncode == 2 and "leave --advise out" in ended.stderr


def test_advice_and_repeats_until_decided_do_not_go_together(bench):
    study = bench.study(repeats={"folds": 2, "until": "decided", "at_most": 20})
    ended = bench.cohear("run", study, "--out", "out", "--advise", "2h")
    assert ended.returncode == 2 and "leave one out" in ended.stderr


def test_a_wrong_budget_is_one_sentence(bench):
    ended = bench.cohear("run", bench.study(), "--out", "out", "--advise", "soon")
    assert ended.returncode == 2 and ended.stderr.startswith("error: --advise soon: give the core time")
    assert not (bench.root / "out").exists()


def walk(bench, budget, order, stop=99):
    """Rounds of a study whose runs take ten seconds each and are recorded as they are asked for."""
    folder, heard = StudyFolder(bench.root / "out"), Heard()
    plan, rounds = folder.read_plan(), []
    names = {row.run: row.combination for row in plan}

    def adviser(_):
        rows = {row.combination: (row.features, row.encoder, row.arm, row.combination) for row in plan}
        return [rows[name] for name in order]

    for number, (wanted, _) in enumerate(advised_rounds(folder, AdvisedRuns(budget, adviser), heard)):
        new = [run for run in wanted if folder.record(run) is None]
        rounds.append({names[run] for run in new})
        if number == stop:
            break
        for run in new:
            record(folder, run)
    return rounds, heard.said


def record(folder, run):
    source = json.loads((folder.root / "some.json").read_text(encoding="utf-8"))
    source.pop("checksum")  # of another content
    (folder.runs / run).mkdir(exist_ok=True)
    (folder.runs / run / "record.json").write_text(
        json.dumps({**source, "run": run, "seconds": SECONDS, "wall_seconds": SECONDS}), encoding="utf-8"
    )


@pytest.fixture
def planned(bench, monkeypatch):
    """A study whose singles are trained, ten seconds each, and its tables left alone."""
    bench.run(**{**CHANGES, "combinations": ["singles"], "controls": []})
    folder = StudyFolder(bench.root / "out")
    done = sorted({row.run for row in folder.read_plan()})
    (folder.root / "some.json").write_text((folder.runs / done[0] / "record.json").read_text("utf-8"), encoding="utf-8")
    with bench.here():
        from cohear.api import Study

        study = Study.load(bench.study(**{**CHANGES, "controls": []}), folder.root)
        rows = [run.row for run in study.plan()[0]]
    folder.write_plan("tiny", rows)
    for run in done:
        record(folder, run)
    monkeypatch.setattr("cohear.study.advised_rounds.write_tables", lambda folder: None)
    return bench


ORDER = ["bird+door", "tone+door", "tone+bird", "tone+bird+door"]


def test_what_teaches_most_is_run_first_and_the_budget_is_held(planned):
    """Nine single runs of ten seconds are there; a pair has three runs of about twenty."""
    rounds, said = walk(planned, 160.0, ORDER)
    assert rounds[0] == set() and rounds[1] == {"bird+door"}
    spent = 10 * sum(1 for folder in (planned.root / "out" / "runs").iterdir() if (folder / "record.json").exists())
    assert spent <= 160
    assert said[0].startswith("2 min of 3 min of core time are spent; next 1 combination") and "bird+door" in said[0]
    assert "no combination that is left" in said[-1]


def test_a_large_budget_runs_everything_and_ends(planned):
    rounds, said = walk(planned, 1e6, ORDER)
    assert set().union(*rounds) == set(ORDER)
    assert said[-1].endswith("every combination of the plan is run")


def test_what_was_begun_is_finished_first(planned):
    folder = StudyFolder(planned.root / "out")
    begun = next(row.run for row in folder.read_plan() if row.combination == "tone+bird+door")
    record(folder, begun)
    rounds, _ = walk(planned, 250.0, ORDER, stop=1)
    assert "tone+bird+door" in rounds[1]


def test_it_ends_where_nothing_is_left_to_learn(planned):
    rounds, said = walk(planned, 1e6, [])
    assert rounds == [set()] and said[-1].endswith("no combination that is left can be expected to better the grouping")
