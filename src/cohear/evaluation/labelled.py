"""Which clips of some tables a bundle's tasks can be asked about, and with which it was trained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean
from cohear.data.scan.dataset import Dataset
from cohear.data.tables.targets import same_partition, says_groups
from cohear.export.trained_on import TrainedOn
from cohear.tasks.kind import TargetKind


@dataclass(frozen=True)
class AskedTask:
    """A task of a bundle, as tables are asked for it.

    Attributes:
        name: of it.
        kind: of its target.
        labels: in their order.
        column: that holds its truth.
    """

    name: str
    kind: TargetKind
    labels: Sequence[str]
    column: str


@dataclass(frozen=True)
class LabelledClips:
    """Clips of a dataset whose truth a task's column tells.

    Attributes:
        dataset: they are of.
        rows: ``[N]``, in its table.
        cells: of the column.
        groups: of each clip, different from those of other datasets; its own where nothing tells one.
        grouped_by: the column that tells groups; empty where each clip is its own.
        set_aside: how many more there are that the bundle was trained on.
        unknown: labels that the bundle does not know, with the number of clips that have them.
    """

    dataset: Dataset
    rows: NDArray[np.int64]
    cells: list[str]
    groups: list[str]
    grouped_by: str
    set_aside: int
    unknown: Mapping[str, int]

    def column(self, name: str) -> list[str]:
        """Cells of another column of these clips; empty where the dataset has none."""
        cells = self.dataset.table.optional_column(name)
        return [cells[row] for row in self.rows.tolist()]


def labelled_clips(
    task: AskedTask, dataset: Dataset, trained_on: TrainedOn | None, group: str | None
) -> LabelledClips | None:
    """The clips of a dataset that a task can be asked about; None where it has no column of the task.

    Args:
        task: which.
        dataset: any.
        trained_on: by the bundle; None where it does not tell.
        group: column of the groups; None for the one that says so.

    Raises:
        UserError: a cell cannot be read as the task's kind needs it.
    """
    table = dataset.table
    if task.column not in table.rows.columns:
        return None
    cells = table.column(task.column, task.name)
    known = [row for row, cell in enumerate(cells) if task.kind.is_known(cell)]
    contents, sources = dataset.contents(), table.optional_column("source_id")
    learnt = set() if trained_on is None else {r for r in known if trained_on.holds(contents[r], sources[r])}
    rows = np.array([row for row in known if row not in learnt], dtype=np.int64)
    own = [cells[row] for row in rows.tolist()]
    column = _group_column(dataset, cells, group)
    named = table.optional_column(column) if column else [""] * len(table)
    ids = table.clip_ids()
    groups = [f"{dataset.name}/{named[row]}" if named[row] else f"{dataset.name}: {ids[row]}" for row in rows.tolist()]
    return LabelledClips(dataset, rows, own, groups, column, len(learnt), _unknown(task, own))


def _unknown(task: AskedTask, cells: Iterable[str]) -> dict[str, int]:
    """Labels that are none of the task's."""
    if not task.kind.has_labels:
        return {}
    found = Counter(label for cell in cells for label in set(task.kind.labels_in(cell)) - set(task.labels))
    return dict(sorted(found.items()))


def _group_column(dataset: Dataset, cells: Sequence[str], wish: str | None) -> str:
    """The column that tells groups: that which is asked for, ``group``, or the first that says so by its name.

    Not one that says what the target says: without a group there would be no clip of its label.
    """
    table = dataset.table
    columns = [str(name) for name in table.rows.columns]
    if wish is not None:
        if wish not in columns:
            raise UserError(f"--group: dataset {dataset.name!r} has no column {wish!r}{did_you_mean(wish, columns)}")
        return wish
    told = [name for name in ("group", *columns) if name in columns and says_groups(name)]
    for name in told:
        groups = table.column(name, dataset.name)
        if any(groups) and not same_partition(groups, cells):
            return name
    return ""
