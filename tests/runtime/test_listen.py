"""``cohear listen`` as users run it."""

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from tiny_bundle import tone

from cohear import Bundle
from cohear.base.errors import DataError
from cohear.runtime import sources
from cohear.runtime.detector import events_of
from cohear.runtime.stream import Stream

COHEAR = [sys.executable, "-c", "from cohear.cli import main; main()", "listen"]
SOUND = np.concatenate([tone("low", seconds=2.0), tone(seconds=1.0), tone("high", seconds=1.5)])


@pytest.fixture(scope="module")
def wav(tmp_path_factory):
    path = tmp_path_factory.mktemp("listen") / "sound.wav"
    soundfile.write(path, SOUND, 16000, subtype="PCM_16")
    return path


def listen(folder, *arguments, stdin=b""):
    return subprocess.run(
        [*COHEAR, str(folder), *map(str, arguments)], input=stdin, capture_output=True, check=False, timeout=120
    )


def lines(ended):
    assert ended.returncode == 0, ended.stderr
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_a_file_and_a_pipe_give_the_answers_of_the_whole_file(tiny_folder, wav):
    played = lines(listen(tiny_folder, "--file", wav, "--speed", 0, "--json"))
    raw = soundfile.read(wav, dtype="int16")[0].astype("<i2").tobytes()
    piped = lines(listen(tiny_folder, "--pcm", "s16le", "--json", stdin=raw + b"\0"))  # half a sample too many
    windows = Bundle.load(tiny_folder).windows(*soundfile.read(wav, dtype="float32"))
    for told in (played, piped):
        told_windows = [line for line in told if line["type"] == "window"]
        assert [line["onset"] for line in told_windows] == [window.onset for window in windows]
        for line, window in zip(told_windows, windows, strict=True):
            assert line["tasks"]["pitch"]["probabilities"] == pytest.approx(
                window.answers["pitch"].probabilities, abs=1e-4
            )
    events = [line for line in played if line["type"] == "event"]
    assert [event["label"] for event in events if event["task"] == "pitch"] == ["low", "high"]


@pytest.mark.parametrize("seconds", [4.5, 3.21, 0.3])
def test_a_file_and_its_stream_have_the_same_events(tiny_folder, tmp_path, seconds):
    """One rule for `classify --timeline` and for `listen`, with the same settings."""
    soundfile.write(tmp_path / "a.wav", SOUND[: round(seconds * 16000)], 16000, subtype="PCM_16")
    settings = ["--onset", 0.4, "--release", 0.9, "--minimum", 0.2]
    played = lines(listen(tiny_folder, "--file", tmp_path / "a.wav", "--speed", 0, "--json", *settings))
    command = [*COHEAR[:-1], "classify", tiny_folder, tmp_path / "a.wav", "--timeline", tmp_path / "lines", *settings]
    subprocess.run([str(each) for each in command], check=True, capture_output=True)
    told = [line for line in played if line["type"] == "event"]
    for task in ("pitch", "parts"):
        _, *rows = (tmp_path / "lines" / f"a.{task}.tsv").read_text().splitlines()
        expected = sorted((e["onset"], e["offset"], e["label"]) for e in told if e["task"] == task)
        assert rows == [f"{onset:.3f}\t{offset:.3f}\t{label}" for onset, offset, label in expected]
        assert rows


def test_without_a_terminal_events_alone(tiny_folder, wav):
    ended = listen(tiny_folder, "--file", wav, "--speed", 0, "--minimum", 0.5)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.decode().count("pitch: ") == 2


def test_a_live_view_in_a_terminal(tiny_folder, wav):
    outer, inner = pty.openpty()
    command = [*COHEAR, str(tiny_folder), "--file", str(wav), "--speed", "4"]
    shown = b""
    with subprocess.Popen(command, stdout=inner, env={**os.environ, "TERM": "xterm", "COLUMNS": "100"}) as running:
        os.close(inner)
        while True:
            try:
                shown += os.read(outer, 65536)
            except OSError:  # the other side was closed
                break
        assert running.wait(60) == 0
    os.close(outer)
    assert "━".encode() in shown and b"silence" in shown and b"parts: high" in shown


