"""Permuting what clips belong to without taking groups apart: the yardstick of every test of the audit.

Clips of one group (a speaker, a recording) are alike, so permuting single clips would call any split by groups
discrepant. Where all clips of a group have one value, whole groups change places; where a group holds several values
(it lies on both sides of a split, or has several labels), its clips do so among themselves.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from cohear.base.arrays import Integers

_FOLDS = 5


def group_folds(groups: Integers, random: np.random.Generator) -> Integers:
    """Fold of each clip ``[clips]``, whole groups together, whatever the labels are: permutations see the same."""
    _, inverse = np.unique(groups, return_inverse=True)
    number = int(inverse.max()) + 1
    return random.permutation(np.arange(number) % min(_FOLDS, number))[inverse]


class GroupShuffle:
    """Draws permutations of values that clips have.

    Args:
        values: ``[clips]``.
        groups: ``[clips]`` group numbers.
    """

    def __init__(self, values: Integers, groups: Integers) -> None:
        self._values = values
        _, inverse = np.unique(groups, return_inverse=True)
        low = np.full(inverse.max() + 1, np.iinfo(np.int64).max)
        high = np.full(len(low), -1)
        np.minimum.at(low, inverse, values)
        np.maximum.at(high, inverse, values)
        self._group, self._mixed = inverse, low != high
        self._of_whole = low[~self._mixed]  # value of each group that has one
        self._whole = ~self._mixed[inverse]
        rank = np.cumsum(~self._mixed) - 1
        self._place = rank[inverse[self._whole]]
        inside = np.flatnonzero(~self._whole)
        self._inside = inside[np.argsort(inverse[inside], kind="stable")]
        self.mixed = int(self._mixed.sum())
        """How many groups are permuted inside."""

    def arrangements(self) -> float:
        """How many different permutations there are at least: whole groups only, infinity where groups are mixed."""
        if self.mixed:
            return float("inf")
        counts = np.unique(self._of_whole, return_counts=True)[1]
        logarithm = gammaln(len(self._of_whole) + 1) - gammaln(counts + 1).sum()
        return float(np.exp(min(logarithm, 700.0)))

    def draw(self, random: np.random.Generator) -> Integers:
        """Values ``[clips]`` after one permutation."""
        drawn = np.empty_like(self._values)
        drawn[self._whole] = random.permutation(self._of_whole)[self._place]
        if len(self._inside):
            keys = random.random(len(self._inside))
            order = self._inside[np.lexsort((keys, self._group[self._inside]))]
            drawn[self._inside] = self._values[order]
        return drawn
