"""`cohear serve` under load on loopback: clips a second, time of an answer, and minutes of good and hostile requests.

Usage: ``python benchmarks/serve.py [DATA_FOLDER] [--minutes 10] [--seconds 10]``; no data is read: what is measured
does not depend on the weights. ``tests/runtime/test_server_hostile.py`` runs the hostile part once.

The bundle is that of ``benchmarks/bundle.py``: the default encoder with six heads. Client and server share the machine.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import asyncio
import base64
import io
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import soundfile

CLIPS_A_SECOND, LATE_MS, GROWTH_MB = 150, 150.0, 50.0
CONNECTIONS = 32
GOOD = 4  # clients that ask for what can be answered, beside the hostile ones
SERVER = ["--port", "0", "--seconds", "5", "--idle", "3", "--size", "8"]
ANY_REFUSAL = {413, 422, 503, 504}


def audio(samples: np.ndarray, rate: int = 16000, form: str = "WAV", subtype: str | None = None) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, format=form, subtype=subtype)
    return file.getvalue()


def request(content: bytes, kind: str = "audio/wav", path: str = "/classify", length: int | None = None) -> bytes:
    size = len(content) if length is None else length
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\n"
    return head.encode() + content


async def response(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Status and body."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
    return int(head.split(" ", 2)[1]), await reader.readexactly(length)


async def once(port: int, content: bytes) -> tuple[int, bytes]:
    """Answer to one request on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(content)
        with suppress(ConnectionError):  # refused before all of it was sent: the answer is there all the same
            await writer.drain()
        return await asyncio.wait_for(response(reader), 60)
    finally:
        writer.close()


# Speed


async def throughput(port: int, content: bytes, seconds: float) -> float:
    """Clips a second that connections get answered which ask as soon as they can."""
    end, answered = time.monotonic() + seconds, 0

    async def client() -> None:
        nonlocal answered
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < end:
            writer.write(content)
            status, _ = await response(reader)
            answered += status == 200
        writer.close()

    began = time.monotonic()
    await asyncio.gather(*(client() for _ in range(CONNECTIONS - 2)))
    return answered / (time.monotonic() - began)


async def latencies(port: int, content: bytes, rate: float, seconds: float) -> list[float]:
    """Milliseconds of answers to requests that come at a rate, each at its time, whatever the others do."""
    idle: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.LifoQueue()
    taken: list[float] = []

    async def one(due: float) -> None:
        await asyncio.sleep(due - time.monotonic())
        pair = idle.get_nowait() if not idle.empty() else await asyncio.open_connection("127.0.0.1", port)
        pair[1].write(content)
        status, _ = await response(pair[0])
        taken.append(1000 * (time.monotonic() - due) if status == 200 else math.inf)  # refused: never answered
        idle.put_nowait(pair)

    began = time.monotonic() + 0.1
    await asyncio.gather(*(one(began + number / rate) for number in range(round(rate * seconds))))
    return taken


# Hostile requests: name, what is sent, and the statuses that are a proper answer


