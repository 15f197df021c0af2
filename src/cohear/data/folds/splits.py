"""Training, validation and test part of a dataset in each fold: a function of the dataset, never of its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.base.errors import DataError
from cohear.data.folds.cutting import LabelMatrix, balanced_parts, groups_of, held_by, label_matrix
from cohear.data.folds.joining import with_copies_joined
from cohear.data.folds.official import OfficialFolds, official_folds
from cohear.data.folds.parts import Part
from cohear.data.tables.clip_table import ClipTable

MOST_FOLDS = 5
VALIDATION_SHARE = 0.15
"""Of what may be trained on, where a study says nothing."""
MOST_VALIDATION = 0.5


@dataclass(frozen=True)
class FoldRule:
    """How a task cuts its dataset: over groups of ``hold_out``, or by official ``folds``; never both."""

    folds: str | None = None
    hold_out: str | None = None
    validation: float = VALIDATION_SHARE
    """Share of what may be trained on that is kept for validation; with 0 there is none, and all of it is."""

    @property
    def validation_parts(self) -> int:
        """How many parts are cut for one of them to have about that share: of seven it is 14 %, the nearest to 15 %."""
        if not self.validation:
            return 0
        fewer = int(1 / self.validation)
        return min((fewer, fewer + 1), key=lambda parts: abs(1 / parts - self.validation))


class FoldPlan:
    """All folds of a dataset under one rule.

    Args:
        table: the dataset's clips, all of them.
        rule: official folds, or the column whose groups are held out.
        seed: the study's seed.
        asked_by: start of error messages (``tasks.digit``).
        sounds: of each clip, the names that its recording goes by (`cohear.data.folds.joining.sounds_of`): groups that
            have one in common are cut as one, as far as groups allow.

    Attributes:
        column: column whose values are held out whole, or None under official folds or by clips. Where the table
            has no ``group``, segments of one file stay together, and it is ``path``. So do segments of one file
            whose cells are empty.
        count: number of different test parts, K.
        remarks: what is told of official folds.

    Raises:
        DataError: no such column, empty official folds, fewer than two groups or folds.
    """

    def __init__(
        self,
        table: ClipTable,
        rule: FoldRule,
        seed: int,
        asked_by: str,
        sounds: Sequence[Sequence[str]] | None = None,
    ) -> None:
        self._table, self._rule, self._seed = table, rule, seed
        self._labels = label_matrix(table)
        self._sounds = [[] for _ in range(len(table))] if sounds is None else sounds
        self._made: dict[int, NDArray[np.int64]] = {}
        self.remarks: tuple[str, ...] = ()
        together = rule.hold_out or usual_column(table)
        cells = table.column(together, asked_by) if together else [""] * len(table)
        groups = groups_of(cells, table.column("path", asked_by))
        self._groups = with_copies_joined(groups, self._sounds, MOST_FOLDS)
        self._official: OfficialFolds | None = None
        self.column = None if rule.folds is not None else together
        if rule.folds is not None:
            self._official = official_folds(table, rule.folds, asked_by)
            self.count, self.remarks = len(self._official.folds), self._official.remarks
            return
        number = len(np.unique(groups))
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
            parts = np.where(self._part == index, int(Part.TEST), int(Part.TRAIN))
        else:
            parts = self._official.folds[index]
        if not self._rule.validation:
            return np.where(parts == Part.VALIDATION, int(Part.TRAIN), parts)
        return parts.copy() if (parts == Part.VALIDATION).any() else self._with_validation(parts, index)

    def _with_validation(self, parts: NDArray[np.int64], index: int) -> NDArray[np.int64]:
        """Take about the rule's share of what is trained on for validation.

        Whole groups; single clips where groups lie on both sides of an official split, or where fewer than three
        groups are left.
        """
        parts, test = parts.copy(), parts == Part.TEST
        rest = np.flatnonzero(parts == Part.TRAIN)
        groups = self._groups[rest]
        crosses = bool(np.isin(groups, self._groups[test]).any())
        if crosses or len(np.unique(groups)) < 3:  # two groups: one could not be spared
            groups = with_copies_joined(
                np.arange(len(rest)), [self._sounds[row] for row in rest.tolist()], self._rule.validation_parts
            )
        number = min(self._rule.validation_parts, len(np.unique(groups)))
        if number < 2:
            return parts
        name = ("validation", self._table.name, self._rule.folds or self.column or "", self._seed, index)
        chosen = balanced_parts(groups, self._labels[rest], number, *name)
        tested = self._labels[np.flatnonzero(test)].sum(axis=0) > 0
        best = _best_validation(chosen, self._labels[rest], tested, self._rule.validation)
        parts[rest[chosen == best]] = Part.VALIDATION
        return parts


def _best_validation(parts: NDArray[np.int64], labels: LabelMatrix, tested: NDArray[np.bool_], share: float) -> int:
    """The part that training misses least: fewest values that are tested and wholly in it, then a size next to a share.

    Args:
        parts: ``[clips]`` part of each clip that is not tested.
        labels: ``[clips, values]`` of the same clips.
        tested: ``[values]``, those that the test part has.
        share: that it should have of the clips.
    """
    in_parts = held_by(parts, labels).toarray()
    lost = ((in_parts == in_parts.sum(axis=0)) & (in_parts > 0) & tested).sum(axis=1)
    sizes = np.bincount(parts) / len(parts)
    return int(np.lexsort((np.abs(sizes - share).round(9), lost))[0])


def usual_column(table: ClipTable) -> str | None:
    """What keeps clips together where nothing is asked for: ``group``, or the file that segments are cut from."""
    if "group" in table.rows.columns:
        return "group"
    return "path" if table.rows["path"].duplicated().any() else None
