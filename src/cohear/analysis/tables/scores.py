"""Test scores over the repeats."""

import pandas as pd

from cohear.analysis.tables.columns import CELL
from cohear.analysis.tables.results import checked_results


def scores(results: pd.DataFrame) -> pd.DataFrame:
    """Mean test score of every task in every combination, over the repeats; control runs are left out.

    Args:
        results: the table of results.

    Returns:
        ``task, combination, features, encoder, arm, metric, higher_is_better, mean, sd, repeats``, sorted by
        names. ``sd`` is that of single repeats (n-1), NaN for one; repeats without a score do not count.
    """
    table = checked_results(results)
    table = table[table["control"] == ""]
    grouped = table.groupby([*CELL, "metric", "higher_is_better"], sort=True)["value"]
    return grouped.agg(mean="mean", sd="std", repeats="count").reset_index()
