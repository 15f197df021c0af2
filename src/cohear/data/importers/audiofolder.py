"""Audiofolder, as the library ``datasets`` reads it: ``metadata.csv``, ``.jsonl`` or ``.parquet`` beside the audio."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.data.importers.placed_table import placed_table
from cohear.data.importers.several_tables import one_table, with_parts_of_folders
from cohear.data.scan.audio_files import folders_in
from cohear.data.tables.audio_column import audio_column
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.manifest import read_about
from cohear.data.tables.names_there import ClipNames
from cohear.data.tables.part_names import parts_among
from cohear.data.tables.reader import READERS, Reader
from cohear.data.tables.table_files import TABLE_SUFFIXES, TableFile, column_names

FILE_NAME = "file_name"
_NAMES = tuple(f"metadata{ending}" for ending in TABLE_SUFFIXES)


class Audiofolder(Reader):
    """A row a clip, with ``file_name`` (or another name of such a column) relative to the table; others are kept.

    One table at the top, or one in each folder of a part (``train/metadata.csv``), whose name is the fold then.
    """

    name: ClassVar[str] = "audiofolder"

    def recognises(self, path: Path) -> bool:
        """A table of that name at the top or in the folder of a part."""
        return path.is_dir() and bool(_tables(path))

    def read(self, path: Path, name: str) -> ClipTable:
        """All tables as one."""
        tables = _tables(path)
        if not tables:
            raise DataError(f"dataset {name!r}: {path} holds none of {', '.join(_NAMES)}")
        parts = {file: "" if file.parent == path else file.parent.name for file in tables}
        clips = ClipNames(path)
        tables_read = {file: _read_table(name, path, file, part, clips) for file, part in parts.items()}
        joined = one_table(tables_read, parts)
        joined = joined if any(parts.values()) else with_parts_of_folders(joined)
        return ClipTable(name, path, joined.rows, read_about(path / "dataset.yaml"), joined.remarks, tuple(tables))


READERS.register(Audiofolder.name)(Audiofolder())


def _tables(path: Path) -> list[Path]:
    """The table at the top, or those of the parts."""
    if top := _table_in(path):
        return [top]
    inner = {folder.name: file for folder in folders_in(path) if (file := _table_in(folder))}
    return [inner[name] for name in parts_among(inner)]


def _table_in(folder: Path) -> Path | None:
    return next((folder / name for name in _NAMES if (folder / name).is_file()), None)


def _read_table(name: str, root: Path, file: Path, part: str, clips: ClipNames) -> TableFile:
    columns = column_names(file, root)
    if audio_column(columns) is None and columns:
        raise DataError(f"dataset {name!r}: {file} has no column {FILE_NAME!r}, which names the audio files")
    if {FILE_NAME, "path"} <= set(columns):
        raise DataError(f"dataset {name!r}: {file} has a column 'path' beside {FILE_NAME!r}; rename it")
    return placed_table(file, root, part, clips, FILE_NAME)
