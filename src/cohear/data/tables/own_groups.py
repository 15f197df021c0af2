"""Groups that a user gives beside a dataset: a file ``clip,group``, named by ``groups`` in ``dataset.yaml``.

``cohear check --write`` makes such a file of duplicates, where the publisher's groups do not keep them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from cohear.base.counting import counted
from cohear.base.errors import DataError
from cohear.base.registry import did_you_mean
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.table_files import TABLE_SUFFIXES, read_table_file

GROUP_COLUMNS = ("clip", "group")


def with_own_groups(table: ClipTable) -> ClipTable:
    """The table with the groups that ``dataset.yaml`` names a file of; clips that are not in it keep theirs.

    Raises:
        DataError: there is no such file, it is no such table, or it names clips that are not there or stand twice.
    """
    if not table.about.groups:
        return table
    groups = _groups(table)
    known = dict.fromkeys(table.clip_ids())
    for clip in groups:
        if clip not in known:
            raise DataError(
                f"dataset {table.name!r}: {table.about.groups} names {clip!r}, which is no clip of it"
                f"{did_you_mean(clip, known)}"
            )
    own = table.optional_column("group")
    rows = table.rows.copy()
    rows["group"] = [groups.get(clip, group) for clip, group in zip(known, own, strict=True)]
    read = None if table.tables is None else (*table.tables, _folder(table) / table.about.groups)
    return replace(table, rows=rows, tables=read)


def _groups(table: ClipTable) -> Mapping[str, str]:
    file = _folder(table) / table.about.groups
    asked_by = f"dataset {table.name!r}: groups of dataset.yaml"
    is_table = file.suffix.lower() in TABLE_SUFFIXES
    if not is_table or not file.is_file():
        what = "is not there" if is_table else f"must be a table ({', '.join(TABLE_SUFFIXES)})"
        raise DataError(f"{asked_by}: {table.about.groups} {what}; `cohear check --write` makes one")
    rows = read_table_file(file, _folder(table)).rows
    if not set(GROUP_COLUMNS) <= set(rows.columns):
        raise DataError(f"{asked_by}: {table.about.groups} must have the columns {' and '.join(GROUP_COLUMNS)}")
    twice = int(rows["clip"].duplicated().sum())
    if twice:
        raise DataError(f"{asked_by}: {counted(twice, 'clip')} of {table.about.groups} stand twice")
    return dict(zip(map(str, rows["clip"]), map(str, rows["group"]), strict=True))


def _folder(table: ClipTable) -> Path:
    return table.about.folder or table.root
