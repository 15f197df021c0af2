"""Rows of a table by groups, and sums over each group.

In numpy: pandas takes some milliseconds for each of its groupings, however few the rows, and statistics of single cells
are asked for by the hundred.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from cohear.base.arrays import Array, Integers


@dataclass(frozen=True)
class Groups:
    """Groups in the order of their names.

    Attributes:
        of_row: the number of each row's group, ``(rows,)``.
        first: the place of each group's first row, ``(groups,)``.
    """

    of_row: Integers
    first: Integers

    @classmethod
    def of(cls, *columns: pd.Series | Integers) -> Groups:
        """Rows that have the same in all columns, each ``(rows,)``; sorted by the first column, then by the next."""
        number = np.zeros(len(columns[0]), dtype=np.int64)
        for column in columns:
            own, values = pd.factorize(column, sort=True)
            number = number * len(values) + own
        _, first, of_row = np.unique(number, return_index=True, return_inverse=True)
        return cls(of_row, first)

    @classmethod
    def by(cls, table: pd.DataFrame, names: Iterable[str]) -> Groups:
        """Rows that have the same in all columns of these names."""
        return cls.of(*(table[name] for name in names))

    @cached_property
    def sizes(self) -> Integers:
        """Rows of each group, ``(groups,)``."""
        return np.bincount(self.of_row, minlength=len(self.first))

    def sums(self, values: pd.Series | Array) -> Array:
        """Sum over each group, ``(groups,)``.

        Args:
            values: of the rows, ``(rows,)``, all known.
        """
        sums = np.bincount(self.of_row, np.asarray(values, dtype=np.float64), len(self.first))
        return sums.astype(np.float64, copy=False)  # counts, where there is nothing

    def means(self, values: pd.Series | Array) -> Array:
        """Mean over the rows of each group whose value is known, ``(groups,)``; NaN where none is."""
        numbers = np.asarray(values, dtype=np.float64)
        known = ~np.isnan(numbers)
        if known.all():
            return self.sums(numbers) / self.sizes
        counts = self.sums(known.astype(np.float64))
        sums = self.sums(np.where(known, numbers, 0.0))
        return np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)
