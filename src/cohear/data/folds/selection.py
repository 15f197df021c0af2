"""Which clips a task uses, and its ordered labels: ``rename``, then ``only`` and ``drop``, then ``limit``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.base.errors import DataError
from cohear.base.registry import did_you_mean
from cohear.base.streams import stream
from cohear.data.tables.clip_table import ClipTable
from cohear.tasks.event_cells import hold_events
from cohear.tasks.events import Events
from cohear.tasks.kind import TARGET_KINDS, TargetKind
from cohear.tasks.label_free import is_label_free
from cohear.tasks.multiclass import Multiclass
from cohear.tasks.multilabel import Multilabel
from cohear.tasks.number_cells import are_named_numbers
from cohear.tasks.regression import Regression
from cohear.tasks.targets import Targets


@dataclass(frozen=True)
class LabelChoice:
    """What a task takes of its column. New names from ``rename`` are what ``only`` and ``drop`` speak of."""

    only: Sequence[str] = ()
    drop: Sequence[str] = ()
    rename: Mapping[str, str] | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Selection:
    """The clips of a task.

    Attributes:
        rows: ``[N]`` rows of the dataset's table, ascending.
        labels: ordered label list.
        targets: of the N clips.
    """

    rows: NDArray[np.int64]
    labels: list[str]
    targets: Targets


def guess_kind(cells: Sequence[str]) -> str:
    """``multilabel`` where a cell holds several labels, else ``multiclass``; a ``;`` at the end of a cell is none.

    ``regression`` where all cells hold numbers by name; one number a cell may be a label, as digits are. ``events``
    where they hold events in time.
    """
    if hold_events(cells):
        return Events.name
    if are_named_numbers(cells):
        return Regression.name
    several = any(";" in cell and sum(map(bool, map(str.strip, cell.split(";")))) > 1 for cell in cells)
    return Multilabel.name if several else Multiclass.name


def select(
    table: ClipTable,
    target: str,
    kind_name: str | None,
    choice: LabelChoice,
    seed: int,
    asked_by: str,
    signals: Sequence[str] | None = None,
) -> tuple[str, Selection]:
    """Choose a task's clips and encode their labels.

    Args:
        table: of its dataset.
        target: the column; of a kind without labels nothing.
        kind_name: as the study file says; None to guess it.
        choice: of labels.
        seed: of the study.
        asked_by: start of error messages.
        signals: what was measured of each clip, for a kind without labels that is made of it.

    Returns:
        The target kind's name and the selection.

    Raises:
        DataError: no such column or label, an empty column, or fewer than two labels left.
    """
    if is_label_free(kind_name):
        return _without_labels(table, TARGET_KINDS[str(kind_name)], choice, asked_by, signals)
    cells = table.column(target, asked_by)
    if not any(cells):
        raise DataError(f"{asked_by}: column {target!r} of dataset {table.name!r} is empty; name another target")
    name = kind_name or guess_kind(cells)
    kind = TARGET_KINDS[name]
    choose = _choose_labels if kind.has_labels else _take_all
    rows, labels = choose(table, target, kind, choice, seed, asked_by)
    try:
        targets = kind.encode([cells[row] for row in rows], labels, choice.rename or {})
    except ValueError as error:
        raise DataError(f"{asked_by}: column {target!r} of dataset {table.name!r} {error}") from error
    if nothing := kind.nothing_to_learn(targets):
        raise DataError(
            f"{asked_by}: column {target!r} of dataset {table.name!r} {nothing}, so that there is nothing to learn; "
            "name another target"
        )
    present = [label for label, count in zip(labels, kind.counts(targets, labels), strict=True) if count]
    _check_enough(kind, present, target, asked_by)
    return name, Selection(rows, labels, targets)


def _choose_labels(
    table: ClipTable, target: str, kind: TargetKind, choice: LabelChoice, seed: int, asked_by: str
) -> tuple[NDArray[np.int64], list[str]]:
    """Rows of the clips that a choice of labels leaves, and the labels."""
    cells = table.column(target, asked_by)
    found = [kind.labels_in(cell) for cell in cells]
    known_labels = _closed_list(table, target, asked_by) or kind.names(target, cells)
    _check_closed(known_labels, found, target, table.name, asked_by)
    rename = dict(choice.rename or {})
    _check_known(rename, known_labels, f"{asked_by}.rename")
    renamed = [[rename.get(label, label) for label in labels] for labels in found]
    labels = list(dict.fromkeys(rename.get(label, label) for label in known_labels))
    _check_known(choice.only, labels, f"{asked_by}.only")
    _check_known(choice.drop, labels, f"{asked_by}.drop")
    labels = [label for label in labels if (not choice.only or label in choice.only) and label not in choice.drop]
    kept = frozenset(labels)
    known = map(kind.is_known, cells)
    chosen = [_kept(kind, own, kept) if is_known else None for own, is_known in zip(renamed, known, strict=True)]
    if choice.limit is not None:
        return _limited(chosen, choice.limit, (table.name, target, seed)), labels
    return np.array([row for row, cell in enumerate(chosen) if cell is not None], dtype=np.int64), labels


def _take_all(
    table: ClipTable, target: str, kind: TargetKind, choice: LabelChoice, seed: int, asked_by: str
) -> tuple[NDArray[np.int64], list[str]]:
    """Rows of all clips whose cell says something, where no labels are there to choose from."""
    _refuse_choice(kind, choice, asked_by)
    cells = table.column(target, asked_by)
    return np.flatnonzero([bool(cell) for cell in cells]), kind.names(target, cells)


def _without_labels(
    table: ClipTable, kind: TargetKind, choice: LabelChoice, asked_by: str, signals: Sequence[str] | None
) -> tuple[str, Selection]:
    """All clips, of which nothing but their sound is known."""
    _refuse_choice(kind, choice, asked_by)
    cells, labels = [""] * len(table) if signals is None else signals, kind.names("", [])
    return kind.name, Selection(np.arange(len(table)), labels, kind.encode(cells, labels))


def _refuse_choice(kind: TargetKind, choice: LabelChoice, asked_by: str) -> None:
    asked = [name for name in ("only", "drop", "rename", "limit") if getattr(choice, name)]
    if asked:
        raise DataError(f"{asked_by}.{asked[0]}: a task of kind {kind.name} has no labels to choose from; leave it out")


def _closed_list(table: ClipTable, target: str, asked_by: str) -> list[str] | None:
    """The column's list in ``dataset.yaml``; None where there is none."""
    for column in table.about.labels:
        if column not in table.rows.columns:
            raise DataError(
                f"{asked_by}: dataset.yaml of dataset {table.name!r} lists labels of a column {column!r}, which the "
                f"clip table does not have{did_you_mean(column, map(str, table.rows.columns))}"
            )
    return table.about.labels.get(target) or None


