"""Where the excerpts of a waveform lie that a network of a fixed view hears, one for each frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cohear.base.arrays import Floats, Integers


@dataclass(frozen=True)
class Excerpts:
    """Frame k is of the excerpt centred on ``[k * hop, (k + 1) * hop)``, moved inwards where it would leave the clip.

    Attributes:
        window: of an excerpt, in samples, or in frames of what makes them.
        hop: from one to the next.
    """

    window: int
    hop: int

    @property
    def lead(self) -> int:
        """How far before its hop an excerpt begins."""
        return (self.window - self.hop) // 2

    @property
    def around(self) -> int:
        """Frames before and behind whose samples a frame may hear, moved inwards or not."""
        return -(-self.window // self.hop)

    def count(self, length: int) -> int:
        """Frames of a clip of a length: ``ceil(length / hop)``."""
        return -(-length // self.hop)

    def starts(self, length: int) -> Integers:
        """Where the excerpts of a clip of a length begin, int64 ``[count]``."""
        centred = np.arange(self.count(length), dtype=np.int64) * self.hop - self.lead
        return np.clip(centred, 0, max(length - self.window, 0))

    def cut(self, values: Floats, length: int) -> Floats:
        """Excerpts ``[count, window, ...]`` of a clip ``[length or more, ...]``; zeros follow a short one."""
        missing = max(self.window - len(values), 0)
        padded = np.pad(values, [(0, missing), *[(0, 0)] * (values.ndim - 1)])
        views = np.lib.stride_tricks.sliding_window_view(padded, self.window, axis=0)
        return np.moveaxis(views[self.starts(length)], -1, 1) if values.ndim > 1 else views[self.starts(length)]
