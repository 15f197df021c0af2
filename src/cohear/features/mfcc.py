"""Mel-frequency cepstral coefficients (Davis & Mermelstein 1980): the shape of a spectrum in a few numbers."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.features.augmentation import LogEnergies, mel_warps
from cohear.features.front_end import FRONT_ENDS, demand
from cohear.features.mel_front_end import MelFrontEnd


@FRONT_ENDS.register("mfcc")
@dataclass(frozen=True)
class Mfcc(MelFrontEnd):
    """The orthonormal cosine transform (type II) of log energies in 40 mel bands, a frame every 10 ms.

    Stored are the log energies, so that augmentation knows what they are.

    Args:
        coefficients: how many; the first one is the level.

    The other settings are those of `MelFrontEnd`.
    """

    name: ClassVar[str] = "mfcc"
    version: ClassVar[int] = 1
    layout: ClassVar[Literal["sequence", "vector"]] = "sequence"

    bands: int = 40
    coefficients: int = 20

    def __post_init__(self) -> None:
        super().__post_init__()
        demand({"coefficients must be from 1 to bands": 1 <= self.coefficients <= self.bands}, self)

    @property
    def input_width(self) -> int:
        """The coefficients."""
        return self.coefficients

    @property
    def augmentation(self) -> LogEnergies:
        """That of log energies, before they are transformed."""
        return LogEnergies(self.bands, mel_warps(self.bands, self.low, self.high))

    @cached_property
    def cosines(self) -> Floats:
        """What makes coefficients of bands, ``[bands, coefficients]``."""
        places = np.pi * (np.arange(self.bands) + 0.5) / self.bands
        waves = np.cos(places[:, None] * np.arange(self.coefficients)) * np.sqrt(2 / self.bands)
        waves[:, 0] /= np.sqrt(2)
        return np.asarray(waves, dtype=np.float32)

    def window_input(self, windows: Floats, lengths: Integers) -> Floats:
        """Coefficients ``[B, W, coefficients]`` of windows ``[B, W, bands]``, zero beyond their lengths ``[B]``."""
        inside = (np.arange(windows.shape[1]) < lengths[:, None])[:, :, None]  # [B, W, 1]
        return np.asarray(np.where(inside, windows, np.float32(0)) @ self.cosines)
