"""Reasons of a fit that is no sum: what changes where a measurement is taken for not known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from cohear.advice.predictors.cells import Cells, Feature
from cohear.advice.predictors.predictor import Reason, largest_reasons
from cohear.base.arrays import Array


def occluded(
    gains: Callable[[Cells], Array], features: Sequence[Feature], cells: Cells, most: int
) -> list[tuple[Reason, ...]]:
    """Of each cell the measurements without which its expected gain would be furthest from what it is.

    Args:
        gains: what is expected of cells, ``(cells,)``.
        features: that it goes by.
        cells: to give reasons of.
        most: reasons of a cell.
    """
    there = [feature for feature in features if feature in cells.features]
    whole = gains(cells)
    shares = np.zeros((len(cells), len(there)))
    for place, feature in enumerate(there):
        values = cells.values.copy()
        values[:, cells.features.index(feature)] = np.nan
        shares[:, place] = whole - gains(replace(cells, values=values))
    return largest_reasons(there, shares, most)
