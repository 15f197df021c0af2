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


class StreamResampler:
    """Resamples a waveform that comes in pieces: what `resample` gives of the whole of it, to the last sample.

    Args:
        rate: of the samples that come, in Hz.
        to_rate: the wanted rate in Hz.
    """

    def __init__(self, rate: int, to_rate: int) -> None:
        self._rate, self._to_rate = rate, to_rate
        self._stream = None if rate == to_rate else soxr.ResampleStream(rate, to_rate, 1, dtype="float32", quality="HQ")
        self._pushed = self._given = 0

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take in samples ``[samples]``; gives those that are ready, which lag behind by the filter's length."""
        self._pushed += len(samples)
        ready = samples if self._stream is None else self._stream.resample_chunk(samples)
        self._given += len(ready)
        return ready

    def end(self) -> NDArray[np.float32]:
        """The samples that are left."""
        if self._stream is None:
            return np.empty(0, np.float32)
        rest: NDArray[np.float32] = self._stream.resample_chunk(np.empty(0, np.float32), last=True)
        wanted = resampled_length(self._pushed, self._rate, self._to_rate) - self._given
        return rest[:wanted] if len(rest) >= wanted else np.pad(rest, (0, wanted - len(rest)))


def resample_blocks(blocks: Iterable[NDArray[np.float32]], rate: int, to_rate: int) -> Iterator[NDArray[np.float32]]:
    """Resample a waveform that comes piece by piece.

    Args:
        blocks: float32 ``[samples]`` each, consecutive.
        rate: their rate in Hz.
        to_rate: the wanted rate in Hz.

    Yields:
        Float32 ``[samples]``, in all as many as `resample` gives of the whole waveform, and the same to within 1e-6.
    """
    resampler = StreamResampler(rate, to_rate)
    for block in blocks:
        if len(ready := resampler.push(block)):
            yield ready
    if len(rest := resampler.end()):
        yield rest
