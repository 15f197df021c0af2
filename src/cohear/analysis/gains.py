"""Gains with intervals and verdicts: what sharing did to each task, and how sure that is.

What is assumed. The repeats of a cell differ through a fold part (another test part, another training set)
and a seed part (:mod:`cohear.analysis.spread`). The variance of the mean gain is

    fold part x (1/J + r) + seed part / n        (J test parts, n repeats, r = test / train clips),

Nadeau & Bengio (2003, Machine Learning 52, eq. 8) applied to the fold part alone: training sets of two
folds overlap and so do their errors, seeds are independent and their part falls with n. In terms of the
variance V between the means of test parts, which holds fold part + seed part / seeds, that is
``V (1/J + share r)`` with the share of the folds in V, estimated once a family. With one seed a fold the two
cannot be told apart and the share is 1. Two seeds on one fold are never two independent folds.

V is moderated: shared among the cells of the family (Smyth 2004, Stat. Appl. Genet. Mol. Biol. 3(1)), where
the family has at least four cells; then ``t = gain / sqrt(var)`` has J - 1 + d0 degrees of freedom.

A family is what is tested at once: the pair cells of one features x encoder x arm; larger groups make a
family of their own. Within it the false discovery rate is kept at 5 % (Benjamini & Hochberg 1995). A cell of fewer
than five paired repeats has an interval and a p-value, but is not tested: it is in no family and stays undecided.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cohear.analysis.columns import GAINS
from cohear.analysis.moderation import fit_prior, moderate
from cohear.analysis.multiplicity import benjamini_hochberg
from cohear.analysis.pairs import paired_differences
from cohear.analysis.spread import cell_spread, fold_share

Array = NDArray[np.float64]

LEVEL = 0.05
"""False discovery rate of the verdicts, and one minus the coverage of the intervals."""

FEWEST_REPEATS = 5
"""Paired repeats that a verdict needs."""

MARGIN = 0.01
"""What "harmless" may cost where nothing else is said, in the metric's own unit."""

PerTask = float | Mapping[str, float]


def gains(results: pd.DataFrame, margins: PerTask = MARGIN, test_train_ratio: PerTask | None = None) -> pd.DataFrame:
    """The gain of every cell, its 95 % interval and its verdict.

    Args:
        results: the table of results (:func:`cohear.analysis.results.read_results`).
        margins: what ``harmless`` may cost, in the metric's unit, for all tasks or for each (a task
            that is not named gets :data:`MARGIN`).
        test_train_ratio: test clips / training clips of a fold. Without it 1/(J-1) is taken, the ratio of
            a cross-validation over the J test parts seen, which is careful where more folds exist than ran.

    Returns:
        The columns of ``gains.csv``, a row per cell, sorted by names. ``gain``, ``low``, ``high`` have the
        sign that plus is better; the interval is for the cell alone, ``p_adjusted`` and ``verdict`` are
        for the family. With fewer than two repeats ``low``, ``high``, ``p``, ``p_adjusted`` are empty and
        the verdict is ``undecided``; with fewer than :data:`FEWEST_REPEATS` only ``p_adjusted`` is empty and the
        verdict is ``undecided`` all the same. With one test part only seeds vary: the verdict covers this one
        split, and :func:`caveats` says so. ``explanation`` is empty here; controls fill it.

    Raises:
        UserError: the results cannot be compared (see :func:`cohear.analysis.pairs.paired_differences`).
    """
    pairs = paired_differences(results)
    if pairs.empty:
        return pd.DataFrame(columns=list(GAINS))
    cells = cell_spread(pairs)
    cells["margin"] = _per_task(cells["task"], margins, MARGIN)
    cells["ratio"] = (1 / (cells["parts"] - 1.0).where(cells["parts"] > 1)).fillna(0.0)
    if test_train_ratio is not None:
        cells["ratio"] = _per_task(cells["task"], test_train_ratio, cells["ratio"])
    cells["pair"] = cells["combination"].str.count(r"\+") == 1
    families = cells.groupby(["features", "encoder", "arm", "pair"], sort=False)
    # one split has other variances than many, so cells of one test part share theirs among themselves
    judged = [
        _judge(some)
        for _, family in families
        for some in (family[family["parts"] > 1], family[family["parts"] == 1])
        if len(some)
    ]
    table = pd.concat(judged).sort_index()
    tested = table[table["repeats"] >= FEWEST_REPEATS]
    for _, family in tested.groupby(["features", "encoder", "arm", "pair"], sort=False):
        table.loc[family.index, ["p_adjusted", "verdict"]] = _verdicts(family)
    return table.assign(explanation="")[list(GAINS)].reset_index(drop=True)


