"""How far the repeats of a cell lie apart, with the part of the folds and the part of the seeds kept apart.

Model of a difference on test part f with seed s: ``d = gain + F_f + S_fs``. The seed parts S are
independent: new initial weights, new batches. The fold parts F are not: training sets of two folds overlap.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import polygamma, psi

from cohear.analysis.gains.bounds import ENDS
from cohear.analysis.gains.moderation import SMALLEST_FAMILY, by_task, of_tasks
from cohear.analysis.tables.columns import CELL
from cohear.analysis.tables.groups import Groups
from cohear.base.arrays import Array


def cell_spread(pairs: pd.DataFrame) -> pd.DataFrame:
    """Analysis of variance of each cell's differences, one way over test parts.

    Args:
        pairs: the table of :func:`cohear.analysis.gains.pairs.paired_differences`.

    Returns:
        A row per cell, sorted by its names: ``metric``, means ``single``, ``shared``, ``gain``; ``repeats``
        n; ``parts`` J (distinct test parts); ``weight`` sum over parts of (repeats of the part / n)², which
        is 1/J where all parts have equally many; ``per_part`` the effective number of repeats a part (m0 of
        the unbalanced analysis of variance); ``between`` and ``within`` mean squares with
        ``between_freedom`` J-1 and ``within_freedom`` n-J (mean square 0 where there are none); ``step`` the
        smallest difference of a score that the test parts can show (1 / test clips, NaN where unknown); and the means
        of :data:`cohear.analysis.gains.bounds.ENDS`.
    """
    cells = Groups.by(pairs, CELL)
    parts = Groups.of(cells.of_row, pairs["part"])
    of_cell = Groups.of(cells.of_row[parts.first])
    figures = ("single", "shared", "difference", "test_clips", *ENDS)
    single, shared, gain, clips, least, most = (cells.means(pairs[name]) for name in figures)
    difference = pairs["difference"].to_numpy(np.float64)
    middle = parts.means(difference)
    n, j = cells.sizes.astype(np.float64), of_cell.sizes.astype(np.float64)
    weight = of_cell.sums((parts.sizes / n[of_cell.of_row]) ** 2)
    between = of_cell.sums(parts.sizes * (middle - gain[of_cell.of_row]) ** 2)
    within = cells.sums((difference - middle[parts.of_row]) ** 2)
    scale = np.abs(single) + np.abs(shared)
    names = {name: pairs[name].array[cells.first] for name in (*CELL, "metric")}
    return pd.DataFrame(
        {
            **names,
            "single": single,
            "shared": shared,
            "gain": gain,
            "repeats": cells.sizes,
            "least": least,
            "most": most,
            "parts": of_cell.sizes,
            "weight": weight,
            "between_freedom": j - 1,
            "within_freedom": n - j,
            "per_part": np.divide(n - n * weight, j - 1, out=n.copy(), where=j > 1),
            "between": _mean_square(between, j - 1, scale),
            "within": _mean_square(within, n - j, scale),
            "step": np.divide(1.0, clips, out=np.full(len(n), np.nan), where=clips > 0),
        }
    )


def _mean_square(squares: Array, freedom: Array, scale: Array) -> Array:
    """Squares over degrees of freedom; rounding errors of equal differences count as no spread at all."""
    mean = np.divide(squares, freedom, out=np.zeros(len(squares)), where=freedom > 0)
    return np.where(mean > (1e-12 * scale) ** 2, mean, 0.0)


def with_rounding(variance: Array, cells: pd.DataFrame) -> Array:
    """Variances ``(cells,)``, that of rounding in place of none.

    Equal differences in all repeats do not prove that there is no spread: scores move in steps of a clip, and the
    rounding of two of them has a variance of step²/6.
    """
    return np.where(variance > 0, variance, cells["step"].to_numpy(float) ** 2 / 6)


A_PRIORI_SHARE = 0.7
"""Share of the folds in the variance of a repeat where each fold has one seed and nothing can tell them apart.

