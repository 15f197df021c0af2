"""``cohear classify`` on real files through the real command line; no study is needed."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
import tiny
from tiny_bundle import make_tiny_bundle, tone

from cohear import Bundle
from cohear.base.decoding import LabelDecoding
from cohear.cli import main
from cohear.cli.classify import _TimeLines
from cohear.runtime import files
from cohear.runtime.files import FileAnswer, classify_file
from cohear.runtime.stream import Stream

LABELLED = LabelDecoding("p", "multiclass", ("a", "b"))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return make_tiny_bundle(tmp_path_factory.mktemp("classify") / "bundle")


@pytest.fixture
def place(tmp_path):
    bench = tiny.Bench(tmp_path)
    sounds = tmp_path / "sounds"
    (sounds / "deeper").mkdir(parents=True)
    soundfile.write(sounds / "low.wav", tone("low"), 16000)
    soundfile.write(sounds / "mid.flac", np.stack([tone("mid", rate=44100)] * 2, axis=1), 44100)
    soundfile.write(sounds / "deeper" / "high.ogg", tone("high", rate=48000), 48000)
    (sounds / "notes.txt").write_text("no audio")
    return bench


def test_a_folder_as_a_table(bundle, place):
    ended = place.cohear("classify", bundle, "sounds")
    assert (ended.returncode, ended.stderr) == (0, "")
    for label, file in (("low", "low.wav"), ("mid", "mid.flac"), ("high", "high.ogg")):
        (line,) = [line for line in ended.stdout.splitlines() if file in line]
        assert f"{label} 1.00" in line


def test_all_sound_of_a_folder_is_answered(bundle, place):
    """Names in capitals, without an ending or with an odd one, and folders behind links; no other file is."""
    (place.root / "elsewhere").mkdir()
    low = (place.root / "sounds" / "low.wav").read_bytes()
    for name in ("sounds/A.WAVE", "sounds/plain", "sounds/odd.sound", "sounds/half.wav.part", "elsewhere/far.wav"):
        (place.root / name).write_bytes(low)
    (place.root / "sounds" / "link").symlink_to(place.root / "elsewhere")
    (place.root / "sounds" / "notes").write_text("no audio")
    ended = place.cohear("classify", bundle, "sounds", "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    told = {Path(json.loads(line)["file"]).name for line in ended.stdout.splitlines()}
    assert told == {"low.wav", "mid.flac", "high.ogg", "A.WAVE", "plain", "odd.sound", "half.wav.part", "far.wav"}


def test_what_a_folder_holds_beside_is_told(bundle, place):
    """Tables and packed audio, by kind with counts; what a system keeps for itself is no sound."""
    (place.root / "sounds" / "labels.csv").write_text("path,label\n")
    (place.root / "sounds" / "list").write_text("low.wav low\n")
    (place.root / "sounds" / "._low.wav").write_bytes(b"a resource fork of macOS")
    with zipfile.ZipFile(place.root / "sounds" / "more.zip", "w") as archive:
        archive.writestr("a.wav", "")
    ended = place.cohear("classify", bundle, "sounds", "--json")
    assert ended.returncode == 0
    assert len(ended.stdout.splitlines()) == 3
    assert ended.stderr.splitlines() == [
        "note: sounds: 2 tables are not read: 'labels.csv', 'list'",
        "note: sounds: 1 archive is not unpacked, with 1 audio file in it: 'more.zip'",
    ]


def test_a_narrow_terminal_shows_whole_answers(bundle, place):
    """Where a row a file does not fit, each task has its own: no label is cut."""
    soundfile.write(place.root / "a-name-that-takes-some-place.wav", tone("low", "mid", "high"), 16000)
    code = [sys.executable, "-c", "from cohear.cli import main; main()", "classify", str(bundle)]
    ended = subprocess.run(
        [*code, "a-name-that-takes-some-place.wav"],
        cwd=place.root, env={**os.environ, "COLUMNS": "66"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "…" not in ended.stdout and max(map(len, ended.stdout.splitlines())) <= 66
    tasks = [line.split("│")[3].strip() for line in ended.stdout.splitlines() if "│" in line]
    assert list(filter(None, tasks)) == ["pitch", "parts"]
    answers = " ".join(line.split("│")[4].strip() for line in ended.stdout.splitlines() if "│" in line)
    assert re.search(r"(low|mid|high) [\d.]+; (low|mid|high) [\d.]+; (low|mid|high) [\d.]+$", answers), answers


def test_json_lines_csv_and_bad_files(bundle, place):
    """A bad file is named, the rest goes on, and the end says so."""
    (place.root / "broken.wav").write_bytes(b"RIFF????")
    soundfile.write(place.root / "nan.wav", np.array([0.1, np.nan]), 16000, subtype="FLOAT")
    arguments = ["sounds/*.*", "broken.wav", "nowhere.wav", "nan.wav", "sounds/low.wav", "none*.wav", ""]
    ended = place.cohear("classify", bundle, *arguments, "--json", "--windows")
    assert ended.returncode == 1
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    good = {line["file"]: line for line in lines if "tasks" in line}
    assert list(good) == ["sounds/low.wav", "sounds/mid.flac"]  # each once
    assert good["sounds/mid.flac"]["tasks"]["pitch"]["label"] == "mid"
    assert [round(w["onset"], 2) for w in good["sounds/low.wav"]["windows"]] == [0, 0.25, 0.5]
    bad = {line["file"]: line["error"] for line in lines if "error" in line}
    assert set(bad) == {"sounds/notes.txt", "broken.wav", "nowhere.wav", "nan.wav", "none*.wav", ""}
    assert all(name in ended.stderr for name in bad)
    assert "Traceback" not in ended.stderr
    ended = place.cohear("classify", bundle, "sounds/low.wav", "--csv")
    rows = list(csv.DictReader(ended.stdout.splitlines()))
    assert [(row["task"], row["label"]) for row in rows] == [("pitch", "low"), ("parts", "low")]


def test_names_that_would_break_a_table_are_one_cell(bundle, place):
    odd = 'a\nb,"c"\r.wav'
    soundfile.write(place.root / odd, tone("low"), 16000)
    ended = place.cohear("classify", bundle, odd, "--csv")
    rows = list(csv.DictReader(io.StringIO(ended.stdout, newline="")))
    assert [(row["task"], row["label"]) for row in rows] == [("pitch", "low"), ("parts", "low")]
    assert {row["file"] for row in rows} <= {odd, odd.replace("\r", "\n")}  # as the helper reads ends of lines


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--csv", "--timeline", "lines"]])
def test_nothing_but_wrong_paths_is_a_mistake(bundle, place, arguments):
    """Where no argument names an audio file, nothing is begun."""
    (place.root / "empty").mkdir()
    wrong = ["nowhere.wav", "none*.wav", "empty"]
    ended = place.cohear("classify", bundle, *wrong, *arguments)
    assert ended.returncode == 2
    assert [line[:7] for line in ended.stderr.splitlines()] == ["error: "] * 3
    assert all(name in ended.stderr for name in wrong)
    told = [json.loads(line)["file"] for line in ended.stdout.splitlines()]
    assert told == (wrong if "--json" in arguments else [])
    assert not (place.root / "lines").exists()


def test_names_that_are_orders_to_a_terminal(bundle, place):
    (place.root / "hostile").mkdir()
    soundfile.write(place.root / "hostile" / "a\x1b[31m\nb.wav", tone("mid"), 16000)
    soundfile.write(os.fsencode(place.root / "hostile") + b"/\xff.wav", tone("mid"), 16000)
    for arguments in ([], ["--json"], ["--csv"], ["--timeline", "lines"]):
        ended = place.cohear("classify", bundle, "hostile", *arguments)
        assert ended.returncode == 1
        assert "no UTF-8 text" in ended.stderr
        assert "Traceback" not in ended.stderr
        if arguments != ["--csv"]:
            assert "\x1b[31m" not in ended.stdout + ended.stderr


@pytest.mark.parametrize(("rate", "channels"), [(100, 1), (107, 2), (655350, 1), (16000, 1000)])
def test_unusual_rates_and_channels(bundle, tmp_path, rate, channels):
    soundfile.write(tmp_path / "a.wav", np.tile(tone("mid", seconds=0.05)[:60, None], (1, channels)), rate)
    found = classify_file(Bundle.load(bundle), tmp_path / "a.wav")
    assert found.seconds == pytest.approx(60 / rate, abs=1 / 16000)
    assert sum(found.answers["pitch"].probabilities.values()) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("rate", [1, 99, 1_000_001])
def test_a_rate_that_no_sound_has_is_refused(bundle, place, rate):
    soundfile.write(place.root / "a.wav", tone("mid"), rate)
    ended = place.cohear("classify", bundle, "a.wav")
    assert ended.returncode == 1
    assert f"a.wav: its header states a rate of {rate} Hz, which no sound has (100 to 1000000)" in ended.stderr


def test_a_file_at_the_scale_of_integers_is_refused_by_name_and_the_rest_answered(bundle, place):
    soundfile.write(place.root / "loud.wav", tone("mid") * 32768, 16000, subtype="FLOAT")
    ended = place.cohear("classify", bundle, "loud.wav", "sounds/low.wav", "--json")
    assert ended.returncode == 1
    first, second = map(json.loads, ended.stdout.splitlines())
    assert first["file"] == "loud.wav" and "divide them by 32768" in first["error"]
    assert "loud.wav: samples go up to" in ended.stderr
    assert second["tasks"]["pitch"]["label"] == "low"


def test_a_low_rate_needs_no_more_memory(bundle, tmp_path, monkeypatch):
    """However long what is decoded at once lasts, it comes to the model in pieces."""
    soundfile.write(tmp_path / "a.wav", tone("low", seconds=0.1), 100)  # 16 s
    loaded = Bundle.load(bundle)
    whole = classify_file(loaded, tmp_path / "a.wav").answers["pitch"].probabilities
    pushed = []

    class Watched(Stream):
        def push(self, samples):
            pushed.append(len(samples))
            return super().push(samples)

    monkeypatch.setattr(files, "PIECE_SAMPLES", 16000)
    monkeypatch.setattr(files, "Stream", Watched)
    assert classify_file(loaded, tmp_path / "a.wav").answers["pitch"].probabilities == pytest.approx(whole, abs=1e-5)
    assert pushed == [100] * 16


def test_a_time_line(bundle, place):
    whole = np.concatenate([tone("low", seconds=2), tone(seconds=2), tone("high", seconds=2)])
    soundfile.write(place.root / "a.wav", whole, 16000)
    (place.root / "b").mkdir()
    soundfile.write(place.root / "b" / "a.wav", tone("mid"), 16000)
    ended = place.cohear("classify", bundle, "a.wav", "b/a.wav", "--timeline", "lines")
    assert ended.returncode == 0, ended.stderr
    names = sorted(path.name for path in (place.root / "lines").iterdir())
    assert names == sorted(
        f"{stem}.{task}.{end}" for stem in ("a", "a-2") for task in ("pitch", "parts") for end in ("tsv", "txt", "jams")
    )
    head, *rows = (place.root / "lines" / "a.pitch.tsv").read_text().splitlines()
    assert head == "onset\toffset\tevent_label"
    assert [row.split("\t")[2] for row in rows if float(row.split("\t")[1]) - float(row.split("\t")[0]) > 1] == [
        "low",
        "high",
    ]


def test_time_lines_are_not_written_over(bundle, place):
    """Neither by another file of the same run, whatever its name, nor by a later run."""
    soundfile.write(place.root / "a.pitch.wav", tone("low"), 16000)
    sounds = ["a.wav", "b/a.wav", "a-2.wav", "A.flac", "c/a-2.wav"]
    for name in sounds:
        (place.root / name).parent.mkdir(exist_ok=True)
        soundfile.write(place.root / name, tone("mid"), 16000)
    ended = place.cohear("classify", bundle, *sounds, "a.pitch.wav", "--timeline", "lines")
    assert ended.returncode == 0, ended.stderr
    written = sorted((place.root / "lines").iterdir())
    assert len({path.name.casefold() for path in written}) == len(written) == 6 * (len(sounds) + 1)
    kept = {path: path.read_bytes() for path in written}
    (place.root / "d").mkdir()
    soundfile.write(place.root / "d" / "a.wav", tone("high"), 16000)
    ended = place.cohear("classify", bundle, "sounds/low.wav", "d/a.wav", "--timeline", "lines", "--json")
    assert (ended.returncode, ended.stdout) == (2, "")  # before anything is answered
    assert "is there already: choose another folder" in ended.stderr
    assert {path: path.read_bytes() for path in (place.root / "lines").iterdir()} == kept


def test_time_lines_whose_names_differ_in_a_dot(tmp_path):
    """File ``a`` of task ``b.c`` and file ``a.b`` of task ``c``."""
    lines = _TimeLines(tmp_path, SimpleNamespace(tasks=dict.fromkeys(["b.c", "c"], LABELLED)))
    for name in ("a.wav", "a.b.wav"):
        lines.write(Path(name), FileAnswer(1.0, {}, [], []))
    assert len(list(tmp_path.iterdir())) == 2 * 2 * 3


def test_events_of_many_files_in_one_table(bundle, place):
    soundfile.write(place.root / "quiet.wav", tone(seconds=1.0), 16000)
    (place.root / "broken.wav").write_bytes(b"RIFF????")
    sounds = ["sounds", "quiet.wav", "broken.wav"]
    ended = place.cohear("classify", bundle, *sounds, "--events", "made/all.tsv", "--minimum", "0.5")
    assert ended.returncode == 1 and "broken.wav" in ended.stderr
    rows = list(csv.DictReader((place.root / "made" / "all.tsv").read_text().splitlines(), delimiter="\t"))
    assert list(rows[0])[:4] == ["filename", "onset", "offset", "event_label"]
    found = [(row["filename"], row["event_label"]) for row in rows if row["task"] == "pitch"]
    assert found == [("sounds/deeper/high.ogg", "high"), ("sounds/low.wav", "low"), ("sounds/mid.flac", "mid")]
    assert all(0 <= float(row["onset"]) < float(row["offset"]) and 0 < float(row["probability"]) <= 1 for row in rows)
    before = (place.root / "made" / "all.tsv").read_bytes()
    ended = place.cohear("classify", bundle, "sounds", "--events", "made/all.tsv", "--json")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "is there already: choose another name" in ended.stderr
    assert (place.root / "made" / "all.tsv").read_bytes() == before


def test_a_selection_table_of_raven(bundle, place):
    """Several files lie one after the other there; each selection names its file and its place in it."""
    ended = place.cohear("classify", bundle, "sounds/low.wav", "sounds/mid.flac", "--events", "all.txt", "--csv")
    assert ended.returncode == 0, ended.stderr
    rows = list(csv.DictReader((place.root / "all.txt").read_text().splitlines(), delimiter="\t"))
    needed = ["Selection", "View", "Channel", "Begin Time (s)", "End Time (s)", "Low Freq (Hz)", "High Freq (Hz)"]
    assert list(rows[0])[: len(needed)] == needed
    assert [row["Selection"] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    pitch = [row for row in rows if row["Task"] == "pitch"]
    assert [(row["Begin File"], row["Label"]) for row in pitch] == [("low.wav", "low"), ("mid.flac", "mid")]
    assert Path(pitch[1]["Begin Path"]) == place.root / "sounds" / "mid.flac"
    assert float(pitch[1]["Begin Time (s)"]) == pytest.approx(1.0 + float(pitch[1]["File Offset (s)"]), abs=1e-3)
    assert (float(pitch[0]["Low Freq (Hz)"]), float(pitch[0]["High Freq (Hz)"])) == (0, 8000)


def test_time_lines_of_long_names(tmp_path):
    """A name of a file has at most 255 bytes, and a task's name in it takes up to twelve for each character."""
    tasks = dict.fromkeys(["🔥" * 70 + "a", "🔥" * 70 + "b", "p"], LABELLED)
    lines = _TimeLines(tmp_path, SimpleNamespace(tasks=tasks))
    for folder in ("one", "other"):
        lines.write(Path(folder) / ("ü" * 120 + ".wav"), FileAnswer(1.0, {}, [], []))
    assert len(list(tmp_path.iterdir())) == 2 * len(tasks) * 3


