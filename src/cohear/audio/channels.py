"""Whether channels cancel each other out in their mean, which is what is heard of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cohear.audio.silence import FLOOR

_LEFT = 1e-3
"""Of the channels' power: 30 dB less is left where they cancel. Channels that have nothing in common lose 3 dB."""


class ChannelMeter:
    """Measures what is left of channels in their mean, over all that comes; offsets do not count.

    Attributes:
        largest: the magnitude of the largest sample of any of several channels; their mean hides it.
    """

    def __init__(self) -> None:
        self.largest = 0.0
        self._samples = 0
        self._each = self._mean = 0.0  # sums of squares: the mean over the channels, and of their mean
        # of the stretches in which little is left, which are few: samples, and the sum of each channel and of the mean
        self._careful = 0
        self._offsets: NDArray[np.float64] = np.zeros(1)

    def add(self, channels: NDArray[np.float32], mean: NDArray[np.float32]) -> None:
        """Take in samples; of a single channel nothing is measured.

        Args:
            channels: ``[samples, channels]``, always as many.
            mean: of them, ``[samples]``.
        """
        if channels.shape[1] < 2 or not len(mean):
            return
        every = channels.ravel()
        self.largest = max(self.largest, float(every.max()), -float(every.min()))
        each, both = float(np.dot(every, every)) / channels.shape[1], float(np.dot(mean, mean))
        if both - float(mean.sum()) ** 2 / len(mean) < 2 * _LEFT * each:
            exact = np.column_stack([channels, mean]).astype(np.float64)
            *each_of, both = np.square(exact).sum(axis=0).tolist()
            each = sum(each_of) / len(each_of)
            self._careful += len(mean)
            self._offsets = self._offsets + exact.sum(axis=0)
        self._samples += len(mean)
        self._each, self._mean = self._each + each, self._mean + both

    @property
    def cancel(self) -> bool:
        """Whether there is sound in the channels and next to nothing in their mean."""
        if not self._careful:
            return False
        offsets = np.square(self._offsets) / self._careful  # their share of the sums of squares
        each, both = self._each - float(offsets[:-1].mean()), self._mean - float(offsets[-1])
        return each > FLOOR * self._samples and both < _LEFT * each
