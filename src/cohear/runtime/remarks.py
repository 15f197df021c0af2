"""What is said of a stream before its end, since it may have none: that it is silence, or that its channels cancel."""

from __future__ import annotations

from cohear.runtime.stream import Stream

SOON_SECONDS = 2.0
"""Of a stream, before anything is said of it: a sound may begin with silence."""


class Remarks:
    """Tells what there is to say of a stream once, and once that it is so no more.

    Args:
        stream: that is answered.

    Attributes:
        last: what was told last.
    """

    def __init__(self, stream: Stream) -> None:
        self.last = ""
        self._stream = stream

    def new(self) -> str | None:
        """What is to be told now, empty where what was told holds no more; None where there is nothing new."""
        if self._stream.seconds < SOON_SECONDS or (note := self._stream.note) == self.last:
            return None
        self.last = note
        return note
