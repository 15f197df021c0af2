"""What augmentation a front-end's frames can take: it alone knows what its numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.features.filterbank import hertz_to_mel, mel_to_hertz

WARP = 0.1  # largest |ln| of the factor
WARPS = 21  # factors that are prepared


@dataclass(frozen=True, eq=False)
class LogEnergies:
    """Frames are natural logarithms of energy in frequency bands, from low to high.

    They can be read at another pace, shifted in level and colour, and masked; and in the vocal-tract length, where the
    front-end gives matrices for it.

    Attributes:
        bands: numbers of a frame.
        warps: float32 ``[warps, bands, bands]``; frames times one of them have their bands at other frequencies, the
            one in the middle where they were. None where bands cannot be warped.
    """

    bands: int
    warps: Floats | None = None


@cache
def mel_warps(bands: int, low: float, high: float) -> NDArray[np.float32]:
    """Matrices ``[WARPS, bands, bands]`` that read mel bands at frequencies warped by exp(-WARP) to exp(WARP).

    The warp is linear up to 60 % of the highest frequency and then bends so that the highest stays where it is
    (piecewise linear, as in Jaitly & Hinton 2013).

    Args:
        bands: of equal width in mel.
        low: lower edge of the first band in Hz.
        high: upper edge of the last band in Hz.
    """
    low_mel, high_mel = hertz_to_mel(low), hertz_to_mel(high)
    step = (high_mel - low_mel) / (bands + 1)
    centres = mel_to_hertz(low_mel + step * np.arange(1, bands + 1, dtype=np.float64))
    columns = np.arange(bands)
    warps = np.zeros((WARPS, bands, bands), np.float32)
    for matrix, exponent in zip(warps, np.linspace(-WARP, WARP, WARPS), strict=True):
        factor = float(np.exp(exponent))
        bend = 0.6 * high * min(factor, 1) / factor
        rest = (high - bend * factor) / (high - bend)
        warped = np.where(centres <= bend, centres * factor, high - rest * (high - centres))
        at = np.array([(hertz_to_mel(float(frequency)) - low_mel) / step - 1 for frequency in warped])
        at = np.clip(at, 0, bands - 1)
        below = np.minimum(at.astype(np.int64), max(bands - 2, 0))
        np.add.at(matrix, (below, columns), 1 - (at - below))
        if bands > 1:
            np.add.at(matrix, (below + 1, columns), at - below)
    return warps