def test_ctrl_c_ends_it_and_tells_what_lasted(tiny_folder, wav):
    command = [*COHEAR, str(tiny_folder), "--pcm", "f32le", "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdin.write(tone("low", seconds=2.0).tobytes())
        running.stdin.flush()
        running.stdout.readline()
        time.sleep(0.5)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (0, b"")
    *_, event, end = map(json.loads, out.splitlines())
    assert (event["type"], event["label"], end["type"], end["heard"]) == ("event", "low", "end", True)
    assert end["tasks"]["pitch"]["label"] == "low"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--pcm", "s16"], "did you mean 's16le'"),
        (["--pcm", "s16le"], "before its first sample"),
        (["--pcm", "s16le", "--file", "x.wav"], "give one of them"),
        (["--file", "nowhere.wav"], "there is no such file"),
        (["--file", "nowhere.wav", "--onset", "2"], "onset"),
    ],
)
def test_mistakes(tiny_folder, arguments, told):
    ended = listen(tiny_folder, *arguments)
    assert ended.returncode == 2 and told in ended.stderr.decode() and b"Traceback" not in ended.stderr


class FakeMicrophone:
    """Stands for sounddevice and PortAudio: gives these blocks, and then nothing more."""

    PortAudioError = type("PortAudioError", (Exception,), {})

    def __init__(self, blocks):
        self.blocks, self.asked = blocks, []

    def query_devices(self, device, kind):
        self.asked.append((device, kind))
        if device == "nowhere":
            raise ValueError("No input device matching 'nowhere'")
        return {"default_samplerate": 44100.0}

    def InputStream(self, rate, *, device, channels, dtype, callback):  # noqa: N802 - as there
        assert (rate, channels, dtype) == (44100, 1, "float32")
        for block in self.blocks:
            given = block[:, None].copy()
            callback(given, len(given), None, None)
            given[:] = 0  # PortAudio uses its buffers again
        return contextlib.nullcontext()


def test_a_microphone(tiny, monkeypatch):
    """Its blocks are the stream's, at its own rate; one that falls silent is told and not waited for."""
    microphone_ = FakeMicrophone(np.split(tone("mid", rate=44100), 100))
    monkeypatch.setitem(sys.modules, "sounddevice", microphone_)
    monkeypatch.setattr(sources, "PATIENCE_SECONDS", 0.01)
    rate, blocks = sources.microphone("3")
    stream, windows = Stream(tiny, rate), []
    with pytest.raises(DataError, match="the microphone gave nothing"):
        for block in blocks:
            windows += stream.push(block)
    assert microphone_.asked == [(3, "input")]
    assert {window.answers["pitch"].label for window in windows} == {"mid"}
    assert stream.seconds == pytest.approx(1.0, abs=0.05)
    with pytest.raises(DataError, match="no such microphone"):
        sources.microphone("nowhere")


class LossyMicrophone(FakeMicrophone):
    """Gives blocks with their times, and says where it lost some before."""

    def InputStream(self, rate, *, device, channels, dtype, callback):  # noqa: N802 - as there
        for begin, block, overflow in self.blocks:
            times = SimpleNamespace(inputBufferAdcTime=begin and 1000 + begin)
            callback(block[:, None].copy(), len(block), times, SimpleNamespace(input_overflow=overflow))
        return contextlib.nullcontext()


def heard(monkeypatch, blocks):
    """All that a microphone gives up to its end, and the losses that it tells."""
    monkeypatch.setitem(sys.modules, "sounddevice", LossyMicrophone(blocks))
    monkeypatch.setattr(sources, "PATIENCE_SECONDS", 0.01)
    lost, given = [], []
    _, blocks = sources.microphone(lost=lost.append)
    with pytest.raises(DataError, match="the microphone gave nothing"):
        given.extend(blocks)
    return np.concatenate(given)[:, 0], lost


