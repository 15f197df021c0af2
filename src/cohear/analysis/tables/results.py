"""The table of results, checked: what it says must be able to be compared."""

from pathlib import Path

import pandas as pd

from cohear.analysis.tables.text import read_table, typed
from cohear.base.errors import UserError
from cohear.base.tables import BASELINE, JOB, NETWORK, RESULTS_CSV

_TABLE = RESULTS_CSV.with_columns(JOB)

_ROW = ("task", "combination", "features", "encoder", "arm", "control", "focal", "fold", "seed", "job")

_NO_CONTROL = ("none", "no", "nan", "null", "false", "0", "-")
"""What other trainers may write where there is no control; taken for one, such a run would be in no gain."""


def read_results(folder: Path) -> pd.DataFrame:
    """Read ``results.csv`` of a study folder, or of a folder that holds nothing else.

    Args:
        folder: the folder, or the file itself.

    Returns:
        A row per run x task: names as text, ``fold``, ``seed`` and counts ``Int64``, ``value`` and
        ``seconds`` float (NaN: a fold without a score), ``higher_is_better`` bool. ``control`` is empty
        for ordinary runs, ``job`` where it is not written; columns that :data:`cohear.base.tables.RESULTS_CSV` may be
        without are empty.

    Raises:
        UserError: in one sentence, what is missing or broken and where.
    """
    path = folder if folder.suffix == ".csv" else folder / RESULTS_CSV.file
    return checked_results(read_table(path, _TABLE), str(path))


def of_networks(results: pd.DataFrame) -> pd.DataFrame:
    """The rows of networks, which alone are compared with each other."""
    return results[results["job"].isin(("", NETWORK))].reset_index(drop=True)


def of_baselines(results: pd.DataFrame) -> pd.DataFrame:
    """The rows of baselines, which networks are held against."""
    return results[results["job"] == BASELINE].reset_index(drop=True)


def checked_results(frame: pd.DataFrame, source: str = "results") -> pd.DataFrame:
    """Results with the right types and without contradictions.

    Args:
        frame: a table with the columns of :data:`cohear.base.tables.RESULTS_CSV`, but for those that may be missing.
        source: what to call the table in an error.

    Raises:
        UserError: a missing column, a cell of the wrong type, a task that is not part of its combination,
            one combination under two names, or two rows for the same task and repeat.
    """
    missing = [name for name in RESULTS_CSV.needed if name not in frame]
    if missing:
        raise UserError(f"{source}: column {missing[0]!r} is missing")
    table = typed(frame.assign(**{name: "" for name in _TABLE.names if name not in frame}), _TABLE, source)
    no_control = table["control"].str.lower().isin(_NO_CONTROL).to_numpy().nonzero()[0]
    if len(no_control):
        name = table["control"].iloc[no_control[0]]
        raise UserError(
            f"{source}, line {no_control[0] + 2}: control is {name!r}, but it must be empty for ordinary runs"
        )
    _check_combinations(table, source)
    twice = table.duplicated(list(_ROW), keep=False)
    if twice.any():
        row = table[twice].iloc[0]
        same = (table[list(_ROW)] == row[list(_ROW)]).all(axis=1)
        metrics = sorted(set(table.loc[same, "metric"]))
        cure = "a repeat counts once"
        if len(metrics) > 1:
            cure = f"keep the one metric that gains are about, of {', '.join(metrics)}"
        raise UserError(
            f"{source}: {row['task']!r} in {row['combination']!r} ({row['features']}, {row['encoder']}, "
            f"{row['arm']}) is there twice for fold {row['fold']}, seed {row['seed']}; {cure}"
        )
    return table


def _check_combinations(table: pd.DataFrame, source: str) -> None:
    names: dict[frozenset[str], str] = {}
    for task, combination in table[["task", "combination"]].drop_duplicates().itertuples(index=False, name=None):
        members = combination.split("+")
        if "+" in task or task not in members:
            raise UserError(
                f"{source}: task {task!r} is not part of combination {combination!r}; "
                "a combination is named by its tasks with '+' between"
            )
        if len(set(members)) < len(members):
            raise UserError(f"{source}: combination {combination!r} names a task twice")
        known = names.setdefault(frozenset(members), combination)
        if known != combination:
            raise UserError(f"{source}: {known!r} and {combination!r} are one combination; name it one way")
