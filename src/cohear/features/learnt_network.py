"""What front-ends have in common whose network runs in PyTorch: frames of excerpts, or of whole clips."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from cohear.base.arrays import Floats
from cohear.base.errors import UserError
from cohear.features.excerpts import Excerpts
from cohear.features.front_end import demand
from cohear.features.learnt_frames import LearntFrames

if TYPE_CHECKING:
    from cohear.features.learnt_module import LearntModule

AT_ONCE = 16
LEAST_SECONDS = 0.1
"""Of a waveform that a network is given as a whole; zeros follow a shorter one."""


class LearntNetwork(LearntFrames):
    """Frames of a network: one an excerpt, or those that it gives of whole clips.

    Attributes:
        window, hop_samples: settings of a subclass: samples of an excerpt and from one to the next; without them the
            network is given whole clips.
    """

    runs_code_of_others: ClassVar[bool] = True

    window: int | None
    hop_samples: int | None

    def __post_init__(self) -> None:
        sizes = self.window, self.hop_samples
        demand(
            {
                "window and hop_samples must be given together": (self.window is None) == (self.hop_samples is None),
                "window and hop_samples must be at least 1": all(size is None or size >= 1 for size in sizes),
            },
            self,
        )
        _ = self.frame_width  # a network that fails is told now

    @property
    @abstractmethod
    def network(self) -> LearntModule:
        """The network, read once."""

    @property
    def excerpts(self) -> Excerpts | None:
        """How excerpts lie on samples; None where whole clips are given."""
        return None if self.window is None or self.hop_samples is None else Excerpts(self.window, self.hop_samples)

    @property
    def rate(self) -> int:
        """That the network states."""
        return self.network.rate

    @property
    def hop(self) -> int:
        """Samples from one frame to the next."""
        return self.hop_samples or self.network.hop

    @property
    def reach(self) -> int | None:
        """An excerpt; any sample, where whole clips are given."""
        return self.window

    @property
    def context(self) -> tuple[int, int]:
        """Frames whose excerpts reach over the edge, or are moved away from it; none, where whole clips are given."""
        return (0, 0) if self.excerpts is None else (self.excerpts.around, self.excerpts.around)

    @cached_property
    def frame_width(self) -> int:
        """That the network gives."""
        return int(self._of_clip(np.zeros(1, np.float32)).shape[1])

    def frames_of(self, samples: int) -> int:
        """``ceil(samples / hop)``."""
        return -(-samples // self.hop)

    def _of_clip(self, clip: Floats) -> Floats:
        if self.excerpts is not None:
            cut = self.excerpts.cut(clip, len(clip))
            parts = [self.network.run(cut[first : first + AT_ONCE]) for first in range(0, len(cut), AT_ONCE)]
            return np.concatenate([part.mean(axis=1, dtype=np.float32) for part in parts])
        least = round(LEAST_SECONDS * self.rate)
        (made,) = self.network.run(np.pad(clip, (0, max(least - len(clip), 0)))[None])
        if not len(made):
            raise UserError(f"front-end {self.name!r}: its network gives no frame of {len(clip)} samples; give window")
        frames: Floats = made[np.minimum(np.arange(self.frames_of(len(clip))), len(made) - 1)]
        return frames
