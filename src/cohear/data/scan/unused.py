"""What lies in the folders of datasets and is not used, by kind: nothing is left out in silence."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cohear.base.counting import counted
from cohear.base.tables import EVENTS_CSV
from cohear.data.scan.folder_tree import folder_tree
from cohear.data.tables.clip_table import ClipTable

_SHOWN = 5


@dataclass(frozen=True)
class Unused:
    """Files of one kind that lie in a dataset's folder and are not used.

    Attributes:
        is_audio: whether they hold sound; else they are tables.
        what: that they are not used, with their count.
        files: their paths below the folder.
    """

    is_audio: bool
    what: str
    files: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Says it, with the first of them."""
        more = f" and {len(self.files) - _SHOWN:,} more" if len(self.files) > _SHOWN else ""
        return f"{self.what}: {', '.join(map(repr, self.files[:_SHOWN]))}{more}"


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
    kinds = _by_kind(left(tree.clips), here)
    found = [Unused(True, f"{_files(len(files), 'audio file')} not used, {where}", files) for where, files in kinds]
    if twins := _names(left(tree.twins)):
        what = f"{_files(len(twins), 'film')} not used, for audio of the same name lies beside"
        found.append(Unused(True, what, twins))
    if leftovers := _names(left(tree.leftovers)):
        what = f"{_files(len(leftovers), 'audio file')} not used, left behind by copies or downloads"
        found.append(Unused(True, what, leftovers))
    others = [file for file in tree.tables if _absolute(folder / file) not in read and file.name != EVENTS_CSV.file]
    if others and table.tables is not None:
        found.append(Unused(False, f"{_files(len(others), 'table')} not read", _names(others)))
    return found


def _by_kind(unused: Iterable[PurePosixPath], used: Sequence[PurePosixPath]) -> list[tuple[str, tuple[str, ...]]]:
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
    return [(where, _names(clips)) for where, clips in sorted(kinds.items())]


def _names(files: Iterable[PurePosixPath]) -> tuple[str, ...]:
    return tuple(file.as_posix() for file in files)


def _files(count: int, what: str) -> str:
    return f"{counted(count, what)} {'is' if count == 1 else 'are'}"


def _absolute(file: Path) -> str:
    return os.path.normpath(os.path.abspath(file))  # noqa: PTH100 - links stay
