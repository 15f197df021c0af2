"""What was chosen on some of the repeats is estimated on the others: there its luck has no part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cohear.analysis.gains.bounds import ENDS, within
from cohear.analysis.gains.cell_tests import cell_tests
from cohear.analysis.gains.design import USUAL, Design
from cohear.analysis.tables.columns import CELL, REPEAT, SETTING
from cohear.analysis.tables.groups import Groups


def estimated_on(pairs: pd.DataFrame, used: pd.Series[bool], design: Design = USUAL) -> pd.DataFrame:
    """Gains of cells on the repeats that did not choose them, with 95 % intervals.

    How far repeats lie apart is learned from all of them, for what chose a cell tells its spread without favour, and
    a few repeats may agree by luck; the interval is wider by the root of how many more they are than those used.

    Args:
        pairs: the columns of :func:`cohear.analysis.gains.pairs.paired_differences`, all repeats of the cells. Cells of
            one family share their variances (:func:`cohear.analysis.gains.cell_tests.cell_tests`).
        used: whether a row is of a repeat that did not choose.
        design: of the study.

    Returns:
        ``gain, low, high`` with the cell's names as index, in the metric's unit, and what ``low`` and ``high`` are made
        of, ``reach, least, most``; NaN where no repeat is used, and an interval only where it can be told.
    """
    cells, groups, judge = cell_tests(pairs, design), Groups.by(pairs, CELL), np.asarray(used, dtype=np.bool_)
    on_those = (np.where(judge, pairs[name], np.nan) for name in ("difference", *ENDS))
    gain, least, most = (groups.means(values) for values in on_those)
    repeats, used_of = cells["repeats"].to_numpy(np.float64), groups.sums(judge.astype(np.float64))
    more = np.divide(repeats, used_of, out=np.full(len(cells), np.nan), where=used_of > 0)
    reach = cells["reach"].to_numpy(np.float64) * np.sqrt(more)
    low, high = within(gain, reach, least, most)
    names = pd.MultiIndex.from_frame(cells[list(CELL)])
    figures = {"gain": gain, "reach": reach, "least": least, "most": most, "low": low, "high": high}
    return pd.DataFrame(figures, index=names)


@dataclass(frozen=True)
class MeanGain:
    """A mean gain with what its 95 % interval is made of.

    Attributes:
        gain: of a task.
        reach: of the interval to either side by its error.
        least, most: what it can be.
    """

    gain: float
    reach: float
    least: float
    most: float

    def interval(self, about: float | None = None) -> tuple[float, float]:
        """Both ends, about the gain or about another estimate of it."""
        middle = self.gain if about is None else about
        low, high = within(*(np.float64(value) for value in (middle, self.reach, self.least, self.most)))
        return float(low), float(high)


def mean_gain(pairs: pd.DataFrame, groups: Sequence[str], used: pd.Series[bool], design: Design = USUAL) -> MeanGain:
    """Mean gain of a task of some networks of one setting, on the repeats that are used, with its 95 % interval.

    A repeat that has every task of every group is one difference.

    Args:
        pairs: of the setting.
        groups: their combinations; a single gains 0.
        used: whether a row is of a repeat that did not choose the groups.
        design: of the study.

    Returns:
        All NaN where nothing can be told.
    """
    sizes = {name: name.count("+") + 1 for name in groups}
    shared = {name: size for name, size in sizes.items() if size > 1}
    inside = np.array([name in shared for name in pairs["combination"]], dtype=np.bool_)
    here = pairs[inside]
    repeats = Groups.by(here, REPEAT)
    whole = repeats.sizes == sum(shared.values())
    if not whole.any():
        return MeanGain(*[np.nan] * 4)
    first = here.iloc[repeats.first[whole]]
    cell = pd.DataFrame(
        {
            **dict(zip(CELL, ("mean", "grouping", *(first[name].to_numpy() for name in SETTING)), strict=True)),
            "metric": "mean",
            "single": 0.0,
            "shared": 0.0,
            "test_clips": 0,
            **{name: repeats.sums(here[name])[whole] / sum(sizes.values()) for name in ("difference", *ENDS)},
            "part": first["fold"].to_numpy(),
        }
    )
    line = estimated_on(cell, used[inside].iloc[repeats.first[whole]], design.of_means()).iloc[0]
    return MeanGain(*(float(line[name]) for name in ("gain", "reach", *ENDS)))
