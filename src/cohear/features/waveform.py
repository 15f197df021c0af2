"""The waveform itself, for encoders that learn their own filters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.features.front_end import FRONT_ENDS, WaveformFrontEnd, demand


@FRONT_ENDS.register("waveform")
@dataclass(frozen=True)
class Waveform(WaveformFrontEnd):
    """Samples, cut into frames side by side; zeros fill up the last one.

    Args:
        rate: in Hz.
        hop_ms: length of a frame, and what an encoder's steps are counted in.
    """

    name: ClassVar[str] = "waveform"
    version: ClassVar[int] = 1
    layout: ClassVar[Literal["samples"]] = "samples"

    rate: int = 16000
    hop_ms: float = 10.0

    def __post_init__(self) -> None:
        demand({"rate must be positive": self.rate > 0, "hop_ms must be at least one sample": self.hop >= 1}, self)

    @property
    def hop(self) -> int:
        """Samples of a frame."""
        return round(self.rate * self.hop_ms / 1000)

    @property
    def reach(self) -> int:
        """A frame is its own samples."""
        return 0

    @property
    def frame_width(self) -> int:
        """Its samples."""
        return self.hop

    @property
    def input_width(self) -> int:
        """Its samples."""
        return self.hop

    def frames_of(self, samples: int) -> int:
        """``ceil(samples / hop)``."""
        return -(-samples // self.hop)

    def frames(self, clips: Sequence[Floats]) -> list[Floats]:
        """``[T, hop]`` of each clip."""
        filled = [np.pad(clip.astype(np.float32), (0, -len(clip) % self.hop)) for clip in clips]
        return [clip.reshape(-1, self.hop) for clip in filled]

    @property
    def sees_frames(self) -> bool:
        """It does."""
        return True

    def window_input(self, windows: Floats, lengths: Integers) -> Floats:
        """The windows ``[B, W, hop]`` themselves, zero beyond their lengths ``[B]``."""
        inside = (np.arange(windows.shape[1]) < lengths[:, None])[:, :, None]  # [B, W, 1]
        return np.where(inside, windows, np.float32(0))
