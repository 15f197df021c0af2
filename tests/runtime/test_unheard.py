"""What is not heard has no label, in every medium; the page and JavaScript have the same clips in their own tests."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from command import called
from serving import served, wav
from tiny_bundle import PITCHES, tone
from unheard import CLIPS, HEARD, SILENCE, UNHEARD

from cohear import Bundle
from cohear.audio.channels import ChannelMeter
from cohear.audio.silence import HopMeter, heard_frames
from cohear.base.errors import DataError
from cohear.runtime.detector import EventSettings, events_of
from cohear.runtime.files import classify_file
from cohear.runtime.stream import Stream
from cohear.runtime.told import told_clip


def check(name, told):
    """What JSON tells of a clip, or of a window."""
    clip = CLIPS[name]
    assert told["heard"] is clip.heard
    assert told.get("note", clip.note).startswith(clip.note) and bool(told.get("note", clip.note)) == bool(clip.note)
    assert set(told["tasks"]) == {"pitch", "parts"}
    assert {label for task in told["tasks"].values() for label in task["labels"]} == set(clip.labels)
    assert [task["label"] for task in told["tasks"].values()] == [(*clip.labels, "")[0]] * 2
    for task in told["tasks"].values():
        assert set(task["probabilities"]) == set(PITCHES)


def check_windows(name, windows):
    """Windows that are heard, and others: of these nobody gives a label."""
    assert any(window["heard"] for window in windows) is CLIPS[name].heard
    for window in windows:
        labels = [task["labels"] for task in window["tasks"].values()]
        assert labels == [[], []] if not window["heard"] else any(labels)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A file of each clip."""
    made = tmp_path_factory.mktemp("clips")
    for name, clip in CLIPS.items():
        soundfile.write(made / f"{name}.wav", clip.samples, clip.rate, subtype="FLOAT")
    return made


def test_classify(tiny_folder, folder):
    ended = called("classify", tiny_folder, folder, "--json", "--windows")
    lines = {
        line["file"].rpartition("/")[2].removesuffix(".wav"): line
        for line in map(json.loads, ended.stdout.splitlines())
    }
    assert (ended.returncode, set(lines)) == (0, set(CLIPS))
    for name, line in lines.items():
        check(name, line)
        check_windows(name, line["windows"])
        assert (f"{name}.wav: {CLIPS[name].note}" in ended.stderr) is not CLIPS[name].heard


def test_classify_as_rows_as_a_table_and_as_events(tiny_folder, folder, tmp_path):
    ended = called("classify", tiny_folder, folder, "--csv", "--events", tmp_path / "all.tsv")
    rows = list(csv.DictReader(ended.stdout.splitlines()))
    for name, clip in CLIPS.items():
        own = [row for row in rows if row["file"].endswith(f"/{name}.wav")]
        assert {(row["task"], row["label"], row["heard"]) for row in own} == {
            (task, (*clip.labels, "")[0], str(clip.heard).lower()) for task in ("pitch", "parts")
        }
    events = list(csv.DictReader((tmp_path / "all.tsv").read_text().splitlines(), delimiter="\t"))
    assert {row["filename"].rpartition("/")[2] for row in events} == {f"{name}.wav" for name in HEARD}
    table = called("classify", tiny_folder, *(folder / f"{name}.wav" for name in ("anti-phase", "one silent channel")))
    first, second = [line for line in table.stdout.splitlines() if ".wav" in line]
    assert first.count("silence") == 2 and second.count("mid ") == 2


@pytest.mark.parametrize("name", CLIPS)
def test_listen(tiny_folder, folder, name):
    ended = called("listen", tiny_folder, "--file", folder / f"{name}.wav", "--speed", "0", "--json")
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert ended.returncode == 0
    check_windows(name, [line for line in lines if line["type"] == "window"])
    assert any(line["type"] == "event" for line in lines) is CLIPS[name].heard
    assert lines[-1]["type"] == "end"
    check(name, lines[-1])
    assert ended.stderr.startswith(f"note: {CLIPS[name].note}") if not CLIPS[name].heard else ended.stderr == ""


@pytest.mark.parametrize("name", ["the last bit of 16", "anti-phase", "anti-phase with offsets at 44.1 kHz"])
def test_listen_to_a_pipe(tiny_folder, name):
    clip = CLIPS[name]
    code = [sys.executable, "-c", "from cohear.cli import main; main()", "listen", str(tiny_folder), "--json"]
    told = subprocess.run(
        [*code, "--pcm", "f32le", "--channels", str(clip.channels), "--rate", str(clip.rate)],
        input=clip.samples.tobytes(), capture_output=True, check=True, env=os.environ,
    )  # fmt: skip
    *windows, end = map(json.loads, told.stdout.splitlines())
    check_windows(name, windows)
    check(name, end)
    assert CLIPS[name].note in told.stderr.decode()


