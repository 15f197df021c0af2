"""A rule: what must hold between all that is said about one study, a function each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd
from said import Said

from cohear.analysis.tables.columns import CELL, SETTING

Told = Iterator[str]
"""A sentence for each contradiction: who says what, and who says otherwise."""

Rule = Callable[[Said], Told]
RULES: dict[str, Rule] = {}

Cell = tuple[str, str, str, str, str]
"""Task, combination, features, encoder and arm."""


def rule(check: Rule) -> Rule:
    """Enter a rule under its name."""
    RULES[check.__name__] = check
    return check


def cell_of(row: Mapping[Any, Any]) -> Cell:
    """The cell that a row is of."""
    return tuple(str(row[name]) for name in CELL)  # type: ignore[return-value]


def setting_of(row: Mapping[Any, Any]) -> tuple[str, str, str]:
    """Its features, encoder and arm."""
    return tuple(str(row[name]) for name in SETTING)  # type: ignore[return-value]


def gains_by_cell(said: Said) -> dict[Cell, dict[Any, Any]]:
    """Rows of ``gains.csv``."""
    return {cell_of(row): row for row in said.gains.to_dict("records")}


def is_pair(combination: str) -> bool:
    """Whether it has two tasks."""
    return combination.count("+") == 1


def of_pairs(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of pairs."""
    return table[table["combination"].str.count(r"\+") == 1]


def of_setting(table: pd.DataFrame, view: Any) -> pd.DataFrame:
    """The rows of a setting, which is named by attributes or as a row."""
    names = [view[name] if isinstance(view, Mapping) else getattr(view, name) for name in SETTING]
    return table[(table[list(SETTING)] == names).all(axis=1)]


def same(one: object, other: object) -> bool:
    """Equal numbers, or both unknown."""
    a, b = (math.nan if x is None or pd.isna(x) else float(str(x)) for x in (one, other))
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
