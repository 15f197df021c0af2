"""What a design can find: the smallest gain for each cell, and the repeats that would decide it."""

import numpy as np
import pandas as pd
from scipy import stats

from cohear.analysis.gains.cell_tests import LEVEL
from cohear.analysis.gains.information import error_at
from cohear.analysis.gains.judged import Judged
from cohear.analysis.gains.verdicts import FEWEST_REPEATS
from cohear.analysis.looking.deciding import ways
from cohear.analysis.tables.columns import CELL, FAMILY
from cohear.base.arrays import Array
from cohear.base.setting import InSetting

POWER = 0.8
MOST = 1000
"""Repeats beyond which nobody goes; a cell that needs more is not decided by repeats."""

CELLS = (
    *CELL,
    "gain",
    "error",
    "repeats",
    "verdict",
    "smallest",
    "smallest_in_family",
    "more_repeats",
    "share_measured",
    "share_assumed",
    "way",
)


def power_table(judged: Judged, is_open: "pd.Series[bool] | None" = None) -> pd.DataFrame:
    """What each cell could have shown, and what would decide it.

    Args:
        judged: the cells with their verdicts.
        is_open: of a study that looks, which cells it goes on with (:func:`cohear.analysis.looking.standing.standing`):
            the others have had all the repeats that they get, and those get no more than its last look has.

    Returns:
        A row per cell: its names, ``gain``, ``error``, ``repeats``, ``verdict``; ``smallest``: the gain found
        with 80 % power by a test of this cell alone; ``smallest_in_family``: the same at the level that the
        false discovery rate asks of the next cell to be called; ``more_repeats``: how many more repeats on
        the same test parts would decide an undecided cell with 80 % power if its gain is what it seems (0: it is
        decided; NaN: more than :data:`MOST`, or never, because the fold part does not fall with seeds, or not known,
        since ``error`` is not);
        ``share_measured``: whether that part is estimated in the task, and ``share_assumed``: why it is not
        (:func:`cohear.analysis.gains.spread.why_assumed`); ``way``: what would decide the cell, of which repeats are
        one (:func:`cohear.analysis.looking.deciding.ways`).
    """
    cells = judged.cells
    if cells.empty:
        return pd.DataFrame(columns=list(CELLS))
    level = pd.Series(LEVEL, index=cells.index)
    harmless = pd.Series(LEVEL, index=cells.index)
    for _, family in cells.groupby(list(FAMILY), sort=False):
        size = family["p"].notna().sum()
        called = family["verdict"].isin(["helps", "hurts"]).sum()
        level[family.index] = LEVEL * min(called + 1, size) / max(size, 1)
        harmless[family.index] = LEVEL * min((family["verdict"] != "undecided").sum() + 1, size) / max(size, 1)
    freedom, error = cells["freedom"].to_numpy(float), cells["error"].to_numpy(float)
    tail = stats.t.ppf(POWER, freedom)
    more = _more(cells, np.asarray(level, dtype=np.float64), np.asarray(harmless, dtype=np.float64))
    if is_open is not None:
        left = judged.design.looks[-1] - cells["repeats"].to_numpy(float)
        more = np.where(is_open.to_numpy(bool) & (more <= left), more, np.nan)
    cells = cells.assign(
        smallest=(stats.t.ppf(1 - LEVEL / 2, freedom) + tail) * error,
        smallest_in_family=(stats.t.ppf(1 - level.to_numpy(float) / 2, freedom) + tail) * error,
        more_repeats=np.where(cells["verdict"] == "undecided", more, 0.0),
        way=ways(cells, more, is_open),
    )
    return cells[list(CELLS)].reset_index(drop=True)


def _more(cells: pd.DataFrame, level: Array, harmless: Array) -> Array:
    """Fewest further repeats at which a gain as large would be called with 80 % power, NaN where none are enough.

    What is just beyond the level is called in half of the cases alone, for new repeats scatter around the gain.
    """
    gain, margin = cells["gain"].to_numpy(float), cells["margin"].to_numpy(float)
    now, freedom = cells["repeats"].to_numpy(float), cells["freedom"].to_numpy(float)
    total = np.full(len(cells), np.nan)
    tail = stats.t.ppf(POWER, freedom)
    two_sided, one_sided = stats.t.ppf(1 - level / 2, freedom) + tail, stats.t.ppf(1 - harmless, freedom) + tail
    for n in range(1, MOST + 1):
        error = error_at(cells, np.maximum(now, n))
        differs = np.abs(gain) >= two_sided * error
        not_worse = gain + margin >= one_sided * error
        ready = np.isnan(total) & (n > now) & (n >= FEWEST_REPEATS) & (differs | not_worse)
        total[ready] = n
        if not np.isnan(total).any():
            break
    more: Array = total - now
    return more


class FamilyPower(InSetting):
    """What a family of cells (``pairs`` or ``groups``) could find, how much is open, what repeats would decide of that.

    ``smallest`` gains are found with 80 % power, by a test of one cell and at the level in the family; ``more_repeats``
    are so many more over the open cells that they would decide; ``not_by_repeats`` open cells need new clips, of
    ``not_known`` it cannot be told.
    """

    cells: str
    number: int
    open: int
    smallest: float | None
    smallest_in_family: float | None
    more_repeats: float
    not_by_repeats: int
    not_known: int
    share_measured: bool


def family_table(cells: pd.DataFrame) -> list[FamilyPower]:
    """One line per family.

    Args:
        cells: of :func:`power_table`.
    """
    found: list[FamilyPower] = []
    pair = cells["combination"].str.count(r"\+") == 1
    for names, family in cells.assign(pair=pair).groupby(list(FAMILY), sort=True):
        features, encoder, arm, two = names
        undecided = family[family["verdict"] == "undecided"]
        found.append(
            {
                "features": str(features),
                "encoder": str(encoder),
                "arm": str(arm),
                "cells": "pairs" if two else "groups",
                "number": len(family),
                "open": len(undecided),
                "smallest": _middle(family["smallest"]),
                "smallest_in_family": _middle(family["smallest_in_family"]),
                "more_repeats": float(undecided["more_repeats"].sum()),
                "not_by_repeats": int((undecided["way"] == "clips").sum()),
                "not_known": int(undecided["way"].isin(["seed", "cells", "still"]).sum()),
                "share_measured": bool(family["share_measured"].all()),
            }
        )
    return found


def _middle(values: pd.Series) -> float | None:
    middle = values.median()
    return None if pd.isna(middle) else float(middle)
