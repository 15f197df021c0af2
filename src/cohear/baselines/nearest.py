"""The baseline ``nearest``: the nearest training clips."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from cohear.baselines.baseline import BASELINES, Baseline, BaselineInputs, Estimator

NEIGHBOURS = (5, 1, 15)
"""That validation chooses from, the usual one first."""


@BASELINES.register("nearest")
class Nearest(Baseline):
    """What most of the nearest training clips are, nearer ones weighing more (Cover & Hart 1967)."""

    def classifiers(self, given: BaselineInputs) -> Sequence[Estimator]:
        """By Euclidean distance."""
        return [KNeighborsClassifier(neighbours, weights="distance") for neighbours in _at_most(given.clips)]

    def regressors(self, given: BaselineInputs) -> Sequence[Estimator]:
        """The mean of theirs."""
        return [KNeighborsRegressor(neighbours, weights="distance") for neighbours in _at_most(given.clips)]


def _at_most(clips: int) -> list[int]:
    return [min(neighbours, clips) for neighbours in NEIGHBOURS]