def _kept(kind: TargetKind, cell: list[str], labels: frozenset[str]) -> list[str] | None:
    """The labels of a known clip that are kept; None where the task does not use it."""
    kept = list(dict.fromkeys(label for label in cell if label in labels))
    return kept if kept or kind.unlabelled_is_known else None


def _limited(chosen: Sequence[list[str] | None], limit: int, name: tuple[str, str, int]) -> NDArray[np.int64]:
    """Rows of ``limit`` clips a label, or all where there are fewer, drawn from a stream of the column's own.

    The order is drawn over the whole table, so that dropping a label does not change which clips of the others are
    taken. Clips that carry none of the labels count as one label more. A clip with several is taken while any of them
    is short of the limit, so that a rare label is not starved by a frequent one beside it, which may then exceed it.
    """
    taken: dict[str, int] = {}
    kept = []
    for row in stream("limit", *name).permutation(len(chosen)):
        found = chosen[row]
        if found is None:
            continue
        labels = found or [""]
        if any(taken.get(label, 0) < limit for label in labels):
            kept.append(row)
            for label in labels:
                taken[label] = taken.get(label, 0) + 1
    return np.sort(np.array(kept, dtype=np.int64))


def _check_closed(labels: Sequence[str], found: Sequence[list[str]], target: str, name: str, asked_by: str) -> None:
    unknown = sorted({label for cell in found for label in cell} - set(labels))
    if unknown:
        raise DataError(
            f"{asked_by}: column {target!r} of dataset {name!r} holds {unknown[0]!r}, which is not in the closed list "
            f"of dataset.yaml{did_you_mean(unknown[0], labels)}"
        )


def _check_known(asked: Sequence[str] | Mapping[str, str], labels: Sequence[str], asked_by: str) -> None:
    for label in asked:
        if label not in labels:
            raise DataError(f"{asked_by}: there is no label {label!r}{did_you_mean(label, labels)}")


def _check_enough(kind: TargetKind, labels: Sequence[str], target: str, asked_by: str) -> None:
    if len(labels) < kind.fewest_labels:
        only = f"only {labels[0]!r}" if labels else "none"
        fewest = f"{kind.fewest_labels} label{'s' * (kind.fewest_labels > 1)}"
        raise DataError(
            f"{asked_by}: a task of kind {kind.name} needs at least {fewest}, column {target!r} leaves {only}"
        )
