"""Values in their order over time, of windows of any length: percentiles, and those at a place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats, Integers


def in_ascending_order(values: Floats, inside: NDArray[np.bool_]) -> Floats:
    """Values ``[B, D, W]`` in ascending order; those that are not ``inside`` ``[B, 1, W]`` lie behind all that are."""
    held = values.copy() if inside.all() else np.where(inside, values, np.float32(np.inf))
    held.sort(axis=2)
    return held


def at(ordered: Floats, places: Integers) -> Floats:
    """Values ``[B, D]`` at one place ``[B]`` of each row of ``[B, D, W]``."""
    return ordered[np.arange(len(ordered)), :, places]


def percentile(ordered: Floats, lengths: Integers, share: float) -> Floats:
    """Percentile ``[B, D]`` of the first ``lengths`` values of ordered rows, linear between them."""
    place = (lengths - 1) * share  # [B]
    below = place.astype(np.int64)
    weight = (place - below).astype(np.float32)[:, None]
    low, high = at(ordered, below), at(ordered, np.minimum(below + 1, lengths - 1))
    between: Floats = low + (high - low) * weight
    return between
