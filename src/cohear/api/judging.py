"""How well the gains of a study are foretold by what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cohear.api.tables import refresh_tables
from cohear.base.plugins import load_installed_parts

if TYPE_CHECKING:
    import pandas as pd


def judge_predictors(folder: str | Path, measured: str | Path | None = None, *, joint: bool = False) -> pd.DataFrame:
    """Every predictor that is entered, and every measurement, on gains that it was not shown: ``predictors.csv``.

    Args:
        folder: a study folder, or any folder with a table of gains or results.
        measured: the folder with ``measurements.csv``; None for the same.
        joint: whether measurements that need joint runs count too.

    Returns:
        The table (:func:`cohear.advice.judging.judge.judge_predictors`).

    Raises:
        UserError: a table is missing or broken, or there is no pair.
    """
    from cohear.advice.judging.judge import judge_predictors as judged_of
    from cohear.advice.judging.judge import write_predictors

    load_installed_parts()
    refresh_tables(Path(folder))
    found = judged_of([Path(folder)], None if measured is None else Path(measured), joint=joint)
    write_predictors(Path(folder), found)
    return found
