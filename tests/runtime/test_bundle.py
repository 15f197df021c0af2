"""A bundle on samples: the same answer alone, in a batch, in pieces; what is refused."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_bundle import PITCHES, tone

from cohear import Bundle
from cohear.audio.resample import resample
from cohear.base.errors import DataError
from cohear.export.assemble import describe
from cohear.runtime.files import classify_file
from cohear.runtime.stream import Stream
from cohear.runtime.windows import Cutter


def noise(samples, seed=0):
    """Noise with a stretch of digital silence in it."""
    made = (np.random.default_rng(seed).standard_normal(samples) * 0.1).astype(np.float32)
    made[samples // 5 : samples * 3 // 5] = 0
    return made


def values(answers):
    return {task: np.array(list(answer.probabilities.values())) for task, answer in answers.items()}


@pytest.mark.parametrize("pitch", PITCHES)
@pytest.mark.parametrize("seconds", [0.2, 0.5, 3.1])
def test_answers_are_right(tiny, pitch, seconds):
    answers = tiny.classify(tone(pitch, seconds=seconds), 16000)
    assert answers["pitch"].label == pitch
    assert answers["pitch"].labels == (pitch,)
    assert answers["parts"].labels == (pitch,)
    assert sum(answers["pitch"].probabilities.values()) == pytest.approx(1)


def test_several_labels_and_none(tiny):
    assert set(tiny.classify(tone("low", "high"), 16000)["parts"].labels) == {"low", "high"}
    silent = tiny.classify(tone(), 16000)["parts"]
    assert (silent.labels, silent.label) == ((), "")
    assert silent.probability == max(silent.probabilities.values())


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40000), st.data())
def test_alone_in_a_batch_and_in_pieces(tiny, samples, data):
    """Any length, any cut: windows and pooled answers are the same."""
    clip = noise(samples)
    batch = tiny.probabilities(np.stack([clip, noise(samples, 1), np.zeros_like(clip)]))
    alone = tiny.probabilities(clip[None])
    pieces = []
    while sum(map(len, pieces)) < samples:
        begin = sum(map(len, pieces))
        pieces.append(clip[begin : begin + data.draw(st.integers(1, 20000))])
    whole, cut = (list(tiny.window_logits(blocks)) for blocks in ([clip], pieces))
    starts = [[start for windows in found for start in windows.starts] for found in (whole, cut)]
    assert starts[0] == starts[1] == tiny.windowings[0].starts(samples)
    pooled = values(tiny.classify(clip, 16000))
    for task in tiny.tasks:
        together = [np.concatenate([windows.logits[task] for windows in found]) for found in (whole, cut)]
        np.testing.assert_allclose(together[0], together[1], atol=1e-4)
        np.testing.assert_allclose(batch[task][:1], alone[task], atol=1e-5)
        np.testing.assert_allclose(pooled[task], alone[task][0], atol=1e-4)


def test_a_window_has_the_answer_of_the_whole_file(tiny):
    """A window's frames see samples beyond its edge; those are there in a stretch too."""
    clip = noise(160 * 200)
    cutter = Cutter(tiny.windowings[0], most=1)
    stretches = [*cutter.push(clip), *cutter.end()]
    assert [len(stretch.starts) for stretch in stretches] == [1] * len(tiny.windowings[0].starts(len(clip)))
    one_by_one = np.concatenate([tiny.stretch_logits(stretch).logits["pitch"] for stretch in stretches])
    whole = np.concatenate([windows.logits["pitch"] for windows in tiny.window_logits([clip])])
    np.testing.assert_allclose(one_by_one, whole, atol=1e-4)


def test_memory_of_a_long_waveform_is_bounded(tiny):
    """What is kept between pieces is less than three windows."""
    cutter = Cutter(tiny.windowings[0])
    for _ in range(100):
        cutter.push(noise(4000))
        assert len(cutter._kept) < 3 * tiny.windowings[0].frames * tiny.windowings[0].hop
    assert cutter.samples == 400000


