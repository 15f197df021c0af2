"""Pages of other hosts: whom a server answers, and what a browser must be told for it (CORS, the Fetch standard)."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response

from cohear.base.errors import UserError

ANY = "*"
_PORTS = {"http": ":80", "https": ":443"}
_PREFLIGHT_SECONDS = 600
"""So long a browser need not ask again."""


def origin_of(text: str) -> str:
    """An origin as browsers send it, ``https://app.example``.

    Raises:
        UserError: it is none.
    """
    try:
        parts = urlsplit(text)
        whole = bool(parts.netloc) and parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
        port = parts.port
    except ValueError:
        whole, port = False, None
    if text in (ANY, "null"):
        return text
    if not whole or parts.scheme not in _PORTS or not text.isascii():
        raise UserError(f"an origin is the scheme and host of a page, as https://app.example, not {text!r}")
    written = f":{port}" if port is not None else ""
    host = parts.netloc.removesuffix(written).lower()
    return f"{parts.scheme}://{host}{'' if written == _PORTS[parts.scheme] else written}"


class Origins:
    """Pages that are answered beside the server's own.

    Args:
        allowed: origins as `origin_of` gives them; ``*`` is any.
    """

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = frozenset(allowed)

    def answers(self, headers: Headers) -> bool:
        """Whether a request is of no page, of one of the server's own, or of one that is allowed."""
        origin = headers.get("origin")
        return origin is None or _host_of(origin) == headers.get("host") or self.is_allowed(origin)

    def is_allowed(self, origin: str) -> bool:
        """Whether it is one of those that were named."""
        return ANY in self._allowed or origin in self._allowed

    def headers(self, headers: Headers) -> dict[str, str]:
        """What a response to a request bears, so that the browser hands it to the page."""
        if not self._allowed:
            return {}
        origin = headers.get("origin")
        if origin is None or not self.is_allowed(origin):
            return {"vary": "Origin"}
        return {
            "access-control-allow-origin": origin,
            "access-control-expose-headers": "Retry-After, WWW-Authenticate",
            "vary": "Origin",
        }

    def preflight(self, method: str, headers: Headers) -> Response | None:
        """The answer to a browser that asks before it sends a page's request; None where it does not."""
        asked = headers.get("access-control-request-method")
        if method != "OPTIONS" or asked is None or not self.is_allowed(headers.get("origin", "")):
            return None
        allowed = {
            "access-control-allow-methods": "GET, POST",
            "access-control-allow-headers": "Authorization, Content-Type",
            "access-control-max-age": str(_PREFLIGHT_SECONDS),
        }
        if headers.get("access-control-request-private-network") == "true":  # a public page, and a server at home
            allowed["access-control-allow-private-network"] = "true"
        return Response(status_code=204, headers=allowed)


def _host_of(origin: str) -> str:
    """Host and port of an origin; empty where it is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:  # as of "http://["
        return ""
