"""Verdicts of cells whose repeats were fixed beforehand: a test each, and the false discovery rate of the family."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cohear.analysis.gains.cell_tests import LEVEL
from cohear.analysis.tables.columns import FAMILY
from cohear.base.multiplicity import benjamini_hochberg

FEWEST_REPEATS = 5
"""Paired repeats that a verdict needs."""

Adjust = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""p-values of a family to adjusted ones (:mod:`cohear.base.multiplicity`)."""


def with_verdicts(cells: pd.DataFrame, adjust: Adjust = benjamini_hochberg) -> pd.DataFrame:
    """Cells of :func:`cohear.analysis.gains.cell_tests.cell_tests` with ``p_adjusted`` and ``verdict``."""
    cells = cells.assign(p_adjusted=np.nan, verdict="undecided")
    tested = cells[cells["repeats"] >= FEWEST_REPEATS]
    for _, family in tested.groupby(list(FAMILY), sort=False):
        adjusted = adjust(family["p"].to_numpy(float))
        not_worse = adjust(family["p_margin"].to_numpy(float))
        verdict = verdicts(family["gain"].to_numpy(float), adjusted, not_worse)
        cells.loc[family.index, "p_adjusted"] = adjusted
        cells.loc[family.index, "verdict"] = verdict
    return cells


def verdicts(gain: NDArray[np.float64], p: NDArray[np.float64], p_margin: NDArray[np.float64]) -> NDArray[np.str_]:
    """``helps``, ``hurts``, ``harmless`` or ``undecided`` from adjusted p-values; NaN decides nothing."""
    differs = p <= LEVEL
    return np.select(
        [differs & (gain > 0), differs & (gain < 0), p_margin <= LEVEL], ["helps", "hurts", "harmless"], "undecided"
    )
