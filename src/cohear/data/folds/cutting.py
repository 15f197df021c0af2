"""Cutting groups of clips into parts of equal size and equal make-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from cohear.base.streams import NamePart, stream
from cohear.data.folds.quantiles import QUANTILES, quantile_parts
from cohear.data.tables.clip_table import RESERVED_COLUMNS, ClipTable
from cohear.data.tables.targets import are_measured
from cohear.tasks.event_cells import NOTHING_SOUNDS, hold_events
from cohear.tasks.events import Events

MOST_VALUES = 200
FEWEST_CLIPS_A_VALUE = 4
"""A column with more values, or fewer clips for each, holds no labels: names of files, hashes, measured numbers."""

LabelMatrix: TypeAlias = "csr_array[Any]"
"""``[clips, values]``, sparse: 1 where a clip has a value; the first column is 1 for every clip."""


def label_matrix(table: ClipTable) -> LabelMatrix:
    """How each clip counts for the balance of folds.

    One column for the clips themselves and one a value of each label column. It depends on the dataset alone,
    never on the tasks made of it, so that a task that joins a study moves nobody's clips. A label column is any
    that is not reserved and repeats its values often enough to be balanced (file names, hashes and durations
    do not). One of measured numbers has a column a fifth of its clips, from the least to the largest number; one of
    events in time a column a label, unless another column gives every clip the same labels.
    """
    clips = len(table)
    rows, columns, width = [np.arange(clips)], [np.zeros(clips, dtype=np.int64)], 1
    for name in sorted(map(str, table.rows.columns)):
        if name in RESERVED_COLUMNS:
            continue
        codes, cells = pd.factorize(np.array(table.column(name, table.name), dtype=object))
        held = [{value.strip() for value in cell.split(";")} - {""} for cell in cells]
        if hold_events(cells.tolist()):
            held = [set(Events().labels_in(cell)) for cell in cells]
            if _is_told_by_others(table, name, [held[code] or _of_none(cells[code]) for code in codes]):
                continue
        values = sorted(set().union(*held))
        if not 2 <= len(values) <= min(MOST_VALUES, clips // FEWEST_CLIPS_A_VALUE):
            all_cells = table.column(name, table.name)
            for part in quantile_parts(all_cells) if are_measured(name, all_cells) else []:
                rows.append(np.flatnonzero(part >= 0))
                columns.append(width + part[part >= 0])
                width += QUANTILES
            continue
        index = {value: width + number for number, value in enumerate(values)}
        numbers = [sorted(index[value] for value in cell) for cell in held]
        many = np.array([len(cell) for cell in numbers])[codes]
        rows.append(np.repeat(np.arange(clips), many))
        columns.append(np.array([number for code in codes for number in numbers[code]], dtype=np.int64))
        width += len(values)
    row, column = np.concatenate(rows), np.concatenate(columns)
    return csr_array((np.ones(len(row)), (row, column)), shape=(clips, width))


def _of_none(cell: str) -> set[str]:
    """What another column would say of a clip without a label: that nothing is there, or that nothing is known."""
    return {NOTHING_SOUNDS if cell else ""}


def _is_told_by_others(table: ClipTable, name: str, held: Sequence[set[str]]) -> bool:
    """Whether a column says of every clip the labels that the events of column ``name`` have; then it counts once."""
    others = (str(column) for column in table.rows.columns if column != name and column not in RESERVED_COLUMNS)
    return any(
        [{value.strip() for value in cell.split(";")} for cell in table.column(other, table.name)] == held
        for other in others
    )


def groups_of(cells: Sequence[str], files: Sequence[str]) -> NDArray[np.int64]:
    """Group number of each clip; clips of one file whose group is unknown are a group of their own.

    Args:
        cells: group of each clip; empty where it is unknown.
        files: path of each clip.
    """
    names = [("known", cell) if cell else ("file", file) for cell, file in zip(cells, files, strict=True)]
    index = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([index[name] for name in names], dtype=np.int64)


def held_by(groups: NDArray[np.int64], labels: LabelMatrix) -> LabelMatrix:
    """How many clips of each value a group has, ``[groups, values]``; groups are numbered 0..G-1."""
    clips = np.arange(len(groups))
    belongs = csr_array((np.ones(len(groups)), (groups, clips)), shape=(int(groups.max()) + 1, len(groups)))
    return csr_array(belongs @ labels)


def balanced_parts(
    groups: NDArray[np.int64], labels: LabelMatrix, parts: int, *stream_name: NamePart
) -> NDArray[np.int64]:
    """Give each clip a part in 0..parts-1, whole groups together, parts alike in size and labels.

    Greedy: groups from the largest down (equal ones in the stream's order), each into the part where the squared
    shares of its labels grow least. The same idea as scikit-learn's ``StratifiedGroupKFold``, over several label
    columns at once.

    Args:
        groups: ``[clips]`` group numbers.
        labels: ``[clips, values]`` from ``label_matrix``.
        parts: how many; at most the number of groups.
        stream_name: names the random stream that settles the order of equal groups.
    """
    numbers, inverse = np.unique(groups, return_inverse=True)
    if parts > len(numbers):
        raise ValueError(f"{len(numbers)} groups cannot make {parts} parts")
    held = held_by(inverse, labels)
    share = held.data / np.maximum(held.sum(axis=0), 1.0)[held.indices]
    tie_break = stream(*stream_name).permutation(len(numbers))
    order = np.lexsort((tie_break, -np.bincount(inverse)))
    filled, empty = np.zeros((parts, labels.shape[1])), set(range(parts))
    part_of_group = np.zeros(len(numbers), dtype=np.int64)
    for position, group in enumerate(order):
        here = slice(held.indptr[group], held.indptr[group + 1])
        values, shares = held.indices[here], share[here]
        cost = (filled[:, values] @ shares).round(9)  # rounded: the same choice on every processor
        if len(empty) >= len(order) - position:  # each group left must begin a part
            cost[[part for part in range(parts) if part not in empty]] = np.inf
        best = int(cost.argmin())
        empty.discard(best)
        filled[best, values] += shares
        part_of_group[group] = best
    return part_of_group[inverse]
