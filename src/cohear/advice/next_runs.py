"""Which runs teach most next: by how much they can be expected to better the grouping, for what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cohear.advice.climbing import Division
from cohear.advice.dividing import Dividing
from cohear.advice.expectation import GainDistribution
from cohear.advice.observed import places_of
from cohear.base.arrays import Array
from cohear.base.streams import stream

FUTURES = 256
"""Outcomes that a run is imagined to have."""


@dataclass(frozen=True)
class CandidateNetwork:
    """A network that could be trained.

    Attributes:
        network: numbers of its tasks, sorted.
        repeats: that it would be trained on.
    """

    network: tuple[int, ...]
    repeats: int


@dataclass(frozen=True)
class Standing:
    """Groupings that may turn out to be the best one, as far as is known.

    Attributes:
        gains: expected mean gain of a task of each, ``(groupings,)``.
        rows: the sums of effects that they are, ``(groupings, effects)``.
        expectation: of all gains.
    """

    gains: Array
    rows: Array
    expectation: GainDistribution

    @classmethod
    def of(cls, dividing: Dividing, pool: Sequence[Division], expectation: GainDistribution) -> Standing:
        """Of the pool of a setting."""
        known = Dividing(dividing.tasks, expectation, dividing.prices, dividing.budget, dividing.floors)
        rows = known.value(pool)
        return cls(rows @ expectation.weights + known.offset(pool), rows, expectation)

    def best_if_all_were_known(self) -> float:
        """Mean gain of the grouping that one would take if every gain were known, expected."""
        covariance = self.expectation.covariance(self.rows, self.rows)
        return float((self.gains + self._futures(_root(covariance))).max(axis=1).mean())

    def worth(self, candidate: CandidateNetwork) -> float:
        """By how much a candidate's outcome betters the mean gain of the grouping, expected: its knowledge gradient.

        What is known after it is normal again, and moves each grouping's expected gain by as much as that goes together
        with the outcome (Frazier, Powell & Dayanik 2009, INFORMS Journal on Computing 21).
        """
        known = self.expectation
        rows = known.effects.rows(places_of(candidate.network))
        seen = known.covariance(rows, rows)
        error = np.square(known.observed.of_one) / candidate.repeats
        seen[np.diag_indices_from(seen)] += max(error, 1e-12)
        moved = np.linalg.solve(np.linalg.cholesky(seen), known.covariance(rows, self.rows)).T
        return max(0.0, float((self.gains + self._futures(moved)).max(axis=1).mean() - self.gains.max()))

    def _futures(self, moved: Array) -> Array:
        """By how much expected gains may come to move, ``(futures, groupings)``; of each future its opposite too."""
        half = stream("advice", "futures").standard_normal((FUTURES // 2, moved.shape[1]))
        return np.asarray(np.concatenate([half, -half]) @ moved.T)


def _root(covariance: Array) -> Array:
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
