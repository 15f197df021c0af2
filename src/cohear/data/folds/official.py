"""Official folds: what a column's values say of training, validation and test, as their publisher meant it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.base.counting import counted
from cohear.base.errors import DataError
from cohear.data.folds.parts import Part
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.part_names import PartRole, is_aside, parts_by_value, role_of

_SHOWN = 5


@dataclass(frozen=True)
class OfficialFolds:
    """Official folds of a dataset.

    Attributes:
        folds: ``Part`` of every clip, ``[clips]``, of each fold in their own order.
        remarks: what its user should know, a sentence each without a full stop.
    """

    folds: tuple[NDArray[np.int64], ...]
    remarks: tuple[str, ...]


def official_folds(table: ClipTable, column: str, asked_by: str) -> OfficialFolds:
    """The folds that a column of a dataset gives.

    Values that are called a test part (``test``, ``evaluation``) are tested together; training is then what is called
    so, else what bears no name of a part, else the development part, which is called by a word for validation
    elsewhere. A validation part beside training alone is the test. Without any such names, each value is a fold of its
    own, tested in turn. What is left over is in no part, and that is told.

    Raises:
        DataError: the column is not there, has empty cells, or gives no training and test part.
    """
    cells = table.column(column, asked_by)
    empty = sum(not cell for cell in cells)
    if empty:
        raise DataError(
            f"{asked_by}: {empty} of {len(cells)} clips of dataset {table.name!r} have no official fold in column "
            f"{column!r}; fill it, or hold groups out with hold_out"
        )
    by_role: dict[PartRole, set[str]] = {}
    for value, role in parts_by_value(column, set(cells)).items():
        if not is_aside(value):
            by_role.setdefault(role, set()).add(value)
    folds = _named(by_role) or _in_turn(by_role)
    if not folds:
        shown = ", ".join(sorted(set(cells))[:_SHOWN])
        raise DataError(
            f"{asked_by}: column {column!r} of dataset {table.name!r} holds only {shown}: no training and test part "
            "can be made of it; hold groups out with hold_out"
        )
    about = f"{asked_by}: of the official parts in column {column!r}"
    return OfficialFolds(
        tuple(np.array([fold.get(cell, Part.NONE) for cell in cells], dtype=np.int64) for fold in folds),
        tuple(f"{about} {sentence}" for sentence in _remarks(folds[0], cells)),
    )


def _named(by_role: Mapping[PartRole, Set[str]]) -> list[dict[str, Part]]:
    """The one fold that is meant where values are called training and test; none where they are not."""
    train, validation, test = (by_role.get(role, set()) for role in ("train", "validation", "test"))
    if test:
        learnt = train or by_role.get("", set()) or validation
        validated = validation - learnt
    else:
        learnt, validated, test = train, set(), validation
    if not learnt or not test:
        return []
    return [
        {
            **dict.fromkeys(learnt, Part.TRAIN),
            **dict.fromkeys(validated, Part.VALIDATION),
            **dict.fromkeys(test, Part.TEST),
        }
    ]


def _in_turn(by_role: Mapping[PartRole, Set[str]]) -> list[dict[str, Part]]:
    """A fold for each value, where none is called training or test."""
    values = sorted(by_role.get("", set()), key=_natural)
    if len(values) < 2 or by_role.get("train") or by_role.get("test"):
        return []
    validated = dict.fromkeys(by_role.get("validation", set()), Part.VALIDATION)
    return [{**dict.fromkeys(values, Part.TRAIN), **validated, value: Part.TEST} for value in values]


def _remarks(fold: Mapping[str, Part], cells: list[str]) -> list[str]:
    """What is not as the names say: parts that are left over, or serve as another."""
    remarks = []
    for part, role in ((Part.TRAIN, "training"), (Part.TEST, "the test")):
        if serves := sorted(value for value in fold if fold[value] == part and role_of(value) == "validation"):
            remarks.append(f"{', '.join(serves)} serves as {role}, which none is called")
    if unused := sorted(set(cells) - set(fold)):
        clips = counted(sum(cell not in fold for cell in cells), "clip")
        remarks.append(f"{', '.join(unused[:_SHOWN])} ({clips}) is neither trained nor tested on")
    return remarks


def _natural(text: str) -> tuple[list[tuple[int, int, str]], str]:
    """Sort key by which 2 comes before 10 and fold2 before fold10; equal numbers (1 and 01) go by their text."""
    pieces = re.findall(r"\d+|\D+", text)
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces], text
