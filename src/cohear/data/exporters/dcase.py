"""Lists of the DCASE challenges: ``meta.csv`` of scenes, and ``events.tsv`` where there are events."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from cohear.base.errors import DataError
from cohear.data.exporters.exporter import EXPORTERS, write_cells
from cohear.data.exporters.manifest import write_about
from cohear.data.tables.clip_table import RESERVED_COLUMNS, ClipTable
from cohear.data.tables.events import LabelledEvent

_THEIR_NAMES = {"path": "filename", "scene": "scene_label", "group": "identifier", "device": "source_label"}


@EXPORTERS.register("dcase")
def write_dcase(table: ClipTable, events: Sequence[LabelledEvent], folder: Path) -> None:
    """Events as a list of their own; else all columns, under the challenge's names where it has them.

    A column ``event`` becomes ``event_labels``, separated by commas.
    """
    if events:
        heard = {event.path for event in events}
        silent = [(path, "", "", "") for path in table.rows["path"] if path not in heard]
        lines = [(event.path, event.onset, event.offset, event.label) for event in events] + silent
        names = ["filename", "onset", "offset", "event_label"]
        write_cells(pd.DataFrame(lines, columns=pd.Index(names), dtype=object), folder / "events.tsv", tabs=True)
        return
    rows = table.rows.copy()
    if not set(rows.columns) - set(RESERVED_COLUMNS):
        raise DataError(f"dataset {table.name!r} has no column of labels to export")
    if "event" in rows.columns:
        if any("," in cell for cell in rows["event"]):
            raise DataError(f"dataset {table.name!r}: a label of column 'event' holds a comma, which separates labels")
        rows["event"] = [cell.replace(";", ",") for cell in rows["event"]]
        rows = rows.rename(columns={"event": "event_labels"})
    write_cells(rows.rename(columns=_THEIR_NAMES), folder / "meta.csv", tabs=True)
    write_about(table, folder)
