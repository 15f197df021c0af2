"""Mean and mean square of features, and how few windows of a group are trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats

RELEVANCE = 16.0
"""Windows of a group that count as much as what is known of the training part (Reynolds et al. 2000)."""

_Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """What is known of the features of some clips.

    Attributes:
        windows: that they were seen in.
        first: mean of each number ``[D]``.
        second: mean of its square ``[D]``.
    """

    windows: float
    first: _Doubles
    second: _Doubles

    def adapted_to(self, own: Moments) -> Moments:
        """Moments of few windows as far as they can be trusted, and these for the rest.

        Mean and variance of a group that is hardly seen are those of all (Reynolds et al. 2000, eq. 11 to 14).
        """
        share = own.windows / (own.windows + RELEVANCE)
        return Moments(
            own.windows,
            share * own.first + (1 - share) * self.first,
            share * own.second + (1 - share) * self.second,
        )

    @property
    def scale(self) -> Floats:
        """``[2, D]``: the mean, and the deviation by which is divided."""
        return np.stack([self.first, self.deviation]).astype(np.float32)

    @property
    def deviation(self) -> _Doubles:
        """Of each number; 1 where it is always the same, so that it is not divided by nothing."""
        variance = self.second - self.first**2
        rounding = np.finfo(np.float32).eps * np.maximum(self.second, np.finfo(np.float32).tiny)
        return np.where(variance > rounding, np.sqrt(np.maximum(variance, rounding)), 1.0)
