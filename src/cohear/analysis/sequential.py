"""Look at a study while it runs, and keep the error rate: which cells are still open?

A cell is looked at whenever it has enough new repeats, and its p-values are held against the levels of
:mod:`cohear.analysis.spending`. Turned round, this gives each cell one p-value that is valid whenever it stops: the
smallest rate at which any look would have called it. Those of a family go through Benjamini & Hochberg as ever (looks
at a false discovery rate: Zehetmayer, Bauer & Posch 2008, Stat. Med. 27). They only fall while repeats are added.
"""

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cohear.analysis.cell_tests import LEVEL, MARGIN, PerTask, cell_tests
from cohear.analysis.chance import chance_of
from cohear.analysis.columns import CELL, FAMILY
from cohear.analysis.gains import gains_of, verdicts
from cohear.analysis.information import information_at
from cohear.analysis.multiplicity import benjamini_hochberg
from cohear.analysis.pairs import paired_differences
from cohear.analysis.spending import Seen, level_of, overall
from cohear.base.tables import GAINS_CSV

Array = NDArray[np.float64]

FIRST_LOOK = 5
"""Repeats before the first look."""

HOPELESS = 0.1
"""A cell is given up where the chance that the last look decides it is below this (a usual bound for futility:
Lachin 2005, Stat. Med. 24)."""

DECISION = (*CELL, "gain", "repeats", "p_sequential", "p_margin_sequential", "p_adjusted", "verdict", "chance", "open")


def decide(
    results: pd.DataFrame,
    at_most: int,
    margins: PerTask = MARGIN,
    test_train_ratio: PerTask | None = None,
    looks: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Verdicts under repeated looks, and which cells are open. A pure function of the results so far.

    Repeats of a cell count in the order of (seed, fold), as a study runs them; a cell that stopped keeps its
    verdict. Giving a cell up as hopeless never makes a false call, so it needs no correction.

    Args:
        results: so far; cells may have different numbers of repeats.
        at_most: repeats at which a cell stops in any case.
        margins: as :func:`cohear.analysis.gains.gains` has them.
        test_train_ratio: ``test_train_ratio`` there.
        looks: numbers of repeats at which a cell is looked at; by default every one from
            :data:`FIRST_LOOK` to ``at_most``. Must be the same all through a study.

    Returns:
        A row per cell: its names, ``gain``, ``repeats``, ``p_sequential`` and ``p_margin_sequential`` (valid at
        any look), ``p_adjusted`` (of the family), ``verdict``, ``chance`` (that it is decided at
        ``at_most`` repeats, as the data stand) and ``open``: undecided, below ``at_most`` and not hopeless.

    Raises:
        UserError: the results cannot be compared.
    """
    looks = tuple(looks) if looks is not None else tuple(range(min(FIRST_LOOK, at_most), at_most + 1))
    cells, seen = looked_at(paired_differences(results), looks, margins, test_train_ratio)
    cells["chance"] = chance_of(cells, cells["verdict"].to_numpy(), looks, seen)
    short, unseen = cells["repeats"] < at_most, cells["repeats"] < looks[0]
    cells["open"] = (cells["verdict"] == "undecided") & short & (unseen | ~(cells["chance"] < HOPELESS))
    return cells[list(DECISION)].reset_index(drop=True)


def looked_at(
    pairs: pd.DataFrame, looks: Sequence[int], margins: PerTask = MARGIN, test_train_ratio: PerTask | None = None
) -> tuple[pd.DataFrame, dict[Hashable, Seen]]:
    """The cells of :func:`cohear.analysis.cell_tests.cell_tests` with what all looks so far say of them.

    Args:
        pairs: of :func:`cohear.analysis.pairs.paired_differences`.
        looks: numbers of repeats at which a cell is looked at.
        margins: as :func:`cohear.analysis.gains.gains` has them.
        test_train_ratio: ``test_train_ratio`` there.

    Returns:
        Those of all repeats up to the last look, with ``p_sequential``, ``p_margin_sequential``, ``p_adjusted`` and
        ``verdict``; and the looks that each family has had, by its names.
    """
    pairs = pairs.sort_values([*CELL, "seed", "fold"], ignore_index=True)
    order = pairs.groupby(list(CELL), sort=False).cumcount()
    now = cell_tests(pairs[order < looks[-1]], margins, test_train_ratio)
    smallest = {name: np.ones(len(now)) for name in ("p", "p_margin")}
    sign = np.zeros(len(now))
    seen: dict[Hashable, Seen] = {}
    names = pd.MultiIndex.from_frame(now[list(CELL)])
    for place, look in enumerate(looks):
        if not (now["repeats"] >= look).any():
            break
        then = cell_tests(pairs[order < look], margins, test_train_ratio)
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


def gains_by_design(
    pairs: pd.DataFrame,
    margins: PerTask = MARGIN,
    test_train_ratio: PerTask | None = None,
    looks: Sequence[int] = (),
) -> pd.DataFrame:
    """The table of gains as the study's repeats ask: one test where they are fixed, looks where they stopped by them.

    Args:
        pairs: of :func:`cohear.analysis.pairs.paired_differences`.
        margins: as :func:`cohear.analysis.gains.gains` has them.
        test_train_ratio: ``test_train_ratio`` there.
        looks: numbers of repeats at which the study looked (:func:`cohear.analysis.facts.looks_of`); empty where
            it did not.

    Returns:
        The columns of ``gains.csv``. With looks, ``p``, ``p_adjusted`` and ``verdict`` are those of
        :func:`decide`, and ``low`` and ``high`` are the repeated confidence interval of the last look that the cell
        has had (Jennison & Turnbull 1989, JRSS B 51), which holds however the study came to stop.
    """
    if not looks:
        return gains_of(pairs, margins, test_train_ratio)
    cells, seen = looked_at(pairs, looks, margins, test_train_ratio)
    had = np.maximum(np.searchsorted(looks, cells["repeats"].to_numpy(int), side="right"), 1)
    foretold, level = information_at(cells, looks), np.full(len(cells), np.nan)
    for family, rows in cells.groupby(list(FAMILY), sort=False).indices.items():
        # a cell before its first look is judged as at that look
        of_family = seen.get(family, (foretold[family][:1],))
        for look in np.unique(had[rows]):
            level[rows[had[rows] == look]] = level_of(LEVEL, of_family[:look], len(looks))
    reach = stats.t.ppf(1 - level / 2, cells["freedom"].to_numpy(float)) * cells["error"].to_numpy(float)
    unseen = cells["repeats"] < looks[0]
    table = cells.assign(
        low=cells["gain"] - reach,
        high=cells["gain"] + reach,
        p=cells["p_sequential"].mask(unseen),
        p_adjusted=cells["p_adjusted"].mask(unseen),
        explanation="",
    )
    return table[list(GAINS_CSV.names)].reset_index(drop=True)
