"""The clip in a request's body, read with a limit and never spooled to a disk."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from cohear.runtime.server.limits import Refused
from cohear.runtime.server.memory import Share

PCM = "audio/pcm"


async def read_body(request: Request, most: int, share: Share) -> bytes:
    """The bytes of the clip: the body, or the first file of a multipart form.

    Args:
        request: whose body it is.
        most: bytes of the body.
        share: that they are counted in.

    Raises:
        Refused: it is larger, memory is used up, or a form without a file.
    """
    content = await _content(request, most, share)
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


async def _content(request: Request, most: int, share: Share) -> bytes:
    chunks, read = [], 0
    async for chunk in request.stream():
        read += len(chunk)
        if read > most:
            raise Refused(413, f"the body is larger than {most} bytes")
        share.grow(2 * len(chunk))  # twice: until the chunks are joined
        chunks.append(chunk)
    return b"".join(chunks)


async def _once(content: bytes) -> AsyncGenerator[bytes, None]:
    yield content
