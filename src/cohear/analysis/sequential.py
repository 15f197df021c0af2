"""Look at a study while it runs, and keep the error rate: which cells are still open?

A test that is repeated after each repeat calls too often. Here a cell is looked at whenever it has enough
new repeats, and at each look its p-value is held against a level that falls short of 5 % by just so much
that all looks together spend 5 % (alpha spending: Lan & DeMets 1983, Biometrika 70; the spending function is
``alpha * share of repeats ^ power`` of Kim & DeMets 1987, Biometrika 74). The levels come from the recursion of
Armitage, McPherson & Rowe (1969, JRSS A 132) for a mean of independent repeats and are applied to the
p-values of the moderated t (significance level approach: Jennison & Turnbull 2000, ch. 11). The fold part
makes successive means more alike than independent repeats would, and then less is spent than planned.

Turned round, this gives each cell one p-value that is valid whenever it stops: the smallest rate at which
any look would have called it. Those of a family go through Benjamini & Hochberg as ever (looks at a false
discovery rate: Zehetmayer, Bauer & Posch 2008, Stat. Med. 27). They only fall while repeats are added, so what
is decided stays decided.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cohear.analysis.cell_tests import LEVEL, MARGIN, PerTask, cell_tests
from cohear.analysis.columns import CELL, FAMILY
from cohear.analysis.gains import verdicts
from cohear.analysis.multiplicity import benjamini_hochberg
from cohear.analysis.pairs import paired_differences

Array = NDArray[np.float64]

SPENDING_POWER = 1.0
"""The same share of the error rate for each repeat: early looks may stop what is clear."""

FIRST_LOOK = 5
"""Repeats before the first look."""

HOPELESS = 0.1
"""A cell is given up where the chance that the last look decides it is below this."""

_RATES = np.exp(np.linspace(np.log(1e-7), np.log(0.5), 60))


def decide(
    results: pd.DataFrame,
    at_most: int,
    margins: PerTask = MARGIN,
    test_train_ratio: PerTask | None = None,
    looks: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Verdicts under repeated looks, and which cells are open. A pure function of the results so far.

    Repeats of a cell count in the order of (seed, fold), as a study runs them; a cell that stopped keeps its
    verdict. Giving a cell up as hopeless never makes a false call, so it needs no correction.

    Args:
        results: so far; cells may have different numbers of repeats.
        at_most: repeats at which a cell stops in any case.
        margins: as :func:`cohear.analysis.gains.gains` has them.
        test_train_ratio: ``test_train_ratio`` there.
        looks: numbers of repeats at which a cell is looked at; by default every one from
            :data:`FIRST_LOOK` to ``at_most``. Must be the same all through a study.

    Returns:
        A row per cell: its names, ``gain``, ``repeats``, ``p_sequential`` and ``p_margin_sequential`` (valid at
        any look), ``p_adjusted`` (of the family), ``verdict``, ``chance`` (that it is decided at
        ``at_most`` repeats, as the data stand) and ``open``: undecided, below ``at_most`` and not hopeless.

    Raises:
        UserError: the results cannot be compared.
    """
    looks = tuple(looks) if looks is not None else tuple(range(min(FIRST_LOOK, at_most), at_most + 1))
    pairs = paired_differences(results).sort_values([*CELL, "seed", "fold"], ignore_index=True)
    order = pairs.groupby(list(CELL), sort=False).cumcount()
    now = cell_tests(pairs[order < at_most], margins, test_train_ratio)
    smallest = {name: np.ones(len(now)) for name in ("p", "p_margin")}
    sign = np.zeros(len(now))
    names = pd.MultiIndex.from_frame(now[list(CELL)])
    for place, look in enumerate(looks):
        then = cell_tests(pairs[order < look], margins, test_train_ratio)
        there = then[then["repeats"] >= look]
        if there.empty:
            break
        at = names.get_indexer(pd.MultiIndex.from_frame(there[list(CELL)]))
        for name, least in smallest.items():
            spent = overall(there[name].to_numpy(float), looks, place, sides=2 if name == "p" else 1)
            better = np.nan_to_num(spent, nan=1.0) < least[at]
            least[at] = np.where(better, spent, least[at])
            if name == "p":
                sign[at] = np.where(better, np.sign(there["gain"].to_numpy(float)), sign[at])
    cells = now[[*CELL, "pair", "gain", "repeats"]].assign(
        p_sequential=smallest["p"], p_margin_sequential=smallest["p_margin"], sign=sign, p_adjusted=np.nan
    )
    cells["verdict"] = "undecided"
    for _, family in cells.groupby(list(FAMILY), sort=False):
        adjusted = benjamini_hochberg(family["p_sequential"].to_numpy(float))
        not_worse = benjamini_hochberg(family["p_margin_sequential"].to_numpy(float))
        cells.loc[family.index, "p_adjusted"] = adjusted
        cells.loc[family.index, "verdict"] = verdicts(family["sign"].to_numpy(float), adjusted, not_worse)
    cells["chance"] = _chance(now, at_most, _nominal(looks)[1][_rate_place(), -1])
    short = cells["repeats"] < at_most
    unseen = cells["repeats"] < looks[0]
    cells["open"] = (cells["verdict"] == "undecided") & short & (unseen | ~(cells["chance"] < HOPELESS))
    return cells.drop(columns=["pair", "sign"]).reset_index(drop=True)


