"""Cells that hold numbers: one, or several by name."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

OF_THE_CELL = ""
"""The name of a number that has none in its cell: it is called as its column."""
_MARK, _BETWEEN = "=", ";"


def numbers_in(cell: str) -> dict[str, float]:
    """The numbers of a cell by name: ``-3.5``, or ``valence=0.2;arousal=-1`` where there are several.

    An empty cell holds none, and neither does it hold a name that it does not say: what is not there is unknown.

    Raises:
        ValueError: it holds something else.

    >>> numbers_in("0.5"), numbers_in("valence=0.2;arousal=-1"), numbers_in("")
    ({'': 0.5}, {'valence': 0.2, 'arousal': -1.0}, {})
    """
    found: dict[str, float] = {}
    for part in filter(None, map(str.strip, cell.split(_BETWEEN))):
        name, _, written = part.rpartition(_MARK)
        name = name.strip()
        if name in found:
            raise ValueError(f"holds {cell!r}, which has two numbers {name!r}" if name else _several(cell))
        found[name] = _number(written, cell)
    if OF_THE_CELL in found and len(found) > 1:
        raise ValueError(_several(cell))
    return found


def names_of_numbers(target: str, cells: Sequence[str]) -> list[str]:
    """What the numbers of a column are called, sorted: as its cells have it, or as the column."""
    parts = {part for cell in cells if _MARK in cell for part in cell.split(_BETWEEN) if _MARK in part}
    return sorted({part.rpartition(_MARK)[0].strip() for part in parts}) or [target]


def are_named_numbers(cells: Sequence[str]) -> bool:
    """Whether every cell that is not empty holds numbers by name, and one of them several."""
    known = [cell for cell in cells if cell]
    try:
        found = [numbers_in(cell) for cell in known if _MARK in cell or numbers_in(cell)]
    except ValueError:
        return False
    return any(len(own) > 1 for own in found) and all(OF_THE_CELL not in own for own in found)


def cell_of_numbers(names: Sequence[str], values: Sequence[float | np.float32 | None]) -> str:
    """The cell that holds some numbers, each as short as it can be told; None is one that is unknown."""
    told = {name: _written(value) for name, value in zip(names, values, strict=True) if value is not None}
    if len(names) == 1:
        return next(iter(told.values()), "")
    return _BETWEEN.join(f"{name}{_MARK}{value}" for name, value in told.items())


def joined_numbers(columns: Sequence[str], row: Sequence[str]) -> str:
    """One cell out of those of several columns, by their names; what is empty is left out."""
    names = [column.replace(_BETWEEN, ",") for column in columns]
    told = [f"{name}{_MARK}{cell.strip()}" for name, cell in zip(names, row, strict=True) if cell.strip()]
    return _BETWEEN.join(told)


def _number(written: str, cell: str) -> float:
    try:
        value = float(written)
    except ValueError as error:
        raise ValueError(f"holds {cell!r}, which is no number; {_CURE}") from error
    if not math.isfinite(value) or "_" in written:
        raise ValueError(f"holds {cell!r}, which is no finite number; {_CURE}")
    return value


_CURE = "write -3.5 or 2e-3, and leave the cell empty where it is unknown"


def _several(cell: str) -> str:
    return f"holds {cell!r}, which has several numbers without names; write name=number;name=number"


def _written(value: float | np.float32) -> str:
    return str(value).removesuffix(".0")
