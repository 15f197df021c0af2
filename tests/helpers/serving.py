"""A server at work on a real socket, for tests."""

import io
import socket
import threading
import time
from contextlib import contextmanager

import httpx
import soundfile
import uvicorn

from cohear.runtime.server.app import LOOPBACK, make_app
from cohear.runtime.server.guard import Callers
from cohear.runtime.server.limits import Limits
from cohear.runtime.server.run import server_config


@contextmanager
def served(bundle, limits=Limits(), token="", origins=(), **more):  # noqa: B008 - frozen
    """A client of a server of ``bundle`` as ``tiny``, and of ``more`` bundles by name."""
    callers = Callers(token, LOOPBACK, tuple(origins))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(server_config(make_app({"tiny": bundle, **more}, limits, callers), limits))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=60) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


def wav(samples, rate=16000, **how):
    """The bytes of an audio file."""
    file = io.BytesIO()
    soundfile.write(file, samples, rate, **{"format": "WAV", **how})
    return file.getvalue()
