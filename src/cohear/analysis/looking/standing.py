"""Where cells stand while a study runs: decided, open, or past hope.

A pure function of the results so far; giving a cell up as hopeless never makes a false call, so it needs no
correction. A cell that stopped keeps its verdict.
"""

import pandas as pd

from cohear.analysis.gains.judged import Judged
from cohear.analysis.looking.chance import chance_of
from cohear.analysis.tables.columns import CELL

HOPELESS = 0.1
"""A cell is given up where the chance that the last look decides it is below this (a usual bound for futility:
Lachin 2005, Stat. Med. 24)."""

STANDING = (*CELL, "gain", "repeats", "p_sequential", "p_margin_sequential", "p_adjusted", "verdict", "chance", "open")


def standing(judged: Judged) -> pd.DataFrame:
    """Verdicts under repeated looks, and which cells are open.

    Args:
        judged: cells of a study that looks; they may have different numbers of repeats.

    Returns:
        A row per cell: its names, ``gain``, ``repeats``, ``p_sequential`` and ``p_margin_sequential`` (valid at
        any look), ``p_adjusted`` (of the family), ``verdict``, ``chance`` (that it is decided at the last look, as
        the data stand) and ``open``: undecided, before its last look and not hopeless.
    """
    cells, looks = judged.cells, judged.design.looks
    cells = cells.assign(chance=chance_of(cells, cells["verdict"].to_numpy(), looks, judged.seen))
    short, unseen = cells["repeats"] < looks[-1], cells["repeats"] < looks[0]
    cells["open"] = (cells["verdict"] == "undecided") & short & (unseen | ~(cells["chance"] < HOPELESS))
    return cells[list(STANDING)].reset_index(drop=True)
