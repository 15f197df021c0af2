"""What was chosen on some of the repeats is estimated on the others: there its luck has no part."""

import numpy as np
import pandas as pd

from cohear.analysis.cell_tests import PerTask, cell_tests
from cohear.analysis.columns import CELL


def estimated_on(pairs: pd.DataFrame, used: pd.Series, ratio: PerTask | None = None) -> pd.DataFrame:
    """Gains of cells on the repeats that did not choose them, with 95 % intervals.

    How far repeats lie apart is learned from all of them, for what chose a cell tells its spread without favour, and
    a few repeats may agree by luck; the interval is wider by the root of how many more they are than those used.

    Args:
        pairs: the columns of :func:`cohear.analysis.pairs.paired_differences`, all repeats of the cells. Cells of one
            family share their variances (:func:`cohear.analysis.cell_tests.cell_tests`).
        used: whether a row is of a repeat that did not choose.
        ratio: as ``test_train_ratio`` there.

    Returns:
        ``gain, low, high`` with the cell's names as index, in the metric's unit; NaN where no repeat is used, and an
        interval only where it can be told.
    """
    cells = cell_tests(pairs, test_train_ratio=ratio).set_index(list(CELL))
    others = pairs[used].groupby(list(CELL))["difference"].agg(["mean", "size"]).reindex(cells.index)
    reach = (cells["high"] - cells["low"]) / 2 * np.sqrt(cells["repeats"].astype(float) / others["size"])
    return pd.DataFrame({"gain": others["mean"], "low": others["mean"] - reach, "high": others["mean"] + reach})