@pytest.fixture(scope="module")
def client(tiny):
    with served(tiny) as made:
        yield made


@pytest.mark.parametrize("name", CLIPS)
def test_http(client, name):
    clip = CLIPS[name]
    raw = {"content": clip.samples.tobytes(), "headers": {"Content-Type": "audio/pcm"}}
    form = f"format=f32le&channels={clip.channels}&rate={clip.rate}"
    for told in (
        client.post("/classify?windows=true", content=wav(clip.samples, clip.rate, subtype="FLOAT")).json(),
        client.post(f"/classify?windows=true&{form}", **raw).json(),
    ):
        check(name, told)
        check_windows(name, told["windows"])
        assert bool(told["events"]) is CLIPS[name].heard
        for task, answer in told["answers"].items():  # the key of earlier versions
            assert answer.items() <= told["tasks"][task].items()


@pytest.mark.parametrize("name", CLIPS)
def test_websocket(client, name):
    pytest.importorskip("websockets", reason="websockets is not installed")
    from websockets.sync.client import connect

    samples, form = CLIPS[name].samples, f"format=f32le&channels={CLIPS[name].channels}&rate={CLIPS[name].rate}"
    address = f"{str(client.base_url).replace('http', 'ws')}/stream?{form}"
    with connect(address, compression=None) as stream:
        for begin in range(0, samples.nbytes, 10_001):
            stream.send(samples.tobytes()[begin : begin + 10_001])
        stream.send(json.dumps({"type": "end"}))
        messages = [json.loads(message) for message in stream]
    check(name, messages[-1])
    windows = [message for message in messages if message["type"] == "window"]
    check_windows(name, windows)
    assert all(message["heard"] or not message["lasting"] for message in windows)
    assert any(message["type"] == "event" for message in messages) is CLIPS[name].heard


@pytest.mark.parametrize("name", CLIPS)
@pytest.mark.parametrize("ask", ["classify", "stream", "file"])
def test_python(tiny, folder, name, ask):
    clip = CLIPS[name]
    if ask == "classify":
        found, windows = tiny.classify(clip.samples, clip.rate), tiny.windows(clip.samples, clip.rate)
    elif ask == "stream":
        stream = Stream(tiny, clip.rate)
        windows = [window for block in np.array_split(clip.samples, 7) for window in stream.push(block)] + stream.end()
        found = stream.clip
    else:
        told = classify_file(tiny, folder / f"{name}.wav", windows=True, events=EventSettings())
        found, windows = told.answers, told.windows
        assert bool(told.events) is clip.heard
    assert (found.heard, found.note.startswith(clip.note)) == (clip.heard, True)
    assert dict(found) == found.tasks and list(found.tasks) == ["pitch", "parts"]
    assert {label for answer in found.tasks.values() for label in answer.labels} == set(clip.labels)
    assert any(window.heard for window in windows) is clip.heard
    assert all(window.heard or not any(answer.labels for answer in window.tasks.values()) for window in windows)
    assert bool(events_of(windows, tiny.tasks)) is clip.heard


@pytest.mark.parametrize("kind", ["int16", "int32", "uint8"])
def test_integers_that_are_silence(tiny, kind):
    """By their own type: the last bit of 16 and 32 is silence, that of 8 bits is not; its middle is."""
    middle = 128 if kind == "uint8" else 0
    found = tiny.classify(np.full(16000, middle, kind), 16000)
    assert (found.heard, found["pitch"].labels) == (False, ())
    last_bit = tiny.classify((np.arange(16000) % 2 + middle).astype(kind), 16000)
    assert last_bit.heard is (kind == "uint8")


@pytest.mark.parametrize(("law", "codes"), [("mulaw", (0xFF, 0x7F)), ("alaw", (0xD5,))])
def test_silence_of_telephones(client, law, codes):
    """A-law has no zero: its silence is an offset."""
    for code in codes:
        told = client.post(
            f"/classify?rate=8000&format={law}", content=bytes([code]) * 8000, headers={"Content-Type": "audio/pcm"}
        ).json()
        assert (told["heard"], told["note"].startswith(SILENCE), told["tasks"]["pitch"]["label"]) == (False, True, "")


