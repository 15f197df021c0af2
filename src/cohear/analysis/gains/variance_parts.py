"""The parts of the spread of differences: folds, seeds, and what cells of a task have in common.

Model of the difference of cell c of task t on test part f with seed s, after its mean:
``F_cf + S_tfs + R_cfs``: the fold part; the seed part that all cells of a task share, since they are compared
with the same single run; and the rest, the cell's own seed part. Parts are estimated by moments of the
analysis of variance over all pair cells of a setting (Searle, Casella & McCulloch 1992, ch. 4).
"""

import numpy as np
import pandas as pd

from cohear.analysis.gains.spread import A_PRIORI_SHARE, cell_spread, seeds_are_told
from cohear.analysis.tables.columns import CELL, SETTING
from cohear.analysis.tables.in_setting import in_setting

PARTS = (*SETTING, "task", "cells", "fold_sd", "seed_sd", "single_sd", "residual_sd", "fold_share", "estimated")


def variance_parts(pairs: pd.DataFrame) -> pd.DataFrame:
    """Variance parts of every setting, for all its tasks together (``task`` empty) and for each.

    Args:
        pairs: of :func:`cohear.analysis.gains.pairs.paired_differences`.

    Returns:
        ``features, encoder, arm, task, cells, fold_sd, seed_sd, single_sd, residual_sd, fold_share,
        estimated``: standard deviations in the metric's unit (``seed_sd``² = ``single_sd``² +
        ``residual_sd``²), and the share of the folds in the variance of one repeat. Where hardly a test
        part has two repeats, fold and seed part cannot be told apart: ``estimated`` is false, and the variance is
        divided by :data:`cohear.analysis.gains.spread.A_PRIORI_SHARE`. NaN where every cell has one repeat.
    """
    if pairs.empty:
        return pd.DataFrame(columns=list(PARTS))
    two = pairs[pairs["combination"].str.count(r"\+") == 1]
    pairs = two if len(two) else pairs
    cells = cell_spread(pairs)
    keys = [*CELL, "part"]
    left = pairs["difference"] - pairs.groupby(keys, sort=False)["difference"].transform("mean")
    pairs = pairs.assign(left=left)
    rows = []
    for setting, some in cells.groupby(list(SETTING), sort=True):
        here = in_setting(pairs, setting)
        common = {str(task): _common_share(repeats) for task, repeats in here.groupby("task", sort=True)}
        rows.append((*setting, "", *_parts(some, float(np.nanmean([*common.values(), 0.0])))))
        for task, own in some.groupby("task", sort=True):
            rows.append((*setting, task, *_parts(own, common[str(task)])))
    return pd.DataFrame(rows, columns=list(PARTS))


def _parts(cells: pd.DataFrame, common: float) -> tuple[float | int | bool, ...]:
    between_freedom, within_freedom = cells["between_freedom"].sum(), cells["within_freedom"].sum()
    if between_freedom + within_freedom == 0:
        return (len(cells), *[np.nan] * 5, False)
    between = float((cells["between"] * cells["between_freedom"]).sum() / max(between_freedom, 1))
    within = float((cells["within"] * cells["within_freedom"]).sum() / max(within_freedom, 1))
    estimated = seeds_are_told(within_freedom, cells["parts"].sum())
    if estimated:
        seeds = within
        per_part = float((cells["per_part"] * cells["between_freedom"]).sum() / max(between_freedom, 1))
        folds = max(0.0, (between - within) / per_part) if between_freedom else 0.0
    else:
        folds, seeds = A_PRIORI_SHARE * between, (1 - A_PRIORI_SHARE) * between
    share = folds / (folds + seeds) if folds + seeds > 0 else 0.0
    single = min(1.0, max(0.0, common)) * seeds
    spread = [float(np.sqrt(value)) for value in (folds, seeds, single, seeds - single)]
    return len(cells), *spread, share, bool(estimated)


def _common_share(repeats: pd.DataFrame) -> float:
    """Mean correlation of the seed parts of a task's cells; 0 where nothing tells it."""
    wide = repeats.pivot_table(index=["fold", "seed"], columns="combination", values="left", aggfunc="mean")
    wide = wide.dropna()
    number = wide.shape[1]
    if number < 2 or len(wide) < 3:
        return 0.0
    covariance = np.cov(wide.to_numpy(float), rowvar=False)
    own = float(np.trace(covariance)) / number
    if own <= 0:
        return 0.0
    return float((covariance.sum() - np.trace(covariance)) / (number * (number - 1)) / own)
