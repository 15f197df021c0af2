"""The baseline ``svm``: a linear support vector machine."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.svm import LinearSVC, LinearSVR

from cohear.baselines.baseline import BASELINES, Baseline, BaselineInputs, Estimator

COSTS = (1e-2, 1e-4, 1e-3, 1e-1)
"""That validation chooses from, the usual one first."""


@BASELINES.register("svm")
class Svm(Baseline):
    """Linear, one class against the rest (Fan et al. 2008, LIBLINEAR); the primal form, which draws nothing.

    Rare classes weigh as much as frequent ones, as in the balanced batches of networks.

    Args:
        cost: of a clip on the wrong side (C); validation chooses where it is None.
    """

    def __init__(self, *, cost: float | None = None) -> None:
        if cost is not None and not cost > 0:
            raise ValueError(f"cost is more than 0, not {cost}")
        self.costs = COSTS if cost is None else (cost,)

    def classifiers(self, given: BaselineInputs) -> Sequence[Estimator]:
        """With squared hinge loss."""
        return [LinearSVC(C=cost, dual=False, class_weight="balanced") for cost in self.costs]

    def regressors(self, given: BaselineInputs) -> Sequence[Estimator]:
        """With squared loss beyond a margin of 0."""
        return [LinearSVR(C=cost, dual=False, loss="squared_epsilon_insensitive") for cost in self.costs]
