"""Events, classes, several labels, numbers and a partner without labels in one network, from study to browser."""

import csv
import json
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import tiny
from browsing import NEEDS_CHROMIUM, chromium
from javascript import NEEDS_NPM, example_site, node_modules
from serving import served

from cohear import Bundle
from cohear.runtime.detector import events_of
from cohear.runtime.stream import Stream

pytestmark = [pytest.mark.data, pytest.mark.slow, pytest.mark.timeout(1500)]

TASKS = {
    "when": {"dataset": "mdb_drums", "target": "events", "drop": ["TT"], "hold_out": "group"},
    "kit": {"dataset": "mdb_drums", "target": "drum_tags", "drop": ["TT"], "hold_out": "group"},
    "sound": {"dataset": "esc10", "target": "event", "folds": "fold"},
    "ratio": {"dataset": "office", "target": "ebr_db", "kind": "regression", "unit": "dB", "hold_out": "group"},
    "free": {"dataset": "esc10", "kind": "reconstruct"},
}
"""A task of each kind; the numbers are how far office sounds are above the noise that they were mixed with."""
LABELLED = [name for name in TASKS if name != "free"]


def small_copy(source, folder, kept):
    """Some rows of a dataset's table, with their clips and all of its events."""
    (folder / "clips").mkdir(parents=True)
    with (source / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if kept(row)]
    tiny.write_table(folder, rows)
    for row in rows:
        shutil.copy(source / row["path"], folder / row["path"])
    if (source / "events.csv").exists():
        (folder / "events.csv").write_bytes((source / "events.csv").read_bytes())
    return rows


@pytest.fixture(scope="module")
def made(shared_data, tmp_path_factory):
    """A bench with a finished study, its bundle, the same in int8, and a clip of each dataset."""
    bench = tiny.Bench(tmp_path_factory.mktemp("kinds"))
    chosen = {
        "mdb_drums": lambda row: row["path"].endswith("_00.flac"),
        "esc10": lambda row: row["event"] in ("dog_bark", "rain") and row["fold"] in ("1", "2"),
        "office": lambda row: row["event"] in ("knock", "cough"),
    }
    names = {"office": "dcase2016_office_events"}
    rows = {
        name: small_copy(shared_data / names.get(name, name), bench.root / "data" / name, kept)
        for name, kept in chosen.items()
    }
    bench.run(
        datasets={name: {"path": f"data/{name}"} for name in chosen},
        tasks=TASKS,
        features=["logmel"],
        encoders=[{"name": "small", "width": 0.25}],
        baselines=["onsets"],
        combinations=[list(TASKS)],
        repeats={"folds": 1},
        window=1.0,
        training={"steps": 40, "batch": 4, "learning_rate": 0.01},
    )
    for out, more in (("bundle", ()), ("int8", ("--quantize", "int8", "--force"))):
        ended = bench.cohear("export", "out", "--tasks", ",".join(TASKS), *more, "-o", out)
        assert ended.returncode == 0, ended.stderr
    clips = [bench.root / "data" / name / rows[name][3]["path"] for name in chosen]
    return SimpleNamespace(bench=bench, bundle=Bundle.load(bench.root / "bundle", threads=1), clips=clips)


def numbers_of(answers):
    """What the model says, in numbers, by task; of answers as JSON has them."""
    return {
        task: np.array(list((answer.get("probabilities") or answer.get("numbers")).values()))
        for task, answer in answers.items()
    }


def assert_same(found, expected, within=1e-4):
    """Two answers to the same clip, in numbers: a number in decibels within so much of the largest."""
    assert set(found) == set(expected) == set(LABELLED)
    for task, values in expected.items():
        np.testing.assert_allclose(found[task], values, atol=within * max(1.0, np.abs(values).max()), err_msg=task)


def expected_of(made, clip):
    """The answer of Python, as JSON has it."""
    ended = made.bench.cohear("classify", "bundle", clip, "--json")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def test_every_task_is_scored_and_events_have_a_baseline(made):
    rows = tiny.results(made.bench.root / "out")
    assert {row["task"] for row in rows if row["job"] == "network"} == set(LABELLED)
    assert {row["task"] for row in rows if row["encoder"] == "onsets"} == {"when"}


