"""Training, validation and test part of a dataset in each fold: a function of the dataset, never of its tasks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from cohear.base.errors import DataError
from cohear.data.folds.cutting import LabelMatrix, balanced_parts, groups_of, held_by, label_matrix
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.part_names import role_of

MOST_FOLDS = 5
VALIDATION_SHARE = 0.15
VALIDATION_PARTS = 7  # one of seven is 14 %, the nearest to 15 %


class Part(IntEnum):
    """Where a clip is in one fold."""

    NONE = 0
    TRAIN = 1
    VALIDATION = 2
    TEST = 3


@dataclass(frozen=True)
class FoldRule:
    """How a task cuts its dataset: over groups of ``hold_out``, or by official ``folds``; never both."""

    folds: str | None = None
    hold_out: str | None = None


class FoldPlan:
    """All folds of a dataset under one rule.

    Args:
        table: the dataset's clips, all of them.
        rule: official folds, or the column whose groups are held out.
        seed: the study's seed.
        asked_by: start of error messages (``tasks.digit``).

    Attributes:
        column: column whose values are held out whole, or None under official folds or by clips. Where the table
            has no ``group``, segments of one file stay together, and it is ``path``. So do segments of one file
            whose cells are empty.
        count: number of different test parts, K.

    Raises:
        DataError: no such column, empty official folds, fewer than two groups or folds.
    """

    def __init__(self, table: ClipTable, rule: FoldRule, seed: int, asked_by: str) -> None:
        self._table, self._rule, self._seed = table, rule, seed
        self._labels = label_matrix(table)
        self._made: dict[int, NDArray[np.int64]] = {}
        self.column = rule.hold_out
        if rule.hold_out is None and rule.folds is None:
            self.column = usual_column(table)
        cells = table.column(self.column, asked_by) if self.column else [""] * len(table)
        files = table.column("path", asked_by)
        self._groups = groups_of(cells, files)
        self._official: list[str] | None = None
        if rule.folds is not None:
            usual = usual_column(table)
            self._groups = groups_of(table.column(usual, asked_by) if usual else cells, files)
            self._official = _official_cells(table, rule.folds, asked_by)
            self._tests = _official_tests(self._official, table.name, rule.folds, asked_by)
            self.count = len(self._tests)
            return
        number = len(np.unique(self._groups))
        if number < 2:
            if self.column is None:
                raise DataError(f"{asked_by}: dataset {table.name!r} has a single clip; nothing can be held out")
            raise DataError(
                f"{asked_by}: dataset {table.name!r} has a single group in column {self.column!r}; nothing can be "
                "held out: name another column with hold_out"
            )
        self.count = min(MOST_FOLDS, number)
        name = ("folds", table.name, self.column or "", seed)
        self._part = balanced_parts(self._groups, self._labels, self.count, *name)

    def parts(self, fold: int) -> NDArray[np.int64]:
        """``Part`` of every clip, ``[clips]``, in fold index ``fold`` (modulo ``count``)."""
        index = fold % self.count
        if index not in self._made:
            self._made[index] = self._make(index)
        return self._made[index].copy()

    def _make(self, index: int) -> NDArray[np.int64]:
        if self._official is None:
            return self._with_validation(self._part == index, index)
        test = np.array([cell in self._tests[index] for cell in self._official])
        validating = {cell for cell in set(self._official) if role_of(cell) == "validation"}
        validation = np.array([cell in validating for cell in self._official]) & ~test
        if validation.any():
            parts = np.full(len(test), int(Part.TRAIN))
            parts[validation], parts[test] = Part.VALIDATION, Part.TEST
            return parts
        return self._with_validation(test, index)

    def _with_validation(self, test: NDArray[np.bool_], index: int) -> NDArray[np.int64]:
        """Take about 15 % of what is not tested for validation.

        Whole groups; single clips where groups lie on both sides of an official split, or where fewer than three
        groups are left.
        """
        parts = np.where(test, int(Part.TEST), int(Part.TRAIN))
        rest = np.flatnonzero(parts == Part.TRAIN)
        groups = self._groups[rest]
        crosses = bool(np.isin(groups, self._groups[test]).any())
        if crosses or len(np.unique(groups)) < 3:  # two groups: one could not be spared
            groups = np.arange(len(rest))
        number = min(VALIDATION_PARTS, len(np.unique(groups)))
        if number < 2:
            return parts
        name = ("validation", self._table.name, self._rule.folds or self.column or "", self._seed, index)
        chosen = balanced_parts(groups, self._labels[rest], number, *name)
        tested = self._labels[np.flatnonzero(test)].sum(axis=0) > 0
        parts[rest[chosen == _best_validation(chosen, self._labels[rest], tested)]] = Part.VALIDATION
        return parts


def _best_validation(parts: NDArray[np.int64], labels: LabelMatrix, tested: NDArray[np.bool_]) -> int:
    """The part that training misses least: fewest values that are tested and wholly in it, then a size next to 15 %.

    Args:
        parts: ``[clips]`` part of each clip that is not tested.
        labels: ``[clips, values]`` of the same clips.
        tested: ``[values]``, those that the test part has.
    """
    in_parts = held_by(parts, labels).toarray()
    lost = ((in_parts == in_parts.sum(axis=0)) & (in_parts > 0) & tested).sum(axis=1)
    sizes = np.bincount(parts) / len(parts)
    return int(np.lexsort((np.abs(sizes - VALIDATION_SHARE).round(9), lost))[0])


def usual_column(table: ClipTable) -> str | None:
    """What keeps clips together where nothing is asked for: ``group``, or the file that segments are cut from."""
    if "group" in table.rows.columns:
        return "group"
    return "path" if table.rows["path"].duplicated().any() else None


def _official_cells(table: ClipTable, column: str, asked_by: str) -> list[str]:
    cells = table.column(column, asked_by)
    empty = sum(not cell for cell in cells)
    if empty:
        raise DataError(
            f"{asked_by}: {empty} of {len(cells)} clips of dataset {table.name!r} have no official fold in column "
            f"{column!r}; fill it, or hold groups out with hold_out"
        )
    return cells


def _official_tests(cells: list[str], dataset: str, column: str, asked_by: str) -> list[set[str]]:
    """The values that make up each test part, in the folds' own order."""
    values = set(cells)
    named = {value for value in values if role_of(value) == "test"}
    training = {value for value in values if role_of(value) == "train"}
    others = {value for value in values if role_of(value) != "validation"}
    if named and others - named:
        return [named]
    if len(others) < 2 or training or named:
        shown = ", ".join(sorted(values)[:5])
        raise DataError(
            f"{asked_by}: column {column!r} of dataset {dataset!r} holds only {shown}: no training and test part can "
            "be made of it; hold groups out with hold_out"
        )
    return [{value} for value in sorted(others, key=_natural)]


def _natural(text: str) -> tuple[list[tuple[int, int, str]], str]:
    """Sort key by which 2 comes before 10 and fold2 before fold10; equal numbers (1 and 01) go by their text."""
    pieces = re.findall(r"\d+|\D+", text)
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces], text
