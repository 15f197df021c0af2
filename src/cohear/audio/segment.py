"""What part of which file a clip is."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Segment:
    """A whole audio file or a part of one.

    Args:
        path: the audio file.
        start: where the part begins in seconds; None is the beginning of the file.
        end: where the part ends in seconds; None, or later than that, is the end of the file.
    """

    path: Path
    start: float | None = None
    end: float | None = None
