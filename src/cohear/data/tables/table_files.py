"""Tables as publishers write them (CSV, tabs, JSON lines, Parquet); every cell is text, as it was written."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from cohear.base.errors import DataError, MissingExtra, UserError
from cohear.base.registry import did_you_mean
from cohear.data.tables.text_files import decode_text, read_text, refuse_odd_file

SEPARATORS = (",", ";", "\t")
"""Of cells, in the order in which they are looked for."""


@dataclass(frozen=True)
class TableFile:
    """A table from a file that somebody made.

    Attributes:
        rows: text columns.
        remarks: what its reader should know of how it was read, a clause each.
    """

    rows: pd.DataFrame
    remarks: tuple[str, ...] = ()


def read_table_file(file: Path, root: Path | None = None) -> TableFile:
    """A table in one of the forms of `TABLE_SUFFIXES`, by the ending of its name.

    Args:
        file: the file.
        root: the dataset's folder, which a link may not leave; by default the file's own.

    Raises:
        DataError: says what is wrong with it.
        MissingExtra: it is Parquet, and there is no pyarrow.
    """
    suffix = file.suffix.lower()
    if suffix == ".parquet":
        return TableFile(read_parquet(file, root))
    decoded = decode_text(file, root)
    return TableFile(_OF_TEXT[suffix](file, decoded.text), decoded.remarks)


def column_names(file: Path, root: Path | None = None) -> list[str]:
    """Names of a table's columns; none where it cannot be read as one."""
    try:
        if file.suffix.lower() == ".parquet":
            refuse_odd_file(file, root or file.parent)
            return [str(name) for name in pyarrow_parquet().read_schema(file).names]
        text = decode_text(file, root).text
        head = text if text.lstrip().startswith("[") else text.lstrip().partition("\n")[0]
        return [str(name) for name in _OF_TEXT[file.suffix.lower()](file, head).columns]
    except (UserError, OSError, ValueError):  # pyarrow's errors are ValueErrors and OSErrors
        return []


def read_csv(file: Path, root: Path | None = None) -> pd.DataFrame:
    """A CSV file with a line of column names; semicolons or tabs may be in place of the commas.

    Raises:
        DataError: says what is wrong with it.
    """
    return _csv_frame(file, read_text(file, root))


def read_tsv(file: Path, root: Path | None = None, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """A file whose cells are separated by tabs; nothing is quoted in it, as in the lists of DCASE.

    Args:
        file: the file.
        root: see `read_text`.
        columns: names of the columns where the file does not give them; lines may have more cells, which are left
            out, or fewer, which are empty then.

    Raises:
        DataError: says what is wrong with it.
    """
    text = read_text(file, root)
    if columns is None:
        return _tsv_frame(file, text)
    lines = _tab_lines(text)
    return frame(columns, [[*line, *[""] * len(columns)][: len(columns)] for line in lines])


def read_bare_csv(file: Path, columns: Sequence[str], root: Path | None = None) -> pd.DataFrame:
    """A CSV file without column names, with comments that begin with ``#`` and perhaps a space behind its commas.

    Raises:
        DataError: a line has another number of cells; or as `read_csv`.
    """
    return _checked_frame(file, list(columns), bare_csv_lines(file, root))


def bare_csv_lines(file: Path, root: Path | None = None) -> list[list[str]]:
    """The cells of such a file, line by line: cheaper than a table where there is a file a clip.

    Raises:
        DataError: it is no CSV file; or as `read_text`.
    """
    text = "\n".join(line for line in read_text(file, root).splitlines() if not line.startswith("#"))
    return _csv_lines(file, text, skipinitialspace=True)


def read_json_cells(file: Path, root: Path | None = None) -> Any:  # noqa: ANN401 - any JSON value
    """One JSON document; raises DataError where it is none."""
    return _json_document(file, read_text(file, root))


def read_parquet(file: Path, root: Path | None = None) -> pd.DataFrame:
    """A Parquet table; typed cells become text.

    Raises:
        DataError: it is no table that can be read.
        MissingExtra: there is no pyarrow.
    """
    refuse_odd_file(file, root or file.parent)
    parquet = pyarrow_parquet()
    try:
        table = parquet.read_table(file)
        check_columns(file, table.column_names)
        columns = [[cell_text(value) for value in column.to_pylist()] for column in table.columns]
    except DataError:
        raise
    except Exception as error:  # pyarrow raises many kinds for a broken file
        raise DataError(f"{file} is not a Parquet table that can be read: {error}") from error
    return frame(table.column_names, list(zip(*columns, strict=True)))


def check_columns(file: Path, names: Sequence[str]) -> None:
    """Raise DataError where a column stands twice."""
    for name in names:
        if names.count(name) > 1:
            raise DataError(f"{file}: column {name!r} stands twice")


def frame(columns: Sequence[str], body: Sequence[Sequence[str]]) -> pd.DataFrame:
    """The table; a cell of nothing but space is empty."""
    cells = [[cell if cell.strip() else "" for cell in row] for row in body]
    return pd.DataFrame(cells, columns=pd.Index(columns), dtype=object)


def records(table: pd.DataFrame, file: Path, *needed: str) -> list[dict[str, str]]:
    """A table's rows as mappings.

    Raises:
        DataError: the file lacks a column that is needed.
    """
    for column in needed:
        if column not in table.columns:
            raise DataError(f"{file} has no column {column!r}{did_you_mean(column, map(str, table.columns))}")
    names = [str(column) for column in table.columns]
    return [dict(zip(names, cells, strict=True)) for cells in table.itertuples(index=False, name=None)]


def pyarrow_parquet() -> ModuleType:
    """What reads Parquet; raises MissingExtra where it is not installed."""
    try:
        from pyarrow import parquet  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra("pyarrow", "parquet") from error
    return parquet


def _csv_frame(file: Path, text: str) -> pd.DataFrame:
    lines = _separated_lines(file, text)
    if not lines:
        raise DataError(f"{file} is empty; it needs a line of column names and a line a clip")
    return _checked_frame(file, [cell.strip() for cell in lines[0]], lines[1:])


def _separated_lines(file: Path, text: str) -> list[list[str]]:
    """The cells by the first separator under which all lines have as many, two at least; else by the likeliest one."""
    read: list[list[list[str]]] = []
    refusals: list[DataError] = []
    for separator in SEPARATORS:
        try:
            lines = _csv_lines(file, text, separator)
        except DataError as error:
            refusals.append(error)
            continue
        if lines and len(lines[0]) > 1 and all(len(line) == len(lines[0]) for line in lines):
            return lines
        read.append(lines)
    if refusals and len(refusals) + sum(len(lines[0]) < 2 for lines in read if lines) == len(SEPARATORS):
        raise refusals[0]
    return next((lines for lines in read if lines and len(lines[0]) > 1), read[0])


def _csv_lines(file: Path, text: str, separator: str = ",", *, skipinitialspace: bool = False) -> list[list[str]]:
    try:
        reader = csv.reader(
            io.StringIO(text, newline=""), strict=True, delimiter=separator, skipinitialspace=skipinitialspace
        )
        return [line for line in reader if line]
    except csv.Error as error:
        raise DataError(f"{file} is not a proper CSV file: {error}") from error


def _tab_lines(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("\t")] for line in text.splitlines() if line.strip()]


