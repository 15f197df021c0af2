"""Tables whose column of audio files is known by what stands in it alone: names of clips that are there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cohear.base.errors import DataError
from cohear.data.tables.names_there import ClipNames
from cohear.data.tables.table_files import TableFile, frame, read_table_file

_MOST_CELLS = 1000  # of a column, that are looked at
_ARE_CLIPS = 0.9  # of them
_LABEL = "label"


def table_of_clips(file: Path, root: Path, clips: ClipNames) -> tuple[TableFile, str] | None:
    """A table and the column of it that names clips; None where none does, or where it cannot be read.

    Where the first line names a clip there are no names of columns: the cells beside are column ``label``, or
    ``column_2`` and so on where there are several.
    """
    try:
        table = read_table_file(file, root)
    except DataError:
        return None
    columns = list(map(str, table.rows.columns))
    if any(column in clips for column in columns):
        return _headed(columns, table, clips)
    column = next((column for column in columns if _are_clips(list(table.rows[column]), clips)), None)
    return None if column is None else (table, column)


def _headed(first: Sequence[str], table: TableFile, clips: ClipNames) -> tuple[TableFile, str] | None:
    named = next(place for place, cell in enumerate(first) if cell in clips)
    names = [_LABEL if len(first) == 2 else f"column_{place + 1}" for place in range(len(first))]
    names[named] = "path"
    rows = frame(names, [list(first), *table.rows.to_numpy().tolist()])
    told = f"it has no line of column names: its cells are taken for {', '.join(names)}"
    return (TableFile(rows, (*table.remarks, told)), "path") if _are_clips(list(rows["path"]), clips) else None


def _are_clips(cells: Sequence[str], clips: ClipNames) -> bool:
    some = [cell for cell in cells[:_MOST_CELLS] if cell]
    return len(set(some)) > 1 and sum(cell in clips for cell in some) >= _ARE_CLIPS * len(some)
