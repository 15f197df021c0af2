"""Who is answered, before any route: callers of the right origin who bear the token, over HTTP and WebSocket alike."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from cohear.runtime.server.limits import Refused
from cohear.runtime.server.metrics import Metrics
from cohear.runtime.server.origins import Origins
from cohear.runtime.server.replies import refusal

OPEN_PATHS = ("/", "/healthz")
OPEN_FOLDER = "/page/"
STREAM_PATH = "/stream"
SUBPROTOCOL = "cohear"
TOKEN_PREFIX = "cohear.token."  # noqa: S105 - stands before one
"""A browser's WebSocket has no headers of its own: the token comes as a subprotocol, in base64url without padding."""

SAFE_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; media-src blob:; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
}


@dataclass(frozen=True)
class Callers:
    """Who is answered.

    Attributes:
        token: that callers must bear; empty asks for none. The page and ``/healthz`` are open to all.
        hosts: names that the server is called by; empty where any is fine. A page of a foreign name that leads to this
            machine (DNS rebinding) is kept out by it.
        origins: pages of other hosts that are answered.
    """

    token: str = ""
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


class Guard:
    """Middleware: refuses pages of another origin and callers without the token, and counts what was answered.

    Args:
        app: behind it.
        callers: who is answered.
        metrics: that requests are counted in.
        paths: that are counted by name.
    """

    def __init__(self, app: ASGIApp, callers: Callers, metrics: Metrics, paths: frozenset[str]) -> None:
        self._app, self._callers, self._metrics, self._paths = app, callers, metrics, paths
        self._origins = Origins(callers.origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or let it pass."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        counted = self._counting(scope, headers, send)
        try:
            self._check_name(headers)
            if preflight := self._origins.preflight(scope.get("method", ""), headers):
                await preflight(scope, receive, counted)
                return
            self._check_token(scope["path"], headers)
            if scope["type"] == "websocket" and scope["path"] != STREAM_PATH:
                raise Refused(404, f"the WebSocket of this server is {STREAM_PATH}")
        except Refused as refused:
            if scope["type"] == "websocket":
                await WebSocket(scope, receive, send).send_denial_response(refusal(refused))
                self._count(scope, refused.status)
            else:
                await refusal(refused)(scope, receive, counted)
            return
        await self._app(scope, receive, counted if scope["type"] == "http" else send)

    def _check_name(self, headers: Headers) -> None:
        """Whether the server is called by its name, and by a page that it answers."""
        host = headers.get("host", "")
        if self._callers.hosts and host.partition(":")[0] not in self._callers.hosts:
            names = " or ".join(self._callers.hosts)
            raise Refused(400, f"this server is called {names}, and was called {host!r}")
        if not self._origins.answers(headers):
            raise Refused(403, "pages of another origin are not answered; `cohear serve --origin` names those that are")

    def _check_token(self, path: str, headers: Headers) -> None:
        token = self._callers.token
        if not token or path in OPEN_PATHS or path.startswith(OPEN_FOLDER):
            return
        if not any(hmac.compare_digest(given, token.encode()) for given in _tokens(headers)):
            raise Refused(401, "the token is missing or wrong: send the header Authorization: Bearer TOKEN")

    def _counting(self, scope: Scope, headers: Headers, send: Send) -> Send:
        added = {**SAFE_HEADERS, **self._origins.headers(headers)}

        async def count_and_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._count(scope, message["status"])
                kept = {name for name, _ in message["headers"]}
                safe = [(name.encode(), value.encode("latin-1")) for name, value in added.items()]
                message["headers"] = [*message["headers"], *(each for each in safe if each[0] not in kept)]
            await send(message)

        return count_and_send

    def _count(self, scope: Scope, status: int) -> None:
        self._metrics.requests.labels(scope["path"] if scope["path"] in self._paths else "other", str(status)).inc()


def _tokens(headers: Headers) -> list[bytes]:
    """What a caller gives as a token."""
    given = []
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        given.append(token.strip().encode("latin-1"))
    for offered in headers.get("sec-websocket-protocol", "").split(","):
        written = offered.strip()
        if written.startswith(TOKEN_PREFIX):
            code = written.removeprefix(TOKEN_PREFIX)
            try:
                given.append(base64.b64decode(code + "=" * (-len(code) % 4), b"-_", validate=True))
            except ValueError:
                continue
    return given
