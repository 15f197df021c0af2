"""A folder a class: ``dog/1.wav``, perhaps with folders of parts or of speakers above or below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import ClassVar

from cohear.audio.folder_tree import FolderTree, folder_tree
from cohear.base.counting import counted
from cohear.base.errors import DataError
from cohear.data.importers.folder_levels import FolderLevels, folder_levels, parts_without_labels
from cohear.data.importers.inner_datasets import are_datasets, passed_over
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.manifest import read_about
from cohear.data.tables.reader import READERS, Reader
from cohear.data.tables.table_files import frame


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
        return folder_levels(tree.clips) is not None and not are_datasets(path, tree)

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
        remarks = (*levels.remarks, *passed_over(path, tree))
        return ClipTable(name, path, rows, read_about(path / "dataset.yaml"), remarks, tables=())


READERS.register(ClassFolders.name)(ClassFolders())


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
