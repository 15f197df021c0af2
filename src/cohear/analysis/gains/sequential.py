"""Look at a study while it runs, and keep the error rate: which cells are still open?

A cell is looked at whenever it has enough new repeats, and its p-values are held against the levels of
:mod:`cohear.analysis.gains.spending`. Turned round, this gives each cell one p-value that is valid whenever it stops:
the smallest rate at which any look would have called it. Those of a family go through Benjamini & Hochberg as ever
(looks at a false discovery rate: Zehetmayer, Bauer & Posch 2008, Stat. Med. 27). They only fall while repeats are
added.
"""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from cohear.analysis.gains.cell_tests import LEVEL, cell_tests
from cohear.analysis.gains.design import Design
from cohear.analysis.gains.information import information_at
from cohear.analysis.gains.spending import Seen, level_of, overall
from cohear.analysis.gains.verdicts import verdicts
from cohear.analysis.tables.columns import CELL, FAMILY
from cohear.base.arrays import Array
from cohear.base.multiplicity import benjamini_hochberg


def looked_at(pairs: pd.DataFrame, design: Design) -> tuple[pd.DataFrame, dict[Hashable, Seen]]:
    """The cells of :func:`cohear.analysis.gains.cell_tests.cell_tests` with what all looks so far say of them.

    Repeats of a cell count in the order of (seed, fold), as a study runs them.

    Args:
        pairs: of :func:`cohear.analysis.gains.pairs.paired_differences`.
        design: with looks.

    Returns:
        Those of all repeats up to the last look, with ``p_sequential``, ``p_margin_sequential``, ``p_adjusted`` and
        ``verdict``; and the looks that each family has had, by its names.
    """
    looks = design.looks
    pairs = pairs.sort_values([*CELL, "seed", "fold"], ignore_index=True)
    order = pairs.groupby(list(CELL), sort=False).cumcount()
    now = cell_tests(pairs[order < looks[-1]], design)
    smallest = {name: np.ones(len(now)) for name in ("p", "p_margin")}
    sign = np.zeros(len(now))
    seen: dict[Hashable, Seen] = {}
    names = pd.MultiIndex.from_frame(now[list(CELL)])
    for place, look in enumerate(looks):
        if not (now["repeats"] >= look).any():
            break
        then = cell_tests(pairs[order < look], design)
        there = then[then["repeats"] >= look]
        at = names.get_indexer(pd.MultiIndex.from_frame(there[list(CELL)]))
        for family, times in information_at(there, looks).items():
            seen[family] = (*seen.get(family, ()), times[: place + 1])
        families = there.groupby(list(FAMILY), sort=False).indices
        for name, least in smallest.items():
            p, spent = there[name].to_numpy(float), np.ones(len(there))
            for family, rows in families.items():
                spent[rows] = overall(p[rows], seen[family], len(looks), sides=2 if name == "p" else 1)
            better = np.nan_to_num(spent, nan=1.0) < least[at]
            least[at] = np.where(better, spent, least[at])
            if name == "p":
                sign[at] = np.where(better, np.sign(there["gain"].to_numpy(float)), sign[at])
    cells = now.assign(p_sequential=smallest["p"], p_margin_sequential=smallest["p_margin"], p_adjusted=np.nan)
    cells["verdict"] = "undecided"
    for rows in cells.groupby(list(FAMILY), sort=False).indices.values():
        adjusted = benjamini_hochberg(smallest["p"][rows])
        not_worse = benjamini_hochberg(smallest["p_margin"][rows])
        cells.loc[cells.index[rows], "p_adjusted"] = adjusted
        cells.loc[cells.index[rows], "verdict"] = verdicts(sign[rows], adjusted, not_worse)
    return cells, seen


def repeated_intervals(cells: pd.DataFrame, seen: Mapping[Hashable, Seen], looks: Sequence[int]) -> Array:
    """How far the repeated confidence interval of each cell reaches to either side, ``(cells,)``.

    Args:
        cells: of :func:`looked_at`.
        seen: the looks that each family has had.
        looks: numbers of repeats at which the study looks.
    """
    had = np.maximum(np.searchsorted(looks, cells["repeats"].to_numpy(int), side="right"), 1)
    foretold, level = information_at(cells, looks), np.full(len(cells), np.nan)
    for family, rows in cells.groupby(list(FAMILY), sort=False).indices.items():
        # a cell before its first look is judged as at that look
        of_family = seen.get(family, (foretold[family][:1],))
        for look in np.unique(had[rows]):
            level[rows[had[rows] == look]] = level_of(LEVEL, of_family[:look], len(looks))
    reach: Array = stats.t.ppf(1 - level / 2, cells["freedom"].to_numpy(float)) * cells["error"].to_numpy(float)
    return reach
