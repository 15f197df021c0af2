"""A recording at the model's rate, with what is known of its loudness at its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cohear.audio.resample import StreamResampler, resample
from cohear.audio.silence import HopMeter, HopSums
from cohear.base.arrays import Floats


@dataclass(frozen=True)
class Resampled:
    """A stretch of a recording.

    Attributes:
        samples: ``[samples]`` at the model's rate.
        own: sums over the recording's own samples in the hops of each input of the model, as far as they are whole;
            empty where the rates are the same.
    """

    samples: Floats
    own: tuple[HopSums, ...] = ()


def resampled(samples: Floats, rate: int, to_rate: int, hops: Sequence[int]) -> Resampled:
    """A whole recording.

    Args:
        samples: ``[samples]``.
        rate: of them, in Hz.
        to_rate: of the model.
        hops: samples of the model in a hop of each of its inputs.
    """
    return Resampled(
        resample(samples, rate, to_rate), tuple(meter.whole(samples) for meter in _meters(rate, to_rate, hops))
    )


class Intake:
    """Takes in a recording piece by piece; see `resampled`."""

    def __init__(self, rate: int, to_rate: int, hops: Sequence[int]) -> None:
        self._resampler, self._meters = StreamResampler(rate, to_rate), _meters(rate, to_rate, hops)

    def push(self, samples: Floats) -> Resampled:
        """Take in samples ``[samples]``; gives those that are ready."""
        return Resampled(self._resampler.push(samples), tuple(meter.push(samples) for meter in self._meters))

    def end(self) -> Resampled:
        """What is left."""
        return Resampled(self._resampler.end(), tuple(meter.end() for meter in self._meters))


def _meters(rate: int, to_rate: int, hops: Sequence[int]) -> list[HopMeter]:
    return [] if rate == to_rate else [HopMeter(rate, to_rate, hop) for hop in hops]