def _per_task(tasks: pd.Series, given: PerTask, otherwise: float | pd.Series) -> pd.Series:
    if isinstance(given, Mapping):
        return tasks.map(dict(given)).astype(float).fillna(otherwise)
    return pd.Series(float(given), index=tasks.index)


def _judge(family: pd.DataFrame) -> pd.DataFrame:
    """Interval and p-values of cells that share their variances."""
    many = family["parts"].iloc[0] > 1
    if many:
        variance = (family["between"] / family["per_part"]).to_numpy(float)
        freedom = family["between_freedom"].to_numpy(float)
        factor = family["weight"] + fold_share(family) * family["ratio"]
    else:
        variance = family["within"].to_numpy(float)
        freedom = family["within_freedom"].to_numpy(float)
        factor = 1 / family["repeats"].astype(float)
    moderated, freedom = moderate(variance, freedom, fit_prior(variance, freedom))
    # equal differences in all repeats do not prove that there is no spread: scores move in steps of a clip,
    # and the rounding of two of them has a variance of step²/6
    moderated = np.where(moderated > 0, moderated, family["step"].to_numpy(float) ** 2 / 6)
    error = np.sqrt(moderated * factor.to_numpy(float))
    known = (family["repeats"].to_numpy(int) > 1) & (freedom > 0) & (error > 0)
    error, freedom = np.where(known, error, np.nan), np.where(known, freedom, np.nan)
    gain = family["gain"].to_numpy(float)
    reach = stats.t.ppf(1 - LEVEL / 2, freedom) * error
    return family.assign(
        low=gain - reach,
        high=gain + reach,
        p=2 * stats.t.sf(np.abs(gain) / error, freedom),
        p_margin=stats.t.sf((gain + family["margin"].to_numpy(float)) / error, freedom),
        p_adjusted=np.nan,
        verdict="undecided",
    )


def _verdicts(family: pd.DataFrame) -> pd.DataFrame:
    """``helps``, ``hurts``, ``harmless`` or ``undecided`` for the cells that are tested at once."""
    adjusted = benjamini_hochberg(family["p"].to_numpy(float))
    not_worse = benjamini_hochberg(family["p_margin"].to_numpy(float)) <= LEVEL
    gain = family["gain"].to_numpy(float)
    differs = adjusted <= LEVEL
    verdict = np.select(
        [differs & (gain > 0), differs & (gain < 0), not_worse], ["helps", "hurts", "harmless"], "undecided"
    )
    return pd.DataFrame({"p_adjusted": adjusted, "verdict": verdict}, index=family.index)


def caveats(results: pd.DataFrame) -> list[str]:
    """What the design of the repeats does not let anyone conclude, a sentence each."""
    pairs = paired_differences(results)
    if pairs.empty:
        return ["No task was trained both alone and with a partner, so there is nothing to compare."]
    cells = cell_spread(pairs)
    said = []
    few = sorted(cells.loc[cells["repeats"] < 2, "task"].unique())
    if few:
        said.append(f"Fewer than two paired repeats ({_names(few)}): nothing can be decided there.")
    one = sorted(cells.loc[(cells["parts"] == 1) & (cells["repeats"] > 1), "task"].unique())
    if one:
        said.append(f"One test part only ({_names(one)}): the verdicts hold for this split, not for other data.")
    if ((cells["parts"] > 1) & (cells["repeats"] == cells["parts"])).any():
        said.append("With one seed a fold, chance and the choice of data cannot be told apart; intervals are wide.")
    too_few = sorted(cells.loc[cells["repeats"].between(2, FEWEST_REPEATS - 1), "task"].unique())
    if too_few:
        said.append(
            f"Fewer than {FEWEST_REPEATS} paired repeats ({_names(too_few)}): no verdict there, intervals alone."
        )
    return said


def _names(tasks: list[str]) -> str:
    shown = ", ".join(tasks[:5])
    return shown if len(tasks) <= 5 else f"{shown} and {len(tasks) - 5} more"
