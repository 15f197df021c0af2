"""Read and write the tables. A name is text and stays text: ``no``, ``01``, ``NaN`` are names like others."""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cohear.analysis import columns
from cohear.base.errors import UserError
from cohear.base.files import write_text
from cohear.base.registry import did_you_mean

_TRUE, _FALSE = ("true", "1"), ("false", "0")


def read_table(path: Path, required: Sequence[str], optional: Sequence[str] = ()) -> pd.DataFrame:
    """Read a CSV table, every cell as the text it is.

    Args:
        path: the file (UTF-8, comma separated, a header line).
        required: columns that must be there.
        optional: columns that are added, empty, where they are missing.

    Returns:
        One row per line, all cells ``str``; columns beyond those asked for are kept.

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
        _check_header(path, header, required)
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
    for name in optional:
        if name not in frame:
            frame[name] = ""
    return frame


def _check_header(path: Path, header: Sequence[str], required: Sequence[str]) -> None:
    if not header:
        raise UserError(f"{path} is empty; it needs a header line with {', '.join(required)}")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise UserError(f"{path}: column {twice[0]!r} is there twice")
    missing = [name for name in required if name not in header]
    if missing:
        hint = did_you_mean(missing[0], [name for name in header if name not in required])
        raise UserError(f"{path}: column {', '.join(map(repr, missing))} is missing{hint}")


def typed(frame: pd.DataFrame, source: str) -> pd.DataFrame:
    """Give columns their types: names ``str``, counts ``Int64``, numbers ``float``, truths ``bool``.

    Tables made in memory pass through unchanged, so it may be applied twice.

    Raises:
        UserError: a cell is not a number where one belongs; names the column and the line of the file.
    """
    done: dict[str, Any] = {}
    for name in map(str, frame.columns):
        if _is_typed(frame[name], name):
            done[name] = frame[name].reset_index(drop=True)
            continue
        cells = ["" if _is_missing(cell) else str(cell) for cell in frame[name].tolist()]
        if name in columns.TRUTHS:
            done[name] = pd.Series(_truths(cells, name, source), dtype=bool)
        elif name in columns.WHOLE_NUMBERS or name in columns.NUMBERS:
            whole = name in columns.WHOLE_NUMBERS
            numbers = _numbers(cells, name, source, whole)
            done[name] = pd.Series(numbers, dtype=float)
            if whole:
                done[name] = done[name].astype("Int64")
        else:
            done[name] = pd.Series(cells, dtype=object)
    return pd.DataFrame(done, columns=list(map(str, frame.columns)))


def _is_typed(column: pd.Series, name: str) -> bool:
    """Whether a column has its type already and nothing in it can be wrong; large tables are checked often."""
    if name in columns.TRUTHS:
        return column.dtype == bool
    if name in columns.WHOLE_NUMBERS:
        return isinstance(column.dtype, pd.Int64Dtype) and (name in columns.MAY_BE_EMPTY or not column.isna().any())
    if name in columns.NUMBERS:
        finite = column.dtype == float and not column.isin([math.inf, -math.inf]).any()
        return bool(finite and (name in columns.MAY_BE_EMPTY or not column.isna().any()))
    return bool(column.dtype == object and all(type(cell) is str for cell in column.tolist()))


def _is_missing(cell: object) -> bool:
    return cell is None or cell is pd.NA or (isinstance(cell, float) and math.isnan(cell))


def _numbers(cells: Sequence[str], name: str, source: str, whole: bool) -> list[float]:
    numbers = []
    for row, cell in enumerate(cells):
        text = cell.strip()
        try:
            number = float(text) if text else math.nan
        except ValueError:
            raise UserError(f"{source}, line {row + 2}: {name} is {cell!r}, not a number") from None
        if math.isinf(number) or (whole and number % 1 != 0 and not math.isnan(number)):
            kind = "a whole number" if whole else "a finite number"
            raise UserError(f"{source}, line {row + 2}: {name} is {cell!r}, not {kind}")
        if math.isnan(number) and name not in columns.MAY_BE_EMPTY:
            raise UserError(f"{source}, line {row + 2}: {name} is empty")
        numbers.append(number)
    return numbers


def _truths(cells: Sequence[str], name: str, source: str) -> list[bool]:
    for row, cell in enumerate(cells):
        if cell.strip().lower() not in _TRUE + _FALSE:
            raise UserError(f"{source}, line {row + 2}: {name} is {cell!r}, neither true nor false")
    return [cell.strip().lower() in _TRUE for cell in cells]


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """Write a table sorted by its columns from left to right, whole or not at all.

    Numbers are written so that reading them gives the same bits; nothing is written for a missing one.
    """
    write_text(path, table_text(frame))


def table_text(frame: pd.DataFrame) -> str:
    """The text that :func:`write_table` writes."""
    cells: list[list[object]] = [frame[name].tolist() for name in frame.columns]
    rows = sorted(zip(*cells, strict=True), key=lambda row: [_sort_key(cell) for cell in row])
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def markdown_table(rows: Sequence[Mapping[str, object]], digits: int = 3) -> str:
    """Rows as a table in Markdown, without an end of line; names and cells are taken as they are.

    Args:
        rows: one at least, all with the entries of the first.
        digits: of fractions, behind the point.
    """
    names = list(rows[0])
    lines = [[f"{cell:.{digits}f}" if isinstance(cell, float) else str(cell) for cell in row.values()] for row in rows]
    return "\n".join([f"| {' | '.join(names)} |", "|" + "---|" * len(names), *(f"| {' | '.join(o)} |" for o in lines)])


def _cell(cell: object) -> str:
    if _is_missing(cell):
        return ""
    if isinstance(cell, bool) or type(cell).__name__ == "bool_":
        return "true" if cell else "false"
    if isinstance(cell, float):
        return repr(float(cell))
    return str(cell)


def _sort_key(cell: object) -> tuple[int, float, str]:
    if _is_missing(cell):
        return (0, 0.0, "")
    if isinstance(cell, str):
        return (2, 0.0, cell)
    return (1, float(str(cell)) if not isinstance(cell, bool) else float(cell), "")
