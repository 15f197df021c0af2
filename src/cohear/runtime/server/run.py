"""The application behind uvicorn, with the limits that only a server of connections can keep."""

from __future__ import annotations

import asyncio

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from cohear.runtime.server.limits import Limits

HEAD_SECONDS = 10.0
"""In which the head of a request must have come."""

CLOSE_SECONDS = 5.0
"""In which a stream that has ended must be closed by its client too."""


class PatientProtocol(H11Protocol):
    """Closes connections on which no request comes in time; uvicorn waits for ever for the first one."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to watch."""
        super().connection_made(transport)
        self._watch(None)

    def _watch(self, cycle: object) -> None:
        self.loop.call_later(HEAD_SECONDS, self._check, cycle)

    def _check(self, cycle: object) -> None:
        """Close it where nothing is being answered and no request has come since the last look."""
        if self.transport.is_closing() or self.transport.get_protocol() is not self:  # closed, or a WebSocket now
            return
        waits = self.cycle is None or self.cycle.response_complete
        if waits and self.cycle is cycle:
            self.transport.close()
        else:
            self._watch(self.cycle)


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
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws=PatientWebSocket,
        ws_max_size=4 * limits.message,  # up to there the application refuses in words; beyond it 1009
        ws_per_message_deflate=False,  # raw samples hardly shrink, and what is sent may not grow either
        limit_concurrency=4 * (limits.concurrency + limits.streams),  # connections; beyond it 503
        timeout_graceful_shutdown=5,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
