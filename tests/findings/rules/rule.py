"""A rule: what must hold between all that is said about one study, a function each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pandas as pd
from said import Said

from cohear.analysis.tables.columns import CELL, SETTING
from cohear.analysis.tables.text import read_table
from cohear.base.tables import SINGLES_CSV

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


Setting = tuple[str, str, str]
"""Features, encoder and arm."""


def singles(said: Said) -> list[dict[str, Any]]:
    """Rows of ``singles.csv``."""
    said.gains  # noqa: B018 - it is written with them
    path = said.path / SINGLES_CSV.file
    return read_table(path, SINGLES_CSV).to_dict("records") if path.exists() else []


def not_learnt(said: Said) -> Mapping[Setting, set[str]]:
    """Tasks that are not, of each setting that has such."""
    found: dict[Setting, set[str]] = {}
    for row in singles(said):
        if row["learnt"] == "no":
            found.setdefault(setting_of(row), set()).add(str(row["task"]))
    return found


def of_learnt(said: Said, table: pd.DataFrame) -> pd.DataFrame:
    """The rows whose task is learnt in its setting: the others are in no mean that tells what to expect."""
    unlearnt = not_learnt(said)
    kept = [row["task"] not in unlearnt.get(setting_of(row), ()) for row in table.to_dict("records")]
    return table[pd.Series(kept, index=table.index, dtype=bool)]


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