def test_a_microphone_that_overflows_keeps_its_clock(tiny, monkeypatch):
    """Half a second is lost: it is told, and what follows is heard at its time."""
    low, high = tone("low", rate=44100), tone("high", rate=44100)
    blocks = [(0.1 * number + 1e-3 * (number % 3), block, False) for number, block in enumerate(np.split(low, 10))]
    blocks += [(1.5 + 0.1 * number, block, number == 0) for number, block in enumerate(np.split(high, 10))]
    samples, lost = heard(monkeypatch, blocks)
    assert lost == [pytest.approx(0.5, abs=2e-3)]
    assert len(samples) / 44100 == pytest.approx(2.5, abs=2e-3)
    stream = Stream(tiny, 44100)
    events = events_of(stream.push(samples) + stream.end(), tiny.tasks)
    assert [(e.label, pytest.approx(e.onset, abs=0.26)) for e in events if e.task == "pitch"] == [
        ("low", 0.0),
        ("high", 1.5),
    ]


def test_uneven_times_are_no_loss(monkeypatch):
    blocks = [(1.0 + 0.1 * number + 0.02 * (number % 2), np.ones(4410, np.float32), False) for number in range(9)]
    samples, lost = heard(monkeypatch, blocks)
    assert (len(samples), lost) == (9 * 4410, [])


def test_a_loss_of_unknown_length_is_counted(monkeypatch):
    """Where the system has no times, or a first block is late."""
    blocks = [(0, np.ones(441, np.float32), number in (0, 3)) for number in range(5)]
    samples, lost = heard(monkeypatch, blocks)
    assert len(lost) == 2 and lost == pytest.approx([0, 0], abs=0.2)
    assert len(samples) == pytest.approx(5 * 441 + 44100 * sum(lost))


def test_what_nobody_takes_in_time_is_lost_and_told(monkeypatch):
    """A model that is too slow is not further behind with each second, and takes no more memory."""
    monkeypatch.setattr(sources, "WAITING_SECONDS", 1.0)
    waiting = sources._Waiting(1000)
    for number in range(50):  # five seconds
        waiting.put(np.full((100, 1), number, np.float32), 100, None, None)
    taken = [waiting.get() for _ in range(11)]
    assert [(missing, is_loss) for missing, is_loss, _ in taken] == [(0, False)] * 11
    waiting.put(np.full((100, 1), 50, np.float32), 100, None, None)
    missing, is_loss, block = waiting.get()
    assert (missing, is_loss, block[0, 0]) == (3900, True, 50)