def test_what_the_models_rate_does_not_hold_is_not_heard(tiny):
    beyond = np.sin(2 * np.pi * 15000 / 44100 * np.arange(44100)).astype(np.float32) * 0.2
    beyond *= np.minimum(1, np.minimum(np.arange(44100), np.arange(44100)[::-1]) / 2000)  # no click at either end
    assert not tiny.classify(beyond, 44100).heard


def test_a_number_that_nobody_heard_is_not_told(numbers):
    found = numbers.classify(UNHEARD["dither of 16 bits"].samples, 16000)
    assert (found.heard, found["levels"].numbers, found["levels"].unit, str(found["levels"])) == (False, {}, "nat", "")
    assert numbers.classify(tone("low"), 16000)["levels"].numbers


@pytest.mark.parametrize("level", [-75.0, -85.0])
def test_the_floor_is_a_level(tiny, level):
    """Of any sound: root mean square of 30 ms, without its mean."""
    noise = np.random.default_rng(0).standard_normal(16000)
    for sound in (noise, tone("low") / 0.2 * 2**0.5, tone("high") / 0.2 * 2**0.5):
        for offset in (0.0, 0.3):
            samples = (offset + sound * 10 ** (level / 20)).astype(np.float32)
            assert tiny.classify(samples, 16000).heard is (level > -80)


