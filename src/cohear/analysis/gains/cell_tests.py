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
from cohear.analysis.tables.groups import Groups
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
    parts = cells["parts"].to_numpy(np.float64)
    seen = np.divide(1.0, parts - 1, out=np.zeros(len(parts)), where=parts > 1)
    cells["margin"] = _per_task(cells["task"], design.margins, MARGIN)
    cells["ratio"] = seen if design.ratio is None else _per_task(cells["task"], design.ratio, seen)
    cells["pair"] = [name.count("+") == 1 for name in cells["combination"]]
    # one split has other variances than many, so cells of one test part share theirs among themselves
    families = Groups.of(*(cells[name] for name in FAMILY), parts == 1)
    places = [np.flatnonzero(families.of_row == number) for number in range(len(families.first))]
    places = places or [np.arange(len(cells))]
    judged, back = [_judge(cells.iloc[some]) for some in places], np.argsort(np.concatenate(places))
    return cells.assign(**{name: np.concatenate([one[name] for one in judged])[back] for name in judged[0]})


def _per_task(tasks: pd.Series, given: ByTask, otherwise: float | Array) -> Array:
    """Of each task what is given, for all or for some."""
    if not isinstance(given, Mapping):
        return np.full(len(tasks), float(given))
    stated = np.array([given.get(task, np.nan) for task in tasks], dtype=np.float64)
    return np.where(np.isnan(stated), otherwise, stated)


def _judge(family: pd.DataFrame) -> dict[str, Array]:
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
    return {
        "variance": variance,
        "share": share,
        "typical_share": typical,
        "share_measured": measured,
        "share_assumed": assumed,
        "error": error,
        "freedom": total,
        "reach": reach,
        "low": low,
        "high": high,
        "p": 2 * stdtr(total, -np.abs(gain) / error),
        "p_margin": stdtr(total, -(gain + family["margin"].to_numpy(float)) / error),
    }


def _moderated(variance: Array, freedom: Array, tasks: NDArray[np.object_]) -> tuple[Array, Array]:
    return moderate(variance, freedom, fit_prior(variance, freedom, tasks))
