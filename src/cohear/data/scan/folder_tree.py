"""All that lies in a dataset's folder, whatever a reader makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cohear.audio.recognised import file_kind
from cohear.base.walk import folders_below

TABLE_ENDINGS = (".csv", ".tsv", ".jsonl", ".parquet", ".xlsx", ".xls", ".ods")
_PERHAPS_TABLES = (".txt", ".json", ".lst", ".list")
_NAMES_AUDIO = re.compile(rb"\.(?:wave?|flac|mp3|ogg|opus|m4a|aiff?)\b", re.IGNORECASE)
_HEAD_BYTES = 2048
_NO_DATA = ("__MACOSX",)


@dataclass(frozen=True)
class FolderTree:
    """The files of a folder that matter to a dataset, by their paths relative to it, in order.

    Attributes:
        clips: files that hold sound, films among them.
        twins: films that lie beside audio of the same name: the same recordings twice.
        leftovers: audio that copies and downloads left behind (``a.wav.part``).
        tables: files that look like tables, and lists that name audio.
    """

    clips: tuple[PurePosixPath, ...]
    twins: tuple[PurePosixPath, ...]
    leftovers: tuple[PurePosixPath, ...]
    tables: tuple[PurePosixPath, ...]


def folder_tree(root: Path) -> FolderTree:
    """Look through a folder; what begins with a dot is some system's own.

    Raises:
        DataError: a folder in it may not be looked into.
    """
    clips: list[PurePosixPath] = []
    twins: list[PurePosixPath] = []
    leftovers: list[PurePosixPath] = []
    tables: list[PurePosixPath] = []
    for folder, files in folders_below(root):
        if _is_own(folder, root):
            continue
        below = PurePosixPath(folder.relative_to(root).as_posix())
        kinds = {file: file_kind(file) for file in files}
        heard = {file.stem for file, kind in kinds.items() if kind == "audio"}
        for file, kind in kinds.items():
            if kind == "video" and file.stem in heard:
                twins.append(below / file.name)
            elif kind in ("audio", "video"):
                clips.append(below / file.name)
            elif kind == "leftover":
                leftovers.append(below / file.name)
            elif _is_table(file) and not file.name.startswith("."):
                tables.append(below / file.name)
    return FolderTree(*(tuple(sorted(found)) for found in (clips, twins, leftovers, tables)))


def _is_own(folder: Path, root: Path) -> bool:
    """Whether a folder is some system's own, or lies in one that is."""
    parts = folder.relative_to(root).parts
    return any(part.startswith(".") or part in _NO_DATA for part in parts)


def _is_table(file: Path) -> bool:
    suffix = file.suffix.lower()
    if suffix in TABLE_ENDINGS:
        return True
    if suffix not in _PERHAPS_TABLES or not file.is_file():
        return False
    try:
        with file.open("rb") as opened:
            return bool(_NAMES_AUDIO.search(opened.read(_HEAD_BYTES)))
    except OSError:
        return False
