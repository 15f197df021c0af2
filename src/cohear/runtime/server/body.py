"""The clip in a request's body, read with a limit and never spooled to a disk."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

import numpy as np
from fastapi import Request
from numpy.typing import NDArray
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from cohear.runtime.server.limits import Limits, Refused

PCM = "audio/pcm"


async def read_body(request: Request, most: int) -> bytes:
    """The bytes of the clip: the body, or the first file of a multipart form.

    Raises:
        Refused: it is larger than ``most`` bytes, or a form without a file.
    """
    content = b"".join([chunk async for chunk in _limited(request, most)])
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return content
    parser = MultiPartParser(request.headers, _once(content), max_files=1, max_fields=8)
    parser.spool_max_size = most + 1
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as error:  # KeyError: no boundary
        raise Refused(422, "the form cannot be read") from error
    try:
        for _, value in form.multi_items():
            if isinstance(value, UploadFile):
                return await value.read()
    finally:
        await form.close()
    raise Refused(422, "the form has no file")


def read_pcm(content: bytes, rate: int, limits: Limits) -> NDArray[np.float32]:
    """Mono 16-bit little-endian samples as float32 ``[samples]``.

    Raises:
        Refused: no samples, half a sample, a rate or a length beyond the limits.
    """
    if not limits.lowest_rate <= rate <= limits.highest_rate:
        raise Refused(422, f"the rate is {rate} Hz, not {limits.lowest_rate} to {limits.highest_rate}")
    if not content or len(content) % 2:
        raise Refused(422, "raw PCM is 16-bit little-endian mono samples, at least one")
    if len(content) // 2 > limits.duration * rate:
        raise Refused(413, f"it is longer than {limits.duration:g} s")
    samples: NDArray[np.float32] = np.frombuffer(content, "<i2").astype(np.float32) / np.float32(1 << 15)
    return samples


async def _limited(request: Request, most: int) -> AsyncIterator[bytes]:
    read = 0
    async for chunk in request.stream():
        read += len(chunk)
        if read > most:
            raise Refused(413, f"the body is larger than {most} bytes")
        yield chunk


async def _once(content: bytes) -> AsyncGenerator[bytes, None]:
    yield content
