"""The example in JavaScript, in a real browser: the answers are Python's."""

import io
import re
from dataclasses import asdict

import numpy as np
import pytest
import soundfile
from browsing import NEEDS_CHROMIUM, chromium
from javascript import NEEDS_NPM, example_site, node_modules
from serving import wav
from tiny_bundle import tone
from unheard import CLIPS

pytestmark = [*NEEDS_CHROMIUM, NEEDS_NPM]


@pytest.fixture(scope="module")
def site(tiny_folder, time_folder, filtered_folder, number_folder, tmp_path_factory):
    """The example with its dependency and four bundles, over HTTP; the address."""
    bundles = {"bundle": tiny_folder, "time": time_folder, "filtered": filtered_folder, "numbers": number_folder}
    with example_site(tmp_path_factory.mktemp("site") / "example", node_modules(), **bundles) as address:
        yield address


@pytest.fixture(scope="module")
def page(site):
    with chromium() as browser:
        opened = browser.new_page()
        opened.set_default_timeout(120_000)
        opened.goto(f"{site}/index.html")
        opened.wait_for_selector("input:enabled")
        yield opened


def test_answers_are_those_of_python(page, tiny):
    noise = np.random.default_rng(0)
    clips = [
        tone("low", "high", seconds=3.1),
        np.zeros(20000, np.float32),
        np.ones(1, np.float32),
        noise.uniform(-0.1, 0.1, 12345).astype(np.float32),
        np.clip(noise.normal(0, 2, 30000), -1, 1).astype(np.float32),
    ]
    for clip in clips:
        found = page.evaluate("samples => window.bundle.classify(Float32Array.from(samples))", clip.tolist())
        for task, answer in tiny.classify(clip, 16000).items():
            assert tuple(found["tasks"][task]["labels"]) == answer.labels
            assert found["tasks"][task]["probabilities"] == pytest.approx(answer.probabilities, abs=1e-4)
    for wrong in ("[]", "[NaN]"):
        assert "finite" in page.evaluate(f"window.bundle.classify(Float32Array.from({wrong})).catch(e => e.message)")


def test_integers_are_scaled_by_their_type(page, tiny):
    clip = tone("low", "high", seconds=0.7)
    expected = tiny.classify(clip, 16000)["pitch"].probabilities
    whole = {"Int16Array": clip * 32767, "Int32Array": clip.astype(float) * (2**31 - 1), "Float64Array": clip}
    for kind, samples in whole.items():
        found = page.evaluate(f"samples => window.bundle.classify({kind}.from(samples))", samples.tolist())
        assert found["tasks"]["pitch"]["probabilities"] == pytest.approx(expected, abs=1e-2)
    script = "samples => window.bundle.classify(Float32Array.from(samples)).catch(error => error.message)"
    for scale in (20, 32767, 2**31):
        told = page.evaluate(script, (clip.astype(float) / abs(clip).max() * scale).tolist())
        assert re.match(r"samples go up to \d.*, and sound lies within -1\.\.1: divide them by 32768 if", told)


def test_what_is_not_heard_has_no_label(page):
    """As samples; or as a file, where the browser resamples."""
    script = """channels => { const clip = channels.map((each) => Float32Array.from(each));
    return window.bundle.classify(clip.length > 1 ? clip : clip[0]); }"""
    of_file = "async bytes => window.bundle.classify(await window.bundle.decode(new Uint8Array(bytes).buffer))"
    for clip in CLIPS.values():
        samples = clip.samples.reshape(len(clip.samples), -1)
        if clip.rate == 16000:
            found = page.evaluate(script, samples.T.tolist())
        else:
            found = page.evaluate(of_file, list(wav(samples, clip.rate, subtype="FLOAT")))
        assert (found["heard"], found["note"][: len(clip.note)], bool(found["note"])) == (
            clip.heard,
            clip.note,
            bool(clip.note),
        )
        assert {label for answer in found["tasks"].values() for label in answer["labels"]} == set(clip.labels)


