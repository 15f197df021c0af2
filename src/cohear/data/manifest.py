"""The house's own layout: ``manifest.csv`` (or JSONL, Parquet) with ``dataset.yaml`` beside it."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from cohear.base.errors import DataError, MissingExtra
from cohear.base.yaml_text import YamlMistake, read_yaml
from cohear.data.clips import About, ClipTable
from cohear.data.reader import READERS, Reader

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
        rows = {".csv": _read_csv, ".jsonl": _read_jsonl, ".parquet": _read_parquet}[file.suffix](file)
        return ClipTable(name, file.parent, rows, _read_about(file.parent / "dataset.yaml"))


READERS.register(Manifest.name)(Manifest())


def _table_file(path: Path) -> Path | None:
    if path.is_file():
        return path if path.suffix in {".csv", ".jsonl", ".parquet"} else None
    return next((path / name for name in _NAMES if (path / name).is_file()), None)


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
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
    if len(set(header)) != len(header):
        twice = next(column for column in header if header.count(column) > 1)
        raise DataError(f"{file}: column {twice!r} stands twice")
    for number, line in enumerate(body, start=1):
        if len(line) != len(header):
            raise DataError(f"{file}: row {number} has {len(line)} cells, the header has {len(header)}")
    return pd.DataFrame(body, columns=pd.Index(header), dtype=object)


def _read_jsonl(file: Path) -> pd.DataFrame:
    rows: list[dict[str, str]] = []
    for number, line in enumerate(_read_text(file).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise DataError(f"{file}: line {number} is not JSON: {error}") from error
        if not isinstance(row, dict):
            raise DataError(f"{file}: line {number} is not an object with a value a column")
        rows.append({str(column): _cell(value) for column, value in row.items()})
    columns = list(dict.fromkeys(column for row in rows for column in row))
    body = [[row.get(column, "") for column in columns] for row in rows]
    return pd.DataFrame(body, columns=pd.Index(columns), dtype=object)


def _cell(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """The text of a typed cell: lists are joined by ``;``, null is unknown."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(_cell(item) for item in value)
    return str(value)


def _read_parquet(file: Path) -> pd.DataFrame:
    try:
        from pyarrow import parquet  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra("pyarrow", "parquet") from error
    try:
        table = parquet.read_table(file).to_pydict()
    except Exception as error:  # pyarrow raises many kinds for a broken file
        raise DataError(f"{file} is not a Parquet file: {error}") from error
    return pd.DataFrame({str(k): [_cell(v) for v in values] for k, values in table.items()}, dtype=object)


def _read_about(file: Path) -> About:
    if not file.is_file():
        return About()
    try:
        content = read_yaml(_read_text(file)).value
    except YamlMistake as error:
        raise DataError(f"{file}: {error}") from error
    if not isinstance(content, dict):
        raise DataError(f"{file}: expected name, licence, citation and labels")
    labels = content.get("labels", {})
    if not isinstance(labels, dict) or not all(
        isinstance(names, list) and all(isinstance(name, str) for name in names) for names in labels.values()
    ):
        raise DataError(f"{file}: labels must give a list of labels for each column")
    return About(
        title=str(content.get("name", "")),
        licence=str(content.get("licence", content.get("license", ""))),
        citation=str(content.get("citation", "")),
        labels=labels,
    )
