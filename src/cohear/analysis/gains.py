"""Gains with intervals and verdicts: what sharing did to each task, and how sure that is.

The error of each cell is that of :mod:`cohear.analysis.cell_tests`. A family is what is tested at once: the
pair cells of one features x encoder x arm; larger groups make a family of their own. Within it the false
discovery rate is kept at 5 % (Benjamini & Hochberg 1995); Holm's (1979) is there for who wants no false call.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cohear.analysis.cell_tests import LEVEL, MARGIN, PerTask, cell_tests
from cohear.analysis.columns import FAMILY, SETTING
from cohear.analysis.multiplicity import benjamini_hochberg
from cohear.analysis.pairs import paired_differences, unpaired
from cohear.analysis.sentences import above_one, counted, setting_name
from cohear.analysis.spread import cell_spread
from cohear.base.tables import GAINS_CSV

FEWEST_REPEATS = 5
"""Paired repeats that a verdict needs."""

MOST_LEFT_OUT = 5
"""Cells of which it is said that repeats were left out, before the rest is counted."""

Adjust = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""p-values of a family to adjusted ones (:mod:`cohear.analysis.multiplicity`)."""


def gains(
    results: pd.DataFrame,
    margins: PerTask = MARGIN,
    test_train_ratio: PerTask | None = None,
    adjust: Adjust = benjamini_hochberg,
) -> pd.DataFrame:
    """The gain of every cell, its 95 % interval and its verdict.

    Args:
        results: the table of results (:func:`cohear.analysis.results.read_results`).
        margins: what ``harmless`` may cost, in the metric's unit, for all tasks or for each (a task
            that is not named gets :data:`MARGIN`).
        test_train_ratio: test clips / training clips of a fold. Without it 1/(J-1) is taken, the ratio of
            a cross-validation over the J test parts seen, which is careful where more folds exist than ran.
        adjust: for the many cells of a family.

    Returns:
        The columns of ``gains.csv``, a row per cell, sorted by names. ``gain``, ``low``, ``high`` have the
        sign that plus is better; the interval is for the cell alone, ``p_adjusted`` and ``verdict`` are
        for the family. With fewer than two repeats ``low``, ``high``, ``p``, ``p_adjusted`` are empty and
        the verdict is ``undecided``; with fewer than :data:`FEWEST_REPEATS` only ``p_adjusted`` is empty and the
        verdict is ``undecided`` all the same. With one test part only seeds vary: the verdict covers this one
        split, and :func:`caveats` says so. ``explanation`` is empty here; controls fill it
        (:func:`cohear.analysis.controls.explained`).

    Raises:
        UserError: the results cannot be compared (see :func:`cohear.analysis.pairs.paired_differences`).
    """
    return gains_of(paired_differences(results), margins, test_train_ratio, adjust)


def gains_of(
    pairs: pd.DataFrame,
    margins: PerTask = MARGIN,
    test_train_ratio: PerTask | None = None,
    adjust: Adjust = benjamini_hochberg,
) -> pd.DataFrame:
    """The table of :func:`gains` from paired differences."""
    cells = with_verdicts(cell_tests(pairs, margins, test_train_ratio), adjust)
    return cells.assign(explanation="")[list(GAINS_CSV.names)].reset_index(drop=True)


def with_verdicts(cells: pd.DataFrame, adjust: Adjust = benjamini_hochberg) -> pd.DataFrame:
    """Cells of :func:`cohear.analysis.cell_tests.cell_tests` with ``p_adjusted`` and ``verdict``."""
    cells = cells.assign(p_adjusted=np.nan, verdict="undecided")
    tested = cells[cells["repeats"] >= FEWEST_REPEATS]
    for _, family in tested.groupby(list(FAMILY), sort=False):
        adjusted = adjust(family["p"].to_numpy(float))
        not_worse = adjust(family["p_margin"].to_numpy(float))
        verdict = verdicts(family["gain"].to_numpy(float), adjusted, not_worse)
        cells.loc[family.index, "p_adjusted"] = adjusted
        cells.loc[family.index, "verdict"] = verdict
    return cells


def verdicts(gain: NDArray[np.float64], p: NDArray[np.float64], p_margin: NDArray[np.float64]) -> NDArray[np.str_]:
    """``helps``, ``hurts``, ``harmless`` or ``undecided`` from adjusted p-values; NaN decides nothing."""
    differs = p <= LEVEL
    return np.select(
        [differs & (gain > 0), differs & (gain < 0), p_margin <= LEVEL], ["helps", "hurts", "harmless"], "undecided"
    )


def caveats(results: pd.DataFrame, looks: Sequence[int] = ()) -> list[str]:
    """What the design of the repeats does not let anyone conclude, a sentence each."""
    return caveats_of(paired_differences(results), looks)


def caveats_of(pairs: pd.DataFrame, looks: Sequence[int] = ()) -> list[str]:
    """The same from paired differences."""
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
    one = sorted(cells.loc[(cells["parts"] == 1) & (cells["repeats"] > 1), "task"].unique())
    if one:
        said.append(f"One test part only ({_names(one)}): the verdicts hold for this split, not for other data.")
    alone = (cells["parts"] > 1) & (cells["repeats"] == cells["parts"])
    if alone.any():
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
        looks: as for :func:`caveats`.
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
