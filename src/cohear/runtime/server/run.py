"""The application behind uvicorn, with the limits that only a server of connections can keep."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from cohear.runtime.server.limits import Limits
from cohear.runtime.server.linger import MOST_SECONDS

HEAD_SECONDS = 10.0
"""In which the head of a request must have come."""

READ_SECONDS = 30.0
"""In which an answer must have been read, after the longest that it may take."""

CLOSE_SECONDS = 5.0
"""In which a stream that has ended must be closed by its client too."""


class PatientProtocol(H11Protocol):
    """Closes connections on which no request comes in time, or whose answer nobody reads; uvicorn waits for ever.

    Attributes:
        answer_seconds: from a request to the end of its answer.
    """

    answer_seconds: ClassVar[float] = Limits().seconds + MOST_SECONDS + READ_SECONDS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to watch."""
        super().connection_made(transport)
        self._watch(None, self.loop.time())

    def _watch(self, cycle: object, since: float) -> None:
        self.loop.call_later(HEAD_SECONDS, self._check, cycle, since)

    def _check(self, cycle: object, since: float) -> None:
        """Close it where no request has come since the last look, or one is not answered to its end for too long."""
        unread = self.transport.get_write_buffer_size() > 0  # closing waits for ever until it is read
        if (self.transport.is_closing() and not unread) or self.transport.get_protocol() is not self:
            return  # closed, or a WebSocket now
        waits, same = self.cycle is None or self.cycle.response_complete, self.cycle is cycle
        if waits and same and not unread:
            self.transport.close()
        elif same and self.loop.time() - since > self.answer_seconds:
            self.transport.abort()
        else:
            self._watch(self.cycle, since if same else self.loop.time())


class PatientWebSocket(WebSocketsSansIOProtocol):
    """Lets go of a client that reads nothing: what is still to be sent would keep its connection open for ever."""

    async def run_asgi(self) -> None:
        """Answer; then the connection has a while to close by itself."""
        try:
            await super().run_asgi()
        finally:
            self.loop.call_later(CLOSE_SECONDS, self.transport.abort)


def server_config(app: FastAPI, limits: Limits) -> uvicorn.Config:
    """Settings of uvicorn, which is given a socket that listens.

    Args:
        app: to serve.
        limits: of requests and streams.
    """

    class Protocol(PatientProtocol):
        answer_seconds = limits.seconds + MOST_SECONDS + READ_SECONDS

    return uvicorn.Config(
        app,
        http=Protocol,
        ws=PatientWebSocket,
        ws_max_size=4 * limits.message,  # up to there the application refuses in words; beyond it 1009
        ws_per_message_deflate=False,  # raw samples hardly shrink, and what is sent may not grow either
        limit_concurrency=4 * (limits.concurrency + limits.streams),  # connections; beyond it 503
        timeout_graceful_shutdown=5,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
