"""A linear relation of gains to measurements, its weights held small (Hoerl & Kennard 1970)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cohear.advice.predictors.apart import datasets_apart
from cohear.advice.predictors.cells import Cells, KnownGains
from cohear.advice.predictors.linear_relation import LinearRelation
from cohear.advice.predictors.predictor import PREDICTORS, Fitted, Foretold, Predictor, Reason
from cohear.advice.predictors.standard import MeasurementScale
from cohear.base.arrays import Array

PENALTIES = tuple(float(penalty) for penalty in np.logspace(0, 5, 11))
"""From hardly any to one that leaves the mean alone."""


@PREDICTORS.register("ridge")
class Ridge(Predictor):
    """Linear in all measurements; the penalty is the one that foretells datasets best which it was not fitted to."""

    def fit(self, trained: KnownGains, draw: int) -> LinearFit:
        """Weights of the standardised measurements."""
        scale = MeasurementScale.of(trained.cells)
        return LinearFit(scale, scale(trained.cells), trained)


class LinearFit(Fitted):
    """A fitted linear relation.

    Args:
        scale: of the measurements.
        values: that it is fitted to, on that scale, ``(cells, features)``.
        trained: the cells.

    Attributes:
        relation: what follows from measurements.
        deviation: of gains around it, as far as datasets that were left out tell, else of those that were shown.
    """

    def __init__(self, scale: MeasurementScale, values: Array, trained: KnownGains) -> None:
        error, penalty = _errors(values, trained)
        mean, middle, weights = _weights(values, trained.gains, [penalty])
        self.relation = LinearRelation(scale, mean, middle, weights[0])
        residual = float(np.std(trained.gains - self.relation.of_values(values)))
        self.deviation = residual if error is None else error

    def foretell(self, cells: Cells) -> Foretold:
        """The mean, and what each measurement adds to it; as sure as it was of datasets that were left out."""
        return Foretold.normal(self.relation.gains(cells), self.deviation)

    def reasons(self, cells: Cells, most: int = 3) -> Sequence[Sequence[Reason]]:
        """What each measurement adds to the mean."""
        return self.relation.reasons(cells, most)


def _weights(values: Array, gains: Array, penalties: Sequence[float]) -> tuple[float, Array, Array]:
    """The mean gain, the mean of the values ``(features,)``, and weights ``(penalties, features)``."""
    mean, middle = float(gains.mean()), values.mean(axis=0)
    centred = values - middle
    scales, directions = np.linalg.eigh(centred.T @ centred)
    turned = directions.T @ (centred.T @ (gains - mean))
    shrunk = turned / (np.maximum(scales, 0.0) + np.asarray(penalties)[:, None])
    return mean, middle, shrunk @ directions.T


def _errors(values: Array, trained: KnownGains) -> tuple[float | None, float]:
    """Root mean square error on datasets that were left out, and the penalty that has it; None where none can be."""
    squares, number = np.zeros(len(PENALTIES)), 0
    for shown, asked in datasets_apart(trained.cells):
        mean, middle, weights = _weights(values[shown], trained.gains[shown], PENALTIES)
        foretold = mean + (values[asked] - middle) @ weights.T
        squares += ((foretold - trained.gains[asked, None]) ** 2).sum(axis=0)
        number += int(asked.sum())
    if not number:
        return None, PENALTIES[len(PENALTIES) // 2]
    best = int(squares.argmin())
    return float(np.sqrt(squares[best] / number)), PENALTIES[best]
