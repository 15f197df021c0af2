"""Raw samples: how they are written, and their limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.base.registry import did_you_mean
from cohear.runtime.server.limits import Limits, Refused
from cohear.runtime.sources import PCM_FORMATS


@dataclass(frozen=True)
class RawAudio:
    """How raw samples are written.

    Attributes:
        rate: in Hz.
        format: one of `PCM_FORMATS`.
        channels: interleaved.
    """

    rate: int = 16000
    format: str = "s16le"
    channels: int = 1

    @property
    def frame(self) -> int:
        """Bytes of one sample of every channel."""
        return np.dtype(PCM_FORMATS[self.format]).itemsize * self.channels

    def check(self, limits: Limits) -> None:
        """Hold it against the limits.

        Raises:
            Refused: it is beyond them, or an unknown format.
        """
        if self.format not in PCM_FORMATS:
            raise Refused(422, f"there is no such format of raw samples{did_you_mean(self.format, PCM_FORMATS)}")
        check_sound(self.rate, self.channels, limits)

    def samples(self, content: bytes | memoryview) -> NDArray[Any]:
        """Samples ``[samples, channels]`` of whole frames."""
        return np.frombuffer(content, PCM_FORMATS[self.format]).reshape(-1, self.channels)


def read_raw(content: bytes, raw: RawAudio, limits: Limits) -> NDArray[Any]:
    """Samples ``[samples, channels]`` of a clip.

    Raises:
        Refused: no samples, part of one, or beyond the limits.
    """
    raw.check(limits)
    if not content or len(content) % raw.frame:
        raise Refused(422, f"raw samples of this format are {raw.frame} bytes each, at least one; cut it there")
    if len(content) > limits.duration * raw.rate * raw.frame:
        raise Refused(413, f"it is longer than {limits.duration:g} s")
    return raw.samples(content)


def check_sound(rate: int, channels: int, limits: Limits) -> None:
    """Hold a clip's form against the limits.

    Raises:
        Refused: it is beyond them.
    """
    if not 1 <= channels <= limits.channels:
        raise Refused(422, f"it has {channels} channels, not 1 to {limits.channels}")
    if not limits.lowest_rate <= rate <= limits.highest_rate:
        raise Refused(422, f"its rate is {rate} Hz, not {limits.lowest_rate} to {limits.highest_rate}")
