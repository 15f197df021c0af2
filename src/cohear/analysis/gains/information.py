"""What repeats tell: the error that a cell would have with so many, and how much of all information is there by then.

The variance of a gain over n repeats is ``folds + seeds / n`` (:mod:`cohear.analysis.gains.cell_tests`); its inverse is
the information that they hold. The folds' part stays, so half of the repeats hold more than half of it.
"""

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from cohear.analysis.tables.columns import FAMILY
from cohear.base.arrays import Array

STEPS = 20
"""Information is told in twentieths, rounded down: the same levels then serve many families."""


def parts_of_error(cells: pd.DataFrame, share: Array) -> tuple[Array, Array]:
    """Variance of a gain through the seed of one repeat, and through the test parts that it has, both ``(cells,)``.

    Args:
        cells: of :func:`cohear.analysis.gains.cell_tests.cell_tests`.
        share: of the folds in the variance of a test part's mean, ``(cells,)``.
    """
    parts = cells["parts"].to_numpy(float)
    many = parts > 1
    variance = cells["variance"].to_numpy(float)
    per_part = np.where(many, cells["per_part"].to_numpy(float), 1.0)
    folds = np.where(many, share * variance * (1 / parts + cells["ratio"].to_numpy(float)), 0.0)
    return (1 - share) * variance * per_part, folds


def error_at(cells: pd.DataFrame, repeats: Array) -> Array:
    """Standard error that each cell would have with so many repeats on the test parts it has, ``(cells,)``."""
    seeds, folds = parts_of_error(cells, cells["share"].to_numpy(float))
    error: Array = np.sqrt(folds + seeds / repeats)
    return error


def information_at(cells: pd.DataFrame, looks: Sequence[int]) -> dict[Hashable, tuple[float, ...]]:
    """Share of the information of the last look that each look has, for every family: the middle of its cells.

    It is foretold from the variance parts as they are estimated now, never from gains. Before the last look there is
    always some left, and no look has less than the one before.

    Args:
        cells: of :func:`cohear.analysis.gains.cell_tests.cell_tests`.
        looks: numbers of repeats.

    Returns:
        By the names of a family, ``(looks,)`` rising to 1.
    """
    seeds, folds = parts_of_error(cells, cells["typical_share"].to_numpy(float))
    variance = folds[:, None] + seeds[:, None] / np.asarray(looks, float)
    with np.errstate(invalid="ignore"):
        share = variance[:, -1:] / variance
    repeats = np.asarray(looks, float) / looks[-1]
    found: dict[Hashable, tuple[float, ...]] = {}
    for names, place in cells.groupby(list(FAMILY), sort=False).indices.items():
        known = share[place][np.isfinite(share[place]).all(axis=1)]
        middle = np.median(known, axis=0) if len(known) else repeats
        down = np.clip(np.floor(middle * STEPS + 1e-9), 1, STEPS - 1) / STEPS
        found[names] = (*down[:-1].tolist(), 1.0)
    return found
