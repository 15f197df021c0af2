"""The error of each cell's gain, and its p-values.

The repeats of a cell differ through a fold part (another test part, another training set) and a seed part
(:mod:`cohear.analysis.gains.spread`). The variance of the mean gain is

    fold part x (1/J + r) + seed part / n        (J test parts, n repeats, r = test / train clips),

Nadeau & Bengio (2003, Machine Learning 52, eq. 8) applied to the fold part alone: training sets of two
folds overlap and so do their errors, seeds are independent and their part falls with n. In terms of the
variance V between the means of test parts, which holds fold part + seed part / seeds, that is
``V (1/J + share r)`` with the share of the folds in V. Two seeds on one fold are never two folds.

V is moderated: shared among the cells of the family (Smyth 2004, Stat. Appl. Genet. Mol. Biol. 3(1)), where
the family has at least four cells; then ``t = gain / sqrt(var)`` has J - 1 + d0 degrees of freedom.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from cohear.analysis.gains.bounds import ENDS, within
from cohear.analysis.gains.design import MARGIN, USUAL, ByTask, Design
from cohear.analysis.gains.moderation import fit_prior, moderate
from cohear.analysis.gains.spread import cell_spread, fold_shares, why_assumed, with_rounding
from cohear.analysis.tables.columns import FAMILY
from cohear.base.arrays import Array

LEVEL = 0.05
"""False discovery rate of the verdicts, and one minus the coverage of the intervals."""


def cell_tests(pairs: pd.DataFrame, design: Design = USUAL) -> pd.DataFrame:
    """Every cell's gain with its error, interval and p-values.

    Args:
        pairs: of :func:`cohear.analysis.gains.pairs.paired_differences`.
        design: margins and ratio; each repeat is taken to have been asked for beforehand, looks or not.

    Returns:
        A row per cell, sorted by names: the columns of :func:`cohear.analysis.gains.spread.cell_spread` and
        ``margin``, ``ratio``, ``pair`` (whether the combination has two tasks), ``variance`` V (of one
        repeat where there is one test part), ``share`` of the folds in it and ``typical_share`` (careful, and
        for forecasts: :func:`cohear.analysis.gains.spread.fold_shares`), ``share_measured`` and ``share_assumed`` (why
        it is not: :func:`cohear.analysis.gains.spread.why_assumed`), ``error`` (standard error of the gain),
        ``freedom``, ``reach`` (of the interval by that error), ``low``, ``high`` (of the interval, which holds nothing
        that cannot be: :mod:`cohear.analysis.gains.bounds`), ``p`` (of no gain, two sides) and ``p_margin`` (of a loss
        as large as the margin, one side). What cannot be known is NaN.
    """
    cells = cell_spread(pairs)
    cells["margin"] = _per_task(cells["task"], design.margins, MARGIN)
    cells["ratio"] = (1 / (cells["parts"] - 1.0).where(cells["parts"] > 1)).fillna(0.0)
    if design.ratio is not None:
        cells["ratio"] = _per_task(cells["task"], design.ratio, cells["ratio"])
    cells["pair"] = cells["combination"].str.count(r"\+") == 1
    # one split has other variances than many, so cells of one test part share theirs among themselves
    judged = [
        _judge(some)
        for _, family in cells.groupby(list(FAMILY), sort=False)
        for some in (family[family["parts"] > 1], family[family["parts"] == 1])
        if len(some)
    ]
    return pd.concat(judged).sort_index() if judged else _judge(cells)


def _per_task(tasks: pd.Series, given: ByTask, otherwise: float | pd.Series) -> pd.Series:
    if isinstance(given, Mapping):
        return tasks.map(dict(given)).astype(float).fillna(otherwise)
    return pd.Series(float(given), index=tasks.index)


def _judge(family: pd.DataFrame) -> pd.DataFrame:
    """Error and p-values of cells that share their variances."""
    many = bool((family["parts"] > 1).any())
    square, free = ("between", "between_freedom") if many else ("within", "within_freedom")
    per = family["per_part"] if many else 1.0
    tasks = family["task"].to_numpy()
    freedom = family[free].to_numpy(float)
    variance, total = _moderated((family[square] / per).to_numpy(float), freedom, tasks)
    share = typical = np.zeros(len(family))
    measured, assumed = np.ones(len(family), dtype=np.bool_), np.full(len(family), "", dtype=object)
    factor = 1 / family["repeats"].to_numpy(float)
    if many:
        share, typical, measured = fold_shares(family)
        assumed = why_assumed(family)
        factor = family["weight"].to_numpy(float) + share * family["ratio"].to_numpy(float)
    variance = with_rounding(variance, family)
    error = np.sqrt(variance * factor)
    known = (family["repeats"].to_numpy(int) > 1) & (total > 0) & (error > 0)
    error, total = np.where(known, error, np.nan), np.where(known, total, np.nan)
    gain = family["gain"].to_numpy(float)
    # Student's t, as in scipy.stats and many times faster
    reach = np.asarray(stdtrit(total, 1 - LEVEL / 2) * error, dtype=np.float64)
    low, high = within(gain, reach, *(family[name].to_numpy(float) for name in ENDS))
    return family.assign(
        variance=variance,
        share=share,
        typical_share=typical,
        share_measured=measured,
        share_assumed=assumed,
        error=error,
        freedom=total,
        reach=reach,
        low=low,
        high=high,
        p=2 * stdtr(total, -np.abs(gain) / error),
        p_margin=stdtr(total, -(gain + family["margin"].to_numpy(float)) / error),
    )


def _moderated(variance: Array, freedom: Array, tasks: NDArray[np.object_]) -> tuple[Array, Array]:
    return moderate(variance, freedom, fit_prior(variance, freedom, tasks))
