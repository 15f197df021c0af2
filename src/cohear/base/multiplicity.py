"""Many cells at once: the false discovery rate, and the chance of any false call."""

from collections.abc import Callable

import numpy as np

from cohear.base.arrays import Array


def benjamini_hochberg(p: Array) -> Array:
    """Adjusted p-values of Benjamini & Hochberg (1995, JRSS B 57): reject where they are at most the rate.

    Args:
        p: ``(cells,)``; NaN stands for a cell that was not tested and does not count.

    Returns:
        ``(cells,)``, NaN where ``p`` is.
    """
    return _stepwise(p, lambda ps, ranks: np.minimum.accumulate((ps * len(ps) / ranks)[::-1])[::-1])


def holm(p: Array) -> Array:
    """Adjusted p-values of Holm (1979, Scand. J. Stat. 6), which keep the chance of any false call.

    Args:
        p: ``(cells,)``; NaN stands for a cell that was not tested and does not count.

    Returns:
        ``(cells,)``, NaN where ``p`` is.
    """
    return _stepwise(p, lambda ps, ranks: np.maximum.accumulate(ps * (len(ps) + 1 - ranks)))


def _stepwise(p: Array, step: Callable[[Array, Array], Array]) -> Array:
    """Adjust the p-values that were tested, given to ``step`` from small to large with their ranks from 1."""
    adjusted = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")]
    if len(order):
        adjusted[order] = np.minimum(step(p[order], np.arange(1, len(order) + 1, dtype=np.float64)), 1.0)
    return adjusted
