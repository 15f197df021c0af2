"""Gains of groups beside who is in them, as in ``gain_collection/collected_gain`` of github.com/ShawnKS/MTG-Net (2022).

Two files of as many lines: ``*_x.csv`` has 1 where a task is in the group, ``*_y.csv`` its gain (0 where it is not),
commas or spaces between. ``*_TAG_HOA.csv`` has, in the form of the latter, affinities by TAG.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cohear.advice.imports.imported import Imported, gain_row, measured_row, text_of
from cohear.base.arrays import Array
from cohear.base.errors import UserError

METRIC = "relative gain"


def read_gain_grid(
    groups: Path, gains: Path, affinities: Path | None = None, tasks: Sequence[str] | None = None
) -> Imported:
    """A row a task and group of two or more.

    Args:
        groups: who is in each, the file that ends in ``_x.csv``.
        gains: the file that ends in ``_y.csv``, or ``taskonomy.csv``.
        affinities: look-ahead by TAG, of which pairs are taken.
        tasks: names of the columns; ``task 1``… where nobody says.

    Raises:
        UserError: files differ in their lines or columns, or a cell is no number.
    """
    present, told = _numbers(groups), _numbers(gains)
    seen = None if affinities is None else _numbers(affinities)
    for path, other in ((gains, told), (affinities, seen)):
        if other is not None and other.shape != present.shape:
            raise UserError(f"{path} has {_shape(other)} where {groups} has {_shape(present)}")
    names = list(tasks or [f"task {place}" for place in range(1, present.shape[1] + 1)])
    if len(names) != present.shape[1]:
        raise UserError(f"{len(names)} names of tasks for {present.shape[1]} columns of {groups}")
    rows, measured = [], []
    for line, row in enumerate(present):
        members = [names[place] for place in np.flatnonzero(row)]
        if len(members) < 2:
            continue
        rows += [gain_row(task, members, METRIC, float(told[line, names.index(task)])) for task in members]
        if seen is not None and len(members) == 2:
            both = (members, members[::-1])
            measured += [
                measured_row(task, partner, "look_ahead", float(seen[line, names.index(task)]))
                for task, partner in both
            ]
    return Imported(gains=rows, measurements=measured)


def _numbers(path: Path) -> Array:
    """``(groups, tasks)``."""
    lines = [re.split(r"[,\s]+", line.strip()) for line in text_of(path).splitlines() if line.strip()]
    if not lines or len({len(line) for line in lines}) > 1:
        raise UserError(f"{path}: lines have different numbers of columns, or there is none")
    try:
        return np.array(lines, dtype=np.float64)
    except ValueError as error:
        raise UserError(f"{path}: {error}") from None


def _shape(numbers: Array) -> str:
    return f"{numbers.shape[0]} lines of {numbers.shape[1]} columns"
