"""A linear relation of gains to measurements that was fitted, and how it is written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cohear.advice.predictors.cells import SIDES, Cells, Feature
from cohear.advice.predictors.predictor import Reason, largest_reasons
from cohear.advice.predictors.standard import MeasurementScale
from cohear.base.arrays import Array


@dataclass(frozen=True)
class LinearRelation:
    """What follows from measurements.

    Attributes:
        scale: brings them to one scale.
        mean: the gain where every measurement is as usual.
        middle: what is usual on that scale, ``(features,)``.
        weights: of what lies beside it, ``(features,)``.
    """

    scale: MeasurementScale
    mean: float
    middle: Array
    weights: Array

    def gains(self, cells: Cells) -> Array:
        """Of cells, ``(cells,)``."""
        return self.of_values(self.scale(cells))

    def of_values(self, values: Array) -> Array:
        """Of measurements on the scale, ``(cells, features)``."""
        found: Array = self.mean + (values - self.middle) @ self.weights
        return found

    def reasons(self, cells: Cells, most: int) -> Sequence[Sequence[Reason]]:
        """What each measurement adds to the mean, the furthest first."""
        return largest_reasons(self.scale.features, (self.scale(cells) - self.middle) * self.weights, most)

    def to_json(self) -> dict[str, object]:
        """``mean``, and a line a measurement."""
        scale = self.scale
        lines = zip(scale.features, scale.logged, scale.middle, scale.spread, self.middle, self.weights, strict=True)
        return {
            "mean": self.mean,
            "measurements": [
                {
                    "name": feature.name,
                    "side": feature.side,
                    "log": logged,
                    "middle": float(middle),
                    "spread": float(spread),
                    "usual": float(usual),
                    "weight": float(weight),
                }
                for feature, logged, middle, spread, usual, weight in lines
            ],
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> LinearRelation:
        """As it was written; raises KeyError, TypeError or ValueError where something is missing or no number."""
        lines = told["measurements"]

        def numbers(name: str) -> Array:
            return np.array([float(line[name]) for line in lines], dtype=np.float64)

        sides = {side: side for side in SIDES}
        scale = MeasurementScale(
            features=tuple(Feature(str(line["name"]), sides[line["side"]]) for line in lines),
            logged=tuple(bool(line["log"]) for line in lines),
            middle=numbers("middle"),
            spread=numbers("spread"),
        )
        return cls(scale, float(told["mean"]), numbers("usual"), numbers("weight"))
