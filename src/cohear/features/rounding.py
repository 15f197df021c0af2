"""How numbers of frames are kept: as they are made, or with as many digits as a study says are enough."""

from __future__ import annotations

from typing import Literal

import numpy as np

from cohear.base.arrays import Floats
from cohear.base.errors import DataError

Rounding = Literal["exact", "float16", "sixteenths", "eighths"]
"""``float16``: to 11 binary digits; ``sixteenths`` and ``eighths``: to multiples of 1/16 and 1/8, which of log energies
are steps of 0.27 and 0.54 dB."""

STEPS = {"eighths": 8, "sixteenths": 16}
"""Multiples of what fraction numbers are."""
_LARGEST = {"float16": 65504.0, "sixteenths": 2047.0, "eighths": 4095.0}


def rounded(frames: Floats, how: Rounding) -> Floats:
    """Frames as they are stored, still float32; the nearest of what there is, ties to even.

    Args:
        frames: of whatever shape.
        how: they are kept.

    Raises:
        DataError: a number is too large for that.
    """
    if how == "exact":
        return frames
    if not (np.abs(frames) <= _LARGEST[how]).all():
        raise DataError(
            f"stored: {how} holds numbers up to {_LARGEST[how]:g}, and a front-end gives {np.abs(frames).max():g}; "
            "leave it out, or choose another"
        )
    if how == "float16":
        return frames.astype(np.float16).astype(np.float32)
    fraction = np.float32(STEPS[how])
    steps: Floats = np.rint(frames * fraction) / fraction + np.float32(0)  # no zero below zero
    return steps
