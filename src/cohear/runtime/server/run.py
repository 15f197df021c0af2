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


def server_config(app: FastAPI, limits: Limits) -> uvicorn.Config:
    """Settings of uvicorn, which is given a socket that listens.

    Args:
        app: to serve.
        limits: of requests and streams.
    """
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws=WebSocketsSansIOProtocol,
        ws_max_size=limits.message,
        ws_per_message_deflate=False,  # raw samples hardly shrink, and what is sent may not grow either
        limit_concurrency=4 * (limits.concurrency + limits.streams),  # connections; beyond it 503
        timeout_graceful_shutdown=5,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
