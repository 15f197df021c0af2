"""What a predictor is: it is fitted to cells whose gains are known, and foretells those of others."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from scipy.special import ndtr

from cohear.advice.predictors.cells import Cells, Feature, KnownGains
from cohear.base.arrays import Array
from cohear.base.registry import Registry

Source = Literal["measurements", "names"]
"""What a predictor goes by: what was measured, which says something of tasks that no cell was trained of; and which
task is beside which, of which it must have been shown gains."""


@dataclass(frozen=True)
class Foretold:
    """What is expected of cells, each ``(cells,)``.

    Attributes:
        gain: expected, in the unit of those that were shown.
        deviation: standard deviation of the gain around it.
        helps: probability that the gain is above zero.
    """

    gain: Array
    deviation: Array
    helps: Array

    @classmethod
    def normal(cls, gain: Array, deviation: Array | float) -> Foretold:
        """Of gains that lie around what is expected as normal errors do."""
        spread = np.maximum(np.broadcast_to(np.asarray(deviation, dtype=np.float64), gain.shape), 1e-12)
        return cls(gain, spread.copy(), ndtr(gain / spread))


@dataclass(frozen=True)
class Reason:
    """A measurement that has moved what is expected of a cell.

    Attributes:
        feature: the measurement.
        share: by how much, in the unit of gains.
    """

    feature: Feature
    share: float


class Fitted(ABC):
    """A predictor that was shown gains."""

    @abstractmethod
    def foretell(self, cells: Cells) -> Foretold:
        """What is expected of cells, which may hold tasks and lack measurements that were not shown before."""

    def reasons(self, cells: Cells, most: int = 3) -> Sequence[Sequence[Reason]]:
        """Of each cell the measurements that moved its expected gain furthest; none where it goes by none."""
        return [()] * len(cells)


class Predictor(ABC):
    """A way to foretell gains. Keyword-only arguments of the constructor, with defaults, are its settings.

    Inherit `cohear.testing.predictor.PredictorContract` to test one of your own.
    """

    goes_by: ClassVar[frozenset[Source]] = frozenset({"measurements"})
    """Of what it learns."""
    is_plain: ClassVar[bool] = False
    """Whether it is there to be beaten: it looks at nothing that could tell why."""
    needs: ClassVar[tuple[str, ...]] = ()
    """Measurements that it cannot do without."""
    is_slow: ClassVar[bool] = False
    """Whether it is judged where datasets are left out alone: a fit takes long."""

    @abstractmethod
    def fit(self, trained: KnownGains, draw: int) -> Fitted:
        """Learn from cells whose gains are known.

        Args:
            trained: two cells at least.
            draw: seeds what it draws; the same seed gives the same.
        """


PREDICTORS: Registry[type[Predictor]] = Registry(
    "predictor",
    {
        "majority": "cohear.advice.predictors.majority",
        "task": "cohear.advice.predictors.identity",
        "partner": "cohear.advice.predictors.identity",
        "random": "cohear.advice.predictors.random_numbers",
        "logistic": "cohear.advice.predictors.logistic",
        "ridge": "cohear.advice.predictors.ridge",
        "trees": "cohear.advice.predictors.trees",
        "gaussian-process": "cohear.advice.predictors.gaussian_process",
        "pairwise": "cohear.advice.predictors.pairwise",
        "higher-order": "cohear.advice.predictors.higher_order",
        "surrogate": "cohear.advice.predictors.surrogate",
        "etap": "cohear.advice.predictors.etap",
        "learning-curves": "cohear.advice.predictors.learning_curves",
    },
)
"""All ways to foretell gains: those that are to be beaten first."""


def largest_reasons(features: Sequence[Feature], shares: Array, most: int) -> list[tuple[Reason, ...]]:
    """The largest shares ``(cells, features)`` of each cell, the furthest from zero first."""
    order = np.argsort(-np.abs(shares), axis=1, kind="stable")[:, :most]
    return [
        tuple(Reason(features[place], float(row[place])) for place in best if row[place] != 0)
        for row, best in zip(shares, order, strict=True)
    ]
