"""The HTTP server, asked over a real socket."""

import contextlib
import json
import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from recorders import RECORDERS, recorded
from serving import served, wav
from tiny_bundle import make_tiny_bundle, tone

from cohear import Bundle
from cohear.base.errors import UserError
from cohear.runtime.detector import EventSettings, events_of
from cohear.runtime.server import run
from cohear.runtime.server.batching import _batches
from cohear.runtime.server.limits import Limits
from cohear.runtime.server.origins import origin_of
from cohear.runtime.windows import Stretch


@pytest.fixture(scope="module")
def client(tiny):
    with served(tiny) as made:
        yield made


def test_file_form_and_pcm_have_the_bundles_answer(client, tiny):
    sound = tone("mid")
    raw = (sound * 32767).astype("<i2").tobytes()
    expected = tiny.classify(sound, 16000)["pitch"].probabilities
    for answer in (
        client.post("/classify", content=wav(sound)),
        client.post("/classify", files={"file": ("a.wav", wav(sound))}),
        client.post("/classify?rate=16000", content=raw, headers={"Content-Type": "audio/pcm"}),
    ):
        assert answer.status_code == 200, answer.text
        pitch = answer.json()["answers"]["pitch"]
        assert pitch["labels"] == ["mid"]
        assert pitch["probabilities"] == pytest.approx(expected, abs=1e-3)


def test_requests_at_once_have_each_their_own_answer(client):
    pitches = ["low", "mid", "high"] * 6
    with ThreadPoolExecutor(9) as pool:
        answers = list(pool.map(lambda pitch: client.post("/classify", content=wav(tone(pitch))).json(), pitches))
    assert [each["answers"]["pitch"]["labels"][0] for each in answers] == pitches


def test_what_is_no_clip_is_refused_and_the_next_is_answered(client):
    whole = wav(tone("low"))
    for content in (b"", b"not audio", whole[:2000], wav(np.zeros((10, 100))), wav(np.zeros(10), 10)):
        answer = client.post("/classify", content=content)
        assert answer.status_code == 422
        assert answer.json()["error"]
    assert client.post("/classify", content=whole).status_code == 200


def test_samples_whose_energy_no_number_holds_are_refused(client):
    loud = np.full(16000, 1e30, np.float32)
    pcm = {"content": loud.tobytes(), "headers": {"Content-Type": "audio/pcm"}, "params": {"format": "f32le"}}
    for request in (pcm, {"content": wav(loud, subtype="FLOAT")}):
        answer = client.post("/classify", **request)
        assert (answer.status_code, "as large as" in answer.json()["error"]) == (422, True)


@pytest.mark.parametrize("way", ["f32le", "a file", "a form"])
def test_samples_at_the_scale_of_integers_are_refused_with_the_cure(client, way):
    loud = tone("mid") * 32768
    request = {
        "f32le": {"content": loud.tobytes(), "headers": {"Content-Type": "audio/pcm"}, "params": {"format": "f32le"}},
        "a file": {"content": wav(loud, subtype="FLOAT")},
        "a form": {"files": {"file": ("a.wav", wav(loud, subtype="FLOAT"))}},
    }[way]
    answer = client.post("/classify", **request)
    assert answer.status_code == 422
    assert "sound lies within -1..1: divide them by 32768" in answer.json()["error"]