def hostile_requests() -> dict[str, tuple[bytes, set[int]]]:
    second = np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32)
    whole = audio(second)
    silence = np.zeros(8000 * 900, np.int16)
    return {
        "oversized": (request(bytes(9 << 20)), {413}),
        "oversized, says so": (request(bytes(1000), length=1 << 40), {413, 504}),
        "truncated": (request(whole[:9000]), {422}),
        "truncated flac": (request(audio(second, form="FLAC")[:9000]), {422}),
        "text": (request(b"no sound at all", "text/plain"), {422}),
        "empty": (request(b""), {422}),
        "noise": (request(np.random.default_rng(1).bytes(50_000)), {422}),
        "wav of noise": (request(whole[:44] + np.random.default_rng(2).bytes(32_000)), {200}),
        "not finite": (request(audio(np.full(900, np.nan, np.float32), subtype="FLOAT")), {422}),
        "1,000 channels": (request(audio(np.zeros((20, 1000), np.int16))), {422}),
        "64 channels": (request(audio(np.zeros((20_000, 64), np.int16))), {200, 504}),
        "bomb of 15 minutes": (request(audio(silence, 8000, form="FLAC")), {413}),
        "bomb of channels": (request(audio(np.zeros((192_000 * 5, 8), np.int16), 192_000, "FLAC")), {200, 422, 504}),
        "no boundary": (request(whole, "multipart/form-data"), {422}),
        "no file": (request(b"--x--\r\n", "multipart/form-data; boundary=x"), {422}),
        "raw, half a sample": (request(bytes(9), "audio/pcm"), {422}),
        "raw, wrong rate": (request(bytes(8), "audio/pcm", "/classify?rate=1"), {422}),
        "raw, no number": (request(bytes(8), "audio/pcm", "/classify?rate=many"), {422}),
        "raw, lowest rate": (request(bytes(1_200_000), "audio/pcm", "/classify?rate=1000"), {200, 504}),
        "no such bundle": (request(whole, path="/classify?bundle=../../etc"), {422}),
        "no such path": (request(b"", path="/%2e%2e/etc/passwd"), {404}),
        "no HTTP": (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", {400}),
        "long head": (b"GET /tasks HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 40_000 + b"\r\n\r\n", {200, 400}),
        "foreign": (b"GET /tasks HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n", {400}),
    }


async def slow_sender(port: int) -> int:
    """Half a clip, and then nothing."""
    whole = request(audio(np.zeros(16000, np.float32)))
    return (await once(port, whole[: len(whole) // 2]))[0]


async def silent(port: int) -> int:
    """Half a head, and then nothing: the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /tasks HTTP/1.1\r\nHost:")
    assert await asyncio.wait_for(reader.read(), 40) == b""
    writer.close()
    return 0


async def leaver(port: int) -> int:
    """Half a clip, and gone."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(bytes(400_000), length=800_000))
    await asyncio.sleep(0.05)
    writer.transport.abort()
    return 0


async def stream(port: int, query: str, messages: list[tuple[int, bytes]], leave: bool = False) -> int:
    """Close code of a stream that is sent messages (opcode and payload); 0 where the client leaves."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET /stream{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    head = await reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in head:
        return int(head.split(b" ")[1])
    for opcode, payload in messages:
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else bytes([0xFF]) + size.to_bytes(8, "big")
        writer.write(bytes([0x80 | opcode]) + length + bytes(4) + payload)  # masked with zeros
    if leave:
        writer.transport.abort()
        return 0
    while True:
        first, second = await asyncio.wait_for(reader.readexactly(2), 60)
        size = second & 127
        if size >= 126:
            size = int.from_bytes(await reader.readexactly(2 if size == 126 else 8), "big")
        payload = await reader.readexactly(size)
        if first & 15 == 8:
            writer.close()
            return int.from_bytes(payload[:2], "big")


Turns = dict[str, tuple[Callable[[], Awaitable[int]], set[int]]]
SOUND, TEXT = 2, 1
END = (TEXT, b'{"type": "end"}')


def turns(port: int) -> Turns:
    """All that is hostile: what asks, and gives a status or a close code (0: none is due), and the proper ones."""
    second = np.zeros(16000, "<i2").tobytes()

    def plain(content: bytes) -> Callable[[], Awaitable[int]]:
        async def ask() -> int:
            return (await once(port, content))[0]

        return ask

    return {
        **{name: (plain(content), proper | {503, 504}) for name, (content, proper) in hostile_requests().items()},
        "slow sender": (lambda: slow_sender(port), {504, 503}),
        "silent": (lambda: silent(port), {0}),
        "leaver": (lambda: leaver(port), {0}),
        "stream": (lambda: stream(port, "", [(SOUND, second)] * 3 + [END]), {1000, 4503}),
        "stream, large message": (lambda: stream(port, "", [(SOUND, bytes(2 << 20))]), {4413, 4503}),
        "stream, text": (lambda: stream(port, "", [(TEXT, b"what?")]), {4422, 4503}),
        "stream, wrong setting": (lambda: stream(port, "?channels=1000", []), {4422, 4503}),
        "stream, idle": (lambda: stream(port, "", [(SOUND, second)]), {4408, 4503}),
        "stream, leaves": (lambda: stream(port, "", [(SOUND, second)] * 9, leave=True), {0}),
    }


async def take_turn(name: str, ask: Callable[[], Awaitable[int]], proper: set[int], told: Counter[str]) -> None:
    try:
        status = await ask()
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.TimeoutError) as error:
        told[f"WRONG: {name}: no answer ({type(error).__name__})"] += 1
    else:
        told[f"{name}: {status}" if status in proper else f"WRONG: {name}: {status}"] += 1


async def hostile(all_turns: Turns, told: Counter[str], until: float, number: int) -> None:
    """One hostile request after the other, beginning with another one in each client."""
    names = list(all_turns)
    turn = number * len(names) // 4
    while time.monotonic() < until:
        name = names[turn % len(names)]
        await take_turn(name, *all_turns[name], told)
        turn += 1
        await asyncio.sleep(0.05)


async def good(port: int, content: bytes, told: Counter[str], until: float) -> None:
    """What can be answered is, whatever the others do."""
    while time.monotonic() < until:
        status, body = await once(port, content)
        right = status in (503, 504) or (status == 200 and json.loads(body)["answers"])
        told[f"good: {status}" if right else f"WRONG: good: {status}"] += 1
        await asyncio.sleep(0.1)


def memory(process: int) -> float:
    """MB that a process and its children hold; decoders are there from the first seconds on."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    pages = sum(int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in [process, *children])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def watch(process: int, until: float, seen: list[tuple[float, float]]) -> None:
    while time.monotonic() < until:
        with suppress(FileNotFoundError, ProcessLookupError):  # a decoder ended in between
            seen.append((time.monotonic(), memory(process)))
        await asyncio.sleep(1)


async def mixed(port: int, process: int, seconds: float) -> tuple[Counter[str], list[tuple[float, float]]]:
    told: Counter[str] = Counter()
    all_turns = turns(port)
    seen: list[tuple[float, float]] = []
    until = time.monotonic() + seconds
    clip = request(audio(np.random.default_rng(3).normal(0, 0.1, 16000).astype(np.float32)))
    await asyncio.gather(
        watch(process, until, seen),
        *(good(port, clip, told, until) for _ in range(GOOD)),
        *(hostile(all_turns, told, until, number) for number in range(4)),
    )
    return told, seen


def growth(seen: list[tuple[float, float]]) -> float:
    """MB by which the last quarter holds more than the second one, in the median: the first one fills caches."""
    quarter = len(seen) // 4
    values = [held for _, held in seen]
    return statistics.median(values[3 * quarter :]) - statistics.median(values[quarter : 2 * quarter])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    asked = parser.parse_args()
    seconds, minutes = asked.seconds, asked.minutes
    clip = np.random.default_rng(4).normal(0, 0.1, 16000).astype(np.float32)
    kinds = {"WAV": request(audio(clip)), "raw": request((32767 * clip).astype("<i2").tobytes(), "audio/pcm")}
    from bundle import make_bundle  # noqa: PLC0415 - beside this file; torch is its alone

    with tempfile.TemporaryDirectory() as folder:
        make_bundle(Path(folder) / "bundle")
        command = [sys.executable, "-c", "from cohear.cli import main; main()", "serve", f"{folder}/bundle", *SERVER]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
            port = int(next(line for line in server.stderr if line.startswith("http")).rpartition(":")[2])
            try:
                asyncio.run(throughput(port, kinds["WAV"], 1))  # decoders start
                rates = {name: asyncio.run(throughput(port, content, seconds)) for name, content in kinds.items()}
                taken = asyncio.run(latencies(port, kinds["WAV"], CLIPS_A_SECOND / 2, seconds))
                told, seen = asyncio.run(mixed(port, server.pid, 60 * minutes))
                alive = server.poll() is None and asyncio.run(once(port, kinds["WAV"]))[0] == 200
            finally:
                server.terminate()
            said = server.stderr.read()
    late = float(np.percentile(taken, 95, method="higher"))
    for name, count in sorted(told.items()):
        print(f"{count:6} {name}")
    print("clips a second: " + ", ".join(f"{name} {rate:.0f}" for name, rate in rates.items()))
    print(
        f"memory: {seen[0][1]:.0f} MB at first, {max(held for _, held in seen):.0f} at most, {seen[-1][1]:.0f} at last"
    )
    wrong = sum(count for name, count in told.items() if name.startswith("WRONG"))
    goals = {
        f"{wrong} of {sum(told.values())} answers improper, none may be": wrong == 0,
        "the server goes on, and its log is without a traceback": alive and "Traceback" not in said,
        f"memory grows by {growth(seen):.1f} MB, under {GROWTH_MB:.0f}": growth(seen) < GROWTH_MB,
        f"{rates['WAV']:.0f} clips a second, at least {CLIPS_A_SECOND}": rates["WAV"] >= CLIPS_A_SECOND,
        f"95 % within {late:.0f} ms at half that rate, under {LATE_MS:.0f}": late < LATE_MS,
    }
    for goal, holds in goals.items():
        print(f"{'held' if holds else 'MISSED'}: {goal}")
    if "Traceback" in said:
        print(said)
    return 0 if all(goals.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
