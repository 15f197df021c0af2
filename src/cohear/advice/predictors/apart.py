"""Parts of the cells that were shown, to be foretold from the others: how far off a predictor is on unseen datasets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cohear.advice.predictors.cells import Cells

CellMask = NDArray[np.bool_]


def datasets_apart(cells: Cells, most: int | None = None) -> Iterator[tuple[CellMask, CellMask]]:
    """Cells to learn from and cells to foretell, ``(cells,)`` each: what is foretold is of datasets not learnt from.

    Args:
        cells: of at least two datasets, or nothing is given.
        most: parts that datasets are dealt to; None for one a dataset.
    """
    tasks_of: dict[str, set[str]] = {}
    for name in cells.names:
        tasks_of.setdefault(cells.dataset(name), set()).add(name)
    order = sorted(set(cells.datasets))
    parts = len(order) if most is None else min(most, len(order))
    for part in range(parts):
        own = order[part::parts]
        asked = np.isin(cells.datasets.astype(str), own)
        shown = ~cells.holds(set().union(*(tasks_of[name] for name in own)))
        if asked.any() and shown.sum() >= 2:
            yield shown, asked