def test_tasks_health_metrics_and_foreign_callers(client):
    assert list(client.get("/tasks").json()["tiny"]["tasks"]) == ["pitch", "parts"]
    assert client.get("/healthz").json() == {"status": "ok"}
    assert "cohear_requests_total" in client.get("/metrics").text
    assert client.get("/tasks", headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.get("/tasks", headers={"Origin": "http://[::1"}).status_code == 403  # no address at all
    assert client.get("/tasks", headers={"Host": "evil.example"}).status_code == 400


def asked_plainly(client, request):
    """What comes back for bytes that no client of HTTP would send: status and body."""
    with socket.create_connection(("127.0.0.1", client.base_url.port)) as plain:
        plain.sendall(request)
        plain.settimeout(30)
        received = b""
        while part := plain.recv(1 << 16):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head.lower(), received
    return int(head.split(b" ")[1]), json.loads(body)


CLOSE = b"Connection: close\r\n\r\n"
UPGRADE = b"Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
KEY = b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
UNUSUAL = {
    "another host": (b"GET /tasks HTTP/1.1\r\nHost: evil.example\r\n" + CLOSE, 400),
    "no host": (b"GET /tasks HTTP/1.0\r\n\r\n", 400),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
    "a length that is none": (b"POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", 400),
    "a stream without its key": (b"GET /stream HTTP/1.1\r\n" + UPGRADE + b"\r\n", 400),
    "a stream of an old version": (b"GET /stream HTTP/1.1\r\n" + UPGRADE + KEY.replace(b"13", b"7"), 400),
    "a stream elsewhere": (b"GET /classify HTTP/1.1\r\n" + UPGRADE + KEY, 404),
    "a stream of another host": (b"GET /stream HTTP/1.1\r\n" + UPGRADE.replace(b"localhost", b"evil") + KEY, 400),
    "a stream that is asked for as a page": (b"GET /stream HTTP/1.1\r\nHost: localhost\r\n" + CLOSE, 426),
    "another method": (b"DELETE /classify HTTP/1.1\r\nHost: localhost\r\n" + CLOSE, 405),
    "a page of another origin": (b"GET /tasks HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n" + CLOSE, 403),
}


@pytest.mark.parametrize("request_", UNUSUAL)
def test_every_error_is_json(client, request_):
    content, expected = UNUSUAL[request_]
    status, told = asked_plainly(client, content)
    assert status == expected and list(told) == ["error"] and told["error"]
    assert client.get("/healthz").status_code == 200


def test_too_many_connections_are_told_in_json(tiny):
    with served(tiny, Limits(concurrency=1, streams=1)) as client, contextlib.ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(socket.create_connection(("127.0.0.1", client.base_url.port)))
        time.sleep(0.5)
        status, told = asked_plainly(client, b"GET /tasks HTTP/1.1\r\nHost: localhost\r\n" + CLOSE)
        assert status == 503 and "too many connections" in told["error"]


def test_what_the_model_fails_at_is_told_in_json(tiny, monkeypatch):
    def fails(batch):
        raise RuntimeError("no memory in the graph")

    with served(tiny) as client:
        monkeypatch.setattr(tiny, "batch_logits", fails)
        answer = client.post("/classify", content=wav(tone("low")))
        assert (answer.status_code, list(answer.json())) == (500, ["error"])


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("windws=true", "there is no setting 'windws' (did you mean 'windows'?)"),
        ("sample_rate=8000", "there is no setting 'sample_rate'"),
        ("onset=0.5&Release=0.5", "there is no setting 'Release' (did you mean 'release'?)"),
        ("rate=8000&rate=16000", "the setting 'rate' is given 2 times"),
        ("windows=perhaps", "windows"),
        ("onset=2", "above 0 and not above 1"),
        ("release=nan", "above 0 and not above 1"),
        ("minimum=-1", "from 0 seconds on"),
        ("onset=much", "onset"),
        ("format=ulaw", "raw samples have no form 'ulaw' (did you mean 'mulaw'?)"),
    ],
)
def test_unknown_settings_are_told_by_name(client, query, told):
    answer = client.post(f"/classify?{query}", content=bytes(64), headers={"Content-Type": "audio/pcm"})
    assert answer.status_code == 422 and told in answer.json()["error"]


@pytest.mark.parametrize(("name", "told"), [("windows", "?windows=…"), ("windos", "did you mean 'windows'?")])
def test_settings_in_a_form_are_not_passed_over(client, name, told):
    answer = client.post("/classify", files={"file": ("a.wav", wav(tone("low")))}, data={name: "true"})
    assert answer.status_code == 422 and told in answer.json()["error"]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("audio/pcm;ratee=8000", "there is no setting 'ratee' (did you mean 'rate'?)"),
        ("audio/pcm;rate=8000;encoding=mulaw", "there is no setting 'encoding'"),
        ("audio/PCMU;rate=8000;rate=16000", "the setting 'rate' is given 2 times"),
        ("audio/pcm;format=ulaw", "raw samples have no form 'ulaw' (did you mean 'mulaw'?)"),
        ("audio/pcm;rate=fast", "rate and channels in the media type are whole numbers"),
    ],
)
def test_unknown_parameters_of_a_media_type_are_told_by_name(client, kind, told):
    """They were passed over, and big-endian samples, or those of another form, were noise that is answered."""
    part = {"files": {"file": ("a.raw", bytes(64), kind)}}
    for sent in ({"content": bytes(64), "headers": {"Content-Type": kind}}, part):
        answer = client.post("/classify", **sent)
        assert answer.status_code == 422 and told in answer.json()["error"]


