"""A clip whose middle is silent: its study, its bundle and a stream of it say the same of every step."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import tiny
from events import PITCHES, SECONDS, write_events
from scipy.special import expit

from cohear import Bundle
from cohear.base.timeline import UNHEARD
from cohear.runtime.stream import Stream

BEGIN, END, STEP = 0.6, 0.9, 0.05
SILENT = range(13, 17)
"""Steps of which no frame sees a sample of sound: a frame sees 25 ms around 10."""
STEPS = round(SECONDS / STEP)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """A study of time lines whose clips have the last bit of 16 between two sounds, and the bundle of its network."""
    bench = tiny.Bench(tmp_path_factory.mktemp("silent"))
    folder = bench.root / "data" / "events"
    write_events(folder)
    noise = np.random.default_rng(1)
    for path in sorted(folder.glob("audio/*.wav")):
        samples, rate = soundfile.read(path, dtype="float32")
        middle = slice(round(BEGIN * rate), round(END * rate))
        samples[middle] = noise.integers(-1, 2, middle.stop - middle.start) * 2.0**-15
        soundfile.write(path, samples, rate, subtype="FLOAT")
    out = bench.run(
        plugins=[str(Path(tiny.__file__).with_name("time_lines.py"))],
        datasets={"events": {"path": "data/events"}},
        tasks={"when": {"dataset": "events", "target": "sounds", "kind": "sounding-steps"}},
        combinations=["singles"],
        features=["logmel"],
        encoders=[{"name": "small", "width": 0.5}],
        repeats={"folds": 1},
        window=0.5,
        training={"steps": 100, "batch": 8, "learning_rate": 0.01},
    )
    [result] = tiny.results(out)
    ended = bench.cohear("export", "out", "--run", result["run"], "-o", "bundle")
    assert ended.returncode == 0, ended.stderr
    return bench


@pytest.fixture(scope="module")
def steps(bench):
    """Rows of ``predictions.csv`` by tested clip."""
    [result] = tiny.results(bench.root / "out")
    by_clip = {}
    text = (bench.root / "out" / "runs" / result["run"] / "predictions.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        if row["part"] == "test":
            by_clip.setdefault(row["clip"], []).append(row)
    return by_clip


def logits_of(rows):
    """``[steps, labels]``."""
    return np.array([[float(row[label]) for label in sorted(PITCHES)] for row in rows])


def test_silent_steps_of_tested_clips_have_no_label(steps):
    assert len(steps) == 6
    for rows in steps.values():
        unheard = (logits_of(rows) == UNHEARD).all(axis=1)
        assert (len(rows), np.flatnonzero(unheard).tolist()) == (STEPS, list(SILENT))
        assert (logits_of(rows)[~unheard] > -100).all()


def test_labels_in_silence_are_missed(bench, steps):
    """The score is macro F1 over all steps, in the silent ones of which nothing is ever said."""
    rows = [row for clip in steps.values() for row in clip]
    silent = np.tile(np.isin(np.arange(STEPS), SILENT), len(steps))
    said, each = logits_of(rows) > 0, []
    for column, label in enumerate(sorted(PITCHES)):
        true = np.array([label in row["label"].split(";") for row in rows])
        assert true[silent].any() and true[~silent].any()
        hits = (said[:, column] & true & ~silent).sum()
        each.append(2 * hits / ((said[:, column] & ~silent).sum() + true.sum()))
    [result] = tiny.results(bench.root / "out")
    assert float(result["value"]) == pytest.approx(np.mean(each), abs=1e-6)
    assert float(result["value"]) > 0.4


def test_bundle_and_stream_say_what_the_study_says(bench, steps):
    bundle = Bundle.load(bench.root / "bundle")
    card = json.loads((bench.root / "bundle" / "card.json").read_text(encoding="utf-8"))
    temperature = card["tasks"]["when"]["calibration"]["temperature"]
    for clip, rows in steps.items():
        samples, rate = soundfile.read(Path(bench.root / "data" / "events" / clip), dtype="float32")
        studied = expit(logits_of(rows) / temperature)
        stream = Stream(bundle, rate)
        for begin in range(0, len(samples), 1777):
            stream.push(samples[begin : begin + 1777])
        stream.end()
        whole = bundle.probabilities(samples[None])["when"][0]
        answers = [bundle.classify(samples, rate)["when"], stream.clip["when"]]
        for found in (whole, *(np.transpose(list(answer.probabilities.values())) for answer in answers)):
            assert found == pytest.approx(studied, abs=1e-4)
            assert not found[list(SILENT)].any()
        for answer in answers:
            assert answer.spans
            assert all(span.offset <= 0.651 or span.onset >= 0.849 for span in answer.spans)
