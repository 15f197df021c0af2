"""A table of any name with a row a clip, whatever its column of audio files is called: ``labels.csv``, ``a.tsv``."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.base.tables import EVENTS_CSV
from cohear.data.importers.audio_place import any_is_there, placed
from cohear.data.scan.audio_files import folders_in
from cohear.data.tables.audio_column import AUDIO_COLUMNS, audio_column, with_audio_paths
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.manifest import MANIFESTS, read_about
from cohear.data.tables.reader import READERS, Reader
from cohear.data.tables.table_files import TABLE_SUFFIXES, TableFile, column_names, read_table_file

_LOOKED_AT = 50  # names that say where a table's files are
_EVENTS = Path(EVENTS_CSV.file).stem  # with a row an event, so that it is no list of clips
_MOST_TABLES = 200  # in a folder: with more of them they are no lists of clips


class TableReader(Reader):
    """A row a clip, in a table at the top or one folder down (``meta/labels.csv``), or in a file that is named.

    Its column of audio files is known by its name (`AUDIO_COLUMNS`). Files are looked for beside the table, in the
    dataset's folder and in the folders below; in a folder, a table counts that names one file at least that is there.
    """

    name: ClassVar[str] = "table"

    def recognises(self, path: Path) -> bool:
        """A table whose columns say so."""
        return bool(_tables(path))

    def read(self, path: Path, name: str) -> ClipTable:
        """The table's clips."""
        tables = _tables(path)
        if not tables:
            named = ", ".join(AUDIO_COLUMNS[:6])
            raise DataError(f"dataset {name!r}: {path} has no table with a column of audio files ({named}…)")
        if len(tables) > 1:
            found = ", ".join(str(file.relative_to(path)) for file in tables[:5])
            raise DataError(
                f"dataset {name!r}: {len(tables)} tables of {path} name audio files ({found}); "
                "name the one that is meant as the dataset's path"
            )
        root = path if path.is_dir() else path.parent
        table = _read(tables[0], root)
        return ClipTable(name, root, table.rows, read_about(root / "dataset.yaml"), table.remarks, tuple(tables))


READERS.register(TableReader.name)(TableReader())


def _tables(path: Path) -> list[Path]:
    """The file itself; or the tables of a folder that name files in it, else those of the folders in it."""
    if path.is_file():
        return [path] if path.suffix.lower() in TABLE_SUFFIXES and audio_column(column_names(path)) else []
    if not path.is_dir():
        return []
    manifest = next((path / name for name in MANIFESTS if (path / name).is_file()), None)
    if manifest is not None:
        return [manifest] if audio_column(column_names(manifest)) else []
    return _in_folder(path, path) or [file for child in folders_in(path) for file in _in_folder(child, path)]


def _in_folder(folder: Path, root: Path) -> list[Path]:
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in TABLE_SUFFIXES and file.is_file())
    files = [file for file in files if not file.name.startswith(".") and file.stem != _EVENTS]
    return [file for file in files if _names_audio(file, root)] if len(files) <= _MOST_TABLES else []


def _names_audio(file: Path, root: Path) -> bool:
    """Whether a table names a file that is there; one in a folder below must name files elsewhere."""
    if audio_column(column_names(file, root)) is None:
        return False
    try:
        names = list(_raw(file, root).rows["path"])
    except DataError:
        return file.parent == root  # it says of itself what is wrong with it
    found = placed(names[:_LOOKED_AT], root)[0]
    own = "" if file.parent == root else f"{file.parent.relative_to(root).as_posix()}/"
    return any_is_there(names, root) and not (own and any(name.startswith(own) for name in found))


def _raw(file: Path, root: Path) -> TableFile:
    """The table with its names of files below the root, not looked for yet."""
    table = read_table_file(file, root)
    column = audio_column(list(map(str, table.rows.columns)), table.rows)
    if column is None:
        raise DataError(f"{file} has no column that names audio files")
    rows, made = with_audio_paths(table.rows, column, root, file.parent)
    if not any_is_there(list(rows["path"]), root):
        rows, made = with_audio_paths(table.rows, column, root, root)  # names that are relative to the dataset's folder
    return TableFile(rows, table.remarks + made)


def _read(file: Path, root: Path) -> TableFile:
    table = _raw(file, root)
    names, found = placed(list(table.rows["path"]), root)
    return TableFile(table.rows.assign(path=names).astype(object), table.remarks + found)