def test_a_media_type_is_read_as_the_standard_has_it(client):
    """Names in any case, values in quotes, and what says nothing of samples."""
    raw = (tone("mid", rate=8000) * 32767).astype("<i2").tobytes()
    told = [
        client.post("/classify", content=raw, headers={"Content-Type": kind}).json()
        for kind in ('audio/PCM; Rate="8000"; ptime=20; charset=UTF-8', "audio/pcm;rate=8000;format=s16le;channels=1")
    ]
    assert told[0] == told[1] and told[0]["seconds"] == 1.0 and told[0]["answers"]["pitch"]["labels"] == ["mid"]


@pytest.mark.parametrize("setting", ["rate=8000", "format=mulaw", "channels=0"])
def test_settings_of_raw_samples_are_not_passed_over_with_a_file(client, setting):
    """A file says itself what it is; a raw file among files takes them."""
    sound = tone("mid")
    for sent in ({"content": wav(sound)}, {"files": {"file": ("a.wav", wav(sound), "audio/wav")}}):
        answer = client.post(f"/classify?{setting}", **sent)
        assert answer.status_code == 422
        assert f"{setting.partition('=')[0]} is of raw samples, and a file says it itself" in answer.json()["error"]
    raw = (tone("low", rate=8000) * 32767).astype("<i2").tobytes()
    files = [("file", ("a.wav", wav(sound))), ("file", ("b.raw", raw, "audio/pcm"))]
    both = client.post("/classify?rate=8000", files=files).json()["files"]
    assert [each["answers"]["pitch"]["labels"] for each in both] == [["mid"], ["low"]]


def test_what_has_no_settings_takes_none(client):
    answer = client.get("/tasks?bundle=tiny")
    assert answer.status_code == 422 and "'bundle'" in answer.json()["error"]


def test_a_broken_form_is_told_to_its_sender_alone(client, capfd):
    """The library that reads forms wrote to standard error."""
    answer = client.post("/classify", content=b"x" * 64, headers={"Content-Type": "multipart/form-data; boundary=y"})
    assert answer.status_code == 422 and "the form cannot be read" in answer.json()["error"]
    assert capfd.readouterr() == ("", "")


def test_several_files_in_a_form_are_answered_one_by_one(client, tiny):
    """In their order, each as it is alone; one that cannot be read keeps no other from its answer."""
    raw = (tone("high") * 32767).astype("<i2").tobytes()
    files = [
        ("file", ("low.wav", wav(tone("low", seconds=2.0)))),
        ("file", ("broken.wav", b"RIFF????")),
        ("more", ("low.wav", wav(tone("mid"), format="FLAC"))),
        ("more", ("high.raw", raw, "audio/pcm")),
        ("more", ("loud.wav", wav(tone("mid") * 32768, subtype="FLOAT"))),
    ]
    answer = client.post("/classify?windows=true", files=files)
    assert answer.status_code == 200 and answer.json()["bundle"] == "tiny"
    low, broken, mid, high, loud = answer.json()["files"]
    assert [each["file"] for each in (low, broken, mid, high, loud)] == [name for _, (name, *_) in files]
    for told, content in ((low, files[0][1][1]), (mid, files[2][1][1])):
        alone = client.post("/classify?windows=true", content=content).json()
        assert {**alone, "file": told["file"]} == told
    assert high["answers"]["pitch"]["labels"] == ["high"]
    assert (broken["status"], loud["status"]) == (422, 422)
    assert broken["error"] and "divide them by 32768" in loud["error"]
    many = [("file", (f"{number}.wav", b"")) for number in range(65)]
    assert client.post("/classify", files=many).status_code == 422


def test_thresholds_of_events_are_set_by_a_request(client, tiny):
    sound = np.concatenate([tone("low", seconds=0.6), tone("high", seconds=1.2), 0.02 * tone("mid", seconds=1.0)])
    settings = {"onset": 0.9, "release": 0.95, "minimum": 0.7}
    told = client.post("/classify", params=settings, content=wav(sound)).json()
    expected = events_of(tiny.windows(sound), tiny.tasks, EventSettings(**settings))
    assert [(each["task"], each["label"]) for each in told["events"]] == [(e.task, e.label) for e in expected]
    assert "windows" not in told
    usual = client.post("/classify?windows=true", content=wav(sound)).json()
    assert len(usual["events"]) > len(told["events"]) > 0


