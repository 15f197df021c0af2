"""How much of the server's memory the requests at work hold, so that many large ones together are refused in time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cohear.runtime.server.limits import Refused


class Memory:
    """Bytes that requests share.

    Args:
        most: of all of them together.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.held = 0

    @contextmanager
    def share(self) -> Iterator[Share]:
        """What one request holds; given back when it is over."""
        share = Share(self)
        try:
            yield share
        finally:
            self.held -= share.held

    def take(self, size: int) -> None:
        """Count bytes in.

        Raises:
            Refused: there would be too many.
        """
        if self.held + size > self._most:
            raise Refused(503, "other clips fill the memory that is set aside for them; come again")
        self.held += size


class Share:
    """What one request holds of a `Memory`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.held = 0

    def grow(self, size: int) -> None:
        """Hold so many bytes more.

        Raises:
            Refused: there are not so many left.
        """
        self._memory.take(size)
        self.held += size
