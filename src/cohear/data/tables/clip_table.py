"""The clip table: one row a clip, every cell text, exactly as the publisher wrote it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from cohear.audio.segment import Segment
from cohear.base.errors import DataError
from cohear.base.registry import did_you_mean
from cohear.base.tables import MANIFEST_CSV

RESERVED_COLUMNS = MANIFEST_CSV.names
"""Columns of a clip table that hold no labels."""


@dataclass(frozen=True)
class About:
    """What ``dataset.yaml`` says of a dataset."""

    title: str = ""
    licence: str = ""
    citation: str = ""
    labels: Mapping[str, list[str]] = field(default_factory=dict)
    """Closed, ordered label lists by column."""
    domain: str = ""
    """What is heard in it, a word such as ``speech``, ``environment`` or ``music``; empty where nothing is told."""
    groups: str = ""
    """A file of groups, relative to the folder that says so; empty for those of the table itself."""
    folder: Path | None = field(default=None, compare=False)
    """Where ``dataset.yaml`` lies; None where there is none."""


@dataclass(frozen=True)
class ClipTable:
    """A dataset's clips.

    Attributes:
        name: the dataset's name in the study.
        root: folder that ``path`` is relative to.
        rows: text columns; ``path`` and whatever else the publisher gives; index 0..N-1.
        about: licence, citation and closed label lists.
        remarks: what its reader decided and its user should know, a sentence each without a full stop.
        tables: the files that it was read from; None where its reader does not tell.

    Raises:
        DataError: on construction, where a row has no path, leaves the root, has a segment that does not
            end after its start, or stands twice.
    """

    name: str
    root: Path
    rows: pd.DataFrame
    about: About = About()
    remarks: tuple[str, ...] = ()
    tables: tuple[Path, ...] | None = None

    def __post_init__(self) -> None:
        check_rows(self.name, self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str, asked_by: str) -> list[str]:
        """Cells of a column.

        Raises:
            DataError: there is no such column; the message starts with ``asked_by``.
        """
        if name not in self.rows.columns:
            known = [column for column in self.rows.columns if column != "path"]
            raise DataError(f"{asked_by}: dataset {self.name!r} has no column {name!r}{did_you_mean(name, known)}")
        return [str(cell) for cell in self.rows[name]]

    def optional_column(self, name: str) -> list[str]:
        """Cells of a column, or empty cells where there is none."""
        return self.column(name, self.name) if name in self.rows.columns else [""] * len(self)

    def clip_ids(self) -> list[str]:
        """A name for each clip inside the dataset: its path, and its segment where it has one."""
        return list(self._clip_ids)

    @cached_property
    def _clip_ids(self) -> tuple[str, ...]:
        return tuple(clip_ids(self.rows))

    def segments(self) -> list[Segment]:
        """Where each clip's samples are."""
        return list(self._segments)

    @cached_property
    def _segments(self) -> tuple[Segment, ...]:
        starts, ends = self.optional_column("start"), self.optional_column("end")
        files = {path: self.root / path for path in self.rows["path"].unique()}  # of many clips each, it may be
        return tuple(
            Segment(files[path], float(start) if start else None, float(end) if end else None)
            for path, start, end in zip(self.rows["path"], starts, ends, strict=True)
        )

    def by_clip(self) -> ClipTable:
        """The table in the order of its clips' paths, and of segments' beginnings and ends within one."""
        starts, ends = ([float(cell or 0) for cell in self.optional_column(name)] for name in ("start", "end"))
        keys = list(zip(self.column("path", self.name), starts, ends, strict=True))
        order = sorted(range(len(self)), key=keys.__getitem__)
        return self if order == list(range(len(self))) else self.take(order)

    def take(self, rows: Sequence[int]) -> ClipTable:
        """The table of some clips, in the order asked for."""
        return replace(self, rows=self.rows.iloc[list(rows)].reset_index(drop=True))


def clip_ids(rows: pd.DataFrame) -> list[str]:
    """``path``, or ``path@start-end`` for a segment."""
    if "start" not in rows.columns and "end" not in rows.columns:
        return [str(path) for path in rows["path"]]
    starts = rows["start"] if "start" in rows.columns else [""] * len(rows)
    ends = rows["end"] if "end" in rows.columns else [""] * len(rows)
    return [
        f"{path}@{start}-{end}" if start or end else str(path)
        for path, start, end in zip(rows["path"], starts, ends, strict=True)
    ]


def check_rows(name: str, rows: pd.DataFrame) -> None:
    """Raise DataError for rows that no clip table may have."""
    if "path" not in rows.columns:
        raise DataError(
            f"dataset {name!r}: the clip table has no column 'path'{did_you_mean('path', map(str, rows.columns))}"
        )
    if len(rows) == 0:
        raise DataError(f"dataset {name!r}: the clip table has no rows")
    for number, path in enumerate(rows["path"], start=1):
        if not path:
            raise DataError(f"dataset {name!r}: row {number} has an empty path")
        if _leaves_folder(path):
            raise DataError(
                f"dataset {name!r}: row {number}: path {path!r} leaves the dataset's folder; "
                "paths are relative to the clip table and stay below it"
            )
    for column in ("start", "end"):
        if column in rows.columns:
            _check_seconds(name, column, rows[column])
    if "start" in rows.columns and "end" in rows.columns:
        for number, (start, end) in enumerate(zip(rows["start"], rows["end"], strict=True), start=1):
            if end and float(end) <= float(start or 0):
                raise DataError(f"dataset {name!r}: row {number}: the segment ends at {end}, before it starts")
    ids = pd.Series(clip_ids(rows))
    twice = ids[ids.duplicated(keep=False)]
    if len(twice):
        first = [int(number) + 1 for number in twice.index[twice == twice.iloc[0]]][:2]
        raise DataError(
            f"dataset {name!r}: rows {first[0]} and {first[1]} are the same clip {twice.iloc[0]!r}; "
            "a clip has one row (several labels are separated by ';')"
        )


def _leaves_folder(path: str) -> bool:
    """Whether a path, read the POSIX or the Windows way, is absolute or climbs above where it starts."""
    drive = os.name == "nt" and ":" in path
    return drive or path[0] in "/\\" or "\0" in path or ".." in path.replace("\\", "/").split("/")


def _check_seconds(name: str, column: str, cells: pd.Series[str]) -> None:
    for number, cell in enumerate(cells, start=1):
        try:
            fine = cell == "" or 0 <= float(cell) < float("inf")
        except ValueError:
            fine = False
        if not fine:
            raise DataError(f"dataset {name!r}: row {number}: {column} must be seconds from 0, found {cell!r}")