def _tsv_frame(file: Path, text: str) -> pd.DataFrame:
    lines = _tab_lines(text)
    if not lines:
        raise DataError(f"{file} is empty; it needs a line of column names and a line a clip")
    return _checked_frame(file, lines[0], lines[1:])


def _jsonl_frame(file: Path, text: str) -> pd.DataFrame:
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_int=str, parse_float=str, parse_constant=_constant)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{file}: line {number} is not JSON: {error}") from error
        rows.append(_json_row(row, f"{file}: line {number}"))
    return _frame_of_rows(rows)


def _json_frame(file: Path, text: str) -> pd.DataFrame:
    """A list of objects; or an object a line, as tools for speech call it ``.json`` too."""
    if not text.lstrip().startswith("["):
        return _jsonl_frame(file, text)
    found = _json_document(file, text)
    return _frame_of_rows([_json_row(row, f"{file}: entry {number}") for number, row in enumerate(found, start=1)])


def _json_document(file: Path, text: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{file} is not JSON: {error}") from error


def _json_row(row: Any, place: str) -> dict[str, str]:  # noqa: ANN401 - any JSON value
    if not isinstance(row, dict):
        raise DataError(f"{place} is not an object with a value a column")
    try:
        return {cell_text(column): cell_text(value) for column, value in row.items()}
    except ValueError as error:
        raise DataError(f"{place}: {error}") from error


def _frame_of_rows(rows: Sequence[dict[str, str]]) -> pd.DataFrame:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return frame(columns, [[row.get(column, "") for column in columns] for row in rows])


def _checked_frame(file: Path, header: Sequence[str], body: Sequence[Sequence[str]]) -> pd.DataFrame:
    """The table without columns that have neither a name nor a cell, as spreadsheets leave them behind."""
    for number, line in enumerate(body, start=1):
        if len(line) != len(header):
            raise DataError(f"{file}: row {number} has {len(line)} cells, the header has {len(header)}")
    named = [place for place, name in enumerate(header) if name or any(line[place].strip() for line in body)]
    names = [header[place] for place in named]
    check_columns(file, names)
    return frame(names, [[line[place] for place in named] for line in body])


def _constant(word: str) -> str | None:
    """What JSON does not know and some write all the same: NaN is unknown, Infinity a word."""
    return None if word == "NaN" else word


def cell_text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """The text of a typed cell: lists are joined by ``;``, null is unknown.

    Raises:
        ValueError: it is no text, number, truth value or list of them, or its text cannot be written as UTF-8.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(cell_text(item) for item in value)
    if isinstance(value, dict | bytes):
        raise ValueError(f"a cell must be text, a number or a list of them, found {str(value)[:40]}")
    text = str(value)
    text.encode()
    return text


_OF_TEXT: dict[str, Callable[[Path, str], pd.DataFrame]] = {
    ".csv": _csv_frame,
    ".tsv": _tsv_frame,
    ".jsonl": _jsonl_frame,
    ".ndjson": _jsonl_frame,
    ".json": _json_frame,
}
TABLE_SUFFIXES = (".csv", ".jsonl", ".parquet", ".tsv", ".json", ".ndjson")
"""Endings of files that `read_table_file` reads."""
