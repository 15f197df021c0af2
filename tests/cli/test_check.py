"""``cohear check`` as it is called."""

import json
import re
import signal
import time

import planted
import pytest
import tiny
import yaml
from command import called

from cohear import Study
from cohear.cli.check import EXAMPLES


@pytest.fixture
def study(tmp_path):
    """A study file of two small clean datasets."""
    planted.write_clean(tmp_path / "bird", "bird", 1, groups=5, folds=2)
    planted.write_clean(tmp_path / "door", "door", 2, groups=5, folds=2)
    content = {
        "study": "small",
        "datasets": {"bird": {"path": "bird"}, "door": {"path": "door"}},
        "tasks": {
            "bird": {"dataset": "bird", "target": "bird", "hold_out": "group"},
            "door": {"dataset": "door", "target": "door", "hold_out": "group"},
        },
        "repeats": {"folds": 2},
    }
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.fixture
def cohear(study, monkeypatch):
    """The command; it and its twin in Python have the study's cache."""
    monkeypatch.setenv("COHEAR_CACHE", str(study.parent / "cache"))
    return lambda *arguments: called("check", *arguments)


def test_clean_data(cohear, study, tmp_path):
    page = tmp_path / "made" / "page.html"
    ended = cohear(study, "--page", page)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "no errors, no warnings" in ended.stdout
    assert f"page: {page}" in ended.stdout
    text = page.read_text(encoding="utf-8")
    assert "label-counts" in text
    assert not re.search(r"(src|href)=\"(?!data:|#)", text)


def test_an_error_is_exit_code_one_and_json_has_every_clip(cohear, study, tmp_path):
    for number in range(3):
        (tmp_path / "bird" / "clips" / f"{number:03}.wav").write_bytes(b"")
    ended = cohear(study, "--json")
    assert (ended.returncode, ended.stderr) == (1, "")
    told = json.loads(ended.stdout)
    (finding,) = [one for one in told["findings"] if one["severity"] == "error"]
    assert finding["code"] == "empty-file"
    assert [clip["clip"] for clip in finding["clips"]] == [f"clips/{number:03}.wav" for number in range(3)]
    assert told["counts"]["error"] == 1
    assert told["datasets"]["bird"]["unreadable"] == 3
    assert set(finding) == {"severity", "code", "dataset", "task", "fold", "sentence", "cure", "clips", "figures"}


def test_a_skipped_file_is_a_warning(cohear, study, tmp_path):
    (tmp_path / "bird" / "clips" / "000.wav").write_bytes(b"")
    study.write_text(study.read_text() + "on_bad_file: skip\n", encoding="utf-8")
    ended = cohear(study)
    assert ended.returncode == 0
    assert re.search(r"warning\s+empty-file", ended.stdout)


def test_a_dataset_of_which_nothing_can_be_read(cohear, study, tmp_path):
    for path in (tmp_path / "bird" / "clips").iterdir():
        path.write_text("no audio", encoding="utf-8")
    ended = cohear(study, "--json")
    assert ended.returncode == 1, ended.stderr
    codes = {one["code"] for one in json.loads(ended.stdout)["findings"] if one["severity"] == "error"}
    assert codes == {"unreadable-file", "study-refused"}


def test_tasks_that_cannot_be_cut_are_told_beside_the_rest(cohear, study):
    text = study.read_text().replace("target: door", "target: dor")
    study.write_text(text, encoding="utf-8")
    ended = cohear(study, "--json")
    assert ended.returncode == 1
    findings = json.loads(ended.stdout)["findings"]
    (refused,) = [one for one in findings if one["code"] == "study-refused"]
    assert refused["task"] == "door"
    assert "did you mean 'door'?" in refused["sentence"]
    assert {one["task"] for one in findings if one["code"] == "label-counts"} == {"bird"}


@pytest.mark.parametrize("change", [("path: bird", "path: brd"), ("study: small", "studi: small")])
def test_mistakes_are_exit_code_two(cohear, study, change):
    study.write_text(study.read_text().replace(*change), encoding="utf-8")
    ended = cohear(study)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("error: ")
    assert "Traceback" not in ended.stderr


def test_a_page_that_cannot_be_written(cohear, study):
    ended = cohear(study, "--page", study / "page.html")
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1


def test_hostile_names_stay_text(cohear, study, tmp_path):
    name = "<script>alert(1)</script>[red]\u202e"
    rows = [{**r, "bird": r["bird"].replace("low", name)} for r in planted.read_rows(tmp_path / "bird")]
    rows[-1]["bird"] = name  # so that it is the most frequent, and told
    planted.write_rows(tmp_path / "bird", rows)
    page = tmp_path / "page.html"
    ended = cohear(study, "--page", page)
    assert ended.returncode == 0, ended.stderr
    assert "<script>alert" not in page.read_text(encoding="utf-8")
    assert "<script>" in ended.stdout


def test_the_twin_in_python_gives_the_same(cohear, study):
    told = json.loads(cohear(study, "--json").stdout)
    assert json.loads(json.dumps(Study.load(study).check().to_json())) == told


def test_the_second_pass_decodes_nothing(cohear, study, monkeypatch):
    time.sleep(0.2)  # what was written just now is not trusted to stay as it is
    assert cohear(study).returncode == 0

    def refuse(*_):
        raise AssertionError("decoded again")

    monkeypatch.setattr("soundfile.SoundFile", refuse)
    Study.load(study).check()


def test_a_finished_study_is_judged(finished):
    ended = finished.cohear("check", "out", "--json")
    told = json.loads(ended.stdout)
    gaps = [one for one in told["findings"] if one["code"] == "train-test-gap"]
    assert {one["task"] for one in gaps} == {"tone", "bird"}
    for one in gaps:
        assert one["figures"]["blame"] in {"data-shift", "overfitting", "too-little-data", "not-learnt", "none"}
        assert 0 <= one["figures"]["train"] <= 1
    assert (finished.root / "out" / "check.html").is_file()
    assert json.loads((finished.root / "out" / "check.json").read_text())["findings"][0]["code"] in {
        one["code"] for one in told["findings"]
    }


def test_examples_in_the_help_are_real():
    assert set(re.findall(r"--[a-z]+", EXAMPLES)) <= {"--page", "--json", "--write"}


def test_control_c_is_one_sentence_and_nothing_is_lost(cohear, study):
    bench = tiny.Bench(study.parent)
    process = bench.start("check", study)
    tiny.until(lambda: list(bench.cache.glob("audit/*.jsonl")))
    process.send_signal(signal.SIGINT)
    _, told = process.communicate()
    assert process.returncode in (0, 130)  # it may have been quicker
    assert told == ("" if process.returncode == 0 else "stopped; the same command goes on where it was\n")
    assert cohear(study).returncode == 0
