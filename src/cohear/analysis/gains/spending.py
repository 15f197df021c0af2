"""Levels for looks after each other: how an error rate is spent, and what a p-value at a look has cost.

A test that is repeated calls too often. At each look a p-value is held against a level that falls short of the rate
by just so much that all looks together spend it (alpha spending: Lan & DeMets 1983, Biometrika 70; the spending
function is ``rate * share of information ^ power`` of Kim & DeMets 1987, Biometrika 74). What is spent goes by
information, not by the number of repeats (Lan & DeMets 1989, Stat. Med. 8), and how much of it a look has is
estimated from the variances as they are seen then (Mehta & Tsiatis 2001, Drug Inf. J. 35). Estimates change: what was
spent stays spent, levels that were applied stay, and the next level takes the likeness of all looks as it is seen now.

The levels come from the recursion of Armitage, McPherson & Rowe (1969, JRSS A 132), in which estimates at two looks
have the correlation ``sqrt(information of the first / of the second)``. That holds for repeats on the same test
parts, whose common part stays as it is. They are applied to the p-values of the moderated t (significance level
approach: Jennison & Turnbull 2000, ch. 11).
"""

from functools import lru_cache

import numpy as np
from scipy import stats

from cohear.base.arrays import Array

Seen = tuple[tuple[float, ...], ...]
"""For each look so far, the information of the looks up to it as it was estimated then; the last look of all has 1."""

SPENDING_POWER = 2.0
"""Half of the error rate is spent when seven tenths of the information are there: an early look stops what is clear,
and the last one is nearly the test that a study of fixed repeats has."""

LEAST = 0.25
"""Of an equal share of the rate, what every look has at least; the last one too."""

_RATES = np.exp(np.linspace(np.log(1e-7), np.log(0.5), 60))
_REACH, _POINTS = 8.0, 401
_GRID = np.linspace(-_REACH, _REACH, _POINTS)  # of the standardised sum at the last look, B(t)
_STEP = _GRID[1] - _GRID[0]


def overall(p: Array, seen: Seen, number: int, sides: int = 2) -> Array:
    """The rate that all looks spend together for a p-value of the last look so far to be called; ``(cells,)``.

    Args:
        p: p-values at this look; NaN stays NaN.
        seen: the looks so far, this one included.
        number: of looks in all.
        sides: of the test.
    """
    # levels are of two sides; a test of one side at level a has the boundary of two sides at 2a
    scale = 1.0 if sides == 2 else 2.0
    level = np.log(np.maximum(scale * p, 1e-300))
    known = np.log(np.maximum(_levels(seen, number)[:, -1], 1e-300))
    rate = np.exp(np.interp(level, known, np.log(_RATES), right=0.0)) / scale
    # below the grid a p-value counts at its smallest rate; none is called at a rate that was not worked out
    return np.where(np.isnan(p), np.nan, rate)


def level_of(rate: float, seen: Seen, number: int) -> float:
    """Level of the last look so far, two sides, where all looks together spend ``rate``."""
    levels = _levels(seen, number)[:, -1]
    return float(np.exp(np.interp(np.log(rate), np.log(_RATES), np.log(np.maximum(levels, 1e-300)))))


def spent(seen: Seen, number: int) -> list[float]:
    """Share of the rate that is spent after each look so far, 1 after the last of all; never less than before."""
    least = LEAST / number
    shares: list[float] = []
    for place, times in enumerate(seen):
        wanted = max(times[-1] ** SPENDING_POWER, (shares[-1] if shares else 0.0) + least)
        shares.append(1.0 if place == number - 1 else min(wanted, 1 - (number - 1 - place) * least))
    return shares


@lru_cache(maxsize=4096)
def _levels(seen: Seen, number: int) -> Array:
    """Levels of the looks so far at each rate, two sides, ``(R, looks so far)``."""
    before = _levels(seen[:-1], number) if len(seen) > 1 else np.empty((len(_RATES), 0))
    shares = [0.0, *spent(seen, number)]
    times = np.maximum.accumulate(seen[-1])
    density = np.broadcast_to(stats.norm.pdf(_GRID, scale=np.sqrt(times[0])), (len(_RATES), _POINTS))
    for place in range(before.shape[1]):
        bound = (stats.norm.ppf(before[:, place] / 2) * np.sqrt(times[place]))[:, None]
        keep = np.clip((_GRID + _STEP / 2 - bound) / _STEP, 0, 1)
        density = _moved(density * keep * keep[:, ::-1], float(times[place + 1] - times[place]))
    tails = np.cumsum(density, axis=1) * _STEP  # the lower ones; the upper ones are their mirror images
    wanted = _RATES * (shares[-1] - shares[-2]) / 2
    rising = 1e-18 * np.arange(_POINTS)
    bounds = [
        np.interp(want, np.maximum.accumulate(tail) + rising, _GRID + _STEP / 2)
        for want, tail in zip(wanted, tails, strict=True)
    ]
    levels = np.maximum(2 * stats.norm.cdf(np.array(bounds) / np.sqrt(times[-1])), 1e-300)
    return np.column_stack([before, levels])


def _moved(density: Array, time: float) -> Array:
    """The density ``(R, points)`` after so much more information; as it is where there is none."""
    if time <= 0:
        return density
    moved: Array = density @ _moves(round(time, 6)) * _STEP
    return moved


@lru_cache(maxsize=256)
def _moves(time: float) -> Array:
    return np.asarray(stats.norm.pdf(_GRID[:, None] - _GRID, scale=np.sqrt(time)), dtype=np.float64)
