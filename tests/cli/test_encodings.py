"""No command ends at a letter that standard output cannot show."""

import csv
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import soundfile
import tiny
from command import called
from rich_study import write_rich_study
from tiny_bundle import make_tiny_bundle, tone

pytestmark = pytest.mark.slow  # every command, three times over

ENCODINGS = ["latin-1", "ascii", "cp437"]
NAMES = ("שלום", "näh 🐦", "a→b", "plain")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A bundle, sounds, datasets and a study folder, with names in letters of many languages."""
    root = tmp_path_factory.mktemp("letters")
    make_tiny_bundle(root / "bundle 🐦")
    (root / "sounds").mkdir()
    for name in ("日本.wav", "plain.wav", "é–x…y.wav"):
        soundfile.write(root / "sounds" / name, np.concatenate([tone("low"), tone(seconds=1.0)]), 16000)
    (root / "sounds" / "kaputt ✗.wav").write_bytes(b"RIFF????")
    (root / "study").mkdir()
    write_rich_study(root / "study", names=NAMES, encoders=("small",))
    tiny.write_datasets(root / "data")
    (root / "data" / "tones").rename(root / "data" / "töne→")
    tasks = {
        "ton שלום": {"dataset": "töne→", "target": "tone"},
        "bird": {"dataset": "birds", "target": "bird"},
    }
    tiny.write_study(root, datasets={"töne→": {"path": "data/töne→"}, "birds": {"path": "data/birds"}}, tasks=tasks)
    return root


COMMANDS = {
    "help": ["--help"],
    "classify": ["classify", "bundle 🐦", "sounds"],
    "classify as CSV": ["classify", "bundle 🐦", "sounds", "--csv"],
    "classify as JSON": ["classify", "bundle 🐦", "sounds", "--json"],
    "listen": ["listen", "bundle 🐦", "--file", "sounds/日本.wav", "--speed", "0"],
    "listen as JSON": ["listen", "bundle 🐦", "--file", "sounds/日本.wav", "--speed", "0", "--json"],
    "bench": ["bench", "bundle 🐦", "--seconds", "0.2", "--repeats", "2"],
    "gains": ["gains", "study"],
    "answers": ["answers", "study"],
    "answers as JSON": ["answers", "study", "--json"],
    "power": ["power", "study"],
    "check": ["check", "study.yaml"],
    "check as JSON": ["check", "study.yaml", "--json"],
    "init": ["init", "data/töne→", "data/birds", "-o", "neu→.yaml"],
    "datasets": ["datasets"],
    "a mistake": ["check", "fehlt…→.yaml"],
    "another mistake": ["classify", "nichts 🐦", "x.wav"],
    "no such option": ["classify", "--wrong→"],
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_printable(place, command, encoding):
    (place / "neu→.yaml").unlink(missing_ok=True)
    environment = {"COHEAR_CACHE": str(place / "cache")}
    ended = called(*COMMANDS[command], folder=place, environment=environment, encoding=encoding)
    assert "Traceback" not in ended.stderr
    assert ended.returncode in (0, 1, 2)
    assert (ended.stdout + ended.stderr).strip()
    if command in ("classify as JSON", "listen as JSON"):
        told = [json.loads(line) for line in ended.stdout.splitlines()]
        assert command != "classify as JSON" or {each["file"] for each in told} >= {
            "sounds/日本.wav",
            "sounds/é–x…y.wav",
        }
    elif command.endswith("JSON"):
        json.loads(ended.stdout)
    elif command == "classify as CSV":
        rows = list(csv.DictReader(ended.stdout.splitlines()))
        assert [row["label"] for row in rows if row["task"] == "pitch"] == ["low"] * 3
        assert r"sounds/\u65e5\u672c.wav" in [row["file"] for row in rows]


@pytest.mark.parametrize("encoding", ["latin-1", "ascii:strict", "utf-8"])
def test_a_process_whose_output_is_not_utf_8(place, encoding):
    """As the terminal or PYTHONIOENCODING has it; marks become similar ones, letters their escapes."""
    command = [sys.executable, "-c", "from cohear.cli import main; main()", "classify", "bundle 🐦", "sounds"]
    ended = subprocess.run(
        command, cwd=place, env={**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "120"},
        capture_output=True, check=False,
    )  # fmt: skip
    shown = ended.stdout.decode(encoding.partition(":")[0])
    assert ended.returncode == 1 and b"Traceback" not in ended.stderr
    assert shown.count("low 1.00") >= 3
    assert ("日本" if encoding == "utf-8" else r"\u65e5\u672c") in shown
    assert ("é–x…y" in shown) == (encoding == "utf-8")
    assert ("é-x...y" in shown) == (encoding == "latin-1")
    assert "kaputt" in ended.stderr.decode(encoding.partition(":")[0])
