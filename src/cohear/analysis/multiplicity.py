"""Many cells at once: the false discovery rate, and the chance of any false call."""

import numpy as np
from numpy.typing import NDArray


def benjamini_hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjusted p-values of Benjamini & Hochberg (1995, JRSS B 57): reject where they are at most the rate.

    Args:
        p: ``(cells,)``; NaN stands for a cell that was not tested and does not count.

    Returns:
        ``(cells,)``, NaN where ``p`` is.
    """
    adjusted = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    if not len(tested):
        return adjusted
    order = tested[np.argsort(p[tested], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Adjusted p-values of Holm (1979, Scand. J. Stat. 6), which keep the chance of any false call.

    Args:
        p: ``(cells,)``; NaN stands for a cell that was not tested and does not count.

    Returns:
        ``(cells,)``, NaN where ``p`` is.
    """
    adjusted = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    scaled = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1.0)
    return adjusted
