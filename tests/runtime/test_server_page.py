"""The server's page in a real browser, with a file and with a microphone that plays one."""

import io
import os
from functools import partial

import httpx
import numpy as np
import pytest
import soundfile
from browsing import NEEDS_CHROMIUM, cards, chromium, drop, event_rows, microphone, page_of, wait_until
from serving import served
from tiny_bundle import LEVELS, PITCHES, tone
from unheard import CLIPS

from cohear.runtime.detector import events_of
from cohear.runtime.server.limits import Limits

pytest.importorskip("websockets", reason="websockets is not installed")
pytestmark = NEEDS_CHROMIUM
SOUND = np.concatenate([tone("low", seconds=2.0), tone(seconds=0.5), tone("high", "mid", seconds=1.5)])


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "sound.wav"
    soundfile.write(path, SOUND, 16000, subtype="PCM_16")
    return path


@pytest.fixture(scope="module")
def browser(clip):
    with chromium(*microphone(clip)) as started:
        yield started


@pytest.fixture(scope="module")
def client(tiny):
    with served(tiny) as made:
        yield made


@pytest.fixture
def opened(browser):
    return partial(page_of, browser)


def answered(page, path):
    page.wait_for_selector("#source:visible")
    page.set_input_files("#file", path)
    page.wait_for_selector("#result:visible, #problem:visible")
    return page


def test_a_file_has_the_bundles_answers_and_events(opened, client, tiny, clip):
    with opened(client) as page:
        answered(page, clip)
        whole = tiny.classify(SOUND, 16000)
        shown = cards(page)
        assert list(shown) == list(tiny.tasks)
        assert shown["pitch"] == [whole["pitch"].label, pytest.approx(whole["pitch"].probability, abs=0.0051)]
        rows = event_rows(page)
        events = events_of(tiny.windows(SOUND), tiny.tasks)
        assert [row[:2] for row in rows] == [[e.task, e.label] for e in events]
        times = [[float(cell.removesuffix(" s")) for cell in row[2:4]] for row in rows]
        assert times == [[pytest.approx(e.onset, abs=0.0051), pytest.approx(e.offset, abs=0.0051)] for e in events]
        assert page.locator(".track span").count() == len(events)
        # the cursor's moment is answered by its window
        page.locator("#board").focus()
        page.keyboard.press("Home")
        assert cards(page)["pitch"][0] == "low" and "pitch low" in page.get_attribute("#board", "aria-valuetext")
        page.keyboard.press("End")
        assert cards(page)["parts"][0] in ("mid + high", "high + mid")
        for _ in range(20):
            page.keyboard.press("ArrowLeft")
        page.keyboard.press("Escape")
        assert "the whole sound, 4.00 s" in page.inner_text("#which")


def painted(page, name):
    """How many colours a canvas has."""
    return page.evaluate(
        """(name) => { const c = document.getElementById(name);
        const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
        return new Set(new Uint32Array(data.buffer)).size; }""",
        name,
    )


def test_the_microphone_is_answered_live_and_rightly(opened, client, tiny):
    """What the microphone plays over and over: low, silence, high and mid at once."""
    with opened(client) as page:
        page.click("#record")
        wait_until(page, "document.querySelectorAll('.track span').length > 0")
        live = page.evaluate("document.body.classList.contains('recording')")
        assert live and page.inner_text("#which") == "now"
        wait_until(
            page,
            """["low", "mid", "high"].every((label) => [...document.querySelectorAll("#events td")]
            .some((cell) => cell.textContent === label))""",
        )
        page.click("#record")
        wait_until(page, "/the whole sound/.test(document.getElementById('which').textContent)")
        rows = event_rows(page)
        expected = {e.label: e for e in events_of(tiny.windows(SOUND), tiny.tasks) if e.task == "parts"}
        lasted = {
            label: max(float(row[3][:-2]) - float(row[2][:-2]) for row in rows if row[:2] == ["parts", label])
            for label in PITCHES
        }
        for label, event in expected.items():  # the microphone may have begun in the middle, so the longest counts
            assert lasted[label] == pytest.approx(event.offset - event.onset, abs=0.5)
        together = {row[2]: row[1] for row in rows if row[0] == "pitch"}
        assert set(together.values()) <= {"low", expected and tiny.classify(SOUND[-24000:], 16000)["pitch"].label}
        assert painted(page, "wave") > 1 and painted(page, "spectrum") > 20
        page.click("#play")
        wait_until(page, "document.getElementById('clock').textContent !== '0.00 s'")
        page.click("#play")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_and_nobody_is_kept_out(opened, client, clip, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    with opened(client, width=width, scheme=scheme) as page:
        page.wait_for_selector("#source:visible")
        for step in ("before", "after"):
            if step == "after":
                answered(page, clip)
                page.locator("summary").click()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            found = axe.run(page).response["violations"]
            assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] != "minor"] == []


