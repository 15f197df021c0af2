"""Tables of the parts of one dataset, as one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath

import pandas as pd

from cohear.data.tables.part_names import holds_parts, parts_among
from cohear.data.tables.table_files import TableFile

_PART_COLUMNS = ("fold", "split", "part", "subset", "partition", *(f"part_{number}" for number in range(2, 100)))


def one_table(tables: Mapping[Path, TableFile], parts: Mapping[Path, str]) -> TableFile:
    """All tables one after the other; a column that one of them lacks is unknown there, and told.

    Args:
        tables: by file, in their order; at least one.
        parts: the part that each is of, empty where it is of the whole. It becomes column ``fold``, or another one
            where a table has folds of its own.
    """
    taken = {str(name) for table in tables.values() for name in table.rows.columns}
    column = _free_column(taken) if any(parts.values()) else ""
    each = [
        table.rows.assign(**{column: parts[file]}) if column and parts[file] else table.rows
        for file, table in tables.items()
    ]
    rows = pd.concat(each, ignore_index=True).fillna("").astype(object)
    remarks = [remark for table in tables.values() for remark in table.remarks]
    for file, table in tables.items():
        lacking = [str(name) for name in rows.columns if name not in table.rows.columns and name != column]
        if lacking:
            where = f"{file.parent.name}/{file.name}"
            remarks.append(f"{where} has no column {', '.join(map(repr, lacking))}: unknown for its clips")
    if column and column != _PART_COLUMNS[0]:
        remarks.append(f"it has folds of its own: the part that each table is of is column {column}")
    return TableFile(rows, tuple(dict.fromkeys(remarks)))


def with_parts_of_folders(table: TableFile) -> TableFile:
    """A table that says no parts, with those whose folders its files lie in: ``train/1.wav`` beside ``test/1.wav``."""
    columns = list(map(str, table.rows.columns))
    if any(holds_parts(column, map(str, table.rows[column])) for column in columns):
        return table
    folders = [PurePosixPath(path).parts[:-1] for path in table.rows["path"]]
    for level in range(min(map(len, folders), default=0)):
        names = [parts[level] for parts in folders]
        known = parts_among(set(names)) if len(set(names)) > 1 else {}
        if set(known) == set(names):
            column = _free_column(columns)
            told = f"its files lie in folders of parts ({', '.join(sorted(known))}): column {column}"
            rows = table.rows.assign(**{column: [known[name] for name in names]})
            return TableFile(rows.astype(object), (*table.remarks, told))
    return table


def _free_column(taken: Collection[str]) -> str:
    return next(name for name in _PART_COLUMNS if name not in taken)
