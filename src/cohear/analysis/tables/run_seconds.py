"""What a run took, by one clock: seconds of the processor or of an accelerator, where anybody looked at these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd


def typical_seconds(runs: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Of each cell the median of its runs' seconds, and whether these are by the clock.

    Earlier versions timed runs by the clock, beside whatever else the machine did; such runs count where there are no
    others. Two cells can be compared where both are of one kind.

    Args:
        runs: rows of the table of results, a row a run.
        keys: columns that name a cell.

    Returns:
        ``seconds`` and ``by_clock``, a row a cell.
    """
    seconds = runs["seconds"].astype(float)
    processor = seconds.where(runs["wall_seconds"].notna())
    cells = runs.assign(seconds=seconds, processor=processor).groupby(list(keys), sort=True)
    every, timed = cells["seconds"].median(), cells["processor"].median()
    return pd.DataFrame({"seconds": timed.fillna(every), "by_clock": timed.isna() & every.notna()})


def of_one_clock(by_clock: Iterable[bool]) -> bool:
    """Whether all of them are of one kind, so that their seconds can be compared."""
    return len(set(by_clock)) <= 1
