"""All hostile requests of ``benchmarks/serve.py`` at once, twice: proper answers, and no memory that stays."""

import asyncio
import importlib.util
import os
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from serving import served, wav
from tiny_bundle import tone

from cohear.runtime.server import run
from cohear.runtime.server.limits import Limits

pytest.importorskip("websockets", reason="websockets is not installed")
BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "serve.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("serve_benchmark", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_hostile_request_has_a_proper_answer(tiny, benchmark, monkeypatch):
    monkeypatch.setattr(run, "HEAD_SECONDS", 2.0)

    async def once_each(turns):
        told = Counter()
        await asyncio.gather(*(benchmark.take_turn(name, *turn, told) for name, turn in turns.items()))
        return told

    with served(tiny, Limits(seconds=8, idle=2, size=8 << 20)) as client:
        turns = benchmark.turns(client.base_url.port)
        held = []
        for _ in range(3):
            told = asyncio.run(once_each(turns))
            assert not any(name.startswith("WRONG") for name in told), sorted(told)
            assert told.total() == len(turns) > 30
            held.append(benchmark.memory(os.getpid()))
            answer = client.post("/classify", content=wav(tone("mid")))
            assert answer.json()["answers"]["pitch"]["labels"] == ["mid"]
            if grown(held) < benchmark.GROWTH_MB:
                break
        assert grown(held) < benchmark.GROWTH_MB
        told = client.get("/metrics").text
        assert "cohear_active_requests 0.0" in told and "cohear_open_streams 0.0" in told


def grown(held):
    """MB by which it grows every time: a decoder that a busy machine starts late is there once, a leak is each time."""
    return min((after - before for before, after in pairwise(held)), default=float("inf"))
