"""Tables as publishers write them (CSV, tabs, JSONL, Parquet); every cell is text, as it was written."""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cohear.base.errors import DataError, MissingExtra
from cohear.base.registry import did_you_mean


def read_text(file: Path, root: Path | None = None) -> str:
    """A file's text; line ends inside it stay what they are.

    Args:
        file: the file.
        root: the dataset's folder, which a link may not leave; by default the file's own.

    Raises:
        DataError: it is not UTF-8, cannot be read, or is a link that leads out of the root.
    """
    refuse_odd_file(file, root or file.parent)
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{file} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from error


def refuse_odd_file(file: Path, root: Path) -> None:
    """Raise DataError where a symbolic link leads out of a dataset's folder, or where a pipe would be waited for."""
    real_root = os.path.realpath(root)
    if os.path.commonpath([real_root, os.path.realpath(file)]) != real_root:
        raise DataError(f"{file} is a link that leaves the dataset's folder; put the file itself there")
    if file.exists() and not file.is_file():
        raise DataError(f"{file} is not a plain file")


def read_csv(file: Path, root: Path | None = None) -> pd.DataFrame:
    """A CSV file with a line of column names.

    Raises:
        DataError: says what is wrong with it.
    """
    lines = _csv_lines(file, read_text(file, root))
    if not lines:
        raise DataError(f"{file} is empty; it needs a line of column names and a line a clip")
    header, body = [cell.strip() for cell in lines[0]], lines[1:]
    if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        raise DataError(f"{file} is not separated by commas; save it as CSV with commas")
    return _checked_frame(file, header, body)


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
    lines = [line.split("\t") for line in read_text(file, root).splitlines() if line.strip()]
    if columns is not None:
        body = [[cell.strip() for cell in [*line, *[""] * len(columns)][: len(columns)]] for line in lines]
        return frame(columns, body)
    if not lines:
        raise DataError(f"{file} is empty; it needs a line of column names and a line a clip")
    return _checked_frame(file, [cell.strip() for cell in lines[0]], [[c.strip() for c in line] for line in lines[1:]])


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


def read_jsonl(file: Path, root: Path | None = None) -> pd.DataFrame:
    """A JSON object a line; numbers stay as they are written.

    Raises:
        DataError: says what is wrong, and in which line.
    """
    rows: list[dict[str, str]] = []
    for number, line in enumerate(read_text(file, root).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_int=str, parse_float=str, parse_constant=_constant)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{file}: line {number} is not JSON: {error}") from error
        if not isinstance(row, dict):
            raise DataError(f"{file}: line {number} is not an object with a value a column")
        try:
            rows.append({_cell(column): _cell(value) for column, value in row.items()})
        except ValueError as error:
            raise DataError(f"{file}: line {number}: {error}") from error
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return frame(columns, [[row.get(column, "") for column in columns] for row in rows])


def read_json_cells(file: Path, root: Path | None = None) -> Any:  # noqa: ANN401 - any JSON value
    """One JSON document; raises DataError where it is none."""
    try:
        return json.loads(read_text(file, root), parse_int=str, parse_float=str, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{file} is not JSON: {error}") from error


def read_parquet(file: Path, root: Path | None = None) -> pd.DataFrame:
    """A Parquet table; typed cells become text.

    Raises:
        DataError: it is no table that can be read.
        MissingExtra: there is no pyarrow.
    """
    refuse_odd_file(file, root or file.parent)
    try:
        from pyarrow import parquet  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra("pyarrow", "parquet") from error
    try:
        table = parquet.read_table(file)
        check_columns(file, table.column_names)
        columns = [[_cell(value) for value in column.to_pylist()] for column in table.columns]
    except DataError:
        raise
    except Exception as error:  # pyarrow raises many kinds for a broken file
        raise DataError(f"{file} is not a Parquet table that can be read: {error}") from error
    return frame(table.column_names, list(zip(*columns, strict=True)))


TABLE_READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".csv": read_csv,
    ".jsonl": read_jsonl,
    ".parquet": read_parquet,
}


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


def _csv_lines(file: Path, text: str, *, skipinitialspace: bool = False) -> list[list[str]]:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=skipinitialspace)
        return [line for line in reader if line]
    except csv.Error as error:
        raise DataError(f"{file} is not a proper CSV file: {error}") from error


def _checked_frame(file: Path, header: Sequence[str], body: Sequence[Sequence[str]]) -> pd.DataFrame:
    check_columns(file, header)
    for number, line in enumerate(body, start=1):
        if len(line) != len(header):
            raise DataError(f"{file}: row {number} has {len(line)} cells, the header has {len(header)}")
    return frame(header, body)


def _constant(word: str) -> str | None:
    """What JSON does not know and some write all the same: NaN is unknown, Infinity a word."""
    return None if word == "NaN" else word


def _cell(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """The text of a typed cell: lists are joined by ``;``, null is unknown.

    Raises:
        ValueError: it is no text, number, truth value or list of them, or its text cannot be written as UTF-8.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(_cell(item) for item in value)
    if isinstance(value, dict | bytes):
        raise ValueError(f"a cell must be text, a number or a list of them, found {str(value)[:40]}")
    text = str(value)
    text.encode()
    return text
