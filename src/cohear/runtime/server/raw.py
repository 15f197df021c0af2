"""Raw samples: how they are written, and their limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from cohear.base.errors import UserError
from cohear.runtime.raw_samples import RawSamples
from cohear.runtime.server.limits import Limits, Refused


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

    def reader(self, limits: Limits) -> RawSamples:
        """What reads them.

        Raises:
            Refused: they are beyond the limits, or of an unknown format.
        """
        check_sound(self.rate, self.channels, limits)
        try:
            return RawSamples(self.format, self.channels)
        except UserError as error:
            raise Refused(422, str(error)) from error


def read_raw(content: bytes, raw: RawAudio, limits: Limits) -> NDArray[Any]:
    """Samples ``[samples, channels]`` of a clip.

    Raises:
        Refused: no samples, part of one, or beyond the limits.
        DataError: it is a file, and no samples.
    """
    reader = raw.reader(limits)
    if len(content) > limits.duration * raw.rate * reader.frame:
        raise Refused(413, f"it is longer than {limits.duration:g} s")
    samples = reader.push(content)
    if not samples.size or reader.left:
        raise Refused(422, f"raw samples of this format are {reader.frame} bytes each, at least one; cut it there")
    return samples


def check_sound(rate: int, channels: int, limits: Limits) -> None:
    """Hold a clip's form against the limits.

    Raises:
        Refused: it is beyond them.
    """
    if not 1 <= channels <= limits.channels:
        raise Refused(422, f"it has {channels} channels, not 1 to {limits.channels}")
    if not limits.lowest_rate <= rate <= limits.highest_rate:
        raise Refused(422, f"its rate is {rate} Hz, not {limits.lowest_rate} to {limits.highest_rate}")
