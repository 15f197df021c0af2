"""The column that a list of events beside a clip table makes: what sounds in each clip, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cohear.base.counting import counted
from cohear.base.tables import EVENTS_CSV
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.table_files import read_csv, records
from cohear.tasks.event_cells import NOTHING_SOUNDS, event_text

EVENTS_COLUMN = "events"
"""Name of the column, and so of the target."""


def with_event_column(table: ClipTable) -> ClipTable:
    """The table with a column ``events``, where its folder has an ``events.csv`` and the table no such column.

    Clips that the list names are known: by their events, cut to a clip that is a part of its file, or by a row with a
    path alone, where nothing sounds. A row with a label and no times says that it sounds at some time. All others are
    unknown. What is wrong with a time stays in the cell, for whoever reads it to tell.

    Raises:
        DataError: the list is no table that can be read.
    """
    file = table.root / EVENTS_CSV.file
    if EVENTS_COLUMN in table.rows.columns or "path" not in table.rows.columns or not file.is_file():
        return table
    rows = read_csv(file, table.root)
    missing = [name for name in EVENTS_CSV.names if name not in rows.columns]
    if missing:
        remark = f"{file.name} has no column {missing[0]!r}, and no target is made of it"
        return replace(table, remarks=(*table.remarks, remark))
    by_path: dict[str, list[dict[str, str]]] = {}
    for row in records(rows, file, *EVENTS_CSV.names):
        by_path.setdefault(row["path"], []).append(row)
    spans = [(span.start or 0.0, span.end) for span in table.segments()]
    paths = [str(path) for path in table.rows["path"]]
    cells = [_cell(by_path.get(path, ()), *span) for path, span in zip(paths, spans, strict=True)]
    return replace(
        table,
        rows=table.rows.assign(**{EVENTS_COLUMN: cells}).astype(object),
        remarks=(*table.remarks, *_remarks(by_path, paths)),
        tables=None if table.tables is None else (*table.tables, file),
    )


def without_event_column(table: ClipTable) -> ClipTable:
    """The table without the column that a list of events has made."""
    if table.root / EVENTS_CSV.file not in (table.tables or ()):
        return table
    return replace(table, rows=table.rows.drop(columns=[EVENTS_COLUMN]))


def _remarks(by_path: dict[str, list[dict[str, str]]], paths: Sequence[str]) -> list[str]:
    others = [path for path in by_path if path not in set(paths)]
    if not others:
        return []
    return [
        f"{EVENTS_CSV.file} names {counted(len(others), 'file')} that the clip table does not, such as {others[0]!r}"
    ]


def _cell(rows: Sequence[dict[str, str]], start: float, end: float | None) -> str:
    """The cell of a clip from its file's rows; empty where they do not tell what sounds in it."""
    if not rows:
        return ""
    is_part = start > 0 or end is not None
    told = []
    for row in rows:
        label = row["label"].strip().replace(";", ",")
        times = row["onset"].strip(), row["offset"].strip()
        if not any(times):
            if is_part and label:
                return ""  # somewhere in the file: nobody knows whether in this part of it
            told += [event_text(label, None, None)] if label else []
            continue
        try:
            onset, offset = map(float, times)
        except ValueError:
            told.append(f"{label}@{times[0]}-{times[1]}")
            continue
        if not is_part or not 0 <= onset < offset:
            told.append(event_text(label, onset, offset))
        elif offset > start and (end is None or onset < end):
            told.append(
                event_text(label, max(onset - start, 0.0), (offset if end is None else min(offset, end)) - start)
            )
    return ";".join(told) or NOTHING_SOUNDS
