"""What is left of a refused upload is read for a while, so that its sender gets the answer."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_SECONDS = 10.0


class Linger:
    """Middleware: before a refusal goes out, what the client still sends is read and dropped.

    A server that closes a connection while data come in makes the client's system drop the answer too.

    Args:
        app: behind it.
        most: bytes that are dropped at most; who sends more meets a closed connection.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app, self._most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ended = False

        async def watched() -> Message:
            nonlocal ended
            message = await receive()
            ended = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        async def drop() -> None:
            left = self._most
            while not ended and left > 0:
                left -= len((await watched()).get("body", b""))

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400 and not ended:
                with suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(drop(), MOST_SECONDS)
            await send(message)

        await self._app(scope, watched, sent)
