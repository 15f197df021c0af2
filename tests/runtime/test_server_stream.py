"""The WebSocket of the server, over a real socket."""

import base64
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest
from serving import served, wav
from tiny_bundle import tone

from cohear.runtime.detector import EventSettings, events_of
from cohear.runtime.server.limits import Limits

websockets = pytest.importorskip("websockets", reason="websockets is not installed")
from websockets.exceptions import ConnectionClosed, InvalidStatus  # noqa: E402
from websockets.sync.client import connect  # noqa: E402

SOUND = np.concatenate([tone("low", seconds=1.2), tone(seconds=0.8), tone("mid", "high", seconds=1.0)])


def opened(client, query="", **more):
    return connect(str(client.base_url).replace("http", "ws") + "/stream" + query, compression=None, **more)


def streamed(client, samples, query="", sizes=(4000,)):
    """All messages that answer samples, sent in pieces of so many bytes in turn."""
    content = np.ascontiguousarray(samples).tobytes()
    with opened(client, query) as stream:
        begin, turn = 0, 0
        while begin < len(content):
            size = sizes[turn % len(sizes)]
            stream.send(content[begin : begin + size])
            begin, turn = begin + size, turn + 1
        stream.send('{"type": "end"}')
        return [json.loads(message) for message in stream], stream.close_code


def closing(stream):
    """The error that a stream ends with, and its close code."""
    told = {}
    try:
        while True:
            message = json.loads(stream.recv(timeout=20))
            told = message if message["type"] == "error" else told
    except ConnectionClosed:
        return told, stream.close_code


@pytest.fixture(scope="module")
def client(tiny):
    with served(tiny) as made:
        yield made


@pytest.mark.parametrize(
    ("form", "sizes"), [("s16le", (4000,)), ("f32le", (3, 70001)), ("s32le", (1,) * 40 + (100_000,))]
)
def test_a_stream_has_the_answers_and_events_of_the_file(client, tiny, form, sizes):
    scale = {"s16le": (32767, "<i2"), "s32le": (2**31 - 129, "<i4"), "f32le": (1, "<f4")}[form]
    messages, code = streamed(client, (SOUND * scale[0]).astype(scale[1]), f"?format={form}", sizes)
    assert code == 1000 and messages[0] == {"type": "start", "bundle": "tiny", "rate": 16000, "window": 0.5}
    windows, whole = [m for m in messages if m["type"] == "window"], tiny.windows(SOUND)
    assert [w["onset"] for w in windows] == pytest.approx([w.onset for w in whole])
    for one, other in zip(windows, whole, strict=True):
        for task, expected in other.answers.items():
            assert one["answers"][task]["probabilities"] == pytest.approx(expected.probabilities, abs=2e-3)
    events = [(m["task"], m["label"], m["onset"]) for m in messages if m["type"] == "event"]
    assert sorted(events) == sorted((e.task, e.label, pytest.approx(e.onset)) for e in events_of(whole, tiny.tasks))
    end = messages[-1]
    assert end["type"] == "end" and end["seconds"] == pytest.approx(3.0)
    assert end["answers"]["pitch"]["probabilities"] == pytest.approx(
        tiny.classify(SOUND, 16000)["pitch"].probabilities, abs=2e-3
    )


def test_answers_come_while_the_sound_does(client):
    with opened(client, "?format=f32le&rate=8000&channels=2") as stream:
        assert json.loads(stream.recv())["type"] == "start"
        stereo = np.repeat(tone("mid", seconds=0.7, rate=8000)[:, None], 2, axis=1)
        stream.send(stereo.tobytes())
        window = json.loads(stream.recv(timeout=10))
        assert window["type"] == "window" and window["answers"]["pitch"]["labels"] == ["mid"]
        assert {"task": "pitch", "label": "mid"}.items() <= window["lasting"][0].items() or len(window["lasting"]) == 2


def test_streams_at_once_have_each_their_own_answer(client):
    pitches = ["low", "mid", "high"] * 3
    with ThreadPoolExecutor(9) as pool:
        ends = list(pool.map(lambda p: streamed(client, tone(p), "?format=f32le", (1700,))[0][-1], pitches))
    assert [end["answers"]["pitch"]["labels"][0] for end in ends] == pitches


def test_an_empty_stream_ends_without_an_answer(client):
    messages, code = streamed(client, np.zeros(0, "<i2"))
    (end,) = messages[1:]
    assert code == 1000 and end.pop("note").startswith("silence")
    assert end == {"type": "end", "seconds": 0.0, "heard": False, "tasks": {}, "answers": {}}


