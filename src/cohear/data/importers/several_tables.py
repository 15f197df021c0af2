"""Tables of the parts of one dataset, as one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from cohear.data.tables.table_files import TableFile

_PART_COLUMNS = ("fold", "split", "part", "subset", "partition", *(f"part_{number}" for number in range(2, 100)))


def one_table(tables: Mapping[Path, TableFile], parts: Mapping[Path, str]) -> TableFile:
    """All tables one after the other; a column that one of them lacks is unknown there, and told.

    Args:
        tables: by file, in their order; at least one.
        parts: the part that each is of, empty where it is of the whole. It becomes column ``fold``, or another one
            where a table has folds of its own.
    """
    column = _part_column(tables) if any(parts.values()) else ""
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


def _part_column(tables: Mapping[Path, TableFile]) -> str:
    taken = {str(name) for table in tables.values() for name in table.rows.columns}
    return next(name for name in _PART_COLUMNS if name not in taken)