Measured on six real tasks with four seeds a fold (docs/results/variance-parts.csv, variance-parts-nll.csv) it is 0.20
for the middle task, 0.45 of the summed variances and 0.81 for the task with most in recall, and 0.58, 0.73 and 0.80 in
log loss; docs/results/calibration.md shows what happens where it is larger."""

TYPICAL_SHARE = 0.47
"""The same where an error on either side costs the same: how much of all information a look has, in recall."""


def fold_shares(cells: pd.DataFrame) -> tuple[Array, Array, NDArray[np.bool_]]:
    """The share of the folds in the variance of a test part's mean, for the cells of a family.

    From the mean log ratio of the mean squares between and within test parts (the expectation of a log mean
    square as in Smyth 2004, section 6.2), which no cell with a large variance can dominate: that of the
    family, moved towards each task's own by how much tasks differ, plus one standard error, so that a
    small family errs towards folds, the careful side. A cell with hardly a second repeat on any test part
    says nothing about it. Where fewer than four cells do, or those of less than half of the tasks (one whose few
    official folds come up again), a family takes :data:`A_PRIORI_SHARE`, and a family of fewer than four cells 1.

    Args:
        cells: of :func:`cell_spread`, all with several test parts.

    Returns:
        Careful shares ``(cells,)`` from 0 (only seeds differ) to 1 (only folds differ), for tests, and shares
        without the standard error, for forecasts (:data:`TYPICAL_SHARE` where nothing can be told); and for which
        cells they are estimated from cells of the same task.
    """
    measured = _measured(cells)
    if not measured.any():
        careful = A_PRIORI_SHARE if len(cells) >= SMALLEST_FAMILY else 1.0
        return np.full(len(cells), careful), np.full(len(cells), TYPICAL_SHARE), measured
    some = cells[_telling(cells)]
    half_between = some["between_freedom"].to_numpy(float) / 2
    half_within = some["within_freedom"].to_numpy(float) / 2
    log_ratio = _centred_log(some["between"].to_numpy(float), half_between)
    log_ratio -= _centred_log(some["within"].to_numpy(float), half_within)
    variance = (polygamma(1, half_between) + polygamma(1, half_within)).mean() / len(some)
    own, tasks = by_task(log_ratio, some["task"].to_numpy()), cells["task"].to_numpy()
    centre = log_ratio.mean() + of_tasks(own.offsets, tasks)
    return _share(centre + np.sqrt(variance + of_tasks(own.doubts, tasks))), _share(centre), measured


def why_assumed(cells: pd.DataFrame) -> NDArray[np.object_]:
    """Why the share of the folds is assumed in each cell of a family, ``(cells,)``.

    Args:
        cells: of :func:`cell_spread`, all with several test parts.

    Returns:
        Nothing where it is measured; ``few`` where the family has too few cells, whatever their seeds; ``seeds``
        where test parts have hardly a second repeat; ``still`` where they have, and it is always the same.
    """
    repeated = seeds_are_told(cells["within_freedom"].to_numpy(), cells["parts"].to_numpy())
    tasks = cells["task"].to_numpy()
    of_tasks_repeated = set(tasks[repeated])
    enough = repeated.sum() >= SMALLEST_FAMILY and 2 * len(of_tasks_repeated) >= len(set(tasks))
    has_seeds = np.array([enough and task in of_tasks_repeated for task in tasks], dtype=np.bool_)
    if len(cells) < SMALLEST_FAMILY:
        return np.where(_measured(cells), "", "few").astype(object)
    return np.select([_measured(cells), has_seeds], ["", "still"], "seeds").astype(object)


def _share(log_ratio: Array) -> Array:
    return np.asarray(np.maximum(0.0, 1 - np.exp(-log_ratio)), dtype=np.float64)


def _measured(cells: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether cells of the same task tell; for none where fewer than four cells do, or fewer than half of the tasks."""
    telling, tasks = _telling(cells), cells["task"].to_numpy()
    of_enough_seeds = set(tasks[telling])
    if telling.sum() < SMALLEST_FAMILY or 2 * len(of_enough_seeds) < len(set(tasks)):
        return np.zeros(len(cells), dtype=np.bool_)
    return np.array([task in of_enough_seeds for task in tasks])


def _telling(cells: pd.DataFrame) -> NDArray[np.bool_]:
    repeated = seeds_are_told(cells["within_freedom"].to_numpy(), cells["parts"].to_numpy())
    telling: NDArray[np.bool_] = (cells["between"] > 0).to_numpy() & (cells["within"] > 0).to_numpy() & repeated
    return telling


def seeds_are_told(within_freedom: Any, parts: Any) -> Any:  # noqa: ANN401 - a number, or an array of them
    """Whether so many test parts have second repeats enough between them to tell what differs between seeds."""
    return within_freedom >= parts / 2


def _centred_log(mean_square: Array, half_freedom: Array) -> Array:
    centred: Array = np.log(mean_square) - psi(half_freedom) + np.log(half_freedom)
    return centred