@pytest.mark.parametrize("query", ["?rate=1", "?rate=x", "?channels=1000", "?format=mp3", "?bundle=none", "?what=1"])
def test_wrong_settings_are_told(client, query):
    with opened(client, query) as stream:
        told, code = closing(stream)
    assert code == 4422 and told["status"] == 422 and told["error"]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("hello", 4422),
        ("[" * 50_000, 4422),
        ('{"type": "start"}', 4422),
        (np.full(9, np.nan, "<f4").tobytes(), 4422),
        (bytes((1 << 20) + 4), 4413),
        (bytes((4 << 20) + 4), 1009),
    ],
)
def test_what_is_no_sound_is_refused_and_the_next_stream_answered(client, message, expected):
    with opened(client, "?format=f32le") as stream:
        with suppress(ConnectionClosed):
            stream.send(message)
        told, code = closing(stream)
    if expected == 1009:  # the connection may break before the client has read why
        assert code in (1009, 1006)
    else:
        assert code == expected and told["status"] + 4000 == code
    assert streamed(client, tone("low"), "?format=f32le")[1] == 1000


@pytest.mark.parametrize("query", ["", "?format=mulaw&rate=8000"])
def test_a_file_behind_samples_is_told(client, query):
    """As of a client that sends a file for each thing that it heard; the time before was answered."""
    with opened(client, query) as stream:
        with suppress(ConnectionClosed):
            for content in ((tone("mid") * 32767).astype("<i2").tobytes(), wav(tone("low"))):
                stream.send(content)
        told, code = closing(stream)
    assert code == 4422 and told["error"].startswith("these are the bytes of a WAV file, and no raw samples")


def test_what_is_odd_is_told_as_soon_as_it_is_known(client):
    """While the stream goes on, which may have no end; and that it is so no more."""
    silence = np.zeros(16000, "<i2").tobytes()
    with opened(client) as stream:
        for _ in range(3):
            stream.send(silence)
        messages = [json.loads(stream.recv(timeout=20))]
        while messages[-1]["type"] != "note":
            messages.append(json.loads(stream.recv(timeout=20)))
        assert messages[-1]["note"].startswith("silence: ") and messages[-1]["seconds"] == pytest.approx(2.0, abs=0.1)
        stream.send((tone("mid") * 32767).astype("<i2").tobytes())
        stream.send('{"type": "end"}')
        later = [json.loads(message) for message in stream]
    assert [message["note"] for message in later if message["type"] in ("note", "end")] == ["", ""]
    stereo = np.outer(tone("mid", seconds=3.0), [1, -1]).astype("<f4")
    messages, _ = streamed(client, stereo, "?format=f32le&channels=2", (40_000,))
    (told,) = [message for message in messages if message["type"] == "note"]
    assert told["note"].startswith("its channels cancel") and told["seconds"] < 2.5


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?rat=8000", "there is no setting 'rat' (did you mean 'rate'?)"),
        ("?windows=true", "there is no setting 'windows'"),
        ("?rate=8000&rate=16000", "the setting 'rate' is given 2 times"),
        ("?onset=much", "onset, release, minimum are numbers"),
        ("?release=0", "above 0 and not above 1"),
        ("?format=alaw8", "did you mean 'alaw'?"),
    ],
)
def test_unknown_settings_are_told_by_name(client, query, told):
    with opened(client, query) as stream:
        error, code = closing(stream)
    assert code == 4422 and told in error["error"]


def test_thresholds_of_events_are_set_by_a_stream(client, tiny):
    sound = np.concatenate([tone("low", seconds=0.6), tone("high", seconds=1.2)])
    messages, code = streamed(client, sound, "?format=f32le&onset=0.9&release=0.95&minimum=0.7")
    settings = EventSettings(0.9, 0.95, 0.7)
    found = [(m["task"], m["label"]) for m in messages if m["type"] == "event"]
    assert code == 1000 and found
    assert sorted(found) == sorted((e.task, e.label) for e in events_of(tiny.windows(sound), tiny.tasks, settings))
    assert len(found) < len(events_of(tiny.windows(sound), tiny.tasks))
    lasting = [event for m in messages if m["type"] == "window" for event in m["lasting"]]
    assert all(event["offset"] - event["onset"] >= 0.7 - 1e-6 for event in lasting)


@pytest.mark.parametrize(("law", "subtype"), [("mulaw", "ULAW"), ("alaw", "ALAW")])
def test_a_telephones_stream(client, law, subtype):
    raw = np.frombuffer(wav(tone("mid", rate=8000), 8000, format="RAW", subtype=subtype), np.uint8)
    messages, code = streamed(client, raw, f"?rate=8000&format={law}", (160,))  # 20 ms, as telephony sends
    assert code == 1000 and messages[-1]["seconds"] == 1.0
    assert messages[-1]["answers"]["pitch"]["labels"] == ["mid"]


def test_a_model_that_fails_is_told_and_the_next_stream_answered(tiny, monkeypatch):
    def fails(batch):
        raise RuntimeError("no memory in the graph")

    with served(tiny) as client:
        with monkeypatch.context() as patch:
            patch.setattr(tiny, "batch_logits", fails)
            with opened(client) as stream:
                stream.send(bytes(64000))
                told, code = closing(stream)
            assert (code, told["status"]) == (4500, 500)
        assert streamed(client, np.zeros(16000, "<i2"))[1] == 1000


