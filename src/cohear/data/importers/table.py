"""A table of any name with a row a clip, whatever its column of audio files is called: ``labels.csv``, ``a.tsv``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.base.tables import EVENTS_CSV
from cohear.data.importers.audio_place import any_is_there
from cohear.data.importers.by_content import table_of_clips
from cohear.data.importers.folder_levels import folder_levels
from cohear.data.importers.placed_table import named_table, placed_table
from cohear.data.importers.several_tables import one_table, with_parts_of_folders
from cohear.data.scan.audio_files import folders_in
from cohear.data.tables.audio_column import AUDIO_COLUMNS, audio_column
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.manifest import MANIFESTS, read_about
from cohear.data.tables.names_there import ClipNames
from cohear.data.tables.own_groups import GROUP_COLUMNS
from cohear.data.tables.part_names import parts_among
from cohear.data.tables.reader import READERS, Reader
from cohear.data.tables.table_files import TABLE_SUFFIXES, column_names

_EVENTS = Path(EVENTS_CSV.file).stem  # with a row an event, so that it is no list of clips
_MOST_LOOKED_INTO = 20  # tables in a folder, and folders: with more of them only names of columns count
_MOST, _SOME = 0.5, 0.1  # of the clips that folders give labels to: those that a table must name
_MOST_TABLES = 200  # in a folder: with more of them they are no lists of clips


class TableReader(Reader):
    """A row a clip, in a table at the top or one folder down (``meta/labels.csv``), or in a file that is named.

    Its column of audio files is known by its name (`AUDIO_COLUMNS`), or by cells that name clips. Files are looked for
    beside the table, in the dataset's folder and in the folders below; in a folder, a table counts that names one file
    at least that is there.
    Tables of parts (``train.csv`` beside ``test.csv``, or a table in each of ``train`` and ``test``) are one dataset,
    and the part is column ``fold``. Folders of classes are not read by a table that names few of their clips.
    """

    name: ClassVar[str] = "table"

    def recognises(self, path: Path) -> bool:
        """A table whose columns say so."""
        clips = ClipNames(path)
        tables = _tables(path, clips)
        return bool(tables) and (path.is_file() or _names_most(tables, path, clips))

    def read(self, path: Path, name: str) -> ClipTable:
        """The clips of the table, or of the tables of all parts."""
        root = path if path.is_dir() else path.parent
        clips = ClipNames(root)
        tables = _tables(path, clips)
        if not tables:
            named = ", ".join(AUDIO_COLUMNS[:6])
            raise DataError(f"dataset {name!r}: {path} has no table with a column of audio files ({named}…)")
        if len(tables) > 1 and not all(tables.values()):
            found = ", ".join(str(file.relative_to(path)) for file in list(tables)[:5])
            raise DataError(
                f"dataset {name!r}: {len(tables)} tables of {path} name audio files ({found}); "
                "name the one that is meant as the dataset's path"
            )
        joined = one_table({file: placed_table(file, root, part, clips) for file, part in tables.items()}, tables)
        joined = joined if any(tables.values()) else with_parts_of_folders(joined)
        return ClipTable(name, root, joined.rows, read_about(root / "dataset.yaml"), joined.remarks, tuple(tables))


READERS.register(TableReader.name)(TableReader())


def why_not_read(file: Path, root: Path) -> str:
    """Why a table in a folder without a dataset is none of clips, in a clause; nothing where that is not known."""
    if file.suffix.lower() not in TABLE_SUFFIXES:
        return ""
    try:
        names = list(filter(None, named_table(file, root, ClipNames(root)).rows["path"]))
    except DataError as error:
        return str(error)
    if not names:
        return f"{file} names no file"
    return "" if any_is_there(names, root) else f"{file} names files that are not there, such as {names[0]!r}"


def _tables(path: Path, clips: ClipNames) -> dict[Path, str]:
    """The tables that a dataset is in, each with the part that it is of, nothing where it is no part.

    The file itself; or the tables of a folder that name files in it; else those of the folders in it, as far as these
    are parts, or have tables about files that lie elsewhere. A folder with a table about its own files is a dataset.
    """
    if path.is_file():
        is_table = path.suffix.lower() in TABLE_SUFFIXES and audio_column(column_names(path))
        return {path: ""} if is_table else {}
    if not path.is_dir():
        return {}
    manifest = next((path / name for name in MANIFESTS if (path / name).is_file()), None)
    if manifest is not None:
        return {manifest: ""} if audio_column(column_names(manifest)) else {}
    if top := _in_folder(path, path, clips):
        return _by_part(top)
    folders = folders_in(path)
    any_column = len(folders) <= _MOST_LOOKED_INTO
    in_folders = {folder: _in_folder(folder, path, clips, any_column=any_column) for folder in folders}
    inner = {folder: found for folder, found in in_folders.items() if found}
    parts = parts_among([folder.name for folder in inner])
    if parts and all(len(found) == 1 for found in inner.values()):
        return {found[0]: parts[folder.name] for folder, found in inner.items() if folder.name in parts}
    about_others = [
        file for folder, found in inner.items() for file in found if not _is_about(file, folder, path, clips)
    ]
    return _by_part(about_others) if len(about_others) == sum(map(len, inner.values())) else {}


def _by_part(files: Sequence[Path]) -> dict[Path, str]:
    """Tables with their parts where some of them are tables of parts; else all as they are."""
    parts = parts_among([file.stem for file in files]) if len(files) > 1 else {}
    return {file: parts[file.stem] for file in files if file.stem in parts} or dict.fromkeys(files, "")


def _in_folder(folder: Path, root: Path, clips: ClipNames, *, any_column: bool = True) -> list[Path]:
    """Tables that name audio in a column of such a name, or else in any, where that is asked for."""
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in TABLE_SUFFIXES and file.is_file())
    files = [file for file in files if not file.name.startswith(".") and file.stem != _EVENTS]
    files = [file for file in files if set(column_names(file)) != set(GROUP_COLUMNS)]
    named = [file for file in files if _names_audio(file, root, clips)] if len(files) <= _MOST_TABLES else []
    if named or not any_column or len(files) > _MOST_LOOKED_INTO:
        return named
    return [
        file for file in files if audio_column(column_names(file, root)) is None and table_of_clips(file, root, clips)
    ]


def _is_about(file: Path, folder: Path, root: Path, clips: ClipNames) -> bool:
    """Whether a table names files that lie in its own folder."""
    below = f"{folder.relative_to(root).as_posix()}/"
    return any(name.startswith(below) for name in _known_names(file, root, "", clips))


def _names_audio(file: Path, root: Path, clips: ClipNames) -> bool:
    """Whether it has a row a clip: events in time (`events.csv`, lists of DCASE) may have several of a file."""
    columns = column_names(file, root)
    if audio_column(columns) is None:
        return False
    try:
        names = list(named_table(file, root, clips).rows["path"])
    except DataError:
        return file.parent == root  # it says of itself what is wrong with it
    is_events = {"onset", "offset"} <= set(columns) and len(set(names)) < len(names)
    return not is_events and any_is_there(names, root)


def _names_most(tables: Mapping[Path, str], path: Path, clips: ClipNames) -> bool:
    """Whether the tables name enough of the clips that are there, where folders say labels too.

    Half of them, or less where these labels are named as speakers: then a table that has labels is rather meant.
    """
    levels = folder_levels(clips.paths)
    if levels is None:
        return True
    named = {Path(name) for file, part in tables.items() for name in _known_names(file, path, part, clips)}
    enough = _SOME if levels.are_whose else _MOST
    return sum(Path(clip) in named for clip in clips.paths) >= enough * len(clips.paths)


def _known_names(file: Path, root: Path, part: str, clips: ClipNames) -> list[str]:
    try:
        return list(placed_table(file, root, part, clips).rows["path"])
    except DataError:
        return []