def test_with_a_token(opened, tiny, clip):
    with served(tiny, token="s%cret?>") as client:
        with opened(client, allowed=("401",)) as page:
            page.fill("#token", "wrong")
            page.keyboard.press("Enter")
            page.wait_for_selector("#problem:visible")
            assert page.inner_text("#problem") == "The token is missing or wrong."
        with opened(client, "/#token=s%25cret?%3E") as page:
            answered(page, clip)
            assert cards(page)["pitch"][0] and "cret" not in page.url
            page.click("#record")
            wait_until(page, "document.querySelectorAll('.track span').length > 0")
            page.click("#record")
            wait_until(page, "/the whole sound/.test(document.getElementById('which').textContent)")
            assert not page.is_visible("#problem")


def test_mistakes_are_said_in_plain_words(opened, tiny, clip, tmp_path):
    (tmp_path / "letter.wav").write_text("no sound at all")
    with (
        served(tiny, Limits(duration=3.0, stream_duration=2.5), other=tiny) as client,
        opened(client, allowed=("422", "413")) as page,
    ):
        answered(page, tmp_path / "letter.wav")
        assert page.inner_text("#problem").startswith("The server cannot answer this: ")
        answered(page, clip)
        wait_until(page, "/longer than 3 s/.test(document.getElementById('problem').textContent)")
        page.select_option("#bundle", "other")
        page.click("#record")  # until the server has heard as much as it takes
        wait_until(page, "/stream is longer/.test(document.getElementById('problem').textContent)")
        assert page.inner_text("#record") == "Record" and page.locator(".track span").count() > 0


def test_a_file_at_the_scale_of_integers_is_refused(opened, client, tmp_path):
    """The page hands samples to the server that cannot decode a file; it must not make sound of them by cutting."""
    soundfile.write(tmp_path / "loud.wav", SOUND * 32768, 16000, subtype="FLOAT")
    with opened(client, allowed=("422",)) as page:
        answered(page, tmp_path / "loud.wav")
        assert "sound lies within -1..1: divide them by 32768" in page.inner_text("#problem")
        assert not page.is_visible("#result")


def test_what_is_not_heard_has_no_label(opened, client, tmp_path):
    with opened(client) as page:
        for name, heard in CLIPS.items():
            soundfile.write(tmp_path / f"{name}.wav", heard.samples, heard.rate, subtype="FLOAT")
            answered(page, tmp_path / f"{name}.wav")
            wait_until(page, f"document.getElementById('name').textContent === {name + '.wav'!r}")
            wait_until(page, "!document.getElementById('status').textContent.startsWith('Listening')")
            shown = {task: label for task, (label, _) in cards(page).items()}
            assert shown == dict.fromkeys(("pitch", "parts"), heard.labels[0] if heard.heard else "silence"), name
            assert page.inner_text("#status").lower().startswith(heard.note.lower())
            assert bool(page.inner_text("#status")) is not heard.heard
            assert bool(event_rows(page)) is heard.heard
            page.locator("#board").focus()
            page.keyboard.press("Home")
            if not heard.heard:
                assert set(page.locator("#cards .label").all_inner_texts()) == {"silence"}
                assert set(page.locator("#cards ol b").all_inner_texts()) == {"–"}


@pytest.mark.parametrize(("content", "name"), [(b"PK\3\4", "an archive"), (b"<!DOCTYPE html><html>", "web page")])
def test_what_is_no_sound_is_refused_by_name(opened, client, tmp_path, content, name):
    (tmp_path / "sound.wav").write_bytes(content + bytes(range(200)))
    with opened(client, allowed=("422",)) as page:
        answered(page, tmp_path / "sound.wav")
        assert name in page.inner_text("#problem") and not page.is_visible("#result")


