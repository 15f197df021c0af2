"""The baseline ``ridge``: least squares with small weights."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.linear_model import Ridge, RidgeClassifier

from cohear.baselines.baseline import BASELINES, Baseline, BaselineInputs, Estimator

PENALTIES = (100.0, 1.0, 10.0, 1000.0, 10000.0)
"""Of squared weights, that validation chooses from, the usual one first."""


@BASELINES.register("ridge")
class LeastSquares(Baseline):
    """Linear least squares with a penalty on the weights (Hoerl & Kennard 1970), of numbers, or of -1 and 1 a class.

    Args:
        penalty: of squared weights; validation chooses where it is None.
    """

    def __init__(self, *, penalty: float | None = None) -> None:
        if penalty is not None and not penalty > 0:
            raise ValueError(f"penalty is more than 0, not {penalty}")
        self.penalties = PENALTIES if penalty is None else (penalty,)

    def classifiers(self, given: BaselineInputs) -> Sequence[Estimator]:
        """Rare classes weigh as much as frequent ones."""
        return [RidgeClassifier(penalty, class_weight="balanced") for penalty in self.penalties]

    def regressors(self, given: BaselineInputs) -> Sequence[Estimator]:
        """Of numbers."""
        return [Ridge(penalty) for penalty in self.penalties]
