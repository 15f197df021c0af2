"""Change of sample rate with a band-limited filter (dropping samples would fold high tones down)."""

import numpy as np
import soxr
from numpy.typing import NDArray

QUALITY = "HQ"
RESAMPLER = f"soxr {soxr.__version__} {soxr.__libsoxr_version__} {QUALITY}"
"""What resampled audio depends on beside the audio: part of the key of stored features."""


def resampled_length(samples: int, rate: int, to_rate: int) -> int:
    """Samples there are after `resample`: ``ceil(samples * to_rate / rate)``."""
    return -(-samples * to_rate // rate)


def resample(samples: NDArray[np.float32], rate: int, to_rate: int) -> NDArray[np.float32]:
    """Resample a waveform.

    Args:
        samples: float32 ``[samples]``.
        rate: its rate in Hz.
        to_rate: the wanted rate in Hz.

    Returns:
        Float32 ``[resampled_length(samples, rate, to_rate)]``; the input itself where the rates are equal.
    """
    if rate == to_rate:
        return samples
    wanted = resampled_length(len(samples), rate, to_rate)
    resampled: NDArray[np.float32] = soxr.resample(samples, rate, to_rate, quality=QUALITY)
    if len(resampled) >= wanted:
        return resampled[:wanted]
    return np.pad(resampled, (0, wanted - len(resampled)))  # soxr may end a sample early
