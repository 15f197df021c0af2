"""The text of a CSV file: numbers that come back bit for bit, and rows in an order that depends on nothing else."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence


def csv_text(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A header and a line a row; nothing is written for None and NaN, ``true`` and ``false`` for truths."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def is_missing(cell: object) -> bool:
    """Whether a cell says nothing: None or NaN."""
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def sorted_rows(rows: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Rows sorted by their cells from left to right: nothing, then numbers, then text."""
    keys = zip(*map(_sort_keys, zip(*rows, strict=True)), strict=True)
    return [row for _, row in sorted(zip(keys, rows, strict=True), key=lambda pair: pair[0])]


def _cell(cell: object) -> str:
    if is_missing(cell):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return repr(float(cell)) if isinstance(cell, float) else str(cell)


def _sort_keys(column: Sequence[object]) -> Sequence[object]:
    """What the cells of a column are sorted by: themselves, where all are text; that is quick for many rows."""
    return column if set(map(type, column)) == {str} else [_sort_key(cell) for cell in column]


def _sort_key(cell: object) -> tuple[int, float, str]:
    if is_missing(cell):
        return (0, 0.0, "")
    if isinstance(cell, str):
        return (2, 0.0, cell)
    return (1, float(cell) if isinstance(cell, bool) else float(str(cell)), "")
