"""What a table is: its columns, what is in them, and rows that are given by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cohear.base.tables.csv_text import csv_text, is_missing, sorted_rows

Type = Literal["text", "whole number", "number", "true or false"]

Row = Mapping[str, object]
"""Cells by the name of their column."""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: in the header.
        meaning: what it tells, as it stands in the docs (Markdown).
        type: of its cells.
        unit: of its numbers, where they have one.
        may_be_empty: whether a cell may say nothing.
        may_be_missing: whether a table from elsewhere may be without it; it is then taken as empty.
    """

    name: str
    meaning: str
    type: Type = "text"
    unit: str = ""
    may_be_empty: bool = False
    may_be_missing: bool = False


@dataclass(frozen=True)
class Table:
    """A table that is a file.

    Attributes:
        file: its name.
        meaning: what a row is, as it stands in the docs (Markdown).
        columns: in their order.
        further: what stands in columns beyond these; empty where there are none.
        in_order: whether rows stay in the order they are given in; else they are sorted, from left to right.
    """

    file: str
    meaning: str
    columns: tuple[Column, ...]
    further: str = ""
    in_order: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def needed(self) -> tuple[str, ...]:
        """Names of the columns that no table may be without, wherever it comes from."""
        return tuple(column.name for column in self.columns if not column.may_be_missing)

    def with_columns(self, *more: Column) -> Table:
        """The table with further columns behind its own."""
        return replace(self, columns=(*self.columns, *more))

    def rows(self, rows: Iterable[Row], further: Sequence[str] = ()) -> list[tuple[object, ...]]:
        """Cells in the order of the columns, and rows in that of the table.

        Args:
            rows: by name; a cell is None, or is not there where it is of a further column, where it says nothing.
            further: names of columns behind the table's own.

        Raises:
            ValueError: a row is without a column, has one that the table does not know, or an empty cell where
                there may be none.
        """
        found = [self._cells(row, further) for row in rows]
        return found if self.in_order else sorted_rows(found)

    def text(self, rows: Iterable[Row], further: Sequence[str] = ()) -> str:
        """The table as CSV; arguments and errors are those of :meth:`rows`."""
        return csv_text((*self.names, *further), self.rows(rows, further))

    def _cells(self, row: Row, further: Sequence[str]) -> tuple[object, ...]:
        unknown = row.keys() - {*self.names, *further}
        if unknown:
            raise ValueError(f"{self.file} has no column {min(unknown)!r}")
        cells = []
        for column in self.columns:
            if column.name not in row:
                raise ValueError(f"{self.file}: a row is without {column.name!r}")
            cell = row[column.name]
            if not column.may_be_empty and (cell == "" or is_missing(cell)):
                raise ValueError(f"{self.file}: {column.name!r} must not be empty")
            cells.append(cell)
        return (*cells, *(row.get(name) for name in further))