def test_losses_are_told_with_the_lines_and_at_the_end(tiny_folder, tmp_path):
    """Through the command, with a sounddevice of its own that loses a second."""
    (tmp_path / "sounddevice.py").write_text(
        "import contextlib, types\nimport numpy\n"
        "class PortAudioError(Exception): pass\n"
        "def query_devices(device, kind): return {'default_samplerate': 16000.0}\n"
        "def InputStream(rate, *, device, channels, dtype, callback):\n"
        "    for begin in (0, 1, 3, 4):\n"
        "        times = types.SimpleNamespace(inputBufferAdcTime=100.0 + begin)\n"
        "        status = types.SimpleNamespace(input_overflow=begin == 3)\n"
        "        callback(numpy.ones((16000, 1), 'f4') * 0.1, 16000, times, status)\n"
        "    return contextlib.nullcontext()\n"
    )
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    for arguments in (["--json"], []):
        ended = subprocess.run(
            [*COHEAR, str(tiny_folder), *arguments],
            env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ended.returncode == 2 and "the microphone gave nothing" in ended.stderr
        assert "the microphone lost sound once, 1.00 s in all" in ended.stderr
        if arguments:
            (loss,) = [line for line in map(json.loads, ended.stdout.splitlines()) if line["type"] == "lost"]
            assert loss["losses"] == 1 and loss["offset"] - loss["onset"] == pytest.approx(1.0)
            assert loss["onset"] == pytest.approx(2.0, abs=0.1)
        else:
            assert "times stay right" in ended.stderr


def test_lines_have_the_time_of_day_and_the_keys_of_the_others(tiny_folder, wav):
    """Those of a window of `classify --json`, and what `/stream` tells beside them."""
    began = datetime.now().astimezone()
    told = lines(listen(tiny_folder, "--file", wav, "--speed", 3, "--json"))
    command = [*COHEAR[:-1], "classify", str(tiny_folder), str(wav), "--json", "--windows"]
    whole = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    windows = [line for line in told if line["type"] == "window"]
    assert len(windows) == len(whole["windows"])
    for line, window in zip(windows, whole["windows"], strict=True):
        assert set(line) == {*window, "type", "time", "lasting"}
        assert {task: set(answer) for task, answer in line["tasks"].items()} == {
            task: set(answer) for task, answer in whole["tasks"].items()
        }
        assert (line["onset"], line["offset"], line["heard"]) == (window["onset"], window["offset"], window["heard"])
        assert line["tasks"]["pitch"]["label"] == window["tasks"]["pitch"]["label"]
    events = [line for line in told if line["type"] == "event"]
    keys = {"type", "time", "onset", "offset", "label", "probability", "task"}
    assert events and all(set(line) == keys for line in events)
    assert [line["type"] for line in told].index("end") == len(told) - 1
    del whole["windows"], whole["file"]
    assert set(told[-1]) == {*whole, "type", "time"} and told[-1]["seconds"] == whole["seconds"]
    assert told[-1]["tasks"]["pitch"]["labels"] == whole["tasks"]["pitch"]["labels"]
    for line in told:
        moment = datetime.fromisoformat(line["time"])
        assert moment.utcoffset() == began.utcoffset()
        first = datetime.fromisoformat(windows[0]["time"])
        onset = line["seconds"] if line["type"] == "end" else line["onset"]
        assert (moment - first).total_seconds() == pytest.approx(onset / 3, abs=2e-3)  # played three times as fast
        assert began < moment < datetime.now().astimezone() + timedelta(seconds=0.5)  # the end is due then


@pytest.mark.parametrize(
    ("quiet", "then", "told"),
    [
        (np.zeros(40000), tone("mid"), "silence: nothing in it"),
        (np.outer(tone("mid", seconds=2.5), [1, -1]), None, "its channels cancel"),
        (np.zeros(24000), tone("mid"), ""),
    ],
)
def test_what_is_odd_is_told_as_soon_as_it_is_known(tiny_folder, quiet, then, told):
    """While the stream goes on; and that it is so no more."""
    channels = 1 if quiet.ndim == 1 else 2
    command = [*COHEAR, str(tiny_folder), "--pcm", "f32le", "--channels", str(channels), "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdin.write(quiet.astype("<f4").tobytes())
        running.stdin.flush()
        notes = []
        while told and not notes:
            notes = [line for line in [json.loads(running.stdout.readline())] if line["type"] == "note"]
        if then is not None:
            running.stdin.write(then.astype("<f4").tobytes())
        out, err = running.communicate(timeout=60)
    lines = [*notes, *map(json.loads, out.splitlines())]
    assert lines[-1]["type"] == "end"
    said = [line["note"] for line in lines if line["type"] == "note"]
    if not told:
        assert (said, err) == ([], b"")
        return
    assert said[0].startswith(told) and said[1:] == ([] if then is None else [""])
    assert lines[0]["seconds"] >= 2 and err.decode().count(told) == 1
    assert lines[-1]["note"] == (said[0] if then is None else "")


def test_a_sound_system_that_does_not_start_is_told(tiny_folder, tmp_path):
    """sounddevice raises an error of its own while it is imported, for instance where ~/.asoundrc is damaged."""
    (tmp_path / "sounddevice.py").write_text(
        "class PortAudioError(Exception): pass\nraise PortAudioError('Error initializing PortAudio')\n"
    )
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    ended = subprocess.run(
        [*COHEAR, str(tiny_folder)], env={**os.environ, "PYTHONPATH": path}, capture_output=True, check=False
    )
    assert ended.returncode == 2 and b"Traceback" not in ended.stderr
    assert b"the system's sound cannot be used (Error initializing PortAudio)" in ended.stderr


def test_a_closed_standard_input_is_told(tiny_folder):
    """As a service has it; it ended in a traceback."""
    closed = ["sh", "-c", 'exec "$@" <&-', "sh", *COHEAR, str(tiny_folder), "--pcm", "s16le"]
    ended = subprocess.run(closed, capture_output=True, check=False, timeout=120)
    assert ended.returncode == 2 and ended.stderr.startswith(b"error: standard input is closed")


def test_a_damaged_stream_is_told(tiny_folder):
    ended = listen(tiny_folder, "--pcm", "f32le", stdin=np.full(99, np.nan, "<f4").tobytes())
    assert ended.returncode == 2 and b"not finite" in ended.stderr


@pytest.mark.parametrize(
    ("form", "subtype", "name"),
    [("WAV", "PCM_16", "WAV"), ("FLAC", "PCM_16", "FLAC"), ("OGG", "VORBIS", "Ogg"), ("MP3", "MPEG_LAYER_III", "MP3")],
)
@pytest.mark.parametrize("pcm", ["s16le", "f32le"])
def test_a_file_where_raw_samples_should_be_is_told(tiny_folder, tmp_path, form, subtype, name, pcm):
    soundfile.write(tmp_path / "sound", SOUND, 16000, format=form, subtype=subtype)
    ended = listen(tiny_folder, "--pcm", pcm, "--json", stdin=(tmp_path / "sound").read_bytes())
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert f"these are the bytes of a{'n' * (name in ('MP3', 'Ogg'))} {name} file" in ended.stderr.decode()
    assert b"Traceback" not in ended.stderr


def test_a_file_behind_samples_is_told(tiny_folder, tmp_path):
    soundfile.write(tmp_path / "sound.wav", SOUND, 16000)
    stdin = (SOUND * 32767).astype("<i2").tobytes() + (tmp_path / "sound.wav").read_bytes()
    ended = listen(tiny_folder, "--pcm", "s16le", "--json", stdin=stdin)
    assert ended.returncode == 2 and b"these are the bytes of a WAV file" in ended.stderr
    assert b'"type": "end"' not in ended.stdout or b'"heard": true' in ended.stdout


def test_what_a_server_says_in_place_of_a_stream_is_told(tiny_folder):
    page = b"<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1><hr>nginx</body></html>\r\n"
    ended = listen(tiny_folder, "--pcm", "s16le", stdin=page)
    assert ended.returncode == 2 and b"these are the bytes of text" in ended.stderr


def test_samples_at_the_scale_of_integers_are_refused_with_the_cure(tiny_folder, tmp_path):
    loud = SOUND * 32768
    soundfile.write(tmp_path / "loud.wav", loud, 16000, subtype="FLOAT")
    for arguments, stdin in (
        (["--pcm", "f32le", "--json"], loud.astype("<f4").tobytes()),
        (["--file", tmp_path / "loud.wav", "--speed", 0, "--json"], b""),
    ):
        ended = listen(tiny_folder, *arguments, stdin=stdin)
        assert (ended.returncode, ended.stdout) == (2, b"")
        assert b"sound lies within -1..1: divide them by 32768" in ended.stderr
