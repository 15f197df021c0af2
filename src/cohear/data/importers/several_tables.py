"""Tables of the parts of one dataset, as one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from cohear.data.tables.table_files import TableFile

_PART_COLUMNS = ("fold", "split")


def with_part(rows: pd.DataFrame, part: str) -> pd.DataFrame:
    """Rows with the part that they are: column ``fold``, or ``split`` where the table has folds of its own."""
    column = next((name for name in _PART_COLUMNS if name not in rows.columns), None)
    return rows if column is None else rows.assign(**{column: part})


def one_table(tables: Mapping[Path, TableFile]) -> TableFile:
    """All tables one after the other; a column that one of them lacks is unknown there, and told.

    Args:
        tables: by file, in their order; at least one.
    """
    rows = pd.concat([table.rows for table in tables.values()], ignore_index=True).fillna("").astype(object)
    remarks = [remark for table in tables.values() for remark in table.remarks]
    for file, table in tables.items():
        lacking = [str(column) for column in rows.columns if column not in table.rows.columns]
        if lacking:
            where = f"{file.parent.name}/{file.name}"
            remarks.append(f"{where} has no column {', '.join(map(repr, lacking))}: unknown for its clips")
    return TableFile(rows, tuple(dict.fromkeys(remarks)))
