"""The HTTP server, asked over a real socket."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from serving import served, wav
from tiny_bundle import tone

from cohear.runtime.server.limits import Limits


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


def test_tasks_health_metrics_and_foreign_callers(client):
    assert list(client.get("/tasks").json()["tiny"]["tasks"]) == ["pitch", "parts"]
    assert client.get("/healthz").json() == {"status": "ok"}
    assert "cohear_requests_total" in client.get("/metrics").text
    assert client.get("/tasks", headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.get("/tasks", headers={"Host": "evil.example"}).status_code == 400


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