def test_a_page_of_another_host_that_is_named(tiny):
    with served(tiny, origins=["https://app.example"]) as client:
        with opened(client, origin="https://app.example") as stream:
            assert json.loads(stream.recv())["type"] == "start"
        with pytest.raises(InvalidStatus) as refused, opened(client, origin="https://evil.example"):
            pass
        assert refused.value.response.status_code == 403
        assert "error" in json.loads(refused.value.response.body)


@pytest.mark.parametrize("size", [1, 3, 4000])
@pytest.mark.parametrize(
    ("how", "name"), [({}, "a WAV file"), ({"format": "FLAC"}, "a FLAC file"), ({"format": "MP3"}, "an MP3 file")]
)
def test_a_file_in_place_of_samples_is_told(client, how, name, size):
    """Also where its mark comes in several messages."""
    content = wav(tone("low"), **how)
    with opened(client) as stream:
        with suppress(ConnectionClosed):
            for begin in range(0, min(len(content), 2000 * size, 16000), size):
                stream.send(content[begin : begin + size])
        told, code = closing(stream)
    assert (code, told["type"], told["status"]) == (4422, "error", 422)
    assert f"the bytes of {name}" in told["error"]


def test_samples_at_the_scale_of_integers_are_refused_with_the_cure(client):
    with opened(client, "?format=f32le") as stream:
        with suppress(ConnectionClosed):
            stream.send((tone("low") * 32768).tobytes())
        told, code = closing(stream)
    assert code == 4422 and "sound lies within -1..1: divide them by 32768" in told["error"]


def test_limits_of_number_length_and_silence(tiny):
    with served(tiny, Limits(streams=1, stream_duration=1.0, idle=0.5)) as client:
        with opened(client) as first, opened(client) as second:
            assert closing(second)[1] == 4503
            told, code = closing(first)
            assert code == 4408 and "0.5 s" in told["error"]
        with opened(client) as third:
            third.send(bytes(2 * 16001))
            assert closing(third)[1] == 4413
        assert 'cohear_streams_total{code="4413"} 1.0' in client.get("/metrics").text
        assert "cohear_open_streams 0.0" in client.get("/metrics").text


def test_messages_without_sound_do_not_keep_a_stream_open(tiny):
    with served(tiny, Limits(stream_duration=0.05, idle=2.0)) as client, opened(client) as stream:
        began = time.monotonic()
        with suppress(ConnectionClosed):
            while time.monotonic() < began + 20:
                stream.send(b"")
                time.sleep(0.05)
        assert closing(stream)[1] == 4413
        assert time.monotonic() < began + 15


def test_who_leaves_makes_room(tiny):
    with served(tiny, Limits(streams=1)) as client:
        for _ in range(3):
            with opened(client) as stream:
                stream.send(bytes(40_000))
                stream.socket.shutdown(socket.SHUT_RDWR)  # without a word
            for _ in range(100):
                if "cohear_open_streams 0.0" in client.get("/metrics").text:
                    break
                time.sleep(0.02)
        assert streamed(client, np.zeros(16000, "<i2"))[1] == 1000


def test_who_reads_nothing_is_put_out(tiny):
    """Answers that nobody takes fill the buffers between the two; then the stream ends."""
    with served(tiny, Limits(idle=1.0)) as client:
        deadline = time.monotonic() + 60
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        narrow.connect(("127.0.0.1", client.base_url.port))
        with (
            pytest.raises((ConnectionClosed, OSError)),
            opened(client, "?rate=1000", sock=narrow, max_queue=1) as stream,
        ):
            while time.monotonic() < deadline:
                stream.send(bytes(200_000))
        while "cohear_open_streams 0.0" not in client.get("/metrics").text and time.monotonic() < deadline:
            time.sleep(0.1)
        assert time.monotonic() < deadline


def test_the_token_is_asked_for_before_anything_is_answered(tiny):
    code = base64.urlsafe_b64encode(b"s%cret?>").decode().rstrip("=")
    with served(tiny, token="s%cret?>") as client:
        for more in (
            {},
            {"additional_headers": {"Authorization": "Bearer wrong"}},
            {"subprotocols": ["cohear.token.x"]},
        ):
            with pytest.raises(InvalidStatus) as refused:
                opened(client, **more)
            assert refused.value.response.status_code == 401
        with opened(client, subprotocols=["cohear", f"cohear.token.{code}"]) as stream:
            assert stream.subprotocol == "cohear" and json.loads(stream.recv())["type"] == "start"
        assert (
            'cohear_requests_total{path="/stream",status="401"} 3.0'
            in client.get("/metrics", headers={"Authorization": "Bearer s%cret?>"}).text
        )


def test_foreign_pages_are_not_answered(client):
    with pytest.raises(InvalidStatus) as refused, opened(client, origin="http://evil.example"):
        pass
    assert refused.value.response.status_code == 403
    with opened(client, origin=str(client.base_url).rstrip("/")) as stream:
        assert json.loads(stream.recv())["type"] == "start"
