"""The application behind uvicorn, with the limits that only a server of connections can keep."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, ClassVar

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Response

from cohear.runtime.server.limits import Limits, Refused
from cohear.runtime.server.linger import MOST_SECONDS
from cohear.runtime.server.replies import refusal

HEAD_SECONDS = 10.0
"""In which the head of a request must have come."""

READ_SECONDS = 30.0
"""In which an answer must have been read, after the longest that it may take."""

BUSY = refusal(Refused(503, "too many connections are open; come again"))

CLOSE_SECONDS = 5.0
"""In which a stream that has ended must be closed by its client too."""


def _most_connections(limits: Limits) -> int:
    return 4 * (limits.concurrency + limits.streams)


class PatientProtocol(H11Protocol):
    """Closes connections on which no request comes in time, or whose answer nobody reads; uvicorn waits for ever.

    Attributes:
        answer_seconds: from a request to the end of its answer.
        connections_at_most: beyond it 503.
    """

    answer_seconds: ClassVar[float] = Limits().seconds + MOST_SECONDS + READ_SECONDS
    connections_at_most: ClassVar[int] = _most_connections(Limits())

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to watch."""
        super().connection_made(transport)
        self._watch(None, self.loop.time())

    def handle_events(self) -> None:
        """Take in what came; uvicorn's own limit answers in plain text."""
        busy = max(len(self.connections), len(self.tasks)) >= self.connections_at_most
        self.app = BUSY if busy else self.config.loaded_app
        super().handle_events()

    def send_400_response(self, msg: str) -> None:
        """Say that this is no HTTP, in the form of every refusal."""
        content = refusal(Refused(400, "this is no request of HTTP that could be read")).body
        head = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        for event in (
            h11.Response(status_code=400, headers=[*head, (b"connection", b"close")], reason=b"Bad Request"),
            h11.Data(data=bytes(content)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

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
    """Lets go of a client that reads nothing: what is still to be sent would keep its connection open for ever.

    What is no opening of a WebSocket is refused in the form of every refusal.
    """

    def __init__(self, *settings: Any, **more: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*settings, **more)
        plain = self.conn.reject

        def in_json(status: HTTPStatus | int, text: str) -> Response:
            response = plain(status, text)
            reason = " ".join(text.split()) or "this stream is not opened"
            response.body = bytes(refusal(Refused(int(status), reason)).body)
            for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(response.body)))):
                del response.headers[name]
                response.headers[name] = value
            return response

        self.conn.reject = in_json  # type: ignore[method-assign]

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
        connections_at_most = _most_connections(limits)

    return uvicorn.Config(
        app,
        http=Protocol,
        ws=PatientWebSocket,
        ws_max_size=4 * limits.message,  # up to there the application refuses in words; beyond it 1009
        ws_per_message_deflate=False,  # raw samples hardly shrink, and what is sent may not grow either
        timeout_graceful_shutdown=5,
        log_level="warning",
        access_log=False,
        server_header=False,
    )