@pytest.mark.parametrize("hop", [1, 7, 160])
def test_frames_are_heard_by_the_samples_they_see(hop):
    noise = np.random.default_rng(hop)
    samples = noise.normal(0, 1e-4, 1001).astype(np.float32) + np.float32(0.5)
    for before, after in ((0, 0), (1, 1), (3, 0)):
        found = heard_frames(samples, hop, before, after)
        assert len(found) == -(-len(samples) // hop)
        for frame, heard in enumerate(found):
            seen = samples[max(0, (frame - before) * hop) : (frame + 1 + after) * hop].astype(np.float64)
            if abs(np.log(max(seen.var(), 1e-30) / 1e-8)) > 1e-6:
                assert heard == (seen.var() > 1e-8)


@pytest.mark.parametrize(("rate", "to_rate"), [(44100, 16000), (8000, 16000), (22050, 44100), (100, 16000)])
@pytest.mark.parametrize("hop", [7, 160])
def test_a_hop_holds_the_samples_of_its_time(rate, to_rate, hop):
    """At any rate, in pieces of any size: each sample is in one hop."""
    samples = np.random.default_rng(rate).normal(0.5, 0.1, 1234).astype(np.float32)
    there = np.arange(len(samples)) * to_rate // (rate * hop)
    expected = np.stack([np.bincount(there, samples.astype(float) ** power) for power in (0, 1, 2)], axis=1)
    whole = HopMeter(rate, to_rate, hop).whole(samples)
    assert whole[: len(expected)] == pytest.approx(expected) and not whole[len(expected) :].any()
    meter = HopMeter(rate, to_rate, hop)
    pieces = [meter.push(piece) for piece in np.array_split(samples, 37)]
    assert np.concatenate([*pieces, meter.end()]) == pytest.approx(whole)


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000, 96000])
def test_resampling_rings_and_nobody_hears_it(tiny, rate):
    """Of any length, as a whole and in pieces; and a sound has the same windows both ways."""
    for count in (1, 50, rate // 7, 2 * rate + 17):
        clip, sound = np.full(count, 0.5, np.float32), 0.3 + tone("mid", seconds=count / rate, rate=rate)
        for samples in (clip, sound):
            stream, windows = Stream(tiny, rate), tiny.windows(samples, rate)
            pieces = [window for piece in np.array_split(samples, 13) for window in stream.push(piece)] + stream.end()
            assert [window.spans for window in pieces] == [window.spans for window in windows]
            is_sound = samples is sound and count > 1
            assert stream.clip.heard is is_sound and tiny.classify(samples, rate).heard is is_sound


@pytest.mark.parametrize("size", [1, 1000, 16000])
@pytest.mark.parametrize("residue", [0.0, 0.01, 0.1])
def test_channels_that_nearly_cancel_are_told(size, residue):
    """A codec leaves something of what cancels; 20 dB less are told from 40, whatever the size of pieces."""
    meter, sound = ChannelMeter(), tone("mid")
    stereo = np.stack([sound, -sound * (1 - 2 * residue)], axis=1)
    for begin in range(0, 4000 if size == 1 else 16000, size):
        piece = stereo[begin : begin + size]
        meter.add(piece, piece.mean(axis=1))
    assert meter.cancel is (residue < 0.03)


def test_what_nearly_cancels_is_answered_and_told(tiny):
    stereo = np.stack([tone("mid") * 2, -tone("mid") * 1.98], axis=1)
    found = tiny.classify(stereo, 16000)
    assert found.heard and found.note.startswith("its channels cancel")


def quiet_between(*parts):
    """Sounds with the last bit of 16 bits everywhere."""
    whole = np.concatenate(parts)
    return whole + np.random.default_rng(1).integers(-1, 2, len(whole)).astype(np.float32) * np.float32(2.0**-15)


@pytest.mark.parametrize("begin", [1.0, 1.1, 1.2, 1.37])
@pytest.mark.parametrize("seconds", [0.1, 0.3, 1.0])
def test_events_last_as_long_as_the_sound(tiny, begin, seconds):
    """Windows at either end are half silent, whatever they are taken for: silence has no event, sound has one."""
    clip = quiet_between(tone(seconds=begin), tone("mid", seconds=seconds), tone(seconds=1.3))
    for events in (events_of(tiny.windows(clip), tiny.tasks), streamed_events(tiny, clip)):
        assert {event.label for event in events} == {"mid"}
        for event in events:
            assert event.onset >= begin - 0.021 and event.offset <= begin + seconds + 0.021
        (pitch,) = [event for event in events if event.task == "pitch"]
        assert (pitch.onset, pitch.offset) == pytest.approx((begin, begin + seconds), abs=0.13)


def streamed_events(bundle, clip):
    stream = Stream(bundle, 16000)
    windows = [window for begin in range(0, len(clip), 1999) for window in stream.push(clip[begin : begin + 1999])]
    return events_of([*windows, *stream.end()], bundle.tasks)


def test_a_pause_between_two_sounds_has_no_event(tiny):
    clip = quiet_between(tone("mid"), tone(seconds=1.5), tone("mid"))
    for task in tiny.tasks:
        first, second = [event for event in events_of(tiny.windows(clip), tiny.tasks) if event.task == task]
        assert first.offset <= 1.021 and second.onset >= 2.479


def test_steps_of_a_time_line_that_nobody_heard_have_no_label(in_time):
    clip = quiet_between(tone(seconds=1.0), tone("mid"), tone(seconds=1.0))
    found = in_time.classify(clip, 16000)
    assert found.heard
    (span,) = found["when"].spans
    assert (span.label, span.onset, span.offset) == ("mid", pytest.approx(1.0, abs=0.11), pytest.approx(2.0, abs=0.11))
    for window in in_time.windows(clip):
        assert all(0.9 <= span.onset < span.offset <= 2.11 for span in window.tasks["when"].spans)
        assert window.heard or window.tasks["when"].spans == ()
    (event,) = events_of(in_time.windows(clip), in_time.tasks)
    assert event.onset >= 0.89 and event.offset <= 2.11
    silent = in_time.classify(UNHEARD["the last bit of 16"].samples, 16000)
    assert (silent.heard, silent["when"].spans) == (False, ())
    assert not any(map(any, silent["when"].probabilities.values()))


def test_the_model_itself_gives_steps_of_silence_no_label(in_time):
    """In a batch each row by what is heard of it; a label has a probability elsewhere, however small. So in windows."""
    clip, silent = quiet_between(tone(seconds=1.0), tone("mid"), tone(seconds=1.0)), quiet_between(tone(seconds=3.0))
    between = np.arange(30) // 10 == 1
    found, nothing = in_time.probabilities(np.stack([clip, silent]))["when"]
    beside = ~between & ~np.isin(np.arange(30), [9, 20])  # frames around 1 s and 2 s see both
    assert found[between].all() and not found[beside].any() and not nothing.any()
    told = np.transpose(list(in_time.classify(clip, 16000)["when"].probabilities.values()))
    assert told == pytest.approx(found, abs=1e-6) and not told[beside].any()
    for window in in_time.windows(clip):
        answer = window.tasks["when"]
        first, each = round(answer.begin / answer.step), np.transpose(list(answer.probabilities.values()))
        assert not each[beside[first : first + len(each)]].any()


def test_an_offset_at_another_rate_has_no_label_in_time(in_time):
    """The model's own rate rings at both of its ends, and nothing is heard there."""
    samples = UNHEARD["a large offset at 48 kHz"].samples
    found = in_time.classify(samples, 48000)
    assert not found.heard and not any(map(any, found["when"].probabilities.values()))


def test_the_answer_in_time_of_the_docs(in_time):
    """The one in docs/serve.md, as command line, HTTP and WebSocket tell it."""
    text = (Path(__file__).parents[2] / "docs" / "serve.md").read_text(encoding="utf-8")
    (example,) = map(json.loads, re.findall(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    clip = np.concatenate([tone("low", seconds=0.3), tone(seconds=0.2)])
    told = {"bundle": "bundle", "seconds": 0.5, **told_clip(in_time.classify(clip, 16000))}

    def rounded(each):
        if isinstance(each, dict):
            return {key: rounded(value) for key, value in each.items()}
        return [rounded(one) for one in each] if isinstance(each, list | tuple) else plain(each)

    def plain(each):
        return round(each, 2) if isinstance(each, float) else each

    assert rounded(told) == example


@pytest.mark.parametrize("kind", ["int16", "uint8", "int32"])
@pytest.mark.parametrize(
    ("form", "name"), [("WAV", "a WAV"), ("FLAC", "a FLAC"), ("AIFF", "an AIFF"), ("CAF", "a CAF"), ("AU", "an AU")]
)
def test_a_file_read_as_an_array_is_told(tiny, kind, form, name):
    """As ``numpy.fromfile`` reads it."""
    content = wav(tone("low"), format=form)
    samples = np.frombuffer(content[: len(content) // 4 * 4], kind)
    for ask in (lambda: tiny.classify(samples, 16000), lambda: Stream(tiny, 16000).push(samples)):
        with pytest.raises(DataError, match=f"samples are the bytes of {name} file: decode it first"):
            ask()


@pytest.mark.parametrize("kind", ["int16", "uint8", "int32"])
def test_a_file_read_as_an_array_of_rows_is_told(tiny, kind):
    """Rows of frames, of a batch, or channels turned around: their numbers are the file's in the order of memory."""
    content = wav(tone("low"), format="FLAC")
    samples = np.frombuffer(content[: len(content) // 16 * 16], kind)
    pairs, halves = samples.reshape(-1, 2), samples.reshape(2, -1)
    asked = [lambda shaped=shaped: tiny.classify(shaped, 16000) for shaped in (pairs, samples[:, None], halves.T)]
    asked += [lambda shaped=shaped: Stream(tiny, 16000).push(shaped) for shaped in (pairs, halves.T)]
    asked += [lambda shaped=shaped: tiny.probabilities(shaped) for shaped in (samples[None], halves)]
    for ask in asked:
        with pytest.raises(DataError, match="samples are the bytes of a FLAC file: decode it first"):
            ask()


class _Broken:
    """A model whose numbers of one task are none: of all windows, or of digital silence alone."""

    def __init__(self, session, silence_alone):
        self._session, self._silence_alone = session, silence_alone

    def run(self, names, *given):
        pooled, *logits = self._session.run(names, *given)
        broken = (pooled <= 0) if self._silence_alone else np.ones_like(pooled, bool)
        return [pooled, *logits[:-1], np.where(broken[..., None], np.float32(np.nan), logits[-1])]


def test_a_model_that_gives_no_number_gives_no_label(tiny):
    """The first label would be the most probable one of NaN."""
    broken = Bundle(tiny._card, _Broken(tiny._session, silence_alone=False))
    sound = tone("mid")
    for ask in (
        lambda: broken.classify(sound, 16000),
        lambda: broken.windows(sound, 16000),
        lambda: Stream(broken, 16000).push(sound),
    ):
        with pytest.raises(DataError, match="task 'parts' is no finite number"):
            ask()
    with served(broken) as client:
        told = client.post("/classify", content=wav(sound))
        assert told.status_code == 422 and "no finite number" in told.json()["error"]


def test_a_front_end_that_cannot_take_silence_answers_what_is_beside_it(tiny):
    """As a logarithm without an offset: windows of digital silence are in no answer anyway."""
    broken = Bundle(tiny._card, _Broken(tiny._session, silence_alone=True))
    clip = np.concatenate([tone(seconds=2.0), tone("mid", seconds=2.0)])
    found, whole = broken.classify(clip, 16000), tiny.classify(clip, 16000)
    assert found["parts"].labels == ("mid",) and found["parts"].probabilities == whole["parts"].probabilities
    silent = broken.classify(tone(seconds=2.0), 16000)
    assert (silent.heard, silent["parts"].labels) == (False, ())
    assert np.isfinite(list(silent["parts"].probabilities.values())).all()