def test_silent_windows_are_left_out_unless_all_are(tiny):
    sound, silence = tone("mid", seconds=1), tone(seconds=3)
    mixed = tiny.windows(np.concatenate([sound, silence]))
    assert [window.heard for window in mixed] == [window.onset <= 1 for window in mixed]  # frames reach over the edge
    less = values(tiny.classify(np.concatenate([sound, silence[:32000]]), 16000))["parts"]
    more = values(tiny.classify(np.concatenate([sound, silence]), 16000))["parts"]
    np.testing.assert_allclose(less, more, atol=1e-6)
    assert all(not window.heard for window in tiny.windows(silence))
    assert np.isfinite(values(tiny.classify(silence, 16000))["parts"]).all()


def test_windows_lie_on_a_time_line(tiny):
    windows = tiny.windows(np.concatenate([tone("low", seconds=1), tone("high", seconds=1)]))
    assert [round(window.onset, 6) for window in windows] == [0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5]
    assert [window.answers["pitch"].label for window in windows if window.offset <= 1] == ["low"] * 3
    assert [window.answers["pitch"].label for window in windows if window.onset >= 1] == ["high"] * 3
    (short,) = tiny.windows(tone("low", seconds=0.2))
    assert short.offset == pytest.approx(0.2)


def test_rate_channels_and_integers(tiny):
    mono = tone("mid", seconds=0.7, rate=44100)
    expected = values(tiny.classify(resample(mono, 44100, 16000), 16000))["pitch"]
    stereo = np.stack([mono * 1.5, mono * 0.5], axis=1)
    eight, sixteen = np.round(mono * 128 + 128).astype(np.uint8), np.round(mono * 32768).astype(np.int16)
    for samples in (mono, mono.astype(np.float64), stereo, sixteen, eight):
        found = values(tiny.classify(samples, 44100))["pitch"]
        tolerance = {np.uint8: 0.1, np.int16: 1e-2}.get(samples.dtype.type, 1e-5)
        np.testing.assert_allclose(found, expected, atol=tolerance)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, ">i2"])
def test_integers_are_scaled_by_their_own_type(tiny, kind):
    mono = tone("mid", seconds=0.7).astype(np.float64)
    full = 2.0 ** (8 * np.dtype(kind).itemsize - 1)
    zero = full if np.dtype(kind).kind == "u" else 0.0
    samples = np.round(mono * full + zero).astype(kind)
    expected = tiny.classify(samples.astype(np.float64) / full - zero / full, 16000)["pitch"].probabilities
    assert tiny.classify(samples, 16000)["pitch"].probabilities == pytest.approx(expected, abs=1e-4)
    assert tiny.windows(samples)[0].answers["pitch"].label == "mid"
    whole = dict(zip(tiny.tasks["pitch"].labels, tiny.probabilities(samples[None])["pitch"][0].tolist(), strict=True))
    assert whole == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("ask", ["classify", "windows", "probabilities", "stream"])
@pytest.mark.parametrize(("scale", "divisor"), [(17, 128), (127, 128), (32767, 32768), (2**23, 2**23), (2**31, 2**31)])
def test_numbers_at_the_scale_of_integers_are_refused_with_the_cure(tiny, ask, scale, divisor):
    samples = tone("mid", seconds=0.7) * 5 * np.float32(scale)
    samples[100] = scale  # the largest, to the last bit
    asked = {
        "classify": lambda: tiny.classify(samples, 16000),
        "windows": lambda: tiny.windows(samples),
        "probabilities": lambda: tiny.probabilities(samples[None]),
        "stream": lambda: Stream(tiny, 8000).push(np.stack([samples, samples], axis=1)),
    }
    with pytest.raises(DataError, match=f"sound lies within -1..1: divide them by {divisor} "):
        asked[ask]()


@pytest.mark.parametrize("channels", [(20, -20), (0, 0, 0, 40), (32767, 0)])
def test_the_scale_is_that_of_each_channel(tiny, tmp_path, channels):
    """Their mean may hide it: here within -1..1, or small."""
    samples = np.outer(tone("mid") / 0.2, channels).astype(np.float32)
    told = "samples go up to [0-9.]+, and sound lies within -1..1"
    soundfile.write(tmp_path / "loud.wav", samples, 16000, subtype="FLOAT")
    for ask in (
        lambda: tiny.classify(samples, 16000),
        lambda: Stream(tiny, 16000).push(samples),
        lambda: classify_file(tiny, tmp_path / "loud.wav"),
    ):
        with pytest.raises(DataError, match=told):
            ask()