def test_the_graph_answers_as_the_evaluation_that_scored_the_study(made):
    """The export compares them on clips of every task; a label-free partner has no output."""
    card = json.loads((made.bench.root / "bundle" / "card.json").read_text(encoding="utf-8"))
    assert set(card["tasks"]) == set(LABELLED)
    assert {name: task["kind"] for name, task in card["tasks"].items()} == {
        "when": "timeline",
        "kit": "multilabel",
        "sound": "multiclass",
        "ratio": "number",
    }
    assert card["parity"]["clips"] > 30 and card["parity"]["largest_difference"] <= 1e-4


def test_a_stream_and_a_server_answer_as_a_file_is_answered(made):
    for clip in made.clips:
        expected = expected_of(made, clip)
        samples, rate = soundfile.read(clip, dtype="float32")
        stream = Stream(made.bundle, rate)
        windows = [
            window for first in range(0, len(samples), 1600) for window in stream.push(samples[first : first + 1600])
        ]
        windows += stream.end()
        told = {task: vars(answer) for task, answer in stream.clip.items()}
        assert_same(numbers_of(told), numbers_of(expected["tasks"]))
        whole = made.bundle.windows(samples, rate)
        own, other = (events_of(each, made.bundle.tasks) for each in (windows, whole))
        assert [(e.task, e.label, round(e.onset, 4), round(e.offset, 4)) for e in own] == [
            (e.task, e.label, round(e.onset, 4), round(e.offset, 4)) for e in other
        ]
        with served(made.bundle) as client:
            answer = client.post(
                "/classify", files={"file": (clip.name, clip.read_bytes())}, params={"windows": "true"}
            )
        assert answer.status_code == 200, answer.text
        assert_same(numbers_of(answer.json()["tasks"]), numbers_of(expected["tasks"]))
        assert [(e["task"], e["label"]) for e in answer.json()["events"]] == [(e.task, e.label) for e in other]


def test_listen_answers_as_a_file_is_answered(made):
    clip = made.clips[0]
    command = [sys.executable, "-c", "from cohear.cli import main; main()", "listen", made.bench.root / "bundle"]
    more = ["--file", clip, "--speed", "0", "--json"]
    ended = subprocess.run([str(each) for each in (*command, *more)], capture_output=True, check=False, timeout=300)
    assert ended.returncode == 0, ended.stderr
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert_same(numbers_of(lines[-1]["tasks"]), numbers_of(expected_of(made, clip)["tasks"]))
    whole = events_of(made.bundle.windows(*soundfile.read(clip, dtype="float32")), made.bundle.tasks)
    told = {(e["task"], e["label"], round(e["onset"], 3)) for e in lines if e["type"] == "event"}
    assert told == {(e.task, e.label, round(e.onset, 3)) for e in whole} and any(e.task == "when" for e in whole)


@NEEDS_CHROMIUM[0]
@NEEDS_CHROMIUM[1]
@NEEDS_NPM
def test_a_browser_answers_as_python_does(made, tmp_path):
    script = """async samples => { const { Bundle } = await import("./bundle.js");
    return (await Bundle.load("mine")).classify(Float32Array.from(samples)); }"""
    with (
        example_site(tmp_path / "site", node_modules(), mine=made.bench.root / "bundle") as address,
        chromium() as browser,
    ):
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{address}/index.html")
        for clip in made.clips:
            samples, _ = soundfile.read(clip, dtype="float32")  # at the rate of the bundle
            found, expected = page.evaluate(script, samples.tolist()), expected_of(made, clip)
            assert_same(numbers_of(found["tasks"]), numbers_of(expected["tasks"]))
            spans = [
                [(s["label"], round(s["onset"], 4)) for s in each["tasks"]["when"]["spans"]]
                for each in (found, expected)
            ]
            assert spans[0] == spans[1]


def test_int8_answers_events_too(made):
    """It costs what the card says, and no more than it may."""
    card = json.loads((made.bench.root / "int8" / "card.json").read_text(encoding="utf-8"))
    assert "when" in json.dumps(card["quantisation"]["measured"])
    small = Bundle.load(made.bench.root / "int8", threads=1)
    for clip in made.clips:
        samples, rate = soundfile.read(clip, dtype="float32")
        found, expected = (
            numbers_of({t: vars(a) for t, a in each.classify(samples, rate).items()}) for each in (small, made.bundle)
        )
        assert found["when"].shape == expected["when"].shape
        assert np.abs(found["when"] - expected["when"]).mean() < 0.1
