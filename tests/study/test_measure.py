"""`cohear measure`: before a study is run and after it, once, and with nothing that belongs to another plan."""

import json
import shutil
from typing import ClassVar

import pytest
import registries
import tiny

from cohear.analysis.tables.text import read_table
from cohear.api import Study
from cohear.base.errors import StudyError, UserError
from cohear.base.tables import MEASUREMENTS_CSV
from cohear.base.yaml_text import YamlText
from cohear.probes.probe import PROBES, Left, Probe
from cohear.study.file import check_study
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.journal_of_measurements import Measurement, MeasurementJournal, current, lines
from cohear.study.folder.tables import write_tables


class Size(Probe):
    """How many weights the partner's network has; counts how often it is asked."""

    needs: ClassVar = {"partner": Left("partner")}
    measures = ("size",)
    asked = 0

    def measure(self, given):
        Size.asked += 1
        yield given.measured("size", given.networks["partner"].network.size())


@pytest.fixture(scope="module", autouse=True)
def entered():
    with registries.entered(PROBES, {"size": Size}):
        yield


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    bench = tiny.Bench(tmp_path_factory.mktemp("measure"))
    tiny.write_datasets(bench.root / "data")
    return bench


@pytest.fixture(scope="module")
def studied(bench):
    """A study that was measured, run, and measured again, with what each call said."""
    out, study = bench.root / "out", bench.study(keep=["weights"], combinations=["singles"])
    with bench.here():
        before = Study.load(study, out).measure(["labels", "sounds", "feature-shape", "size"])
        bench.run(keep=["weights"], combinations=["singles"])
        after = Study.load(out).measure(["labels", "sounds", "feature-shape", "size"])
    return out, before, after


def table(out):
    return read_table(out / "measurements.csv", MEASUREMENTS_CSV)


def test_data_and_features_are_measured_before_anything_is_trained(studied):
    _, before, _ = studied
    assert (before.now.planned, before.now.measured, before.now.known) == (4 + 4 + 4 + 4, 12, 0)
    assert before.now.waiting == {"size": 4} and before.now.lacking == []
    assert all(row["cost"] is None for row in before.rows)
    assert {row["name"] for row in before.rows if row["value"] is None} == {"label_kurtosis"}  # labels are even


def test_what_was_measured_is_not_measured_again(studied, bench, monkeypatch):
    out, _, after = studied
    assert (after.now.known, after.now.measured, dict(after.now.waiting)) == (12, 4, {})
    monkeypatch.setattr(Size, "asked", 0)
    with bench.here():
        again = Study.load(out).measure(["labels", "sounds", "feature-shape", "size"])
    assert (again.now.known, again.now.measured, Size.asked) == (16, 0, 0)
    assert list(again.rows) == list(after.rows)


def test_the_table_names_no_setting_that_numbers_do_not_change_with(studied):
    out, _, _ = studied
    rows = table(out).set_index("name")
    assert set(rows.loc["labels", "features"]) == set(rows.loc["labels", "encoder"]) == {""}
    assert set(rows.loc["effective_rank", "features"]) == {"summary"}
    assert set(rows.loc["effective_rank", "encoder"]) == {""}
    assert set(rows.loc["size", "encoder"]) == {"dnn(hidden=16,layers=1)"}
    assert (rows["cost"] > 0).all()


def test_the_numbers_are_those_of_the_data(studied):
    """30 clips of three labels in five speakers: in each of two folds a fifth is tested and a speaker validates."""
    out, _, _ = studied
    rows = table(out).set_index(["task", "name"])["value"]
    assert rows["tone", "training_clips"] == 18 and rows["bird", "training_clips"] == 12
    assert rows["tone", "groups"] == rows["bird", "groups"] == 3
    assert (rows["tone", "labels"], rows["bird", "labels"]) == (3, 2)
    assert rows["tone", "imbalance"] == 1
    assert rows["tone", "rate"] == tiny.RATE
    assert rows["tone", "clip_seconds"] == pytest.approx(tiny.SECONDS)
    assert rows["tone", "bandwidth"] == tiny.RATE / 2
    assert -15 < rows["tone", "loudness"] < -10  # a sine at .3 of full scale, and a little noise


