"""An S3 server on loopback that fails on purpose."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing", "AWS_DEFAULT_REGION": "us-east-1"}


class Silent(WSGIRequestHandler):
    """Tells the terminal nothing."""

    def log(self, kind: str, message: str, *arguments: object) -> None:
        pass


class Buckets:
    """What is in the buckets stays when the server is stopped.

    Attributes:
        requests: how many came.
        refused: how many of them were.
        refuse_every: every so-manieth is refused; 0 for none.
        down_at: the request after which the server is away for a while; 0 for none.
    """

    def __init__(self) -> None:
        self.requests = self.refused = self.refuse_every = self.down_at = self.stops = 0
        self._app = DomainDispatcherApplication(create_backend_app)
        self._server: BaseWSGIServer | None = None
        self._counting = threading.Lock()
        self.port = 0
        self.start()

    @property
    def environment(self) -> dict[str, str]:
        """Of whoever asks it."""
        return {**CREDENTIALS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}"}

    def start(self) -> None:
        """Listen, at the port of before."""
        self._server = make_server("127.0.0.1", self.port, self._answer, threaded=True, request_handler=Silent)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Answer nobody."""
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: dict[str, Any], respond: Callable[..., Any]) -> Iterable[bytes]:
        with self._counting:
            self.requests += 1
            number = self.requests
        if number == self.down_at:
            threading.Thread(target=self._away).start()
        if self.refuse_every and number % self.refuse_every == 0:
            self.refused += 1
            respond("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]
        return self._app(request, respond)

    def _away(self) -> None:
        self.stop()
        self.stops += 1
        time.sleep(0.7)
        self.start()


@contextmanager
def buckets() -> Iterator[Buckets]:
    """A server, as long as the block lasts; empty, whatever an earlier one of this process held."""
    server = Buckets()
    urlopen(Request(f"http://127.0.0.1:{server.port}/moto-api/reset", method="POST")).close()
    server.requests = 0
    try:
        yield server
    finally:
        server.stop()
