"""How well gains agree with themselves: no predictor can be asked for more."""

from __future__ import annotations

import numpy as np

from cohear.advice.judging.resampling import ResampledCells
from cohear.base.arrays import Array


def ceiling_of(halves: Array, drawn: ResampledCells) -> float:
    """Agreement within tasks of both halves of the seeds, stepped up to all (Spearman 1910, Brown 1910).

    Args:
        halves: gains on each half, ``(2, cells)``.
        drawn: the cells.

    Returns:
        NaN where there are no halves, 0 where they do not agree.
    """
    agreed = float(drawn.within(halves[0], halves[1])[0])
    return max(0.0, 2 * agreed / (1 + agreed)) if np.isfinite(agreed) and agreed > -1 else np.nan
