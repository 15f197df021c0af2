"""A second reading of every cell: what sharing did on *these* clips, with seeds as the sample.

The verdict of :mod:`cohear.analysis.gains.verdicts` is for new clips: part of its error is that of the folds, and no
number of seeds takes it away. Whoever asks which of two networks to take for the clips at hand asks less: with training
and test parts as they are, a difference varies with the seed alone, and the variance of the mean gain over n repeats is

    mean square within test parts / n

with n - J degrees of freedom (J test parts), the former moderated among the cells of a family as that between test
parts is (:mod:`cohear.analysis.gains.moderation`). A cell without a second repeat on any test part says nothing.

Neither reading follows from the other. What the folds add to a gain is noise to one and part of the answer to the
other, and each has its own estimate of its error.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr

from cohear.analysis.gains.design import Design
from cohear.analysis.gains.moderation import fit_prior, moderate
from cohear.analysis.gains.spread import with_rounding
from cohear.analysis.gains.verdicts import FEWEST_REPEATS, Adjust, verdicts
from cohear.analysis.tables.columns import FAMILY
from cohear.base.multiplicity import benjamini_hochberg


def with_verdicts_here(cells: pd.DataFrame, design: Design, adjust: Adjust = benjamini_hochberg) -> pd.DataFrame:
    """Cells with ``verdict_here``, empty where it cannot be told.

    Nothing is told of a study that looked at its verdicts while it ran. Its repeats stop where a gain looks large, so
    that a test of fixed repeats would call too often, and its looks were spent on the other question.

    Args:
        cells: of :func:`cohear.analysis.gains.cell_tests.cell_tests`.
        design: of the study.
        adjust: for the many cells of a family.
    """
    found = pd.Series("", index=cells.index, dtype=object)
    told = cells[(cells["within_freedom"] > 0) & (cells["repeats"] >= FEWEST_REPEATS)]
    if not design.looks:
        for _, family in told.groupby(list(FAMILY), sort=False):
            found.loc[family.index] = _judged(family, adjust)
    return cells.assign(verdict_here=found)


def _judged(family: pd.DataFrame, adjust: Adjust) -> NDArray[np.str_]:
    within, freedom = family["within"].to_numpy(float), family["within_freedom"].to_numpy(float)
    variance, total = moderate(within, freedom, fit_prior(within, freedom, family["task"].to_numpy()))
    gain, margin = family["gain"].to_numpy(float), family["margin"].to_numpy(float)
    error = np.sqrt(with_rounding(variance, family) / family["repeats"].to_numpy(float))
    p, p_margin = 2 * stdtr(total, -np.abs(gain) / error), stdtr(total, -(gain + margin) / error)
    return verdicts(gain, adjust(p), adjust(p_margin))
