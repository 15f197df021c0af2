"""Several labels a clip, as other tables write them: ``a,b`` in a cell, lists, or a column of 0 and 1 a label."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from cohear.base.errors import DataError
from cohear.base.registry import did_you_mean
from cohear.data.tables.clip_table import RESERVED_COLUMNS, ClipTable
from cohear.data.tables.events import NOTHING
from cohear.data.tables.part_names import is_about_parts
from cohear.tasks.number_cells import joined_numbers

LIST = "list"
"""In place of a separator: cells are lists as Python and JSON write them."""
MARKS = (",", "|", "/", "+", "&")
"""Separators that are looked for where nobody named one; ``;`` is that of clip tables."""

FEWEST_ONE_HOT = 3  # columns: two of them may be two questions with yes and no
_SHARE = 0.9  # of the cells with several parts: those whose parts are labels elsewhere
_LISTED = re.compile(r"\s*[\[({].*[\])}]\s*", re.DOTALL)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_TRUE, _FALSE = frozenset({"1", "1.0", "true"}), frozenset({"0", "0.0", "false"})


@dataclass(frozen=True)
class LabelCells:
    """How a dataset writes several labels where not as ``a;b``.

    Attributes:
        separators: by column, what stands between labels, or ``list``.
        one_hot: by the name of the target that they become, columns of 0 and 1.
        numbers: the same of columns of numbers, which stay beside it.
    """

    separators: Mapping[str, str] = field(default_factory=dict)
    one_hot: Mapping[str, Sequence[str]] = field(default_factory=dict)
    numbers: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def applied(self, table: ClipTable) -> ClipTable:
        """The table with ``;`` between labels, a target in place of columns of 0 and 1, and one of several numbers.

        Raises:
            DataError: it has no such column, or its cells are not what was said.
        """
        rows = table.rows
        for column, separator in self.separators.items():
            cells = table.column(column, f"datasets.{table.name}.separators")
            rows = rows.assign(**{column: [";".join(labels_of(cell, separator)) for cell in cells]})
        for target, columns in self.one_hot.items():
            rows = _joined(replace(table, rows=rows), target, columns)
        for target, columns in self.numbers.items():
            rows = _with_numbers(replace(table, rows=rows), target, columns)
        return table if rows is table.rows else replace(table, rows=rows.astype(object))


USUAL_CELLS = LabelCells()
"""Those of clip tables."""


def labels_of(cell: str, separator: str) -> list[str]:
    """The labels in a cell, each once; a ``;`` inside one becomes a comma."""
    if separator == LIST:
        inner = cell.strip().lstrip("[({").rstrip("])}")
        quoted = [one or other for one, other in _QUOTED.findall(inner)]
        parts = quoted or inner.split(",")
    else:
        parts = cell.split(separator)
    labels = (part.strip().replace(";", ",") for part in parts)
    return list(dict.fromkeys(label for label in labels if label))


def proposed_cells(table: ClipTable) -> LabelCells:
    """What the cells of a table look like to somebody who does not know it."""
    columns = [str(column) for column in table.rows.columns if column not in RESERVED_COLUMNS]
    separators = {column: mark for column in columns if (mark := separator_of(table.column(column, table.name)))}
    return LabelCells(separators, one_hot_targets(table))


def separator_of(cells: Sequence[str]) -> str | None:
    """What stands between several labels in a cell, or None where cells hold one label each.

    A mark is no separator for being there: the parts must be labels of other clips, and one of them at least alone.
    """
    values = {cell.strip() for cell in cells} - {""}
    if not values or any(";" in value.strip(";") for value in values):
        return None
    if all(map(_LISTED.fullmatch, values)):
        return LIST
    return next((mark for mark in MARKS if _separates(mark, values)), None)


def mark_beside_semicolons(cells: Sequence[str]) -> str | None:
    """What stands between labels in some cells of a column whose others have ``;`` there; None where nothing does."""
    if not any(";" in cell.strip().strip(";") for cell in cells):
        return None
    values = {part.strip() for cell in cells for part in cell.split(";")} - {""}
    return next((mark for mark in MARKS if _separates(mark, values)), None)


def one_hot_targets(table: ClipTable) -> dict[str, list[str]]:
    """Columns of 0 and 1 that are one target, by the name for it; none where there are too few for that."""
    found = [
        column
        for column in map(str, table.rows.columns)
        if column not in RESERVED_COLUMNS
        and not is_about_parts(column)
        and _is_one_hot(table.column(column, table.name))
    ]
    if len(found) < FEWEST_ONE_HOT or not _are_sparse([table.column(column, table.name) for column in found]):
        return {}
    target = _common_start(found) or "labels"
    taken = set(map(str, table.rows.columns))
    name = next(name for name in (target, *(f"{target}_{number}" for number in range(2, 99))) if name not in taken)
    return {name: found}


def _separates(mark: str, values: set[str]) -> bool:
    parts = {value: labels_of(value, mark) for value in values}
    several = [value for value in values if len(parts[value]) > 1]
    alone = {value for value in values if mark not in value}
    holders: dict[str, int] = {}
    for held in parts.values():
        for part in held:
            holders[part] = holders.get(part, 0) + 1
    explained = [value for value in several if all(holders[part] > 1 for part in parts[value])]
    met = any(part in alone for value in several for part in parts[value])
    return bool(several) and met and len(explained) >= _SHARE * len(several)


def _is_one_hot(cells: Sequence[str]) -> bool:
    values = {cell.strip().lower() for cell in cells} - {""}
    return bool(values & _TRUE) and values <= _TRUE | _FALSE


def _are_sparse(columns: Sequence[Sequence[str]]) -> bool:
    """Whether most cells say no, as those of several labels do; questions may be answered with yes as often."""
    known = [cell.strip().lower() for cells in columns for cell in cells if cell.strip()]
    return sum(cell in _TRUE for cell in known) < len(known) / 2


def _common_start(columns: Sequence[str]) -> str:
    """The word that all names begin with, before a mark: ``event`` of ``event_dog`` and ``event_cat``."""
    starts = {match[1] if (match := re.match(r"(\w*[A-Za-z0-9])[_.:\- ]+\w", column)) else "" for column in columns}
    words = {re.split(r"[_.:\- ]+", column)[0] for column in columns}
    return words.pop() if len(words) == 1 and "" not in starts else ""


def _joined(table: ClipTable, target: str, columns: Sequence[str]) -> pd.DataFrame:
    """The rows with one column more in place of some; a clip of which one of them is not known is unknown."""
    place = f"datasets.{table.name}.one_hot"
    _check_columns(table, target, columns, place)
    for column in columns:
        odd = [cell for cell in table.column(column, place) if cell.strip().lower() not in _TRUE | _FALSE | {""}]
        if odd:
            raise DataError(f"{place}: column {column!r} of dataset {table.name!r} holds {odd[0]!r}; expected 0 or 1")
    labels = {column: _label_of(column, target) for column in columns}
    cells = [_cell(dict(zip(columns, row, strict=True)), labels) for row in _rows_of(table, columns)]
    return table.rows.drop(columns=list(columns)).assign(**{target: cells})


def _with_numbers(table: ClipTable, target: str, columns: Sequence[str]) -> pd.DataFrame:
    """The rows with one column more, of the numbers of some."""
    _check_columns(table, target, columns, f"datasets.{table.name}.numbers")
    return table.rows.assign(**{target: [joined_numbers(columns, row) for row in _rows_of(table, columns)]})


def _check_columns(table: ClipTable, target: str, columns: Sequence[str], place: str) -> None:
    """Raise DataError where a table lacks one of some columns, or has the one that they shall become."""
    if target in table.rows.columns:
        raise DataError(f"{place}: dataset {table.name!r} has a column {target!r}; give the target another name")
    known = [str(column) for column in table.rows.columns]
    for column in columns:
        if column not in known:
            raise DataError(f"{place}: dataset {table.name!r} has no column {column!r}{did_you_mean(column, known)}")


def _rows_of(table: ClipTable, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(table.column(column, table.name) for column in columns), strict=True)


def _cell(row: Mapping[str, str], labels: Mapping[str, str]) -> str:
    if not all(cell.strip() for cell in row.values()):
        return ""
    return ";".join(labels[column] for column, cell in row.items() if cell.strip().lower() in _TRUE) or NOTHING


def _label_of(column: str, target: str) -> str:
    rest = column[len(target) :].lstrip("_.:- ") if column.startswith(target) else ""
    return (rest or column).replace(";", ",")