@pytest.mark.parametrize("form", ["FLAC", "OGG", "WAV", "WAVEX"])
def test_an_offset_in_a_file_of_another_rate_is_heard_as_in_python(page, tiny, in_time, form):
    """Its rate stands at a place of its own in each. What a codec adds to it is sound. Steps of it have no label."""
    script = "async bytes => window.bundle.classify(await window.bundle.decode(new Uint8Array(bytes).buffer))"
    in_time_script = """async bytes => { const { Bundle } = await import("./bundle.js");
    const bundle = await Bundle.load("time");
    return bundle.classify(await bundle.decode(new Uint8Array(bytes).buffer)); }"""
    how = {} if form == "OGG" else {"subtype": "PCM_16"}
    for rate in (8000, 44100):
        content = wav(np.full(rate, 0.25), rate, format=form, **how)
        expected = tiny.classify(*soundfile.read(io.BytesIO(content)))
        assert expected.heard is (form == "OGG")
        found = page.evaluate(script, list(content))
        assert (found["heard"], tuple(found["tasks"]["pitch"]["labels"])) == (expected.heard, expected["pitch"].labels)
        timed = page.evaluate(in_time_script, list(content))["tasks"]["when"]["probabilities"]
        expected = in_time.classify(*soundfile.read(io.BytesIO(content)))["when"].probabilities
        assert {label: [value == 0 for value in each] for label, each in timed.items()} == {
            label: [value == 0 for value in each] for label, each in expected.items()
        }
        sound = page.evaluate(script, list(wav(0.25 + tone("mid", rate=rate), rate, format=form, **how)))
        assert (sound["heard"], sound["tasks"]["pitch"]["labels"]) == (True, ["mid"])


def test_silence_and_channels_in_a_file(page, tmp_path):
    for name in ("the last bit of 16", "anti-phase", "one silent channel"):
        clip = CLIPS[name]
        soundfile.write(tmp_path / f"{name}.wav", clip.samples, 16000, subtype="PCM_16")
        page.evaluate("document.querySelector('[role=status]').textContent = ''")
        page.set_input_files("input", tmp_path / f"{name}.wav")
        page.wait_for_function("document.querySelector('[role=status]').textContent.startsWith('1.00 s')")
        assert page.inner_text("[role=status]").removeprefix("1.00 s").removeprefix("; ").startswith(clip.note)
        told = page.locator("tr").all_inner_texts()
        assert told == ["pitch\tsilence", "parts\tsilence"] if not clip.heard else all("mid " in row for row in told)


def test_a_model_that_gives_no_number_gives_no_label(page):
    script = """([seconds, level]) => { const { constructor, session, windowing, tasks } = window.bundle;
    const data = { data: [NaN, NaN, NaN] }, broken = { run: async () => ({ pitch: data, parts: data }) };
    const samples = Float32Array.from({ length: 16000 * seconds }, (_, n) => level * Math.sin(n / 3));
    return new constructor({ tasks, windowing }, broken).classify(samples).catch((error) => error.message); }"""
    assert "task 'pitch' is no finite number" in page.evaluate(script, [1, 0.1])
    assert page.evaluate(script, [1, 0])["heard"] is False


@pytest.mark.parametrize("name", ["time", "filtered"])
def test_time_lines_are_those_of_python(page, request, name):
    in_time = request.getfixturevalue({"time": "in_time"}.get(name, name))
    script = """async ([name, samples]) => { const { Bundle } = await import("./bundle.js");
    return (await Bundle.load(name)).classify(Float32Array.from(samples)); }"""
    specks = [
        tone("low", "mid", seconds=0.1 + 0.1 * (n % 3)) * (n % 2)
        + tone("high", seconds=0.1 + 0.1 * (n % 3)) * (n % 5 == 0)
        for n in range(30)
    ]
    clips = (
        np.concatenate([tone("low", "mid"), tone(seconds=0.5), tone("mid", seconds=0.77)]),
        np.concatenate(specks),
        CLIPS["the last bit of 16"].samples,
        tone("high", seconds=0.01),
    )
    for clip in clips:
        found, expected = page.evaluate(script, [name, clip.tolist()]), in_time.classify(clip, 16000)
        there = asdict(expected["when"])
        assert found["heard"] == expected.heard
        assert found["tasks"]["when"]["step"] == there["step"] and found["tasks"]["when"]["begin"] == 0
        assert set(found["tasks"]["when"]) == set(there)
        for label, each in there["probabilities"].items():
            assert found["tasks"]["when"]["probabilities"][label] == pytest.approx(each, abs=1e-4)
            silent = [at for at, value in enumerate(each) if value == 0]  # the other values are small, and none is 0
            assert not any(found["tasks"]["when"]["probabilities"][label][at] for at in silent)
        assert len(found["tasks"]["when"]["spans"]) == len(there["spans"])
        for one, other in zip(found["tasks"]["when"]["spans"], there["spans"], strict=True):
            assert one == {key: pytest.approx(v, abs=1e-4) if key != "label" else v for key, v in other.items()}


