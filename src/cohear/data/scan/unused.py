"""What lies in the folders of datasets and is not used, by kind: nothing is left out in silence."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from cohear.audio.folder_tree import folder_tree
from cohear.audio.unused import Unused, empty_folders, spare_audio, unopened_archives, unread_tables, unused_audio
from cohear.base.tables import EVENTS_CSV
from cohear.data.tables.clip_table import ClipTable


def unused_files(tables: Mapping[str, tuple[Path, ClipTable]]) -> dict[str, list[Unused]]:
    """What no dataset uses, by the dataset in whose folder it lies.

    Args:
        tables: by name, the path that a dataset was asked for by, and its whole clip table. Several may lie in one
            folder.

    Raises:
        DataError: a folder may not be looked into.
    """
    used = {_absolute(table.root / path) for _, table in tables.values() for path in set(table.rows["path"])}
    read = {_absolute(file) for path, table in tables.values() for file in (path, *(table.tables or ()))}
    return {name: _unused(_folder(path, table), table, used, read) for name, (path, table) in tables.items()}


def _folder(path: Path, table: ClipTable) -> Path:
    return path if path.is_dir() else table.root


def _unused(folder: Path, table: ClipTable, used: set[str], read: set[str]) -> list[Unused]:
    tree = folder_tree(folder)

    def left(files: Iterable[PurePosixPath]) -> list[PurePosixPath]:
        return [file for file in files if _absolute(folder / file) not in used]

    here = [clip for clip in tree.clips if _absolute(folder / clip) in used]
    found = [unused_audio(files, where) for where, files in _by_kind(left(tree.clips), here)]
    found += spare_audio(left(tree.twins), left(tree.leftovers))
    others = [file for file in tree.tables if _absolute(folder / file) not in read and file.name != EVENTS_CSV.file]
    found += unread_tables(others, left(tree.texts)) if table.tables is not None else []
    return found + unopened_archives(folder, tree.archives) + empty_folders(tree.empty)


def _by_kind(unused: Iterable[PurePosixPath], used: Sequence[PurePosixPath]) -> list[tuple[str, list[PurePosixPath]]]:
    """Where clips that are not used lie among those that are, and which do."""
    depths = {len(clip.parts) for clip in used}
    folders = {clip.parent for clip in used}
    endings = {clip.suffix.lower() for clip in used}
    kinds: dict[str, list[PurePosixPath]] = {}
    for clip in unused:
        if not used:
            where = "though no clip of the table is there"
        elif clip.parent in folders and clip.suffix.lower() not in endings:
            where = f"of another suffix ({clip.suffix or 'none'}) than the clips beside"
        elif clip.parent in folders:
            where = "beside clips"
        elif len(clip.parts) > max(depths):
            where = "deeper than the clips"
        elif len(clip.parts) < min(depths):
            where = "loose above the folders of the clips"
        else:
            where = "in folders without clips"
        kinds.setdefault(where, []).append(clip)
    return sorted(kinds.items())


def _absolute(file: Path) -> str:
    return os.path.normpath(os.path.abspath(file))  # noqa: PTH100 - links stay
