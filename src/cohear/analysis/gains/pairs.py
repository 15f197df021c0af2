"""Paired differences: the same task, fold and seed, shared minus single, plus is better."""

from collections.abc import Iterable, Sequence

import pandas as pd

from cohear.analysis.gains.bounds import bounds_of, with_ends
from cohear.analysis.gains.design import USUAL, Design
from cohear.analysis.tables.columns import CELL, REPEAT, SETTING
from cohear.analysis.tables.results import checked_results
from cohear.base.errors import UserError

_MATCH = ("task", *SETTING, *REPEAT)


def paired_differences(results: pd.DataFrame, design: Design = USUAL) -> pd.DataFrame:
    """Shared minus single for every repeat of every cell; control runs never enter.

    Args:
        results: the table of results.
        design: of the study, which may know between which values scores lie.

    Returns:
        A row per task x combination (of more than one task) x features x encoder x arm x fold x seed where
        both runs have a value: the names, ``metric``, ``single``, ``shared``, ``difference`` (in the metric's
        unit, sign such that plus is better), ``part`` (what names the test part: ``test_part``, else the
        fold), ``test_clips``, and :data:`cohear.analysis.gains.bounds.ENDS`. Rows are sorted by their names,
        whatever the order of ``results``.

    Raises:
        UserError: the two sides of a pair have another metric, another direction or other test clips.
    """
    table = checked_results(results)
    table = table[table["control"] == ""]
    alone = table["combination"] == table["task"]
    return differences(table[~alone], table[alone], design)


def differences(
    shared: pd.DataFrame, base: pd.DataFrame, design: Design = USUAL, also_on: Sequence[str] = ()
) -> pd.DataFrame:
    """Rows of ``shared`` minus the row of ``base`` with the same task, setting and repeat, plus is better.

    Args:
        shared: rows of checked results, the cells.
        base: rows of checked results to compare with, at most one for each row of ``shared``.
        design: of the study.
        also_on: columns that must be equal besides, say ``combination``.

    Returns:
        The columns of :func:`paired_differences`; ``single`` is the value of ``base``.

    Raises:
        UserError: as there.
    """
    both = _beside(shared, base, also_on)
    both = both[both["value_shared"].notna() & both["value_single"].notna()]
    _check_same(both, "metric", "not the same metric")
    _check_same(both, "higher_is_better", "not the same direction of the metric")
    known = (both["test_part_shared"] != "") & (both["test_part_single"] != "")
    _check_same(both[known], "test_part", "not the same test clips")
    counted = ~known & both["test_clips_shared"].notna() & both["test_clips_single"].notna()
    _check_same(both[counted], "test_clips", "not as many test clips")
    sign = both["higher_is_better_shared"].map({True: 1.0, False: -1.0}).astype(float)
    part = both["test_part_shared"].where(both["test_part_shared"] != "", "fold " + both["fold"].astype(str))
    pairs = both[[*CELL, *REPEAT]].assign(
        metric=both["metric_shared"],
        single=both["value_single"],
        shared=both["value_shared"],
        difference=sign * (both["value_shared"] - both["value_single"]),
        part=part,
        test_clips=both["test_clips_shared"],
    )
    metrics = pairs.groupby(list(CELL), sort=False)["metric"].nunique()
    if (metrics > 1).any():
        raise UserError(f"{_cell_name(next(iter(metrics[metrics > 1].index)))}: two metrics in one cell")
    bounds = bounds_of(pairs, design.bounds, design.units)
    pairs = with_ends(pairs, both["higher_is_better_shared"].astype(bool), bounds)
    return pairs.sort_values([*CELL, *REPEAT], ignore_index=True)


def first_half(pairs: pd.DataFrame) -> pd.Series:
    """Whether a row is of every other fold, or of every other seed where there is one fold.

    Halves that share a test part share what is peculiar to it, and what one chose would look good on the other.
    """
    return pairs.groupby(halved_by(pairs), sort=True).ngroup() % 2 == 0


def halved_by(pairs: pd.DataFrame) -> str:
    """What :func:`first_half` goes by: ``fold``, or ``seed`` where there is one fold."""
    return "fold" if pairs["fold"].nunique() > 1 else "seed"


LEFT_OUT = (*CELL, "lonely", "unscored", "repeats")


def left_out(results: pd.DataFrame) -> pd.DataFrame:
    """What could not be compared.

    Returns:
        A row per cell with such repeats: its names, how many are ``lonely`` (without a single run) and how many
        ``unscored`` (without a score on one of the sides), and its ``repeats`` in all.
    """
    both = _matched(results)
    bad = both[both["value_shared"].isna() | both["value_single"].isna()]
    totals = dict(both.groupby(list(CELL), sort=True).size().items())
    found = []
    for cell, rows in bad.groupby(list(CELL), sort=True):
        lonely = int((rows["run_single"].isna()).sum())
        found.append((*cell, lonely, len(rows) - lonely, int(totals[cell])))
    return pd.DataFrame(found, columns=list(LEFT_OUT))


def _matched(results: pd.DataFrame) -> pd.DataFrame:
    """Every shared row with its single run beside it (missing cells where there is none)."""
    table = checked_results(results)
    table = table[table["control"] == ""]
    single = table[table["combination"] == table["task"]]
    shared = table[table["combination"] != table["task"]]
    return _beside(shared, single, ())


def _beside(shared: pd.DataFrame, base: pd.DataFrame, also_on: Sequence[str]) -> pd.DataFrame:
    columns = ["run", "metric", "value", "higher_is_better", "test_part", "test_clips"]
    match = [*_MATCH, *also_on]
    return shared[[*CELL, *REPEAT, *columns]].merge(
        base[[*match, *columns]], on=match, how="left", suffixes=("_shared", "_single"), validate="m:1"
    )


def _check_same(both: pd.DataFrame, column: str, what: str) -> None:
    differ = both[both[f"{column}_shared"] != both[f"{column}_single"]]
    if len(differ):
        row = differ.iloc[0]
        raise UserError(
            f"{_cell_name([row[name] for name in CELL])}, fold {row['fold']}, seed {row['seed']}: "
            f"{what} as the single run ('{row[f'{column}_shared']}', single '{row[f'{column}_single']}')"
        )


def _cell_name(cell: Iterable[object]) -> str:
    task, combination, features, encoder, arm = cell
    return f"{task!r} in {combination!r} ({features}, {encoder}, {arm})"