def test_numbers_are_those_of_python(page, numbers):
    script = """async samples => { const { Bundle } = await import("./bundle.js");
    return (await Bundle.load("numbers")).classify(Float32Array.from(samples)); }"""
    for clip in (np.concatenate([tone("low", "mid"), tone("mid", seconds=0.77)]), CLIPS["the last bit of 16"].samples):
        found, expected = page.evaluate(script, clip.tolist()), numbers.classify(clip, 16000)
        there = asdict(expected["levels"])
        assert found["heard"] == expected.heard
        assert found["tasks"]["levels"]["numbers"] == pytest.approx(there["numbers"], abs=1e-4)
        assert {key: value for key, value in found["tasks"]["levels"].items() if key != "numbers"} == {
            key: value for key, value in there.items() if key != "numbers"
        }


def test_integers_that_are_silence(page):
    samples = "window[kind].from({length: 16000}, (_, n) => value + swing * (n % 2))"
    script = f"([kind, value, swing]) => window.bundle.classify({samples})"
    for kind, value in (("Int16Array", 0), ("Int32Array", 0), ("Uint8Array", 128), ("Uint16Array", 32768)):
        found = page.evaluate(script, [kind, value, 0])
        assert (found["heard"], found["tasks"]["pitch"]["labels"]) == (False, [])
    assert page.evaluate(script, ["Int16Array", 0, 1])["heard"] is False
    assert page.evaluate(script, ["Uint8Array", 128, 1])["heard"] is True


@pytest.mark.parametrize(
    ("form", "name"), [("WAV", "a WAV"), ("FLAC", "a FLAC"), ("OGG", "an Ogg"), ("AIFF", "an AIFF"), ("CAF", "a CAF")]
)
def test_the_bytes_of_a_file_are_refused_by_name(page, form, name):
    content = list(wav(tone("low"), format=form))
    for given in (
        "Uint8Array.from(bytes)",
        "Uint8Array.from(bytes).buffer",
        "new Int8Array(Uint8Array.from(bytes).buffer)",
    ):
        script = f"bytes => window.bundle.classify({given}).catch(error => error.message)"
        assert page.evaluate(script, content) == f"samples are the bytes of {name} file: decode it first, with decode"
    mp4 = [0, 0, 0, 32, *b"ftypM4A ", *bytes(100)]
    assert "an MP4 (M4A) file" in page.evaluate(
        "bytes => window.bundle.classify(Uint8Array.from(bytes)).catch(e => e.message)", mp4
    )
    told = page.evaluate("window.bundle.classify(new ArrayBuffer(100)).catch(error => error.message)")
    assert "samples must be finite numbers" in told


@pytest.mark.parametrize("channels", [1, 2])
def test_a_file_is_chosen(page, tiny, tmp_path, channels):
    samples = np.stack([tone("mid", seconds=1.5)] * channels, axis=1)
    soundfile.write(tmp_path / "a.wav", samples, 16000)
    page.set_input_files("input", tmp_path / "a.wav")
    page.wait_for_function("document.querySelector('[role=status]').textContent === '1.50 s'")
    told = [re.match(r"(\w+)\t(\w+) (0\.9\d|1\.00)$", row) for row in page.locator("tr").all_inner_texts()]
    assert [row.groups()[:2] for row in told if row] == [("pitch", "mid"), ("parts", "mid")]
    content = list((tmp_path / "a.wav").read_bytes())
    script = "async bytes => window.bundle.classify(await window.bundle.decode(new Uint8Array(bytes).buffer))"
    for task, answer in tiny.classify(*soundfile.read(tmp_path / "a.wav")).items():
        assert page.evaluate(script, content)["tasks"][task]["probabilities"] == pytest.approx(
            answer.probabilities, abs=1e-4
        )


def test_what_is_no_audio_is_said(page, tmp_path):
    (tmp_path / "a.wav").write_text("no audio")
    page.set_input_files("input", tmp_path / "a.wav")
    page.wait_for_function("document.querySelector('[role=status]').textContent.startsWith('This file cannot be')")
    assert page.locator("tr").count() == 0
