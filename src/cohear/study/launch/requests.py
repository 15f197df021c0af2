"""What a worker server is asked, written beside what is read of it, so that neither waits for the other."""

from __future__ import annotations

import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import IO

_PATIENCE = 0.5
"""Seconds to wait for a server that is gone to be noticed."""


class Requests(threading.Thread):
    """Lines on their way into a pipe.

    A pipe holds 64 KiB. Runs that are asked for together are more, and so are the answers to them: whoever writes a
    request while nobody reads answers may wait for a server that waits for its answers to be read.

    Args:
        pipe: to the server.
    """

    def __init__(self, pipe: IO[str]) -> None:
        super().__init__(daemon=True)
        self._pipe, self._waiting = pipe, SimpleQueue[str | None]()
        self.start()

    def put(self, line: str) -> None:
        """Write a line as soon as the server takes it, if it does."""
        self._waiting.put(line + "\n")

    def run(self) -> None:
        """Write until there is no more to come, or the server is gone: the end of its answers tells that."""
        with suppress(BrokenPipeError):
            while (line := self._waiting.get()) is not None:
                self._pipe.write(line)
                self._pipe.flush()

    def close(self) -> None:
        """Write what is left, and then tell the server that nothing more comes.

        Raises:
            OSError: it is gone.
        """
        self._waiting.put(None)
        self.join(_PATIENCE)
        if not self.is_alive():
            self._pipe.close()