@pytest.mark.parametrize(("law", "subtype"), [("mulaw", "ULAW"), ("alaw", "ALAW")])
def test_companded_samples_are_those_of_a_file(client, law, subtype):
    """Of telephones; also by the media types that they have there."""
    sound = tone("mid", rate=8000)
    raw = wav(sound, 8000, format="RAW", subtype=subtype)
    expected = client.post("/classify", content=wav(sound, 8000, subtype=subtype)).json()["answers"]["pitch"]
    media = {"mulaw": "audio/PCMU", "alaw": "audio/PCMA"}[law]
    for query, kind in ((f"?format={law}&rate=8000", "audio/pcm"), ("", media), ("", f"{media};rate=8000;channels=1")):
        answer = client.post(f"/classify{query}", content=raw, headers={"Content-Type": kind}).json()
        assert answer["seconds"] == 1.0
        assert answer["answers"]["pitch"]["probabilities"] == pytest.approx(expected["probabilities"], abs=1e-4)


def test_channels_at_the_scale_of_integers_that_cancel_are_refused(client):
    samples = np.outer(tone("mid"), [200, -200]).astype(np.float32)
    for told in (
        client.post("/classify", content=wav(samples, subtype="FLOAT")),
        client.post(
            "/classify?format=f32le&channels=2",
            content=samples.tobytes(),
            headers={"Content-Type": "audio/pcm"},
        ),
    ):
        assert told.status_code == 422 and "sound lies within -1..1" in told.json()["error"]


def test_a_form_without_a_decoder_is_told_by_its_status(tiny, tmp_path, monkeypatch):
    """Not that of a file that is damaged: another program may decode it."""
    content = recorded(tone("mid"), *RECORDERS[next(iter(RECORDERS))])
    (tmp_path / "av.py").write_text("raise ImportError\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])]))
    with served(tiny) as client:
        told = client.post("/classify", content=content)
        assert told.status_code == 415 and "needs PyAV" in told.json()["error"]
        assert client.post("/classify", content=content[:4] + bytes(400)).status_code in (415, 422)
        assert client.post("/classify", content=wav(tone("mid"))[:2000]).status_code == 422


@pytest.mark.parametrize("recorder", RECORDERS)
@pytest.mark.parametrize("form", [False, True])
def test_every_browsers_recording_is_taken(client, recorder, form):
    content = recorded(tone("mid", seconds=1.5, rate=RECORDERS[recorder][2]), *RECORDERS[recorder])
    sent = {"files": {"file": ("blob", content)}} if form else {"content": content}
    answer = client.post("/classify", **sent)
    assert answer.status_code == 200, answer.text
    assert answer.json()["seconds"] == pytest.approx(1.5, abs=0.1)
    assert answer.json()["answers"]["pitch"]["labels"] == ["mid"]


def test_pages_of_other_hosts_that_are_named_are_answered(tiny):
    """With what a browser must be told, in refusals too; others are not."""
    page = "https://app.example"
    with served(tiny, token="secret", origins=[page]) as client:
        asks = {"Origin": page, "Access-Control-Request-Method": "POST"}
        before = client.options("/classify", headers={**asks, "Access-Control-Request-Private-Network": "true"})
        assert before.status_code == 204 and before.headers["access-control-allow-origin"] == page
        assert "Authorization" in before.headers["access-control-allow-headers"]
        assert before.headers["access-control-allow-private-network"] == "true"
        refused = client.get("/tasks", headers={"Origin": page})
        assert refused.status_code == 401 and refused.headers["access-control-allow-origin"] == page
        headers = {"Origin": page, "Authorization": "Bearer secret"}
        told = client.post("/classify", content=wav(tone("low")), headers=headers)
        assert told.status_code == 200 and told.headers["access-control-allow-origin"] == page
        assert told.headers["vary"] == "Origin"
        for other in ("https://evil.example", "http://app.example", "https://app.example.evil.example", "null"):
            told = client.get("/tasks", headers={**headers, "Origin": other})
            assert told.status_code == 403 and "access-control-allow-origin" not in told.headers
            told = client.options("/classify", headers={**asks, "Origin": other})
            assert told.status_code == 403
        assert client.get("/tasks", headers={**headers, "Host": "evil.example"}).status_code == 400
        assert "access-control-allow-origin" not in client.get("/healthz").headers


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("https://App.Example/", "https://app.example"),
        ("https://app.example:443", "https://app.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://[::1]:80", "http://[::1]"),
        ("null", "null"),
    ],
)
def test_an_origin_is_named_as_browsers_do(told, meant):
    assert origin_of(told) == meant


