"""The contract of every table's definition, as tests to inherit.

::

    class TestMine(TableContract):
        def make(self) -> Table:
            return RESULTS_CSV.with_columns(MINE)
"""

import tempfile
from abc import ABC, abstractmethod
from pathlib import Path

import pandas as pd
import pytest

from cohear.analysis.tables.text import read_table
from cohear.base.errors import UserError
from cohear.base.tables import Column, Table, Type, csv_text
from cohear.base.tables.markdown import column_list

_CELLS: dict[Type, object] = {"text": "01", "whole number": 7, "number": 0.1 + 0.2, "true or false": True}


class TableContract(ABC):
    """What must hold for a table; pytest runs it for each subclass whose name begins with ``Test``."""

    @abstractmethod
    def make(self) -> Table:
        """The table."""

    def cells(self, **others: object) -> dict[str, object]:
        """A row in which every cell says something, but for others."""
        return {**{column.name: _CELLS[column.type] for column in self.make().columns}, **others}

    def read(self, text: str) -> pd.DataFrame:
        """What comes back of a file's text."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / self.make().file
            file.write_text(text, encoding="utf-8", newline="")
            return read_table(file, self.make())

    def test_every_column_is_told_once_and_in_a_line(self) -> None:
        """Names differ, and the docs can list them."""
        table = self.make()
        assert len(set(table.names)) == len(table.names)
        assert table.meaning.endswith(".") and "\n" not in table.meaning
        for column in table.columns:
            assert column.meaning and not column.meaning.endswith(".") and not set("\n|") & set(column.meaning)
            assert column.type in ("whole number", "number") or not column.unit
            assert f"\n| `{column.name}` | {column.type}" in column_list(table)

    def test_a_row_comes_back_as_it_was(self) -> None:
        """Types are those of the definition, numbers the same to the bit."""
        (row,) = self.read(self.make().text([self.cells()])).to_dict("records")
        assert {str(name): cell for name, cell in row.items()} == self.cells()

    def test_what_may_be_empty_comes_back_empty(self) -> None:
        """And what may not is refused, by who writes and by who reads."""
        table = self.make()
        for column in table.columns:
            row = self.cells(**{column.name: None})
            if column.may_be_empty:
                assert _says_nothing(self.read(table.text([row])), column)
                continue
            with pytest.raises(ValueError, match=f"'{column.name}' must not be empty"):
                table.text([row])
            with pytest.raises(UserError, match=f"line 2: {column.name} is "):
                self.read(csv_text(table.names, [[row[name] for name in table.names]]))

    def test_what_may_be_missing_is_taken_as_empty(self) -> None:
        """A table from elsewhere may be without it; by who writes it here it is always told."""
        table = self.make()
        for column in table.columns:
            row = {name: cell for name, cell in self.cells().items() if name != column.name}
            with pytest.raises(ValueError, match=f"a row is without '{column.name}'"):
                table.text([row])
            without = csv_text(list(row), [list(row.values())])
            if column.may_be_missing:
                assert column.may_be_empty
                assert _says_nothing(self.read(without), column)
            else:
                with pytest.raises(UserError, match=f"column '{column.name}' is missing"):
                    self.read(without)

    def test_unknown_columns_are_not_written(self) -> None:
        """A name that is written wrongly does not become a column."""
        with pytest.raises(ValueError, match="has no column 'of no table'"):
            self.make().text([self.cells(**{"of no table": 1})])


def _says_nothing(frame: pd.DataFrame, column: Column) -> bool:
    (cell,) = frame[column.name].tolist()
    return cell == "" if column.type == "text" else bool(pd.isna(cell))
