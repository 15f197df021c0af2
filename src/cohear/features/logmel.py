"""The log-mel front-end: what convolutional and recurrent encoders read."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.features.augmentation import LogEnergies, mel_warps
from cohear.features.front_end import FRONT_ENDS
from cohear.features.mel_front_end import MelFrontEnd


@FRONT_ENDS.register("logmel")
@dataclass(frozen=True)
class LogMel(MelFrontEnd):
    """Log energies in 64 mel bands, a frame every 10 ms; an encoder sees the frames of a window.

    The settings are those of `MelFrontEnd`.
    """

    name: ClassVar[str] = "logmel"
    version: ClassVar[int] = 1
    layout: ClassVar[Literal["sequence", "vector"]] = "sequence"

    @property
    def input_width(self) -> int:
        """The bands."""
        return self.bands

    @property
    def augmentation(self) -> LogEnergies:
        """All that is done to log energies; the mel scale says where a warped frequency is."""
        return LogEnergies(self.bands, mel_warps(self.bands, self.low, self.high))

    @property
    def sees_frames(self) -> bool:
        """It does."""
        return True

    def window_input(self, windows: Floats, lengths: Integers) -> Floats:
        """The windows ``[B, W, bands]`` themselves, zero beyond their lengths ``[B]``."""
        width = windows.shape[1]
        if (lengths >= width).all():
            return windows
        inside = np.arange(width) < lengths[:, None]  # [B, W]
        return np.where(inside[:, :, None], windows, np.float32(0))
