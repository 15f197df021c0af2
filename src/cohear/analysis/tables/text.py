"""Read and write the tables. A name is text and stays text: ``no``, ``01``, ``NaN`` are names like others."""

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cohear.base.errors import UserError
from cohear.base.files import write_text
from cohear.base.registry import did_you_mean
from cohear.base.tables import Column, Table, Type, csv_text, is_missing, sorted_rows

_TRUE, _FALSE = ("true", "1"), ("false", "0")


def read_table(path: Path, table: Table) -> pd.DataFrame:
    """Read a CSV table; columns beyond its own are kept, as text.

    Args:
        path: the file (UTF-8, comma separated, a header line).
        table: which columns must be there, and what is in them; those that may be missing are added, empty.

    Raises:
        UserError: the file or a column is missing, a line does not have as many cells as the header, or a cell is
            not what its column holds.
    """
    return typed(read_cells(path, table), table, str(path))


def read_cells(path: Path, table: Table) -> pd.DataFrame:
    """The same, every cell as the text it is.

    Raises:
        UserError: the file or a column is missing, or a line does not have as many cells as the header.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise UserError(f"{path} does not exist; a study folder has it once a run is done") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8 text") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[list[str]] = []
    try:
        header = next(reader, [])
        _check_header(path, header, table)
        for row in reader:
            if row and len(row) != len(header):
                raise UserError(
                    f"{path}, line {reader.line_num}: {len(row)} cells where the header has {len(header)}; "
                    "the file was cut off or edited by hand"
                )
            if row:
                rows.append(row)
    except csv.Error as error:
        raise UserError(f"{path}, line {reader.line_num}: not a readable CSV line ({error})") from None
    frame = pd.DataFrame(rows, columns=header, dtype=object)
    return frame.assign(**{name: "" for name in table.names if name not in frame})


def _check_header(path: Path, header: Sequence[str], table: Table) -> None:
    if not header:
        raise UserError(f"{path} is empty; it needs a header line with {', '.join(table.needed)}")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise UserError(f"{path}: column {twice[0]!r} is there twice")
    missing = [name for name in table.needed if name not in header]
    if missing:
        hint = did_you_mean(missing[0], [name for name in header if name not in table.needed])
        raise UserError(f"{path}: column {', '.join(map(repr, missing))} is missing{hint}")


def typed(frame: pd.DataFrame, table: Table, source: str) -> pd.DataFrame:
    """Give columns the types of a table: ``str``, ``Int64``, ``float`` or ``bool``; those beyond its own are text.

    Tables made in memory pass through unchanged, so it may be applied twice.

    Raises:
        UserError: a cell is not what its column holds; names the column and the line of the file.
    """
    known = {column.name: column for column in table.columns}
    done: dict[str, pd.Series] = {}
    for name in map(str, frame.columns):
        column = known.get(name, Column(name, "", may_be_empty=True))
        own = frame[name]
        done[name] = own.reset_index(drop=True) if _is_typed(own, column) else _typed(own, column, source)
    return pd.DataFrame(done, columns=list(map(str, frame.columns)))


def _is_typed(cells: pd.Series, column: Column) -> bool:
    """Whether cells have their type already and nothing in them can be wrong; large tables are checked often."""
    if column.type == "true or false":
        return cells.dtype == bool
    if column.type == "text":
        text = cells.dtype == object and all(type(cell) is str for cell in cells.tolist())
        return bool(text and (column.may_be_empty or not (cells == "").any()))
    if not column.may_be_empty and cells.isna().any():
        return False
    if column.type == "whole number":
        return isinstance(cells.dtype, pd.Int64Dtype)
    return bool(cells.dtype == float and not cells.isin([math.inf, -math.inf]).any())


def _typed(series: pd.Series, column: Column, source: str) -> pd.Series:
    read, done = _READ[column.type], []
    for row, cell in enumerate(series.tolist()):
        try:
            done.append(read("" if _is_missing(cell) else str(cell)))
        except ValueError as wrong:
            raise UserError(f"{source}, line {row + 2}: {column.name} is {wrong}") from None
        if not column.may_be_empty and (done[-1] == "" or is_missing(done[-1])):
            raise UserError(f"{source}, line {row + 2}: {column.name} is empty")
    typed_cells = pd.Series(done, dtype=_DTYPES[column.type])
    return typed_cells.astype("Int64") if column.type == "whole number" else typed_cells


def _number(cell: str) -> float:
    number = _any_number(cell)
    if math.isinf(number):
        raise ValueError(f"{cell!r}, not a finite number")
    return number


def _whole_number(cell: str) -> float:
    number = _any_number(cell)
    if math.isinf(number) or (number % 1 != 0 and not math.isnan(number)):
        raise ValueError(f"{cell!r}, not a whole number")
    return number


def _any_number(cell: str) -> float:
    """A number, NaN where the cell is empty."""
    try:
        return float(cell.strip() or "nan")
    except ValueError:
        raise ValueError(f"{cell!r}, not a number") from None


def _truth(cell: str) -> bool:
    if cell.strip().lower() not in _TRUE + _FALSE:
        raise ValueError(f"{cell!r}, neither true nor false")
    return cell.strip().lower() in _TRUE


_READ: Mapping[Type, Callable[[str], object]] = {
    "text": str,
    "whole number": _whole_number,
    "number": _number,
    "true or false": _truth,
}
_DTYPES: Mapping[Type, type] = {"text": object, "whole number": float, "number": float, "true or false": bool}


def _is_missing(cell: object) -> bool:
    return cell is pd.NA or is_missing(cell)


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """Write a table sorted by its columns from left to right, whole or not at all.

    Numbers are written so that reading them gives the same bits; nothing is written for a missing one.
    """
    write_text(path, table_text(frame))


def table_text(frame: pd.DataFrame) -> str:
    """The text that :func:`write_table` writes."""
    cells = [[_plain(cell) for cell in frame[name].tolist()] for name in frame.columns]
    return csv_text(list(frame.columns), sorted_rows(list(zip(*cells, strict=True))))


def _plain(cell: object) -> object:
    """A cell without pandas' and numpy's own types of nothing and of truths."""
    if cell is pd.NA:
        return None
    return bool(cell) if isinstance(cell, np.bool_) else cell


def markdown_table(rows: Sequence[Mapping[str, object]], digits: int = 3) -> str:
    """Rows as a table in Markdown, without an end of line; names and cells are taken as they are.

    Args:
        rows: one at least, all with the entries of the first.
        digits: of fractions, behind the point.
    """
    names = list(rows[0])
    lines = [[f"{cell:.{digits}f}" if isinstance(cell, float) else str(cell) for cell in row.values()] for row in rows]
    return "\n".join([f"| {' | '.join(names)} |", "|" + "---|" * len(names), *(f"| {' | '.join(o)} |" for o in lines)])
