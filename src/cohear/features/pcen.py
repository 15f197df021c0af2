"""Per-channel energy normalisation (Wang et al. 2017): each band against its own past, which takes out levels."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.features.augmentation import LogEnergies, mel_warps
from cohear.features.front_end import FRONT_ENDS, demand
from cohear.features.mel_front_end import MelFrontEnd

TINY = 1e-6
"""Added to what a band is divided by."""


@FRONT_ENDS.register("pcen")
@dataclass(frozen=True)
class Pcen(MelFrontEnd):
    """Energies ``E`` in 64 mel bands as ``(E / (1e-6 + M) ** gain + bias) ** power - bias ** power``.

    ``M`` is the band smoothed over time. It begins with the first frame of each window, so that a window says the same
    of itself in a clip, in a stream and in a batch. Stored are the log energies, so that augmentation knows what they
    are; their ``floor`` is part of ``E``.

    Args:
        seconds: time constant of the smoother.
        gain: how far the level is taken out, from 0 to 1.
        bias, power: how large energies are compressed.

    The other settings are those of `MelFrontEnd`.
    """

    name: ClassVar[str] = "pcen"
    version: ClassVar[int] = 1
    layout: ClassVar[Literal["sequence", "vector"]] = "sequence"

    seconds: float = 0.4
    gain: float = 0.98
    bias: float = 2.0
    power: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        demand(
            {
                "seconds must be positive": self.seconds > 0,
                "gain must be from 0 to 1": 0 <= self.gain <= 1,
                "bias must not be negative": self.bias >= 0,
                "power must be positive": self.power > 0,
            },
            self,
        )

    @property
    def input_width(self) -> int:
        """The bands."""
        return self.bands

    @property
    def augmentation(self) -> LogEnergies:
        """That of log energies, before they are normalised."""
        return LogEnergies(self.bands, mel_warps(self.bands, self.low, self.high))

    @property
    def smoothing(self) -> float:
        """Share of a new frame in ``M``: that of `librosa.pcen` for the same time constant."""
        frames = self.seconds * self.rate / self.hop
        return float((np.sqrt(1 + 4 * frames**2) - 1) / (2 * frames**2))

    def weights(self, width: int) -> Floats:
        """What makes ``M`` of so many frames, ``[width, width]``: row t has the shares of frames 0 to t."""
        ago = np.arange(width)[:, None] - np.arange(width)
        shares = np.where(ago >= 0, self.smoothing * (1 - self.smoothing) ** np.maximum(ago, 0), 0)
        shares[:, 0] /= self.smoothing  # as if it had always been as in the first frame
        return np.asarray(shares, dtype=np.float32)

    def window_input(self, windows: Floats, lengths: Integers) -> Floats:
        """The bands of windows ``[B, W, bands]``, each against its past; zero beyond their lengths ``[B]``."""
        inside = (np.arange(windows.shape[1]) < lengths[:, None])[:, :, None]  # [B, W, 1]
        energies = np.exp(np.where(inside, windows, np.float32(0)))
        level = TINY + self.weights(windows.shape[1]) @ energies
        normal = energies * level ** np.float32(-self.gain)
        made = (normal + np.float32(self.bias)) ** np.float32(self.power) - np.float32(self.bias**self.power)
        return np.asarray(np.where(inside, made, np.float32(0)), dtype=np.float32)