def test_a_loud_recording_in_floating_point_is_sound(tiny):
    """Full scale is no bound of floating point; 24 dB above it are."""
    loud = tone("mid") * 79
    assert 15 < loud.max() < 16 and tiny.classify(loud, 16000)["pitch"].label == "mid"


@pytest.mark.parametrize("kind", [np.int64, np.uint64])
def test_integers_in_a_type_of_no_recorder_are_told(tiny, kind):
    """numpy makes 64-bit integers of Python's: by their own type they would be next to silence."""
    samples = np.array([0, 12000, 0, 3000] * 4000, kind)
    with pytest.raises(DataError, match="astype"):
        tiny.classify(samples, 16000)
    assert tiny.windows(np.zeros(16000, np.int64))[0].heard is False


def test_the_cure_of_wide_integers_is_one(tiny):
    """To follow it gives the sound: numbers of 24 and 32 bits in a type of 16 were noise."""
    sound = tone("mid").astype(float)
    expected = tiny.classify(sound, 16000)["pitch"].probabilities
    for bits, kind in ((16, "int64"), (24, "int64"), (32, "int64"), (16, "uint64"), (32, "uint64"), (8, "uint64")):
        full = 2 ** (bits - 1)
        samples = np.round(sound * (full - 1) + (full if kind == "uint64" else 0)).astype(kind)
        with pytest.raises(DataError, match="give them at the scale that they were recorded at") as told:
            tiny.classify(samples, 16000)
        cured = eval(str(told.value).rpartition(", as ")[2], {"samples": samples})
        assert tiny.classify(cured, 16000)["pitch"].probabilities == pytest.approx(expected, abs=1e-2)


