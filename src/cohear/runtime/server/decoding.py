"""Decoders: processes with limits, so that a hostile file ends a decoder and never the server."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from cohear.runtime.resampled import Resampled
from cohear.runtime.server.limits import Limits, Refused

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Threads that wait for matrices take address space for each core, and decoding has no matrices."""

TOKEN = "COHEAR_TOKEN"  # noqa: S105 - the name of it
"""What reads hostile files is not told it."""


@dataclass(frozen=True)
class Decoded:
    """A clip.

    Attributes:
        recording: mono, at the rate that was asked for.
        channels_cancel: whether those do that they are the mean of.
    """

    recording: Resampled
    channels_cancel: bool


class Decoders:
    """Processes that stay; one that dies or is too slow is replaced by the next request that needs it.

    Args:
        limits: of a clip and of a decoder.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._idle: asyncio.LifoQueue[Process | None] = asyncio.LifoQueue()
        for _ in range(limits.decoders):
            self._idle.put_nowait(None)

    async def decode(self, content: bytes, rate: int, hops: Sequence[int]) -> Decoded:
        """An audio file at a rate, with sums over these hops; a cancelled call kills its decoder.

        Raises:
            Refused: it is no audio, or beyond a limit.
        """
        process = await self._idle.get()
        whole = False
        try:
            if process is None or process.returncode is not None:
                process = await self._start()
            answer = await _exchange(process, content, rate, hops)
            whole = True
            return answer
        except Refused:
            whole = True
            raise
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            raise Refused(422, "its decoding came to the limits of memory or time") from error
        finally:
            if not whole and process is not None and process.returncode is None:
                process.kill()
            self._idle.put_nowait(process if whole else None)

    async def close(self) -> None:
        """End the processes that are idle."""
        while not self._idle.empty():
            process = self._idle.get_nowait()
            if process is not None and process.returncode is None:
                process.kill()
                await process.wait()

    async def _start(self) -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "cohear.runtime.server.worker",
            json.dumps(asdict(self._limits)),
            stdin=PIPE,
            stdout=PIPE,
            env={name: value for name, value in os.environ.items() if name != TOKEN} | ONE_THREAD,
            start_new_session=True,  # Ctrl-C is the server's to answer
        )


async def _exchange(process: Process, content: bytes, rate: int, hops: Sequence[int]) -> Decoded:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"bytes": len(content), "rate": rate, "hops": list(hops)}).encode() + b"\n")
    process.stdin.write(content)
    await process.stdin.drain()
    head = json.loads(await process.stdout.readuntil(b"\n"))
    if "status" in head:
        raise Refused(head["status"], head["reason"])
    samples = np.frombuffer(await process.stdout.readexactly(head["bytes"]), np.float32)
    sums = [np.frombuffer(await process.stdout.readexactly(size), np.float64).reshape(-1, 3) for size in head["own"]]
    return Decoded(Resampled(samples, tuple(sums)), head["channels_cancel"])
