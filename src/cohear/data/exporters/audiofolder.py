"""Audiofolder: ``metadata.csv`` with ``file_name``, as the library ``datasets`` reads it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cohear.base.errors import DataError
from cohear.data.exporters.exporter import EXPORTERS, write_cells
from cohear.data.exporters.manifest import write_about
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.events import LabelledEvent


@EXPORTERS.register("audiofolder")
def write_audiofolder(table: ClipTable, events: Sequence[LabelledEvent], folder: Path) -> None:
    """All columns; folds are a column, not folders, since a clip may be tested in one fold and train in another."""
    if events:
        raise DataError("an audiofolder has no place for events; export to manifest or dcase")
    if "file_name" in table.rows.columns:
        raise DataError(f"dataset {table.name!r} has a column 'file_name' of its own; rename it")
    write_cells(table.rows.rename(columns={"path": "file_name"}), folder / "metadata.csv")
    write_about(table, folder)