def overall(p: Array, looks: Sequence[int], place: int, sides: int = 2) -> Array:
    """The rate that all looks spend together for a p-value of one look to be called; ``(cells,)``.

    Args:
        p: p-values at this look; NaN stays NaN.
        looks: all looks, in repeats.
        place: index of this look.
        sides: of the test.
    """
    rates, levels = _nominal(tuple(looks))
    # levels are of two sides; a test of one side at level a has the boundary of two sides at 2a
    scale = 1.0 if sides == 2 else 2.0
    level = np.log(np.maximum(scale * p, 1e-300))
    known = np.log(np.maximum(levels[:, place], 1e-300))
    rate = np.exp(np.interp(level, known, np.log(rates), right=0.0)) / scale
    # below the grid a p-value counts at its smallest rate; none is called at a rate that was not worked out
    return np.where(np.isnan(p), np.nan, rate)


@lru_cache(maxsize=32)
def _nominal(looks: tuple[int, ...]) -> tuple[Array, Array]:
    """Rates ``(R,)`` and the level of each look at each rate, two sides, ``(R, looks)``."""
    return _RATES, np.array([_levels(float(rate), looks) for rate in _RATES])


def _levels(rate: float, looks: Sequence[int]) -> Array:
    """Levels at which p-values are held at each look so that ``rate`` is spent over all of them."""
    time = np.asarray(looks, float) / looks[-1]
    spend = np.diff(np.concatenate([[0.0], rate * time**SPENDING_POWER]))
    reach = 8.0
    grid = np.linspace(-reach, reach, 401)  # of the standardised sum at the last look, B(t)
    step = grid[1] - grid[0]
    density = stats.norm.pdf(grid, scale=np.sqrt(time[0]))
    levels = []
    for k in range(len(looks)):
        if k:
            move = stats.norm.pdf(grid, scale=np.sqrt(time[k] - time[k - 1]))
            density = np.convolve(density, move, mode="same") * step
        tail = np.cumsum(density) * step  # the lower tail; the upper one is its mirror image
        bound = float(
            np.interp(spend[k] / 2, np.maximum.accumulate(tail) + 1e-18 * np.arange(len(tail)), grid + step / 2)
        )
        levels.append(2 * stats.norm.cdf(bound / np.sqrt(time[k])))
        keep = np.clip((grid + step / 2 - bound) / step, 0, 1) * np.clip((-bound - grid + step / 2) / step, 0, 1)
        density = density * keep
    return np.array(levels)


def _rate_place() -> int:
    return int(np.argmin(np.abs(_RATES - LEVEL / 2)))


def _chance(now: pd.DataFrame, at_most: int, level: float) -> Array:
    """Chance that a cell is decided when it has all its repeats, the data so far being all that is known.

    The gain then is normal around the gain now with the variance that is still to be taken away. ``level``
    is that of the last look; half of the rate is a guess of what Benjamini & Hochberg will ask for.
    """
    error = now["error"].to_numpy(float)
    n = now["repeats"].to_numpy(float)
    then = error_at(now, np.full(len(now), float(at_most)))
    move = np.sqrt(np.maximum(error**2 - then**2, 1e-12))
    cut = stats.norm.ppf(1 - level / 2) * then
    gain, margin = now["gain"].to_numpy(float), now["margin"].to_numpy(float)
    differs = stats.norm.sf((cut - gain) / move) + stats.norm.cdf((-cut - gain) / move)
    harmless = stats.norm.sf((stats.norm.ppf(1 - level) * then - margin - gain) / move)
    return np.where(n >= at_most, np.nan, np.clip(np.maximum(differs, harmless), 0, 1))


def error_at(cells: pd.DataFrame, repeats: Array) -> Array:
    """Standard error that each cell would have with so many repeats on the test parts it has, ``(cells,)``."""
    parts = cells["parts"].to_numpy(float)
    many = parts > 1
    variance, share = cells["variance"].to_numpy(float), cells["share"].to_numpy(float)
    per_part = np.where(many, cells["per_part"].to_numpy(float), 1.0)
    seeds = (1 - share) * variance * per_part
    folds = share * variance * (1 / parts + cells["ratio"].to_numpy(float))
    error: Array = np.sqrt(np.where(many, folds, 0.0) + seeds / repeats)
    return error
