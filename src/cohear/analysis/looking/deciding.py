"""What would decide each open cell: one answer a cell, from which all that is said of it is made."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cohear.analysis.gains.verdicts import FEWEST_REPEATS


def ways(
    cells: pd.DataFrame, more: NDArray[np.float64], is_open: "pd.Series[bool] | None" = None
) -> NDArray[np.object_]:
    """The way in which each cell would be decided, if its gain is what it seems.

    Args:
        cells: of :func:`cohear.analysis.gains.judged.judge`.
        more: further repeats that would decide it, NaN where none would (``more_repeats`` of
            :func:`cohear.analysis.looking.power.power_table`).
        is_open: of a study that looks, which cells it goes on with (:func:`cohear.analysis.looking.standing.standing`);
            the others had their last look, or were given up.

    Returns:
        A word a cell, ``(cells,)``. Empty: nothing, for it is decided. Of an undecided cell ``fewest``: repeats up to
        the number that a verdict needs; ``looks``: the repeats that the study still gives it by itself; ``repeats``: so
        many more; ``seed``: a second seed in every fold, before which it cannot be told; ``cells``: more cells in its
        family, before which it cannot be told either; ``still``: the number of test clips, where all repeats are equal;
        ``clips``: new clips alone.
    """
    decided, assumed = (cells["verdict"] != "undecided").to_numpy(), cells["share_assumed"].to_numpy(object)
    if is_open is not None:
        return np.select([decided, is_open.to_numpy(bool)], ["", "looks"], "clips").astype(object)
    first_that_holds = {
        "": decided,
        "fewest": cells["repeats"].to_numpy(float) < FEWEST_REPEATS,
        "still": cells["error"].isna().to_numpy(),
        "repeats": more > 0,
        "seed": assumed == "seeds",
        "cells": assumed == "few",
    }
    return np.select(list(first_that_holds.values()), list(first_that_holds), "clips").astype(object)