def test_what_the_server_refuses_is_not_sent_again(opened, client, tmp_path):
    """A WAV file that was cut short: the browser would make sound of what is there."""
    soundfile.write(tmp_path / "cut.wav", SOUND, 16000, subtype="PCM_16")
    (tmp_path / "cut.wav").write_bytes((tmp_path / "cut.wav").read_bytes()[:50_000])
    asked = []
    with opened(client, allowed=("422",)) as page:
        page.on("request", lambda request: asked.append(request.url) if "classify" in request.url else None)
        answered(page, tmp_path / "cut.wav")
        assert "it is cut short" in page.inner_text("#problem") and not page.is_visible("#result")
    assert len(asked) == 1


def test_what_the_browser_decodes_and_the_server_does_not_is_answered(opened, tiny, tmp_path, monkeypatch):
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "av.py").write_text("raise ImportError\n")
    paths = [str(tmp_path / "modules"), *filter(None, [os.environ.get("PYTHONPATH")])]
    (tmp_path / "sound.webm").write_bytes(recorded_webm(SOUND))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    with served(tiny) as client, opened(client, allowed=("415",)) as page:
        answered(page, tmp_path / "sound.webm")
        assert cards(page)["pitch"][0] == tiny.classify(SOUND, 16000)["pitch"].label


def recorded_webm(samples):
    """As Chrome records; the test is skipped where PyAV is not installed."""
    av = pytest.importorskip("av", reason="the extra `formats` is not installed: pip install -e '.[formats]'")
    made = io.BytesIO()
    with av.open(made, "w", format="webm") as output:
        track = output.add_stream("libopus", rate=48000, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 16000, 0
        resampler = av.AudioResampler(track.codec_context.format, "mono", 48000, 960)
        for piece in (*resampler.resample(frame), *resampler.resample(None), None):
            output.mux(track.encode(piece))
    return made.getvalue()


def test_a_file_is_dropped(opened, client, clip):
    with opened(client) as page:
        page.wait_for_selector("#source:visible")
        drop(page, clip, "dropped <b>.wav")
        page.wait_for_selector("#result:visible")
        assert page.inner_text("#name") == "dropped <b>.wav" and page.locator(".track span").count() > 0


def test_a_recording_ends_before_it_fills_the_memory(browser, client):
    """The browser keeps a recording whole, so that it has a longest one; here a short one takes its place."""
    bound = "const MOST_MINUTES = 30;"

    def shorter(route):
        script = httpx.get(route.request.url).text
        assert bound in script
        route.fulfill(body=script.replace(bound, "const MOST_MINUTES = 0.05;"), content_type="text/javascript")

    with page_of(browser, client) as page:
        page.route("**/page/app.js", shorter)
        page.reload()
        page.click("#record")
        wait_until(page, "/A recording ends after/.test(document.getElementById('problem').textContent)")
        wait_until(page, "/the whole sound/.test(document.getElementById('which').textContent)")
        assert page.inner_text("#record") == "Record"
        assert 3.0 <= float(page.inner_text("#which").split()[-2]) < 3.2


def test_numbers_stand_beside_labels(opened, numbers, clip):
    """With their unit; on the time line are those tasks that have events."""
    with served(numbers) as client, opened(client) as page:
        page.wait_for_selector("#source:visible")
        assert page.locator("#kinds small").all_inner_texts() == ["3 labels", "3 numbers in nat"]
        answered(page, clip)
        there = numbers.classify(SOUND, 16000)["levels"].numbers
        assert list(page.locator("#cards h3").all_inner_texts()) == ["pitch", "levels"]
        rows = page.locator("#cards li[data-task=levels] ol li")
        assert rows.locator("span").all_inner_texts() == list(PITCHES)
        for text, value, spread in zip(rows.locator("b").all_inner_texts(), there.values(), LEVELS.spread, strict=True):
            number, within, unit = text.replace("± ", "").split(" ")
            assert (float(number), float(within), unit) == (pytest.approx(value, abs=0.05), spread, "nat")
        assert page.locator("#lanes .what").all_inner_texts() == ["pitch"]
        page.locator("#board").focus()
        page.keyboard.press("Home")
        assert "levels low" in page.get_attribute("#board", "aria-valuetext")