def stopped_at_the_second(error, bundle, place, monkeypatch, *options):
    """Two files are asked for, and the second one is not answered: the command line, ready to be called."""

    def classified(loaded, path, **given):
        if path.name == "mid.flac":
            raise error
        return classify_file(loaded, path, **given)

    monkeypatch.setattr(files, "classify_file", classified)
    sounds = [str(place.root / "sounds" / name) for name in ("low.wav", "mid.flac")]
    monkeypatch.setattr(sys, "argv", ["cohear", "classify", str(bundle), *sounds, *options])


def test_what_was_answered_is_told_when_it_is_stopped(bundle, place, monkeypatch, capsys):
    stopped_at_the_second(KeyboardInterrupt, bundle, place, monkeypatch)
    with pytest.raises(SystemExit, match="130"):
        main()
    told = capsys.readouterr()
    assert "low 1.00" in told.out
    assert told.err == "stopped\n"


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_a_table_of_a_run_that_ended_early_is_told(bundle, place, monkeypatch, capsys, tmp_path, error):
    written = ["--events", str(tmp_path / "all.tsv"), "--timeline", str(tmp_path / "lines")]
    stopped_at_the_second(error, bundle, place, monkeypatch, *written)
    with pytest.raises((SystemExit, OSError)):
        main()
    told = " ".join(capsys.readouterr().err.split())
    for name in ("all.tsv", "lines"):
        assert f"{tmp_path / name} is not complete: it has the events of 1 of 2 files" in told


