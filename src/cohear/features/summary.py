"""The summary front-end: a window as one vector of statistics, for encoders without a notion of time."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.features.front_end import FRONT_ENDS
from cohear.features.mel_front_end import MelFrontEnd

STATISTICS = ("minimum", "maximum", "standard deviation", "mean", "median", "percentile 25", "percentile 75")
"""In the order of the vector: all bands of the first, then all bands of the second, and so on."""


@FRONT_ENDS.register("summary")
@dataclass(frozen=True)
class Summary(MelFrontEnd):
    """Statistics over time of 24 log mel bands: `STATISTICS`, each for all bands from low to high.

    Number ``s * bands + b`` of the vector is statistic s of band b. Only a window's valid frames count. The
    standard deviation is the population's; percentiles lie linearly between frames, as in `numpy.percentile`.
    The settings are those of `MelFrontEnd`.
    """

    name: ClassVar[str] = "summary"
    version: ClassVar[int] = 1
    layout: ClassVar[Literal["sequence", "vector"]] = "vector"

    bands: int = 24
    window_ms: float = 30.0

    @property
    def input_width(self) -> int:
        """Seven statistics of each band."""
        return len(STATISTICS) * self.bands

    def window_input(self, windows: Floats, lengths: Integers) -> Floats:
        """Statistics ``[B, 7 * bands]`` of the valid frames of windows ``[B, W, bands]``."""
        values = np.ascontiguousarray(windows.transpose(0, 2, 1))  # [B, bands, W]: sorts fast
        inside = (np.arange(windows.shape[1]) < lengths[:, None])[:, None, :]  # [B, 1, W]
        some_beyond = not inside.all()
        if some_beyond:
            values = np.where(inside, values, np.float32(0))
        count = lengths[:, None].astype(np.float32)  # [B, 1]
        mean = values.sum(axis=2) / count  # [B, bands]
        deviation = values - mean[:, :, None]
        if some_beyond:
            deviation *= inside
            values = np.where(inside, values, np.float32(np.inf))  # sorts behind all that is valid
        std = np.sqrt(np.square(deviation).sum(axis=2) / count)
        values.sort(axis=2)
        middle, lower, upper = (_percentile(values, lengths, share) for share in (0.5, 0.25, 0.75))
        statistics = [values[:, :, 0], _at(values, lengths - 1), std, mean, middle, lower, upper]
        return np.concatenate(statistics, axis=1, dtype=np.float32)


def _at(ordered: Floats, positions: Integers) -> Floats:
    """Values ``[B, bands]`` at one position ``[B]`` of each row of ``[B, bands, W]``."""
    return ordered[np.arange(len(ordered)), :, positions]


def _percentile(ordered: Floats, lengths: Integers, share: float) -> Floats:
    """Percentile ``[B, bands]`` of the first ``lengths`` values of sorted rows ``[B, bands, W]``."""
    place = (lengths - 1) * share  # [B]
    below = place.astype(np.int64)
    weight = (place - below).astype(np.float32)[:, None]
    low, high = _at(ordered, below), _at(ordered, np.minimum(below + 1, lengths - 1))
    between: Floats = low + (high - low) * weight
    return between
