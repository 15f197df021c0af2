"""What the front-ends made of mel bands share: their settings and the frames they store."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cohear.base.arrays import Floats
from cohear.features.filterbank import FilterBank
from cohear.features.front_end import WaveformFrontEnd, demand


@dataclass(frozen=True)
class MelFrontEnd(WaveformFrontEnd):
    """A front-end whose frames are natural logarithms of (floor + energy in mel bands).

    Args:
        rate: in Hz.
        bands: mel bands.
        window_ms: length of the Hann window.
        hop_ms: from one frame to the next.
        low: lower edge of the first band in Hz.
        high: upper edge of the last band in Hz.
        floor: added to the energy, so that silence is ln(floor); full scale is near ln(10,000).
    """

    rate: int = 16000
    bands: int = 64
    window_ms: float = 25.0
    hop_ms: float = 10.0
    low: float = 20.0
    high: float = 8000.0
    floor: float = 1e-5

    def __post_init__(self) -> None:
        in_order = 0 <= self.low < self.high <= self.rate / 2
        demand(
            {
                "rate must be positive": self.rate > 0,
                "bands must be at least 1": self.bands >= 1,
                "hop_ms must be at least one sample": self.filter_bank.hop >= 1,
                "window_ms must not be less than hop_ms": self.window_ms >= self.hop_ms,
                "low and high must obey 0 <= low < high <= rate / 2": in_order,
                "floor must be positive": self.floor > 0,
            },
            self,
        )

    @cached_property
    def filter_bank(self) -> FilterBank:
        """The signal processing behind the settings."""
        window, hop = round(self.rate * self.window_ms / 1000), round(self.rate * self.hop_ms / 1000)
        return FilterBank(self.rate, window, hop, self.bands, self.low, self.high, self.floor)

    @property
    def hop(self) -> int:
        """Samples from one frame to the next."""
        return self.filter_bank.hop

    @property
    def reach(self) -> int:
        """Half a window would do where it is even."""
        return self.filter_bank.window

    @property
    def context(self) -> tuple[int, int]:
        """Frames whose Hann window reaches over the edge of a hop."""
        before, after = self.filter_bank.padding
        return -(-before // self.hop), -(-max(after - self.hop + 1, 0) // self.hop)

    @property
    def frame_width(self) -> int:
        """The bands."""
        return self.bands

    def frames_of(self, samples: int) -> int:
        """``ceil(samples / hop)``."""
        return self.filter_bank.frames_of(samples)

    def frames(self, clips: Sequence[Floats]) -> list[Floats]:
        """Log energies ``[T, bands]`` of each clip ``[samples]``."""
        return self.filter_bank.frames(clips)
