"""What is heard of a waveform: frames that are louder than a floor, by the samples that each sees.

The floor is a level, not zero: a recorder's last bit, dither and a codec's rest are silence too. A constant offset,
which nobody hears, is none of the level.

Where a recording was resampled there must be more than the floor in its own samples, too: a filter rings at both ends
of an offset, and that is nothing that anybody recorded.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SILENCE_DB = -80.0
"""Of full scale: root mean square, without the mean. The last bit of 16 is at -90 dB and below."""
FLOOR = 10.0 ** (SILENCE_DB / 10)
"""The same as a mean square."""

HopSums = NDArray[np.float64]
"""Of the samples in each hop their count, their sum and the sum of their squares: ``[hops, 3]``."""


def heard_frames(samples: NDArray[np.float32], hop: int, before: int = 0, after: int = 0) -> NDArray[np.bool_]:
    """Which frames of a waveform are heard, ``[ceil(samples / hop)]``.

    Args:
        samples: ``[samples]``, within -1..1.
        hop: samples from one frame to the next.
        before: hops before its own whose samples a frame sees too.
        after: the same behind it.

    >>> heard_frames(np.array([0.1, -0.1, 0.3, 0.3, 0, 0], np.float32), 2).tolist()
    [True, False, False]
    """
    return louder_than_silence(HopMeter(1, 1, hop).whole(samples), before, after)


def louder_than_silence(sums: HopSums, before: int = 0, after: int = 0) -> NDArray[np.bool_]:
    """Which frames are heard by the sums of their hops, ``[hops]``; a frame without samples may be.

    Args:
        sums: of hops in a row.
        before: hops before its own whose samples a frame sees too.
        after: the same behind it.
    """
    padded = np.pad(sums, ((before, after), (0, 0)))
    seen = np.asarray(sum(padded[shift : shift + len(sums)] for shift in range(before + after + 1)))
    count, total, squares = seen.T
    some = np.maximum(count, 1)
    return np.asarray((count == 0) | (squares / some - (total / some) ** 2 >= FLOOR), dtype=np.bool_)


class HopMeter:
    """Sums over the hops of a model, of samples at a rate of their own that come in pieces.

    Args:
        rate: of the samples, in Hz.
        to_rate: of the model.
        hop: samples of the model.

    >>> HopMeter(3, 2, 2).whole(np.ones(7, np.float32)).tolist()  # three samples in the time of two
    [[3.0, 3.0, 3.0], [3.0, 3.0, 3.0], [1.0, 1.0, 1.0]]
    """

    def __init__(self, rate: int, to_rate: int, hop: int) -> None:
        self._rate, self._to_rate, self._hop = rate, to_rate, hop
        self._kept = np.zeros(0, np.float32)  # of the hop that is not whole yet
        self._hops = 0  # whole ones so far

    def push(self, samples: NDArray[np.float32]) -> HopSums:
        """Take in samples ``[samples]``; gives the sums of the hops that are whole now."""
        begin = int(self._first(np.array(self._hops)))
        self._kept = np.concatenate([self._kept, samples])
        whole = (begin + len(self._kept)) * self._to_rate // (self._hop * self._rate) - self._hops
        edges = self._first(self._hops + np.arange(whole + 1)) - begin
        sums = _sums(self._kept, edges)
        self._kept = self._kept[edges[-1] :].copy()  # no view that keeps all of it
        self._hops += whole
        return sums

    def end(self) -> HopSums:
        """The sums of what is left, at most one hop."""
        return _sums(self._kept, np.unique([0, len(self._kept)]))

    def whole(self, samples: NDArray[np.float32]) -> HopSums:
        """The sums of a waveform that comes at once."""
        return np.concatenate([self.push(samples), self.end()])

    def _first(self, hop: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first sample of each hop: none before its begin."""
        return -(-hop * self._hop * self._rate // self._to_rate)


def _sums(samples: NDArray[np.float32], edges: NDArray[np.int64]) -> HopSums:
    """Of the samples between each two edges; in double, as an offset may be ten thousand times what is on it."""
    sums = np.zeros((len(edges) - 1, 3))
    filled = np.flatnonzero(np.diff(edges))
    if len(filled):
        exact = samples[: edges[-1]].astype(np.float64)
        sums[:, 0] = np.diff(edges)
        sums[filled, 1] = np.add.reduceat(exact, edges[filled])
        sums[filled, 2] = np.add.reduceat(exact * exact, edges[filled])
    return sums
