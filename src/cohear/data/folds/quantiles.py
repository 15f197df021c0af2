"""Columns of measured numbers, cut into parts that folds can be balanced over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cohear.tasks.number_cells import numbers_in

QUANTILES = 5
"""Parts of equal size, from the least to the largest."""


def quantile_parts(cells: Sequence[str]) -> list[NDArray[np.int64]]:
    """In which part of a column's numbers each clip lies, ``[clips]`` from 0 to 4; -1 where that is unknown.

    One array for each number that its cells name; none where a cell holds no number. Equal numbers are in one part.
    """
    found: dict[str, NDArray[np.float64]] = {}
    for clip, cell in enumerate(cells):
        try:
            numbers = numbers_in(cell)
        except ValueError:
            return []
        for name, value in numbers.items():
            found.setdefault(name, np.full(len(cells), np.nan))[clip] = value
    return [_parts(found[name]) for name in sorted(found)]


def _parts(values: NDArray[np.float64]) -> NDArray[np.int64]:
    known = ~np.isnan(values)
    order = np.sort(values[known])
    below = np.searchsorted(order, values, side="left")  # by counting, so that no two processors round otherwise
    return np.where(known, below * QUANTILES // len(order), -1)
