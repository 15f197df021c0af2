"""The summary front-end: a window as one vector of statistics, for encoders without a notion of time."""

from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.features.front_end import FRONT_ENDS
from cohear.features.functionals import functionals, functionals_width
from cohear.features.mel_front_end import MelFrontEnd
from cohear.features.ordered import at, in_ascending_order, percentile

STATISTICS = ("minimum", "maximum", "standard deviation", "mean", "median", "percentile 25", "percentile 75")
"""In the order of the vector: all bands of the first, then all bands of the second, and so on."""


PLAIN: Final = "plain"


@FRONT_ENDS.register("summary")
@dataclass(frozen=True)
class Summary(MelFrontEnd):
    """Statistics over time of 24 log mel bands; only a window's valid frames count.

    Args:
        statistics: ``plain``: `STATISTICS`, each for all bands from low to high, so that number ``s * bands + b`` is
            statistic s of band b (the standard deviation is the population's; percentiles lie linearly between frames,
            as in `numpy.percentile`). ``functionals``: those of `cohear.features.functionals`, which tell more of
            bands, their cepstrum and shape, and of their order in time.

    The other settings are those of `MelFrontEnd`.
    """

    name: ClassVar[str] = "summary"
    version: ClassVar[int] = 2
    layout: ClassVar[Literal["sequence", "vector"]] = "vector"

    bands: int = 24
    window_ms: float = 30.0
    statistics: Literal["plain", "functionals"] = "functionals"

    @property
    def input_width(self) -> int:
        """Numbers of a window."""
        return len(STATISTICS) * self.bands if self.statistics == PLAIN else functionals_width(self.bands)

    def window_input(self, windows: Floats, lengths: Integers) -> Floats:
        """Statistics ``[B, input_width]`` of the valid frames of windows ``[B, W, bands]``."""
        return plain(windows, lengths) if self.statistics == PLAIN else functionals(windows, lengths)


def plain(windows: Floats, lengths: Integers) -> Floats:
    """`STATISTICS` ``[B, 7 * bands]`` of the valid frames of windows ``[B, W, bands]``."""
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
    std = np.sqrt(np.square(deviation).sum(axis=2) / count)
    ordered = in_ascending_order(values, inside)
    middle, lower, upper = (percentile(ordered, lengths, share) for share in (0.5, 0.25, 0.75))
    statistics = [ordered[:, :, 0], at(ordered, lengths - 1), std, mean, middle, lower, upper]
    return np.concatenate(statistics, axis=1, dtype=np.float32)
