"""Change of sample rate with a band-limited filter (dropping samples would fold high tones down)."""

from collections.abc import Iterable, Iterator

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


def resample_blocks(blocks: Iterable[NDArray[np.float32]], rate: int, to_rate: int) -> Iterator[NDArray[np.float32]]:
    """Resample a waveform that comes piece by piece.

    Args:
        blocks: float32 ``[samples]`` each, consecutive.
        rate: their rate in Hz.
        to_rate: the wanted rate in Hz.

    Yields:
        Float32 ``[samples]``, in all as many as `resample` gives of the whole waveform, and the same to within 1e-6.
    """
    if rate == to_rate:
        yield from blocks
        return
    stream = soxr.ResampleStream(rate, to_rate, 1, dtype="float32", quality="HQ")
    taken = given = 0
    for block in blocks:
        taken += len(block)
        made = stream.resample_chunk(block)
        given += len(made)
        if len(made):
            yield made
    wanted = resampled_length(taken, rate, to_rate)
    rest = stream.resample_chunk(np.zeros(0, np.float32), last=True)[: max(wanted - given, 0)]
    rest = np.pad(rest, (0, max(wanted - given - len(rest), 0)))  # soxr may end a sample early
    if len(rest):
        yield rest