@pytest.mark.parametrize("told", ["app.example", "https://", "https://app.example/page", "ftp://a", "https://a:x", ""])
def test_what_is_no_origin_is_told(told):
    with pytest.raises(UserError, match="scheme and host"):
        origin_of(told)


def test_limits_and_token(tiny):
    with served(tiny, Limits(size=100_000, duration=2), "secret") as client:
        assert client.get("/tasks").status_code == 401
        client.headers["Authorization"] = "Bearer secret"
        assert client.get("/tasks").status_code == 200
        assert client.post("/classify", content=bytes(100_001)).status_code == 413
        assert client.post("/classify", content=wav(tone("low", seconds=2.5))).status_code == 413


def test_a_slow_sender_ends_and_keeps_others_out_while_it_is_there(tiny):
    def slowly():
        yield b"R"
        time.sleep(3)
        yield b"I"

    with served(tiny, Limits(seconds=2, concurrency=1)) as client, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(client.post, "/classify", content=slowly())
        time.sleep(0.7)
        assert client.post("/classify", content=b"x").status_code == 503
        assert slow.result().status_code == 504


def test_windows_and_events_are_the_bundles(client, tiny):
    sound = np.concatenate([tone("low"), tone("high")])
    told = client.post("/classify?windows=true", content=wav(sound)).json()
    assert [each["onset"] for each in told["windows"]] == [each.onset for each in tiny.windows(sound)]
    assert [(each["task"], each["label"]) for each in told["events"]] == [
        (each.task, each.label) for each in events_of(tiny.windows(sound), tiny.tasks)
    ]


@pytest.mark.parametrize(("form", "kind", "scale"), [("s32le", "<i4", 2**30), ("f32le", "<f4", 1)])
def test_raw_samples_of_any_format(client, form, kind, scale):
    stereo = np.repeat(tone("high", rate=44100)[:, None], 2, axis=1) * scale
    query = f"/classify?rate=44100&channels=2&format={form}"
    answer = client.post(query, content=stereo.astype(kind).tobytes(), headers={"Content-Type": "audio/pcm"})
    assert answer.json()["seconds"] == 1.0 and answer.json()["answers"]["pitch"]["labels"] == ["high"]


