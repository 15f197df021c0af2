"""Rows of ``measurements.csv`` that hold in a setting."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from cohear.advice.predictors.cells import MeasuredNumbers
from cohear.base.setting import Setting


def rows_in_setting(numbers: pd.DataFrame, setting: Setting, tasks: Collection[str]) -> pd.DataFrame:
    """One a task, partner and name, of these tasks alone.

    What an arm was not measured in is taken from the arm that is first in the table: networks that know few labels of
    one task alone are not looked at, and what is measured of data is the same in all arms.
    """
    features, encoder, arm = setting
    fits = numbers["features"].isin(("", features)) & numbers["encoder"].isin(("", encoder))
    fits &= numbers["task"].isin(tasks) & (numbers["partner"].isin(tasks) | (numbers["partner"] == ""))
    rows = numbers[fits].copy()
    first = next(iter(rows["arm"]), "")
    rows["order"] = rows["arm"].map(lambda name: 0 if name == arm else 1 if name == "" else 2 if name == first else 3)
    return rows.sort_values("order", kind="stable").drop_duplicates(["task", "partner", "name"])


def numbers_of(rows: pd.DataFrame) -> MeasuredNumbers:
    """By task, partner and name."""
    keys = zip(rows["task"], rows["partner"], rows["name"], strict=True)
    return dict(zip(keys, rows["value"], strict=True))