MISTAKES = {
    "no bundle": (["classify", "nothing", "a.wav"], "there is no such folder"),
    "no file": (["classify", "BUNDLE"], "Missing argument"),
    "no place for time lines": (["classify", "BUNDLE", "sounds", "--timeline", "/proc/none/x"], "choose another place"),
    "an onset": (["classify", "BUNDLE", "sounds", "--onset", "2"], "found 2, 0.6 and 0"),
    "no table of events": (["classify", "BUNDLE", "sounds", "--events", "all.xlsx"], "ends with .tsv"),
    "no place for the table": (["classify", "BUNDLE", "sounds", "--events", "/proc/none/x.tsv"], "choose another"),
    "windows in a table": (["classify", "BUNDLE", "sounds", "--windows"], "goes with --json"),
    "two formats": (["classify", "BUNDLE", "sounds", "--json", "--csv"], "not both"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes(bundle, place, mistake):
    arguments, sentence = MISTAKES[mistake]
    ended = place.cohear(*(str(bundle) if each == "BUNDLE" else each for each in arguments))
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("arguments", [["classify", "--json"], ["classify"], ["listen", "--speed", "0", "--file"]])
def test_a_full_disk_is_told(bundle, place, arguments):
    verb, *options = arguments
    with Path("/dev/full").open("w") as full:
        command = [tiny.COHEAR, verb, bundle, *options, "sounds/low.wav"]
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, cwd=place.root, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: cannot write the output: no space is left on the disk")
    assert ended.stderr.count("\n") == 1


def test_a_file_is_answered_as_its_samples_are(bundle, tmp_path):
    """In pieces, resampled as a stream, and yet the same answer."""
    loaded = Bundle.load(bundle)
    samples = np.concatenate([tone("low", rate=22050, seconds=3), tone("mid", "high", rate=22050, seconds=40)])
    soundfile.write(tmp_path / "long.wav", samples, 22050, subtype="FLOAT")
    found = classify_file(loaded, tmp_path / "long.wav", windows=True)
    assert found.seconds == pytest.approx(43)
    whole = loaded.classify(samples, 22050)
    windows = loaded.windows(samples, 22050)
    assert len(windows) == len(found.windows)
    for task in loaded.tasks:
        for a, b in [(whole[task], found.answers[task])] + [
            (a.answers[task], b.answers[task]) for a, b in zip(windows, found.windows, strict=True)
        ]:
            np.testing.assert_allclose(list(a.probabilities.values()), list(b.probabilities.values()), atol=1e-4)


MEASURE = """
import resource, sys
from pathlib import Path
from cohear import Bundle
from cohear.runtime.detector import EventSettings
from cohear.runtime.files import classify_file
bundle = Bundle.load(sys.argv[1], threads=1)
peaks = []
for name in sys.argv[2:]:
    classify_file(bundle, Path(name), events=EventSettings())
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
print(peaks[1] - peaks[0])
"""


def test_memory_does_not_grow_with_a_file(bundle, tmp_path):
    """Ten minutes at 48 kHz are 115 MB of float32 samples; two minutes are read before, so that buffers are there."""
    block = tone("low", "mid", rate=48000, seconds=10)
    for minutes in (2, 10):
        with soundfile.SoundFile(tmp_path / f"{minutes}.wav", "w", 48000, 1, "PCM_16") as file:
            for _ in range(6 * minutes):
                file.write(block)
    ended = subprocess.run(
        [sys.executable, "-c", MEASURE, str(bundle), str(tmp_path / "2.wav"), str(tmp_path / "10.wav")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert float(ended.stdout) < 30, ended.stderr
