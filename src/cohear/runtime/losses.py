"""What a microphone lost: the samples that came while nobody took them, and how many they were."""

from __future__ import annotations

import time
from typing import Protocol


class BufferTimes(Protocol):
    """PortAudio's times of a block, in seconds of a clock of its own."""

    inputBufferAdcTime: float  # noqa: N815 - as there
    """When its first sample was heard; 0 where the system does not tell."""


class LossMeter:
    """How many samples are missing before each block, so that what follows keeps its time.

    Args:
        rate: of the samples, in Hz.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._due: float | None = None  # when the next block should begin
        self._is_adc = False

    def before(self, frames: int, times: BufferTimes | None, *, overflow: bool) -> int:
        """Samples lost before a block; 0 also where it is not known how many they were.

        Args:
            frames: of the block.
            times: when it was heard.
            overflow: whether the system says that it lost some. Without that, times are only a little uneven.
        """
        heard = 0.0 if times is None else times.inputBufferAdcTime
        is_adc = heard > 0
        if not is_adc:
            heard = time.monotonic() - frames / self._rate
        same_clock = self._due is not None and is_adc == self._is_adc
        gap = heard - self._due if overflow and same_clock and self._due is not None else 0.0
        self._due, self._is_adc = heard + frames / self._rate, is_adc
        return max(round(gap * self._rate), 0)
