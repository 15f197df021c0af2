"""What was chosen on some of the repeats is estimated on the others: there its luck has no part."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

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
        ``gain, low, high`` with the cell's names as index, in the metric's unit; NaN where no repeat is used, and an
        interval only where it can be told.
    """
    cells = cell_tests(pairs, design).set_index(list(CELL))
    others = pairs[used].groupby(list(CELL))["difference"].agg(["mean", "size"]).reindex(cells.index)
    reach = (cells["high"] - cells["low"]) / 2 * np.sqrt(cells["repeats"].astype(float) / others["size"])
    return pd.DataFrame({"gain": others["mean"], "low": others["mean"] - reach, "high": others["mean"] + reach})


def mean_gain(
    pairs: pd.DataFrame, groups: Sequence[str], used: pd.Series, design: Design = USUAL
) -> tuple[float, float, float]:
    """Mean gain of a task of some networks of one setting, on the repeats that are used, with its 95 % interval.

    A repeat that has every task of every group is one difference.

    Args:
        pairs: of the setting.
        groups: their combinations; a single gains 0.
        used: whether a row is of a repeat that did not choose the groups.
        design: of the study.

    Returns:
        Gain, low, high; NaN where nothing can be told.
    """
    sizes = {name: name.count("+") + 1 for name in groups}
    shared = [name for name, size in sizes.items() if size > 1]
    here = pairs.assign(used=used)[pairs["combination"].isin(shared)]
    repeats = here.groupby([*SETTING, *REPEAT], sort=True).agg(
        total=("difference", "sum"), cells=("difference", "size"), used=("used", "first")
    )
    whole = repeats[repeats["cells"] == sum(sizes[name] for name in shared)].reset_index()
    if whole.empty:
        return np.nan, np.nan, np.nan
    cell = whole.assign(
        **{"task": "mean", "combination": "grouping", "metric": "mean", "single": 0.0, "shared": 0.0, "test_clips": 0},
        difference=whole["total"] / sum(sizes.values()),
        part="fold " + whole["fold"].astype(str),
    )
    line = estimated_on(cell, cell["used"], design.of_means()).iloc[0]
    return float(line["gain"]), float(line["low"]), float(line["high"])
