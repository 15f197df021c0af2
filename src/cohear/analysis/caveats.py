"""What the design of the repeats does not let anyone conclude, and which repeats could not be compared."""

from collections.abc import Sequence

import pandas as pd

from cohear.analysis.columns import SETTING
from cohear.analysis.design import MARGIN
from cohear.analysis.pairs import unpaired
from cohear.analysis.sentences import counted, setting_name
from cohear.analysis.spread import cell_spread
from cohear.analysis.units import above_one
from cohear.analysis.verdicts import FEWEST_REPEATS

MOST_LEFT_OUT = 5
"""Cells of which it is said that repeats were left out, before the rest is counted."""


def caveats_of(pairs: pd.DataFrame, looks: Sequence[int] = ()) -> list[str]:
    """What the design of the repeats does not let anyone conclude, a sentence each.

    Args:
        pairs: paired differences.
        looks: after how many repeats the study looked, where it stops by itself.
    """
    if pairs.empty:
        return ["No task was trained both alone and with a partner, so there is nothing to compare."]
    cells = cell_spread(pairs)
    said = []
    if looks:
        said.append(
            f"Repeats stopped where verdicts were decided (looks at {', '.join(map(str, looks))} repeats): p-values, "
            "verdicts and intervals allow for it; gains of cells that stopped early are a little too large."
        )
    few = sorted(cells.loc[cells["repeats"] < 2, "task"].unique())
    if few:
        said.append(f"Fewer than two paired repeats ({_names(few)}): nothing can be decided there.")
    one = cells[(cells["parts"] == 1) & (cells["repeats"] > 1)]
    judged = one["repeats"] >= FEWEST_REPEATS
    others = one[~judged & ~one["task"].isin(one.loc[judged, "task"])]
    for what, some in (("verdicts", one[judged]), ("intervals", others)):
        if len(some):
            tasks = _names(sorted(some["task"].unique()))
            said.append(f"One test part only ({tasks}): the {what} hold for this split, not for other data.")
    alone = (cells["parts"] > 1) & (cells["repeats"] == cells["parts"])
    if looks and alone.any():  # such a study gives cells more seeds by itself
        said.append(
            f"{counted(int(alone.sum()), 'cell')} stopped with one seed a fold, where chance and the choice of data "
            "cannot be told apart; most is taken for the data's."
        )
    elif alone.any():
        names = sorted({setting_name(names) for names in cells.loc[alone, list(SETTING)].itertuples(index=False)})
        where = "" if alone.all() else f" ({_names(names)})"
        said.append(
            f"With one seed a fold{where}, chance and the choice of data cannot be told apart; most is taken for the "
            "data's. A second seed a fold tells them apart (repeats: {seeds: 2})."
        )
    too_few = sorted(cells.loc[cells["repeats"].between(2, FEWEST_REPEATS - 1), "task"].unique())
    if too_few:
        said.append(
            f"Fewer than {FEWEST_REPEATS} paired repeats ({_names(too_few)}): no verdict there, intervals alone."
        )
    return said + _caveats_of_scores(pairs, cells)


def notes(results: pd.DataFrame, pairs: pd.DataFrame, looks: Sequence[int] = ()) -> list[str]:
    """:func:`caveats_of`, and which repeats could not be compared, a sentence each, a few of them.

    Args:
        results: the table of results.
        pairs: its paired differences.
        looks: as for :func:`caveats_of`.
    """
    left_out = unpaired(results)
    more = len(left_out) - MOST_LEFT_OUT
    return [
        *caveats_of(pairs, looks),
        *left_out[:MOST_LEFT_OUT],
        *([f"Repeats of {counted(more, 'more cell')} were left out."] if more > 0 else []),
    ]


def _caveats_of_scores(pairs: pd.DataFrame, cells: pd.DataFrame) -> list[str]:
    said = []
    if large := above_one(pairs):
        said.append(
            f"Scores of {_names(large)} are not all between 0 and 1: gains stand in the unit of the scores, and so "
            f"does the margin of `harmless` ({MARGIN} where none is given). If they are per cent, divide them by 100."
        )
    metrics = sorted(set(pairs["metric"]))
    if len(metrics) > 1:
        said.append(f"Tasks have different metrics ({_names(metrics)}): means over tasks put them into one figure.")
    still = (cells["repeats"] > 1) & (cells["between"] == 0) & (cells["within"] == 0) & cells["step"].isna()
    if still.any():
        said.append(
            f"All repeats of {counted(int(still.sum()), 'cell')} have the same gain: how sure it is can only be told "
            "with `test_clips`, or from other cells of the family."
        )
    return said


def _names(tasks: list[str]) -> str:
    shown = ", ".join(tasks[:5])
    return shown if len(tasks) <= 5 else f"{shown} and {len(tasks) - 5} more"
