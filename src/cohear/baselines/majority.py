"""The baseline ``majority``: what is right without a look at the clip."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.dummy import DummyClassifier, DummyRegressor

from cohear.baselines.baseline import BASELINES, Baseline, BaselineInputs, Estimator


@BASELINES.register("majority")
class Majority(Baseline):
    """How frequent classes are among the training clips, or the mean of the numbers, for every clip."""

    def classifiers(self, given: BaselineInputs) -> Sequence[Estimator]:
        """The most frequent class."""
        return [DummyClassifier(strategy="prior")]

    def regressors(self, given: BaselineInputs) -> Sequence[Estimator]:
        """The mean."""
        return [DummyRegressor(strategy="mean")]
