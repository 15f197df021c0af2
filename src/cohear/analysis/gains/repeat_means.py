"""The mean over many cells as one difference a repeat."""

from collections.abc import Sequence

import pandas as pd

from cohear.analysis.gains.bounds import ENDS
from cohear.analysis.tables.columns import CELL, REPEAT, SETTING


def repeat_means(rows: pd.DataFrame, within: Sequence[str] = ()) -> pd.DataFrame:
    """The mean of all cells, a row per repeat; a cell that a repeat lacks counts at its own mean.

    The mean over the repeats is that of the cells' means, so that each counts alike, however many repeats it has.

    Args:
        rows: columns of :func:`cohear.analysis.gains.pairs.paired_differences`.
        within: columns that tell apart what is never put into one mean, say ``task``.

    Returns:
        Those columns without ``task`` and ``combination``, which the caller names; ``difference`` is the mean, and so
        are both ends of what it can be.
    """
    apart = [*SETTING, *within]
    grouped_cells = rows.groupby(list(dict.fromkeys([*within, *CELL])), sort=False)
    cells = grouped_cells["difference"]
    middle = grouped_cells[["difference", *ENDS]].mean().groupby(apart, sort=False).mean()
    grouped = rows.assign(left=rows["difference"] - cells.transform("mean")).groupby([*apart, *REPEAT], sort=True)
    table = grouped.agg(left=("left", "mean"), single=("single", "mean"), shared=("shared", "mean")).reset_index()
    table = table.merge(middle.rename(columns={"difference": "middle"}).reset_index(), on=apart)
    left = table["left"] - table.groupby(apart, sort=False)["left"].transform("mean")
    return table.assign(
        difference=left + table["middle"],
        part="fold " + table["fold"].astype(str),
        metric="mean",
        test_clips=0,
    )
