"""Several datasets as one, for a task over all of them: clips side by side, each called as where it lies."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from cohear.data.scan.dataset import Dataset
from cohear.data.tables.clip_name import ClipName
from cohear.data.tables.clip_table import About, ClipTable
from cohear.tasks.kind import NO_RENAME

DATASET, DOMAIN = "dataset", "domain"
"""Columns that clips of several datasets have of their own."""


@dataclass(frozen=True)
class JoinedColumn:
    """A target over several datasets.

    Attributes:
        name: of the column.
        of: which column of each dataset it is.
        rename: of each dataset, new labels by old ones.
    """

    name: str
    of: Mapping[str, str]
    rename: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class JoinedDataset(Dataset):
    """Clips of several datasets, one dataset after the other.

    Attributes:
        parts: these, in order.
    """

    parts: tuple[Dataset, ...] = ()

    def clip_names(self) -> list[ClipName]:
        """What each clip is called in its own dataset."""
        return [name for part in self.parts for name in part.clip_names()]

    def of_clips(self) -> list[str]:
        """The dataset of each clip."""
        return [part.name for part in self.parts for _ in part.facts]


def joined_name(datasets: Sequence[str]) -> str:
    """What several datasets are called together: ``fsdd+ukrdigits``."""
    return "+".join(datasets)


def join(parts: Sequence[Dataset], columns: Sequence[JoinedColumn]) -> JoinedDataset:
    """Datasets as one: columns of one name are one, and each clip has its ``dataset`` and that one's ``domain``.

    Groups and sources of recordings: a ``group`` is one of its dataset, a ``source_id`` is one wherever it stands.

    Args:
        parts: the datasets.
        columns: of tasks over all of them, beside those that tables have.

    Raises:
        DataError: a dataset has no such column.
    """
    root, frames = side_by_side([part.table for part in parts])
    for part, rows in zip(parts, frames, strict=True):
        _name_columns(part, rows, columns)
    name = joined_name([part.name for part in parts])
    labels = {each: found for part in parts for each, found in part.table.about.labels.items() if _alike(parts, each)}
    domains = {part.table.about.domain for part in parts}
    about = About(title=name, labels=labels, domain=domains.pop() if len(domains) == 1 else "")
    table = ClipTable(name, root, pd.concat(frames, ignore_index=True).fillna(""), about)
    return JoinedDataset(
        table,
        [fact for part in parts for fact in part.facts],
        [bad for part in parts for bad in part.bad],
        [cell for part in parts for cell in part.signals],
        tuple(parts),
    )


def side_by_side(tables: Sequence[ClipTable]) -> tuple[Path, list[pd.DataFrame]]:
    """A folder that all tables lie below, and their rows with paths from there and groups that are each one's own."""
    root = Path(os.path.commonpath([table.root.absolute() for table in tables]))
    return root, [_from(root, table) for table in tables]


def _from(root: Path, table: ClipTable) -> pd.DataFrame:
    rows = table.rows.copy()
    below = Path(os.path.relpath(table.root.absolute(), root))
    rows["path"] = [(below / path).as_posix() for path in table.column("path", table.name)]
    if "group" in rows.columns:
        rows["group"] = [f"{table.name}/{cell}" if cell else "" for cell in table.column("group", table.name)]
    return rows


def _name_columns(part: Dataset, rows: pd.DataFrame, columns: Sequence[JoinedColumn]) -> None:
    table = part.table
    for column in columns:
        cells = table.column(column.of[part.name], f"datasets.{part.name}")
        rename = column.rename.get(part.name, NO_RENAME)
        rows[column.name] = [_renamed(cell, rename) for cell in cells] if rename else cells
    rows[DATASET], rows[DOMAIN] = part.name, table.about.domain


def _renamed(cell: str, rename: Mapping[str, str]) -> str:
    return rename.get(cell) or ";".join(rename.get(label.strip(), label.strip()) for label in cell.split(";"))


def _alike(parts: Sequence[Dataset], column: str) -> bool:
    """Whether the closed list of a column is the same in all datasets; another would refuse labels of theirs."""
    lists = [part.table.about.labels.get(column) for part in parts]
    return all(each == lists[0] for each in lists)
