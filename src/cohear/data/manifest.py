"""The house's own layout: ``manifest.csv`` (or JSONL, Parquet) with ``dataset.yaml`` beside it."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from cohear.base.errors import DataError, MissingExtra
from cohear.base.registry import did_you_mean
from cohear.base.yaml_text import YamlMistake, read_yaml
from cohear.data.clips import About, ClipTable
from cohear.data.reader import READERS, Reader

_ABOUT = ("name", "licence", "license", "citation", "labels")
_NAMES = ("manifest.csv", "manifest.jsonl", "manifest.parquet")


class Manifest(Reader):
    """A clip table in one file; every cell is kept as text (``no``, ``01`` and ``NA`` stay what they are)."""

    name: ClassVar[str] = "manifest"

    def recognises(self, path: Path) -> bool:
        """A file with one of the endings, or a folder that holds one of the names."""
        return _table_file(path) is not None

    def read(self, path: Path, name: str) -> ClipTable:
        """Read the table and what ``dataset.yaml`` says of it."""
        file = _table_file(path)
        if file is None:
            raise DataError(f"dataset {name!r}: {path} holds none of {', '.join(_NAMES)}")
        rows = _READ[file.suffix.lower()](file)
        return ClipTable(name, file.parent, rows, _read_about(file.parent / "dataset.yaml"))


READERS.register(Manifest.name)(Manifest())


def _table_file(path: Path) -> Path | None:
    if path.is_file():
        return path if path.suffix.lower() in _READ else None
    return next((path / name for name in _NAMES if (path / name).is_file()), None)


def _read_text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")  # as bytes: line ends inside a cell stay what they are
    except UnicodeDecodeError as error:
        raise DataError(f"{file} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from error


def _read_csv(file: Path) -> pd.DataFrame:
    text = _read_text(file)
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except csv.Error as error:
        raise DataError(f"{file} is not a proper CSV file: {error}") from error
    if not lines:
        raise DataError(f"{file} is empty; it needs a line of column names and a line a clip")
    header, body = [cell.strip() for cell in lines[0]], lines[1:]
    if "path" not in header and len(header) == 1 and any(mark in header[0] for mark in ";\t"):
        raise DataError(f"{file} is not separated by commas; save it as CSV with commas")
    _check_columns(file, header)
    for number, line in enumerate(body, start=1):
        if len(line) != len(header):
            raise DataError(f"{file}: row {number} has {len(line)} cells, the header has {len(header)}")
    return _frame(header, body)


def _read_jsonl(file: Path) -> pd.DataFrame:
    rows: list[dict[str, str]] = []
    for number, line in enumerate(_read_text(file).split("\n"), start=1):
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
    return _frame(columns, [[row.get(column, "") for column in columns] for row in rows])


def _constant(word: str) -> str | None:
    """What JSON does not know and some write all the same: NaN is unknown, Infinity a word."""
    return None if word == "NaN" else word


def _check_columns(file: Path, names: Sequence[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise DataError(f"{file}: column {name!r} stands twice")


def _frame(columns: Sequence[str], body: Sequence[Sequence[str]]) -> pd.DataFrame:
    """The table; a cell of nothing but space is empty."""
    cells = [[cell if cell.strip() else "" for cell in row] for row in body]
    return pd.DataFrame(cells, columns=pd.Index(columns), dtype=object)


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


def _read_parquet(file: Path) -> pd.DataFrame:
    try:
        from pyarrow import parquet  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra("pyarrow", "parquet") from error
    try:
        table = parquet.read_table(file)
        _check_columns(file, table.column_names)
        columns = [[_cell(value) for value in column.to_pylist()] for column in table.columns]
    except DataError:
        raise
    except Exception as error:  # pyarrow raises many kinds for a broken file
        raise DataError(f"{file} is not a Parquet table that can be read: {error}") from error
    return _frame(table.column_names, list(zip(*columns, strict=True)))


_READ = {".csv": _read_csv, ".jsonl": _read_jsonl, ".parquet": _read_parquet}


def _read_about(file: Path) -> About:
    if not file.is_file():
        return About()
    try:
        content = read_yaml(_read_text(file)).value
    except YamlMistake as error:
        raise DataError(f"{file}: {error}") from error
    if content is None:
        return About()
    if not isinstance(content, dict):
        raise DataError(f"{file}: expected name, licence, citation and labels")
    for key in content:
        if key not in _ABOUT:
            raise DataError(f"{file}: unknown key {key!r}{did_you_mean(key, _ABOUT)}")
    labels = content.get("labels") or {}
    if not isinstance(labels, dict) or not all(map(_is_label_list, labels.values())):
        raise DataError(f"{file}: labels must give a list of labels, each once, for each column")
    told = {key: content.get(key) or "" for key in _ABOUT if key != "labels"}
    for key, value in told.items():
        if not isinstance(value, str):
            raise DataError(f"{file}: {key} must be text")
    return About(told["name"], told["licence"] or told["license"], told["citation"], labels)


def _is_label_list(names: Any) -> bool:  # noqa: ANN401 - any YAML value
    return isinstance(names, list) and all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
