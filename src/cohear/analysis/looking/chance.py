"""What more repeats can bring: the error that a cell would have, and the chance that it is decided in the end."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cohear.analysis.gains.cell_tests import LEVEL
from cohear.analysis.gains.information import information_at, parts_of_error
from cohear.analysis.gains.spending import Seen, level_of
from cohear.analysis.tables.columns import FAMILY
from cohear.base.arrays import Array

POSSIBLE_SHARES = (0.1, 0.35, 0.7)
"""Shares of the folds in the variance of a repeat, low, middling and high ones of six real tasks
(docs/results/variance-parts.csv). With one share for all, 0.47, a third of the cells with a chance of 1 % were decided
in the end in simulated studies of those tasks."""


def chance_of(
    now: pd.DataFrame,
    verdict: NDArray[np.object_],
    looks: tuple[int, ...],
    looked: Mapping[Hashable, Seen],
) -> Array:
    """Chance that a cell is decided when it has all its repeats (predictive power: Spiegelhalter et al. 1986).

    Gains on the test parts at hand are taken to be normal around 0 with the variance that the family shows beyond
    seeds (empirical Bayes: Morris 1983, JASA 78), so that the largest of many is not taken at its word. The last look
    holds a gain against the level that Benjamini & Hochberg will ask for, which depends on how many cells of its
    family are called: as many as there are chances for. Where the share of the folds is not measured yet, the chance
    is the mean over :data:`POSSIBLE_SHARES`, as a predictive power is over all that is unknown.

    Args:
        now: of :func:`cohear.analysis.gains.cell_tests.cell_tests`.
        verdict: of each cell, ``(cells,)``.
        looks: numbers of repeats at which a cell is looked at.
        looked: the looks that each family has had (:mod:`cohear.analysis.gains.spending`).

    Returns:
        ``(cells,)``; NaN for a cell that has all its repeats, or of which nothing is known.
    """
    known = (now["repeats"] < looks[-1]).to_numpy() & ~np.isnan(now["error"].to_numpy(float))
    typical, measured = now["typical_share"].to_numpy(float), now["share_measured"].to_numpy(bool)
    shares = [typical] if measured.all() else [np.where(measured, typical, share) for share in POSSIBLE_SHARES]
    foretold = information_at(now, looks)
    ahead = {
        names: looked.get(names, ())
        + tuple(times[: look + 1] for look in range(len(looked.get(names, ())), len(looks)))
        for names, times in foretold.items()
    }
    chance = np.mean([_chance_with(now, verdict, ahead, looks[-1], share) for share in shares], axis=0)
    return np.where(known, np.clip(chance, 0, 1), np.nan)


def _chance_with(
    now: pd.DataFrame, verdict: NDArray[np.object_], looks: Mapping[Hashable, Seen], at_most: int, share: Array
) -> Array:
    """The chance where the folds have such a share in the variance of each test part's mean, ``(cells,)``."""
    n = now["repeats"].to_numpy(float)
    seeds, folds = parts_of_error(now, share)
    then = np.sqrt(folds + seeds / at_most)
    gain, margin = now["gain"].to_numpy(float), now["margin"].to_numpy(float)
    freedom = now["freedom"].to_numpy(float)
    chance = np.zeros(len(now))
    for names, place in now.groupby(list(FAMILY), sort=False).indices.items():
        spread = max(0.0, float(np.nanmean((gain**2 - seeds / n)[place]))) if len(place) > 1 else np.inf
        ahead, seen = seeds[place] / at_most, seeds[place] / n[place]
        kept = (spread + ahead) / (spread + seen) if np.isfinite(spread) else np.ones(len(place))
        centre = kept * gain[place]
        move = np.sqrt(np.maximum(kept * (seen - ahead), 1e-12))
        ends = Ends(centre, move, then[place], margin[place], freedom[place], looks[names])
        for test, sure in ((ends.differs, ["helps", "hurts"]), (ends.harmless, ["helps", "hurts", "harmless"])):
            foretold = _at_the_rate_of_its_family(test, np.isin(verdict[place], sure))
            chance[place] = np.fmax(chance[place], foretold)
    return chance


@dataclass(frozen=True)
class Ends:
    """What the last look may see of the cells of a family: normal around ``centre`` with ``move``, all ``(cells,)``."""

    centre: Array
    move: Array
    error: Array
    margin: Array
    freedom: Array
    looks: Seen

    def differs(self, rate: float) -> Array:
        """Chance that a cell helps or hurts at a rate."""
        cut = self._cut(rate)
        above, below = (cut - self.centre) / self.move, (-cut - self.centre) / self.move
        return np.asarray(stats.norm.sf(above) + stats.norm.cdf(below), dtype=np.float64)

    def harmless(self, rate: float) -> Array:
        """Chance that a cell is surely not worse than its margin at a rate."""
        # a test of one side at a rate has the level of one of two sides at twice the rate
        return np.asarray(
            stats.norm.sf((self._cut(2 * rate) - self.margin - self.centre) / self.move), dtype=np.float64
        )

    def _cut(self, rate: float) -> Array:
        level = level_of(min(rate, 0.5), self.looks, len(self.looks))
        return np.asarray(stats.t.ppf(1 - level / 2, self.freedom) * self.error, dtype=np.float64)


def _at_the_rate_of_its_family(test: Callable[[float], Array], sure: NDArray[np.bool_]) -> Array:
    """Chances at the rate that goes with as many calls as there are chances for, from the largest rate downwards."""
    calls = float(len(sure))
    for _ in range(50):
        chance = np.where(sure, 1.0, np.nan_to_num(test(LEVEL * calls / len(sure))))
        fewer = max(1.0, float(chance.sum()))
        if calls - fewer < 0.1:
            break
        calls = fewer
    return chance
