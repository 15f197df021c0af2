"""Gains with intervals and verdicts: what sharing did to each task, and how sure that is.

The error of each cell is that of :mod:`cohear.analysis.gains.cell_tests`. A family is what is tested at once: the
pair cells of one features x encoder x arm; larger groups make a family of their own. Within it the false
discovery rate is kept at 5 % (Benjamini & Hochberg 1995); Holm's (1979) is there for who wants no false call.
"""

import pandas as pd

from cohear.analysis.gains.bounds import ENDS, within
from cohear.analysis.gains.design import USUAL, Design
from cohear.analysis.gains.judged import Judged, judge
from cohear.analysis.gains.pairs import paired_differences
from cohear.analysis.gains.sequential import repeated_intervals
from cohear.analysis.gains.verdicts import Adjust
from cohear.base.multiplicity import benjamini_hochberg
from cohear.base.tables import GAINS_CSV


def gains(results: pd.DataFrame, design: Design = USUAL, adjust: Adjust = benjamini_hochberg) -> pd.DataFrame:
    """The gain of every cell, its 95 % interval and its verdict.

    Args:
        results: the table of results (:func:`cohear.analysis.tables.results.read_results`).
        design: of the study.
        adjust: for the many cells of a family, where repeats were fixed.

    Returns:
        The columns of ``gains.csv``, a row per cell, sorted by names. ``gain``, ``low``, ``high`` have the
        sign that plus is better; the interval is for the cell alone, ``p_adjusted`` and ``verdict`` are
        for the family. With fewer than two repeats ``low``, ``high``, ``p``, ``p_adjusted`` are empty and
        the verdict is ``undecided``; with fewer than :data:`cohear.analysis.gains.verdicts.FEWEST_REPEATS` only
        ``p_adjusted`` is empty and the verdict is ``undecided`` all the same. With one test part only seeds vary: the
        verdict covers this one split, and :class:`cohear.findings.caveats_of_repeats.OneTestPart` says so.
        ``explanation`` is empty here; controls fill it (:func:`cohear.analysis.gains.controls.explained`).

    Raises:
        UserError: the results cannot be compared (see :func:`cohear.analysis.gains.pairs.paired_differences`).
    """
    return gains_of(paired_differences(results, design), design, adjust)


def gains_of(pairs: pd.DataFrame, design: Design = USUAL, adjust: Adjust = benjamini_hochberg) -> pd.DataFrame:
    """The same from paired differences."""
    return judged_gains(judge(pairs, design, adjust))


def judged_gains(judged: Judged) -> pd.DataFrame:
    """The table of :func:`gains` from cells that are judged."""
    return told_cells(judged).assign(explanation="")[list(GAINS_CSV.names)].reset_index(drop=True)


def told_cells(judged: Judged) -> pd.DataFrame:
    """Cells with the intervals and p-values that are told of them, and how far the former ``reach`` by their error.

    Where the study looked, ``p``, ``p_adjusted`` and ``verdict`` are valid at any look, and ``low`` and ``high`` are
    the repeated confidence interval of the last look that the cell has had (Jennison & Turnbull 1989, JRSS B 51),
    which holds however the study came to stop.
    """
    cells, looks = judged.cells, judged.design.looks
    if looks:
        unseen = cells["repeats"] < looks[0]
        reach = repeated_intervals(cells, judged.seen, looks)
        gain, least, most = (cells[name].to_numpy(float) for name in ("gain", *ENDS))
        low, high = within(gain, reach, least, most)
        cells = cells.assign(
            reach=reach,
            low=low,
            high=high,
            p=cells["p_sequential"].mask(unseen),
            p_adjusted=cells["p_adjusted"].mask(unseen),
        )
    return cells
