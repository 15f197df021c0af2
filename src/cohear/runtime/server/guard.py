"""Who is answered, before any route: callers of the right origin who bear the token, over HTTP and WebSocket alike."""

from __future__ import annotations

import base64
import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from cohear.runtime.server.limits import Refused
from cohear.runtime.server.metrics import Metrics
from cohear.runtime.server.replies import refusal

OPEN_PATHS = ("/", "/healthz")
OPEN_FOLDER = "/page/"
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


class Guard:
    """Middleware: refuses pages of another origin and callers without the token, and counts what was answered.

    Args:
        app: behind it.
        token: that callers must bear; empty asks for none. The page and ``/healthz`` are open to all.
        metrics: that requests are counted in.
        paths: that are counted by name.
    """

    def __init__(self, app: ASGIApp, token: str, metrics: Metrics, paths: frozenset[str]) -> None:
        self._app, self._token, self._metrics, self._paths = app, token, metrics, paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or let it pass."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            self._check(scope["path"], Headers(scope=scope))
        except Refused as refused:
            if scope["type"] == "websocket":
                await WebSocket(scope, receive, send).send_denial_response(refusal(refused))
                self._count(scope, refused.status)
            else:
                await refusal(refused)(scope, receive, self._counting(scope, send))
            return
        await self._app(scope, receive, self._counting(scope, send) if scope["type"] == "http" else send)

    def _check(self, path: str, headers: Headers) -> None:
        origin = headers.get("origin")
        if origin is not None and _host_of(origin) != headers.get("host"):
            raise Refused(403, "pages of another origin are not answered")
        if not self._token or path in OPEN_PATHS or path.startswith(OPEN_FOLDER):
            return
        if not any(hmac.compare_digest(given, self._token.encode()) for given in _tokens(headers)):
            raise Refused(401, "the token is missing or wrong: send the header Authorization: Bearer TOKEN")

    def _counting(self, scope: Scope, send: Send) -> Send:
        async def count_and_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._count(scope, message["status"])
                kept = {name for name, _ in message["headers"]}
                safe = [(name.encode(), value.encode()) for name, value in SAFE_HEADERS.items()]
                message["headers"] = [*message["headers"], *(each for each in safe if each[0] not in kept)]
            await send(message)

        return count_and_send

    def _count(self, scope: Scope, status: int) -> None:
        self._metrics.requests.labels(scope["path"] if scope["path"] in self._paths else "other", str(status)).inc()


def _host_of(origin: str) -> str:
    """Host and port of an origin; empty where it is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:  # as of "http://["
        return ""


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