@pytest.mark.parametrize(
    ("how", "name"),
    [
        ({}, "a WAV file"),
        ({"format": "FLAC"}, "a FLAC file"),
        ({"format": "OGG", "subtype": "OPUS"}, "an Ogg file"),
        ({"format": "MP3"}, "an MP3 file"),
        ({"format": "AIFF"}, "an AIFF file"),
    ],
)
@pytest.mark.parametrize("form", ["s16le", "s32le", "f32le"])
def test_a_file_sent_as_raw_samples_is_told(client, how, name, form):
    content = wav(tone("low"), **how)
    content = content[: len(content) // 4 * 4]
    answer = client.post(f"/classify?format={form}", content=content, headers={"Content-Type": "audio/pcm"})
    assert answer.status_code == 422
    assert f"the bytes of {name}" in answer.json()["error"]


@pytest.mark.parametrize("query", ["rate=1", "rate=many", "format=mp3", "channels=65", "channels=0", "bundle=none"])
def test_wrong_settings_are_told(client, query):
    answer = client.post(f"/classify?{query}", content=bytes(64), headers={"Content-Type": "audio/pcm"})
    assert answer.status_code == 422 and answer.json()["error"]


def test_what_is_not_there_is_told_in_the_same_form(client):
    for answer, status in (
        (client.get("/nothing"), 404),
        (client.get("/page/app.py"), 404),
        (client.put("/tasks"), 405),
    ):
        assert answer.status_code == status and answer.json()["error"]


def test_several_bundles_at_once(tiny, tmp_path):
    """Each has its own window, its own queue and its own name."""
    other = Bundle.load(make_tiny_bundle(tmp_path / "other", window=0.25))
    with served(tiny, other=other) as client:
        assert {name: each["window"] for name, each in client.get("/tasks").json().items()} == {
            "tiny": 0.5,
            "other": 0.25,
        }
        asked = ["", "tiny", "other"] * 4
        with ThreadPoolExecutor(6) as pool:
            answers = list(
                pool.map(
                    lambda name: client.post(f"/classify?windows=true&bundle={name}", content=wav(tone("mid"))).json(),
                    asked,
                )
            )
        assert [each["bundle"] for each in answers] == [name or "tiny" for name in asked]
        assert {(each["bundle"], len(each["windows"])) for each in answers} == {
            ("tiny", len(tiny.windows(tone("mid")))),
            ("other", len(other.windows(tone("mid")))),
        }


def test_memory_of_clips_is_bounded_and_given_back(tiny):
    with served(tiny, Limits(memory=200_000)) as client:
        for _ in range(3):
            assert client.post("/classify", content=bytes(150_000)).status_code == 503
            assert client.post("/classify", content=wav(tone("low"))[:1000]).status_code == 422
        assert client.post("/classify", content=wav(tone("low"))).status_code == 200


def test_a_rate_or_channels_do_not_cost_memory(tiny):
    """20 s of two channels at 384 kHz would be 61 MB; they are resampled as they are decoded."""
    content = wav(np.zeros((384_000 * 20, 2), np.int16), 384_000, format="FLAC")
    with served(tiny, Limits(decoder_memory=700 << 20, memory=3_000_000)) as client:
        answer = client.post("/classify", content=content)
        assert answer.status_code == 200 and answer.json()["seconds"] == 20.0


def test_an_oversized_body_gets_its_answer_before_the_connection_ends(tiny):
    with served(tiny, Limits(size=1 << 20)) as client:
        for content in (bytes(5 << 20), (bytes(1 << 16) for _ in range(64))):
            assert client.post("/classify", content=content).status_code == 413


def test_a_connection_without_a_request_is_closed(tiny, monkeypatch):
    monkeypatch.setattr(run, "HEAD_SECONDS", 0.3)
    with served(tiny) as client, socket.create_connection(("127.0.0.1", client.base_url.port)) as silent:
        silent.sendall(b"GET /tasks HTTP/1.1\r\n")
        silent.settimeout(30)
        assert silent.recv(10) == b""
        assert client.get("/healthz").status_code == 200


def test_an_answer_that_nobody_reads_is_given_up(tiny, monkeypatch):
    """What the system does not take is held by the server until then."""
    monkeypatch.setattr(run, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(run, "READ_SECONDS", 6.0 - Limits().seconds - run.MOST_SECONDS)  # six seconds in all
    create = socket.create_server

    def with_small_buffers(*address):
        made = create(*address)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        return made

    monkeypatch.setattr(socket, "create_server", with_small_buffers)
    content = np.zeros(1000 * 100, "<i2").tobytes()
    lines = ("POST /classify?rate=1000&windows=true HTTP/1.1", "Host: localhost", "Content-Type: audio/pcm")
    head = "\r\n".join([*lines, f"Content-Length: {len(content)}", "", ""])
    with served(tiny) as client, socket.socket() as narrow:
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        narrow.connect(("127.0.0.1", client.base_url.port))
        narrow.sendall(head.encode() + content)
        narrow.settimeout(60)
        assert narrow.recv(12) == b"HTTP/1.1 200"
        time.sleep(9)
        received = b""
        while part := narrow.recv(1 << 16):
            received += part
        head, _, body = received.partition(b"\r\n\r\n")
        (length,) = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"content-length")]
        assert len(body) < length


def test_the_description_tells_what_is_answered(client):
    described = client.get("/openapi.json").json()
    classify = described["paths"]["/classify"]["post"]
    assert set(classify["responses"]) == {"200", "401", "413", "415", "422", "503", "504"}
    assert "audio/pcm" in classify["requestBody"]["content"]
    shape = described["components"]["schemas"]["ClipAnswer"]
    told = client.post("/classify?windows=true", content=wav(tone("low"))).json()
    assert set(told) == set(shape["properties"]) and set(shape["required"]) <= set(told)
    assert set(described["paths"]) == {"/healthz", "/tasks", "/metrics", "/classify"}


def test_a_batch_is_no_larger_than_the_longest_stretch():
    group = [(Stretch(np.zeros(1, np.float32), list(range(windows)), 0, 0, 1), None) for windows in [24] * 7]
    assert [len(batch) for batch in _batches(group)] == [2, 2, 2, 1]
    assert [len(batch) for batch in _batches([(Stretch(group[0][0].samples, [0], 0, 0, 1), None)] * 70)] == [64, 6]
