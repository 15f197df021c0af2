"""What more repeats can bring: the error that a cell would have, and the chance that it is decided in the end."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cohear.analysis.cell_tests import LEVEL
from cohear.analysis.columns import FAMILY
from cohear.analysis.spending import last_level

Array = NDArray[np.float64]


def chance_of(now: pd.DataFrame, verdict: NDArray[np.object_], looks: tuple[int, ...]) -> Array:
    """Chance that a cell is decided when it has all its repeats, the data so far being all that is known.

    The gain then is normal around the gain now, with the variance that is still to be taken away. The last look
    holds it against the level that Benjamini & Hochberg will ask for, which depends on how many cells of its family
    are called: as many as there are chances for.
    """
    n, at_most = now["repeats"].to_numpy(float), float(looks[-1])
    error = now["error"].to_numpy(float)
    then = error_at(now, np.full(len(now), at_most))
    move = np.sqrt(np.maximum(error**2 - then**2, 1e-12))
    gain, margin = now["gain"].to_numpy(float), now["margin"].to_numpy(float)
    freedom = now["freedom"].to_numpy(float)

    def differs(rate: float) -> Array:
        cut = stats.t.ppf(1 - last_level(rate, looks) / 2, freedom) * then
        return np.asarray(stats.norm.sf((cut - gain) / move) + stats.norm.cdf((-cut - gain) / move))

    def harmless(rate: float) -> Array:
        # a test of one side at a rate has the level of one of two sides at twice the rate
        cut = stats.t.ppf(1 - last_level(2 * rate, looks) / 2, freedom) * then
        return np.asarray(stats.norm.sf((cut - margin - gain) / move))

    chance = np.zeros(len(now))
    for place in now.groupby(list(FAMILY), sort=False).indices.values():
        for test, sure in ((differs, np.isin(verdict, ["helps", "hurts"])), (harmless, verdict != "undecided")):
            chance[place] = np.fmax(chance[place], _at_the_rate_of_its_family(test, place, sure[place]))
    return np.where((n >= at_most) | np.isnan(error), np.nan, np.clip(chance, 0, 1))


def _at_the_rate_of_its_family(test: Callable[[float], Array], place: NDArray[np.intp], sure: Array) -> Array:
    """Chances at the rate that goes with as many calls as there are chances for, from the largest rate downwards."""
    calls = float(len(place))
    for _ in range(50):
        chance = np.where(sure, 1.0, np.nan_to_num(test(LEVEL * calls / len(place))[place]))
        fewer = max(1.0, float(chance.sum()))
        if calls - fewer < 0.1:
            break
        calls = fewer
    return chance


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
