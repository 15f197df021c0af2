"""Between which values a gain lies, since scores do: no interval reaches further.

A share of .80 alone can gain .20 and lose .80. Student's t knows nothing of that: over few repeats its interval may go
from -3.5 to 4. What is cut off cannot be, so an interval covers what it covered before; tests know of none of this.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from cohear.analysis.tables.units import units_of
from cohear.base.arrays import Array
from cohear.base.tables import NLL

Bounds = tuple[float, float]
"""The lowest and the highest score of a metric, infinite where there is no end."""

ENDS = ("least", "most")
"""Columns of differences: what one would be if the score that is compared were the worst, or the best, that can be."""

_NONE: Bounds = (-math.inf, math.inf)


def bounds_of(scores: pd.DataFrame, stated: Mapping[str, Bounds], units: Mapping[str, str]) -> dict[str, Bounds]:
    """Bounds of each metric of a table.

    Args:
        scores: a table with ``metric`` and the scores: ``value`` of results, ``single`` and ``shared`` of pairs.
        stated: what is said of metrics elsewhere (:attr:`cohear.analysis.gains.design.Design.bounds`).
        units: the same of what their values are shown in.

    Returns:
        As stated; else those of log loss, or of a share where a metric is one. A metric of which a score lies outside
        has none, for nobody knows what 85 stands for.
    """
    columns = [name for name in ("value", "single", "shared") if name in scores]
    found: dict[str, Bounds] = {}
    for name, unit in units_of(scores, units).items():
        usual = (0.0, 1.0) if unit.points else (0.0, math.inf) if name == NLL else _NONE
        low, high = stated.get(name, usual)
        values = scores.loc[scores["metric"] == name, columns].to_numpy(float)
        found[name] = _NONE if (values < low).any() or (values > high).any() else (low, high)
    return found


def with_ends(differences: pd.DataFrame, higher: pd.Series[bool], bounds: Mapping[str, Bounds]) -> pd.DataFrame:
    """Differences with :data:`ENDS`, plus being better.

    Args:
        differences: with ``metric`` and ``single``, the score that another one is compared with.
        higher: whether the better score is the larger one, ``(rows,)``.
        bounds: of each metric.
    """
    low, high = (
        differences["metric"].map({name: both[end] for name, both in bounds.items()}).astype(float) for end in (0, 1)
    )
    base = differences["single"]
    least, most = (low - base).where(higher, base - high), (high - base).where(higher, base - low)
    return differences.assign(least=least, most=most)


def within(gain: Array, reach: Array, least: Array, most: Array) -> tuple[Array, Array]:
    """Both ends of intervals that reach so far to either side of gains, no further than gains can be."""
    low, high = np.maximum(gain - reach, least), np.minimum(gain + reach, most)
    return np.minimum(low, gain), np.maximum(high, gain)  # the largest gain that can be may be rounded beyond it
