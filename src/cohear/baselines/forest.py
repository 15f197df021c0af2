"""The baseline ``forest``: a random forest."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from cohear.baselines.baseline import BASELINES, Baseline, BaselineInputs, Estimator

LEAVES = (1, 3, 10)
"""Fewest clips of a leaf that validation chooses from, the usual one first."""


@BASELINES.register("forest")
class Forest(Baseline):
    """Trees on draws of clips and of numbers, and their mean (Breiman 2001).

    Args:
        trees: how many.
    """

    def __init__(self, *, trees: int = 300) -> None:
        if trees < 1:
            raise ValueError(f"trees is 1 or more, not {trees}")
        self.trees = trees

    def classifiers(self, given: BaselineInputs) -> Sequence[Estimator]:
        """Rare classes weigh as much as frequent ones."""
        return [
            RandomForestClassifier(self.trees, min_samples_leaf=leaf, class_weight="balanced", random_state=given.draw)
            for leaf in LEAVES
        ]

    def regressors(self, given: BaselineInputs) -> Sequence[Estimator]:
        """With a third of the numbers at a split."""
        return [
            RandomForestRegressor(self.trees, min_samples_leaf=leaf, max_features=1 / 3, random_state=given.draw)
            for leaf in LEAVES
        ]
