"""Cutting groups of clips into parts of equal size and equal make-up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cohear.base.streams import Name, stream
from cohear.data.clips import RESERVED_COLUMNS, ClipTable

_MOST_VALUES = 200
_FEWEST_CLIPS_A_VALUE = 4


def label_matrix(table: ClipTable) -> NDArray[np.float64]:
    """How each clip counts for the balance of folds, ``[clips, values]``.

    One column for the clips themselves and one a value of each label column. It depends on the dataset alone,
    never on the tasks made of it, so that a task that joins a study moves nobody's clips. A label column is any
    that is not reserved and repeats its values often enough to be balanced (file names, hashes and durations
    do not).
    """
    columns = [np.ones(len(table))]
    for column in sorted(map(str, table.rows.columns)):
        if column in RESERVED_COLUMNS:
            continue
        cells = [cell.split(";") for cell in table.column(column, table.name)]
        values = sorted({value for cell in cells for value in cell if value})
        if not 2 <= len(values) <= min(_MOST_VALUES, len(table) // _FEWEST_CLIPS_A_VALUE):
            continue
        index = {value: number for number, value in enumerate(values)}
        present = np.zeros((len(table), len(values)))
        for row, cell in enumerate(cells):
            present[row, [index[value] for value in cell if value]] = 1.0
        columns.extend(present.T)
    return np.stack(columns, axis=1)


def groups_of(cells: Sequence[str]) -> NDArray[np.int64]:
    """Group number of each clip; a clip whose group is unknown is a group of its own."""
    names = [("known", cell) if cell else ("clip", str(number)) for number, cell in enumerate(cells)]
    index = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([index[name] for name in names], dtype=np.int64)


def balanced_parts(
    groups: NDArray[np.int64], labels: NDArray[np.float64], parts: int, *stream_name: Name
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
    held = np.zeros((len(numbers), labels.shape[1]))
    np.add.at(held, inverse, labels)
    share = held / np.maximum(held.sum(axis=0), 1.0)
    tie_break = stream(*stream_name).permutation(len(numbers))
    order = np.lexsort((tie_break, -held[:, 0]))
    filled = np.zeros((parts, labels.shape[1]))
    part_of_group = np.zeros(len(numbers), dtype=np.int64)
    for position, group in enumerate(order):
        cost = 2 * filled @ share[group] + (share[group] ** 2).sum()
        empty = np.flatnonzero(filled[:, 0] == 0)
        must_fill = len(empty) >= len(order) - position
        candidates = empty if must_fill else np.arange(parts)
        best = candidates[np.argmin(cost[candidates])]
        filled[best] += share[group]
        part_of_group[group] = best
    return part_of_group[inverse]
