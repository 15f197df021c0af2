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


def estimated_on(pairs: pd.DataFrame, used: pd.Series, design: Design = USUAL) -> pd.DataFrame:
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
    cells = cell_tests(pairs, design).set_index(list(CELL))
    grouped = pairs[used].groupby(list(CELL))
    others = grouped[["difference", *ENDS]].mean().rename(columns={"difference": "gain"}).reindex(cells.index)
    used_of = grouped.size().reindex(cells.index)
    others = others.assign(reach=cells["reach"] * np.sqrt(cells["repeats"].astype(float) / used_of))
    low, high = within(*(others[name].to_numpy(float) for name in ("gain", "reach", *ENDS)))
    return others.assign(low=low, high=high)


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


def mean_gain(pairs: pd.DataFrame, groups: Sequence[str], used: pd.Series, design: Design = USUAL) -> MeanGain:
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
    shared = [name for name, size in sizes.items() if size > 1]
    here = pairs.assign(used=used)[pairs["combination"].isin(shared)]
    repeats = here.groupby([*SETTING, *REPEAT], sort=True).agg(
        total=("difference", "sum"),
        cells=("difference", "size"),
        used=("used", "first"),
        least=("least", "sum"),
        most=("most", "sum"),
    )
    whole = repeats[repeats["cells"] == sum(sizes[name] for name in shared)].reset_index()
    if whole.empty:
        return MeanGain(*[np.nan] * 4)
    cell = whole.assign(
        **{"task": "mean", "combination": "grouping", "metric": "mean", "single": 0.0, "shared": 0.0, "test_clips": 0},
        difference=whole["total"] / sum(sizes.values()),
        least=whole["least"] / sum(sizes.values()),
        most=whole["most"] / sum(sizes.values()),
        part="fold " + whole["fold"].astype(str),
    )
    line = estimated_on(cell, cell["used"], design.of_means()).iloc[0]
    return MeanGain(*(float(line[name]) for name in ("gain", "reach", *ENDS)))
