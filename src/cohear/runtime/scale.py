"""The scale of samples: sound lies within -1..1, and whole numbers within what their type holds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.audio.silence import FLOOR
from cohear.base.errors import DataError

LOUDEST_SOUND = 16.0
"""24 dB above full scale. Recordings in floating point may be somewhat beyond -1..1; integers are far beyond."""
_QUIETEST = 2.0**-30
"""Of 64-bit integers: less than that, beside the largest that they hold, is no signal of any recorder."""
_HEARD_OF_16_BITS = 2**15 * FLOOR**0.5
"""Less is silence in 16 bits too."""
_UNSIGNED = (("uint8", 2**8), ("uint16", 2**16))
_SCALES = ((2.0**8, 2**7), (2.0**16, 2**15), (2.0**24, 2**23), (np.inf, 2**31))
"""Samples up to the first are taken for integers with the second as full scale."""


def scaled(samples: NDArray[Any]) -> NDArray[Any]:
    """Integers by what their type holds as floating point within -1..1; anything else as it is.

    Args:
        samples: of any shape. Unsigned ones have silence in the middle, as WAV of 8 bits has.

    Raises:
        DataError: 64-bit integers that can only be narrower ones in a wider type.
    """
    kind = samples.dtype
    if kind.kind not in "iu":
        return samples
    full = 2 ** (8 * kind.itemsize - 1)
    if kind.itemsize < 8:
        middle = np.float32(full if kind.kind == "u" else 0)
        return np.asarray((samples - middle) / np.float32(full))
    largest = float(np.abs(samples.astype(np.float64)).max(initial=0))
    if 0 < largest < full * _QUIETEST:
        raise _wider(kind, largest)
    zero = np.float64(full if kind.kind == "u" else 0)
    return np.asarray((samples.astype(np.float64) - zero) / full)


def check_width(samples: NDArray[Any]) -> None:
    """Whether a whole recording in 32-bit integers may be one, and is none of 16 bits in a wider type.

    By its own type it would be below -96 dB of full scale, which is silence, and by 16 bits it is not. Recorders of 24
    bits fill the three upper bytes, so that what they give in silence is a multiple of 256. A stream is not asked: it
    may begin with a pause.

    Args:
        samples: of any type and shape.

    Raises:
        DataError: it can only be 16 bits in a wider type.
    """
    if samples.dtype.kind != "i" or samples.dtype.itemsize != 4 or not samples.size:
        return
    largest = max(float(samples.max()), -float(samples.min()))
    if _HEARD_OF_16_BITS < largest <= 2**15 and np.any(samples & 0xFF):
        raise _wider(samples.dtype, largest)


def _wider(kind: np.dtype[Any], largest: float) -> DataError:
    return DataError(
        f"samples are {kind}, up to {largest:.0f}, which is next to nothing of what {kind} holds: give them at the "
        f"scale that they were recorded at, as {_narrower(kind, largest)}"
    )


def _narrower(kind: np.dtype[Any], largest: float) -> str:
    """How integers are given of which the largest is so large; 24 bits have no type of their own."""
    if kind.kind == "u":
        return f"samples.astype('{next((name for name, full in _UNSIGNED if largest < full), 'uint32')}')"
    if largest <= 2**15:
        return "samples.astype('int16')"
    return "samples / 2**23" if largest <= 2**23 else "samples / 2**31"


def check_scale(samples: NDArray[np.float32]) -> None:
    """Whether numbers may be sound.

    Args:
        samples: finite, of any shape.

    Raises:
        DataError: they are at the scale of integers.
    """
    check_largest(max(samples.max(initial=0), -samples.min(initial=0)))


def check_largest(largest: float) -> None:
    """Whether the largest magnitude of samples may be that of sound.

    Raises:
        DataError: it is at the scale of integers.
    """
    if largest > LOUDEST_SOUND:
        full = next(full for below, full in _SCALES if largest <= below)
        raise DataError(
            f"samples go up to {largest:.6g}, and sound lies within -1..1: divide them by {full} if they were "
            "integers, or give them in an integer type, which is scaled by itself"
        )
