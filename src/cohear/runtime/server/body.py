"""The clips in a request's body, read with a limit and never spooled to a disk."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from cohear.runtime.server.limits import Refused
from cohear.runtime.server.memory import Share
from cohear.runtime.server.settings import CLIP_SETTINGS, check_names

logging.getLogger("python_multipart").addHandler(logging.NullHandler())  # what it says of a form is in the refusal
MOST_FILES = 64
"""Of one form."""


@dataclass(frozen=True)
class ReceivedClip:
    """A clip as it came.

    Attributes:
        content: its bytes.
        media_type: as the request or the form says, with its parameters.
        name: of its file; empty where it is no form's.
    """

    content: bytes
    media_type: str
    name: str = ""


async def read_body(request: Request, most: int, share: Share) -> list[ReceivedClip]:
    """The clips: the body, or the files of a multipart form in their order; at least one.

    Args:
        request: whose body it is.
        most: bytes of the body.
        share: that they are counted in.

    Raises:
        Refused: it is larger, memory is used up, or a form without a file, with too many, or with anything else.
    """
    content = await _content(request, most, share)
    media_type = request.headers.get("content-type", "")
    if not media_type.lower().startswith("multipart/form-data"):
        return [ReceivedClip(content, media_type)]
    parser = MultiPartParser(request.headers, _once(content), max_files=MOST_FILES, max_fields=len(CLIP_SETTINGS))
    parser.spool_max_size = most + 1
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as error:  # KeyError: no boundary
        reason = f" ({error.message})" if isinstance(error, MultiPartException) else ""
        raise Refused(422, f"the form cannot be read{reason}") from error
    try:
        parts = form.multi_items()
        files = [value for _, value in parts if isinstance(value, UploadFile)]
        others = [name for name, value in parts if not isinstance(value, UploadFile)]
        check_names(others, CLIP_SETTINGS)
        if others:
            raise Refused(422, f"a form holds files alone: put {others[0]} into the address, as ?{others[0]}=…")
        if not files:
            raise Refused(422, "the form has no file")
        return [ReceivedClip(await file.read(), file.content_type or "", file.filename or "") for file in files]
    finally:
        await form.close()


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
