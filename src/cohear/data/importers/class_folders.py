"""A folder a class: ``dog/1.wav``, perhaps with folders of parts or of speakers above or below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import ClassVar

from cohear.audio.folder_tree import FolderTree, folder_tree
from cohear.base.counting import counted
from cohear.base.errors import DataError
from cohear.data.importers.folder_levels import FolderLevels, folder_levels, parts_without_labels
from cohear.data.tables.clip_table import RESERVED_COLUMNS, ClipTable
from cohear.data.tables.manifest import read_about
from cohear.data.tables.part_names import is_part_name, parts_among
from cohear.data.tables.reader import READERS, Reader, read_clip_table, reader_of
from cohear.data.tables.table_files import frame
from cohear.data.tables.targets import BOOKKEEPING, GROUPING, words_of


class ClassFolders(Reader):
    """At least two folders with audio in them; their names are the labels, column ``label``.

    Folders of parts (``train``, ``fold1``…) are column ``fold``, folders of speakers or recordings column ``group``;
    `folder_levels` says how they are told apart. Audio that lies deeper in the folder of a class than its clips is a
    mistake, not passed over.
    """

    name: ClassVar[str] = "class_folders"

    def recognises(self, path: Path) -> bool:
        """Two folders with audio that are its classes."""
        if not path.is_dir():
            return False
        tree = folder_tree(path)
        return folder_levels(tree.clips) is not None and not _has_datasets(path, tree)

    def read(self, path: Path, name: str) -> ClipTable:
        """Clips by part, class and name."""
        tree = folder_tree(path)
        levels = folder_levels(tree.clips)
        if levels is None:
            raise DataError(f"dataset {name!r}: {path} {why_no_classes(tree.clips)}")
        _check_deeper(name, path, levels, tree)
        columns = {
            "path": [clip.path.as_posix() for clip in levels.clips],
            "label": [clip.label for clip in levels.clips],
            "fold": [clip.part for clip in levels.clips],
            "group": [clip.group for clip in levels.clips],
            "folder": [clip.folder for clip in levels.clips],
        }
        used = [column for column, cells in columns.items() if column in ("path", "label") or any(cells)]
        rows = frame(used, list(zip(*(columns[column] for column in used), strict=True)))
        return ClipTable(name, path, rows, read_about(path / "dataset.yaml"), levels.remarks, tables=())


READERS.register(ClassFolders.name)(ClassFolders())


def _has_datasets(path: Path, tree: FolderTree) -> bool:
    """Whether folders in it have tables of their own, so that each is rather a dataset.

    Where clips lie in these folders themselves, at least half of them must have a table that says labels for its own
    clips: one list in the folder of a class among many is none.
    """
    if any(len(clip.parts) == 2 for clip in tree.clips):
        folders = {clip.parts[0] for clip in tree.clips if len(clip.parts) > 1}
        with_tables = {file.parts[0] for file in tree.tables if len(file.parts) > 1} & folders
        if parts_among(folders) or len(with_tables) < len(folders) / 2:
            return False
        return sum(_has_labels(path / folder) for folder in with_tables) >= len(folders) / 2
    return any(len(file.parts) > 1 and not is_part_name(file.parts[0]) for file in tree.tables)


def _has_labels(folder: Path) -> bool:
    """Whether a folder is a dataset by a table of its own, which says labels."""
    reader = reader_of(folder)
    if reader is None:
        return False
    try:
        table = read_clip_table(folder, folder.name, reader)
    except DataError:
        return True  # it says of itself what is wrong with it
    others = [column for column in map(str, table.rows.columns) if column not in RESERVED_COLUMNS]
    telling = [column for column in others if not words_of(column) & (BOOKKEEPING | GROUPING)]
    return bool(table.tables) and any(len(set(table.column(column, table.name)) - {""}) > 1 for column in telling)


def why_no_classes(clips: Sequence[PurePosixPath]) -> str:
    """Why a folder with these clips is none of classes, as what is said of it."""
    if parts_without_labels(clips):
        return (
            "has folders of parts and nothing that says the labels; put a folder a class into each, or a table that "
            "names every file"
        )
    deeper = sorted({clip.parent.as_posix() for clip in clips if len(clip.parts) > 2})
    where = f": audio lies deeper, in {counted(len(deeper), 'folder')} such as {deeper[0]}" if deeper else ""
    return f"has no two folders with audio files, a folder a class{where}"


def _check_deeper(name: str, path: Path, levels: FolderLevels, tree: FolderTree) -> None:
    """Raise DataError where audio lies in a folder below one that holds clips."""
    holding = {clip.path.parent for clip in levels.clips}
    used = {clip.path for clip in levels.clips}
    deeper = _first_below(holding, [clip for clip in tree.clips if clip not in used])
    if deeper is not None:
        raise DataError(
            f"dataset {name!r}: {path / deeper} lies in the folder of a class and holds audio; "
            "move it up, or write a manifest.csv"
        )


def _first_below(holding: set[PurePosixPath], others: Sequence[PurePosixPath]) -> PurePosixPath | None:
    return next((clip.parent for clip in others if holding & set(clip.parent.parents)), None)