def test_16_bits_in_32_are_told(tiny):
    """By their own type they would be silence, and the answer nothing."""
    sixteen = np.round(tone("mid") * 32767).astype(np.int32)
    stereo = np.stack([sixteen, sixteen], axis=1)
    for ask in (
        lambda: tiny.classify(sixteen, 16000),
        lambda: tiny.classify(stereo, 16000),
        lambda: tiny.windows(sixteen // 8),
        lambda: tiny.probabilities(sixteen[None]),
    ):
        with pytest.raises(DataError, match=r"samples are int32, up to \d+, .*samples.astype\('int16'\)"):
            ask()
    assert tiny.classify(sixteen << 16, 16000)["pitch"].label == "mid"
    assert tiny.classify(sixteen.astype(np.int16), 16000)["pitch"].label == "mid"


@pytest.mark.parametrize("quiet", [[0, 0], [0, 1], [-3, 3], [256, -25600], [-32768, 32512]])
def test_silence_in_32_bits_is_silence(tiny, quiet):
    """Zeros, the last bits, and the rest of a recorder of 24 bits, which fills the upper three bytes."""
    assert tiny.classify(np.array(quiet * 8000, np.int32), 16000).heard is False


BAD = {
    "empty": np.zeros(0, np.float32),
    "nan": np.array([0.0, np.nan], np.float32),
    "infinite": np.array([np.inf], np.float32),
    "as good as infinite": np.full(1000, 1e20, np.float32),
    "beyond single precision": np.full(5, 1e39),
    "turned around": np.zeros((2, 16000), np.float32),
    "three dimensions": np.zeros((2, 2, 2), np.float32),
    "no channels": np.zeros((5, 0), np.float32),
    "text": np.array(["a"]),
}


@pytest.mark.parametrize("samples", BAD.values(), ids=BAD)
def test_bad_samples_are_refused(tiny, samples):
    with pytest.raises(DataError, match="samples"):
        tiny.classify(samples, 16000)


def test_bad_batches_and_rates_are_refused(tiny):
    for batch in (np.zeros((0, 5)), np.zeros((2, 0)), np.zeros(5), np.full((1, 5), np.nan)):
        with pytest.raises(DataError, match="samples"):
            tiny.probabilities(batch)
    for rate in (0, -1, 0.5, float("nan"), float("inf")):
        with pytest.raises(DataError, match="rate"):
            tiny.classify(tone("low"), rate)
        with pytest.raises(DataError, match="rate"):
            tiny.windows(tone("low"), rate)


def test_folders_that_are_no_bundles(tiny_folder, tmp_path):
    with pytest.raises(DataError, match="no such folder"):
        Bundle.load(tmp_path / "none")
    with pytest.raises(DataError, match="no bundle"):
        Bundle.load(tmp_path)
    with pytest.raises(DataError, match="is a file, not a bundle"):
        Bundle.load(tiny_folder / "model.onnx")
    card = json.loads((tiny_folder / "card.json").read_text())
    broken = {
        "no json": "{",
        "a list": "[]",
        "later": json.dumps({**card, "format": 99}),
        "no tasks": json.dumps({key: value for key, value in card.items() if key != "tasks"}),
        "no thresholds": json.dumps({**card, "tasks": {"parts": {"kind": "multilabel", "labels": ["a"]}}}),
        "no step": json.dumps({**card, "windowing": {**card["windowing"], "step": 0}}),
        "a fraction": json.dumps({**card, "windowing": {**card["windowing"], "hop": 0.5}}),
        "a label twice": json.dumps({**card, "tasks": {"pitch": {"kind": "multiclass", "labels": ["a", "a", "b"]}}}),
        "another model's": json.dumps({**card, "tasks": {"pitch": {"kind": "multiclass", "labels": ["a", "b"]}}}),
        "another task": json.dumps({**card, "tasks": {"other": {"kind": "multiclass", "labels": ["a", "b", "c"]}}}),
        "a kind": json.dumps({**card, "tasks": {"parts": {"kind": "ordinal", "labels": ["a"]}}}),
    }
    for name, text in broken.items():
        folder = tmp_path / name
        shutil.copytree(tiny_folder, folder)
        (folder / "card.json").write_text(text)
        with pytest.raises(DataError, match="export"):
            Bundle.load(folder)
    (tmp_path / "cut").mkdir()
    for file in tiny_folder.iterdir():
        (tmp_path / "cut" / file.name).write_bytes(
            file.read_bytes()[:2000] if file.suffix == ".onnx" else file.read_bytes()
        )
    with pytest.raises(DataError, match="cannot be loaded"):
        Bundle.load(tmp_path / "cut")


def test_a_card_that_was_changed(tiny_folder, tmp_path):
    """Thresholds may be set anew; what the answers mean stands in the model itself too."""
    folder = shutil.copytree(tiny_folder, tmp_path / "told")
    card = json.loads((folder / "card.json").read_text())
    model = onnx.load(str(folder / "model.onnx"))
    tasks = {name: {"thresholds": [], **task} for name, task in card["tasks"].items()}
    describe(model, {"rate": "16000", "tasks": json.dumps(tasks)})
    onnx.save(model, str(folder / "model.onnx"))

    def load(**changes):
        (folder / "card.json").write_text(json.dumps({**card, **changes}))
        return Bundle.load(folder)

    pitch, parts = card["tasks"]["pitch"], card["tasks"]["parts"]
    load(tasks={"pitch": pitch, "parts": {**parts, "thresholds": [0.1, 0.2, 0.3]}})
    with pytest.raises(DataError, match=r"labels or kind of task 'pitch' .* export the bundle again"):
        load(tasks={"pitch": {**pitch, "labels": pitch["labels"][::-1]}, "parts": parts})
    with pytest.raises(DataError, match="the rate is another one"):
        load(windowing={**card["windowing"], "rate": 8000})
    other = load(windowing={**card["windowing"], "step": 10})
    with pytest.raises(DataError, match="windowing"):
        other.classify(tone("low", seconds=2), 16000)


@pytest.mark.parametrize(
    ("page", "begins", "ends"),
    [
        ("export.md", "16000 0.5 ['pitch', 'parts']", "'parts': ''}"),
        ("runtime.md", "0.0 {'pitch': 'mid', 'parts': 'mid'}", "the whole: {'pitch': 'mid', 'parts': 'mid'}"),
    ],
)
def test_the_examples_of_the_docs(tiny_folder, page, begins, ends):
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (example,) = [block for block in blocks if "sys.argv" in block]  # others are no whole programs
    ended = subprocess.run(
        [sys.executable, "-c", example, str(tiny_folder)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(begins)
    assert ended.stdout.rstrip().endswith(ends)
