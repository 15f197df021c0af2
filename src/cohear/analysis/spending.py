"""Levels for looks after each other: how an error rate is spent, and what a p-value at a look has cost.

A test that is repeated calls too often. At each look a p-value is held against a level that falls short of the rate
by just so much that all looks together spend it (alpha spending: Lan & DeMets 1983, Biometrika 70; the spending
function is ``rate * share of repeats ^ power`` of Kim & DeMets 1987, Biometrika 74). The levels come from the
recursion of Armitage, McPherson & Rowe (1969, JRSS A 132) for a mean of independent repeats and are applied to the
p-values of the moderated t (significance level approach: Jennison & Turnbull 2000, ch. 11). The fold part makes
successive means more alike than independent repeats would, and then less is spent than planned.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

SPENDING_POWER = 2.0
"""Half of the error rate is spent when seven tenths of the repeats are there: an early look stops what is clear,
and the last one is nearly the test that a study of fixed repeats has."""

_RATES = np.exp(np.linspace(np.log(1e-7), np.log(0.5), 60))


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
    return _RATES, np.array([levels_of(float(rate), looks) for rate in _RATES])


def levels_of(rate: float, looks: Sequence[int]) -> Array:
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


def last_level(rate: float, looks: tuple[int, ...]) -> float:
    """Level of the last look, two sides, where all looks together spend ``rate``."""
    rates, levels = _nominal(looks)
    return float(np.exp(np.interp(np.log(rate), np.log(rates), np.log(levels[:, -1]))))
