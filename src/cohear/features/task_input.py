"""What an encoder is given of a task's clips: the front-end that hears them, and how long a window of them is."""

from __future__ import annotations

from dataclasses import dataclass

from cohear.features.front_end import FrontEnd


@dataclass(frozen=True)
class TaskInput:
    """A front-end with a window.

    Attributes:
        front_end: makes frames, and of those what an encoder sees.
        window: frames; at least one.
    """

    front_end: FrontEnd
    window: int

    @classmethod
    def of(cls, front_end: FrontEnd, seconds: float) -> TaskInput:
        """With windows of so many seconds, to the nearest frame."""
        return cls(front_end, max(1, round(seconds * front_end.rate / front_end.hop)))

    @property
    def width(self) -> int:
        """Numbers that an encoder sees of a frame (sequence) or of a window (vector)."""
        return self.front_end.input_width
