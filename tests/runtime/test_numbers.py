"""A task of numbers in every form of an answer, beside a task of labels that stays what it is."""

import csv
import io
import json
import subprocess
import sys

import numpy as np
import pytest
import soundfile
from serving import served
from tiny_bundle import LEVELS, PITCHES, tone

from cohear import Bundle
from cohear.base.decoding import LabelDecoding
from cohear.base.errors import DataError
from cohear.runtime.answers import Number
from cohear.runtime.detector import events_of
from cohear.runtime.stream import Stream

SOUND = np.concatenate([tone("low", seconds=1.2), tone(seconds=0.5), tone("high", seconds=1.0)])


@pytest.fixture(scope="module")
def wav(tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "sound.wav"
    soundfile.write(path, SOUND, 16000, subtype="FLOAT")
    return path


def command(*arguments):
    ended = subprocess.run(
        [sys.executable, "-c", "from cohear.cli import main; main()", *map(str, arguments)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def told(number):
    """An answer as JSON tells it."""
    return {"numbers": pytest.approx(number.numbers, abs=1e-3), "unit": "nat", "spread": LEVELS_SPREAD}


LEVELS_SPREAD = dict(zip(PITCHES, LEVELS.spread, strict=True))


def test_the_numbers_are_those_of_the_model(numbers):
    """Of a clip, the mean over the windows that are heard; in their unit, with what the card says of their spread."""
    answers = numbers.classify(SOUND, 16000)
    plain = numbers.probabilities(SOUND[None])["levels"][0]
    assert isinstance(answers["levels"], Number)
    assert list(answers["levels"].numbers.values()) == pytest.approx(plain.tolist(), abs=1e-4)
    assert plain.max() < -1  # no probabilities
    assert (answers["levels"].unit, answers["levels"].spread) == ("nat", LEVELS_SPREAD)
    heard = [window.answers["levels"] for window in numbers.windows(SOUND) if window.heard]
    mean = np.mean([list(number.numbers.values()) for number in heard], axis=0)
    np.testing.assert_allclose(mean, plain, atol=1e-4)
    stream = Stream(numbers, 16000)
    stream.push(SOUND)
    stream.end()
    assert stream.clip["levels"].numbers == pytest.approx(answers["levels"].numbers, abs=1e-4)
    assert str(Number({"a": 3.14159}, "dB", {})) == "3.142 dB"
    assert str(Number({"a": 3.14159}, "dB", {"a": 0.25})) == "3.142 ± 0.25 dB"
    assert str(Number({"a": 0.5, "b": 120000.0}, "", {})) == "a 0.5; b 1.2e+05"


def test_the_task_of_labels_beside_it_is_what_it_is_alone(numbers, tiny):
    assert numbers.classify(SOUND, 16000)["pitch"].probabilities == pytest.approx(
        tiny.classify(SOUND, 16000)["pitch"].probabilities, abs=1e-6
    )
    assert {event.task for event in events_of(numbers.windows(SOUND), numbers.tasks)} == {"pitch"}


def test_classify_as_lines_of_json(number_folder, numbers, wav):
    line = json.loads(command("classify", number_folder, wav, "--json", "--windows"))
    assert line["tasks"]["levels"] == told(numbers.classify(SOUND, 16000)["levels"])
    assert line["tasks"]["pitch"]["label"]
    for window, there in zip(line["windows"], numbers.windows(SOUND), strict=True):
        assert window["tasks"]["levels"] == told(there.answers["levels"])


def test_classify_as_rows_and_as_a_table(number_folder, numbers, wav):
    rows = list(csv.DictReader(io.StringIO(command("classify", number_folder, wav, "--csv"))))
    assert list(rows[0]) == ["file", "seconds", "task", "label", "probability", "number", "unit", "spread", "heard"]
    numbers = numbers.classify(SOUND, 16000)["levels"].numbers
    assert {row["label"]: float(row["number"]) for row in rows if row["task"] == "levels"} == pytest.approx(
        numbers, abs=1e-3
    )
    assert [(row["number"], row["unit"], row["spread"]) for row in rows if row["task"] == "pitch"] == [("", "", "")]
    assert {row["label"]: float(row["spread"]) for row in rows if row["task"] == "levels"} == LEVELS_SPREAD
    table = command("classify", number_folder, wav)
    assert "low" in table and "± 0.5 nat" in table and "± 1 nat" in table


def test_time_lines_are_of_labels(number_folder, wav, tmp_path):
    command("classify", number_folder, wav, "--timeline", tmp_path / "lines")
    assert {path.name.split(".")[1] for path in (tmp_path / "lines").iterdir()} == {"pitch"}


def test_listen(number_folder, numbers, wav):
    lines = [
        json.loads(line)
        for line in command("listen", number_folder, "--file", wav, "--speed", 0, "--json").splitlines()
    ]
    windows = [line for line in lines if line["type"] == "window"]
    for window, there in zip(windows, numbers.windows(SOUND), strict=True):
        assert window["tasks"]["levels"] == told(there.answers["levels"])
    assert {line["task"] for line in lines if line["type"] == "event"} == {"pitch"}


def test_the_server(numbers, wav):
    pytest.importorskip("websockets", reason="websockets is not installed")
    from websockets.sync.client import connect

    with served(numbers) as client:
        tasks = client.get("/tasks").json()["tiny"]["tasks"]
        assert tasks["levels"] == {
            "name": "levels", "kind": "number", "names": list(PITCHES), "unit": "nat", "low": -12, "high": 12,
            "spread": list(LEVELS.spread),
        }  # fmt: skip
        assert tasks["pitch"] == {"name": "pitch", "kind": "multiclass", "labels": list(PITCHES), "thresholds": []}
        answer = client.post("/classify?windows=true", content=wav.read_bytes()).json()
        assert answer["answers"]["levels"] == told(numbers.classify(SOUND, 16000)["levels"])
        assert {event["task"] for event in answer["events"]} == {"pitch"}
        assert client.get("/openapi.json").status_code == 200
        with connect(str(client.base_url).replace("http", "ws") + "/stream?format=f32le", compression=None) as stream:
            stream.send(SOUND.astype("<f4").tobytes())
            stream.send('{"type": "end"}')
            messages = [json.loads(message) for message in stream]
        assert messages[-1]["answers"]["levels"] == told(numbers.classify(SOUND, 16000)["levels"])


def test_cards_that_tell_no_numbers(number_folder, tmp_path):
    """Numbers and model agree, whatever is wrong with a card."""
    card = json.loads((number_folder / "card.json").read_text())
    levels = card["tasks"]["levels"]
    assert isinstance(Bundle.load(number_folder).tasks["pitch"], LabelDecoding)
    for wrong in ({"names": ["a"]}, {"names": ["a", "a", "b"]}, {"spread": [1.0]}, {"kind": "numbers"}):
        broken = tmp_path / repr(wrong)[:40].replace("/", "")
        broken.mkdir()
        for file in number_folder.iterdir():
            (broken / file.name).write_bytes(file.read_bytes())
        tasks = {**card["tasks"], "levels": {**levels, **wrong}}
        (broken / "card.json").write_text(json.dumps({**card, "tasks": tasks}))
        with pytest.raises(DataError, match="export"):
            Bundle.load(broken)
