"""Serve the page of a study while it runs: on this machine alone, made anew whenever a run has ended."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cohear.base.errors import UserError
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.status import is_working

HOST = "127.0.0.1"
EVERY = 2.0
"""Seconds between looks at the folder, at least."""
REST = 10.0
"""Times as long as the last page took is rested before the next: the study is what the machine is for."""

Make = Callable[[], bytes]


class Watched:
    """The newest page of a folder.

    Args:
        folder: a study folder.
        make: its page.
    """

    def __init__(self, folder: Path, make: Make) -> None:
        self._folder, self._make = folder, make
        self._state: object = None
        self.version = 0
        self.page = _waiting("The page is being made.")

    def look(self) -> bool:
        """Make the page anew where runs have ended since the last look; returns whether that was so."""
        state = state_of(self._folder)
        if state == self._state:
            return False
        try:
            page = self._make()
        except UserError as error:  # no run is done yet, or a table is being edited
            page = _waiting(str(error))
        self.page, self._state = page, state
        self.version += 1
        return True


def state_of(folder: Path) -> frozenset[tuple[str, int]]:
    """What changes when a run ends, a plan is made or tables are replaced: names and times of the files that tell.

    And whether a process works on the study, for one that was killed leaves no file.
    """
    files = [folder / "plan.json", folder / "data.json", folder / "check.json"]
    if not files[0].exists():
        files.append(folder / "results.csv")  # of a study it is made from the records, by the page too
    for name in ("record.json", "error.json"):
        files += (folder / "runs").glob(f"*/{name}")
    found = {("working", int(files[0].exists() and is_working(StudyFolder(folder))))}
    for path in files:
        try:
            found.add((path.as_posix(), path.stat().st_mtime_ns))
        except OSError:
            continue
    return frozenset(found)


def make_server(watched: Watched, port: int) -> ThreadingHTTPServer:
    """A server of the newest page, reached from this machine alone; port 0 is any that is free.

    Raises:
        UserError: the port is taken.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.headers.get("Host", "").rsplit(":", 1)[0]
            if name not in (HOST, "localhost"):  # a foreign page whose name was pointed here reads nothing
                self.send_error(403)
            elif self.path == "/":
                self._answer(watched.page, "text/html; charset=utf-8")
            elif self.path == "/version":
                self._answer(str(watched.version).encode(), "text/plain; charset=utf-8")
            else:
                self.send_error(404)

        def _answer(self, body: bytes, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Say nothing: the terminal is the study's."""

    try:
        return ThreadingHTTPServer((HOST, port), Handler)
    except OSError as error:
        raise UserError(f"port {port} cannot be used ({error.strerror}); name another with --port") from None


def watch(folder: Path, make: Make, port: int, say: Callable[[str], None]) -> None:
    """Serve until interrupted.

    Raises:
        UserError: the folder is not there, or the port is taken.
    """
    if not folder.is_dir():
        raise UserError(f"there is no folder {folder}")
    watched = Watched(folder, make)
    server = make_server(watched, port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    say(f"http://{HOST}:{server.server_address[1]}/ shows {folder} as it grows; Ctrl-C ends it")
    try:
        with _interrupts() as ended:
            while not ended.is_set():
                began = time.monotonic()
                watched.look()
                ended.wait(max(EVERY, REST * (time.monotonic() - began)))
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
        server.server_close()
    say("ended")


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Whether Ctrl-C was pressed: a library that draws the page may swallow the exception. Only a main thread hears."""
    ended = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield ended
        return

    def interrupted(*_: object) -> None:
        ended.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield ended
    finally:
        signal.signal(signal.SIGINT, before)


def _waiting(reason: str) -> bytes:
    from html import escape  # noqa: PLC0415 - for this page alone

    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2">'
        f"<title>cohear</title><h1>No page yet</h1><p>{escape(reason)}</p></html>"
    ).encode("utf-8", errors="replace")