def test_a_run_measures_what_takes_no_time(bench):
    out = bench.run("quick")
    assert {"labels", "seconds"} <= set(table(out)["name"]) and "bandwidth" not in set(table(out)["name"])


def test_measurements_of_another_plan_are_not_in_the_table(studied, bench):
    """They stay in the journal, and come back with their plan."""
    out, _, _ = studied
    copy = bench.root / "copy"
    shutil.copytree(out, copy)
    folder = StudyFolder(copy)
    plan = json.loads(folder.plan_file.read_text())
    folder.plan_file.write_text(json.dumps({**plan, "runs": [r for r in plan["runs"] if r["combination"] == "tone"]}))
    write_tables(folder)
    assert set(table(copy)["task"]) == {"tone"} and set(table(copy)["partner"]) == {""}
    folder.plan_file.write_text(json.dumps(plan))
    write_tables(folder)
    assert (copy / "measurements.csv").read_text() == (out / "measurements.csv").read_text()


def test_a_torn_line_costs_that_line_and_later_ones_count(tmp_path):
    def one(key, value):
        return Measurement(key, "size", "", "", "base", 0, 0, ("a",), ("run",), 0.1, (("a", "", "size", value),))

    journal = MeasurementJournal(tmp_path / "measured.jsonl")
    with journal.appending() as append:
        append(lines([one("old", 1.0), one("new", float("nan"))]))
    with (tmp_path / "measured.jsonl").open("a") as file:
        file.write('{"key": "torn", "pro')
    with journal.appending() as append:
        append(lines([one("newest", 3.0)]))
    assert [each.key for each in journal.read()] == ["old", "new", "newest"]
    assert journal.read()[1].numbers == (("a", "", "size", None),)
    assert [each.key for each in current(journal.read(), {"run"}, set())] == ["newest"]
    assert current(journal.read(), {"another"}, set()) == []
    assert current(journal.read(), {"run"}, {"size"}) == []


def test_runs_that_kept_too_little_are_told(bench):
    """With the word of the study file that would keep it."""
    out = bench.run("bare", keep=["curves"], combinations=["singles"])
    ended = bench.cohear("measure", out, "--only", "size", "--only", "labels", "--json")
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["waiting"] == {"size": 4} and found["measured"] == 0
    assert {row["name"] for row in found["measurements"]} >= {"labels", "imbalance"}
    assert "4 measurements of networks that have not left what is looked at (size 4): add weights to keep" in (
        " ".join(ended.stderr.split())
    )


def test_where_clips_come_from_is_part_of_what_was_measured(bench):
    """A domain that is stated, or groups that are others, later on: no label and no sound is another."""
    study, out = bench.study(), bench.root / "domains"
    states = [bench.root / "data" / name / "dataset.yaml" for name in ("tones", "birds")]
    with bench.here():
        nobody = Study.load(study, out).measure(["origin"])
        for state in states:
            state.write_text("domain: speech\n")
        stated = Study.load(study, out).measure(["origin"])
        for state in states:
            state.unlink()
    values = [{row["value"] for row in found.rows if row["name"] == "same_domain"} for found in (nobody, stated)]
    assert values == [{None}, {1.0}]
    assert (stated.now.known, stated.now.measured) == (0, 4)


def test_an_unknown_measurement_is_told(bench):
    ended = bench.cohear("measure", bench.study(), "--only", "lables")
    assert ended.returncode == 2
    assert "unknown measurement 'lables' (did you mean 'labels'?)" in ended.stderr
    with pytest.raises(UserError, match="unknown measurement"), bench.here():
        Study.load(bench.study(), bench.root / "none").measure(["nothing at all"])


def test_a_study_file_cannot_ask_what_runs_are_not_told():
    with pytest.raises(StudyError, match=r"probe 'sounds' asks where clips come from.*let `cohear measure` ask it"):
        check_study(YamlText(tiny.settings(probes=["sounds"])))
