"""All that matters to audio in a folder, whatever is made of it."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cohear.audio.archives import is_archive
from cohear.audio.recognised import file_kind
from cohear.base.walk import folders_below

_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".xls", ".ods")
_PERHAPS_TABLES = ("", ".txt", ".json", ".lst", ".list", ".scp", ".tab", ".m3u", ".m3u8")
_BESIDE_CLIPS = (
    *(".txt", ".json", ".xml", ".lab", ".textgrid", ".jams", ".srt", ".vtt", ".phn", ".wrd", ".trs", ".eaf", ".ann"),
    *(".svl", ".align", ".trans", ".yaml", ".yml"),
)
_NAMES_AUDIO = re.compile(rb"\.(?:wave?|flac|mp3|ogg|opus|m4a|aiff?)\b", re.IGNORECASE)
_HEAD_BYTES = 2048
_LINES = 10
_NO_DATA = ("__MACOSX",)


@dataclass(frozen=True)
class FolderTree:
    """The files of a folder that matter to whoever looks for audio there, by their paths relative to it, in order.

    Attributes:
        clips: files that hold sound, films among them.
        twins: films that lie beside audio of the same name: the same recordings twice.
        leftovers: audio that copies and downloads left behind (``a.wav.part``).
        tables: files that look like tables, and lists that name audio.
        archives: that may hold audio.
        texts: that are called as clips are, one for each (``labels/a1.txt`` of ``audio/a1.wav``), and name no audio.
        empty: folders that hold no file, nor does one in them; the outermost of each.
    """

    clips: tuple[PurePosixPath, ...]
    twins: tuple[PurePosixPath, ...]
    leftovers: tuple[PurePosixPath, ...]
    tables: tuple[PurePosixPath, ...]
    archives: tuple[PurePosixPath, ...]
    texts: tuple[PurePosixPath, ...]
    empty: tuple[PurePosixPath, ...]


def folder_tree(root: Path) -> FolderTree:
    """Look through a folder; what begins with a dot is some system's own.

    Raises:
        DataError: a folder in it may not be looked into.
    """
    clips: list[PurePosixPath] = []
    twins: list[PurePosixPath] = []
    leftovers: list[PurePosixPath] = []
    tables: list[PurePosixPath] = []
    perhaps: list[PurePosixPath] = []
    archives: list[PurePosixPath] = []
    beside: list[PurePosixPath] = []
    folders: list[PurePosixPath] = []
    full: set[PurePosixPath] = set()
    for folder, files in folders_below(root):
        if _is_own(folder, root):
            continue
        below = PurePosixPath(folder.relative_to(root).as_posix())
        folders.append(below)
        full |= {below, *below.parents} if files else set()
        kinds = {file: file_kind(file) for file in files}
        heard = {file.stem for file, kind in kinds.items() if kind == "audio"}
        for file, kind in kinds.items():
            if kind == "video" and file.stem in heard:
                twins.append(below / file.name)
            elif kind in ("audio", "video"):
                clips.append(below / file.name)
            elif kind == "leftover":
                leftovers.append(below / file.name)
            elif file.name.startswith("."):
                continue
            elif file.suffix.lower() in _TABLES:
                tables.append(below / file.name)
            elif file.suffix.lower() in _PERHAPS_TABLES:
                perhaps.append(below / file.name)
            elif is_archive(file):
                archives.append(below / file.name)
            else:
                beside.append(below / file.name)
    stems = {clip.stem for clip in clips}
    lists = [file for file in perhaps if _is_list(root / file, stems)]
    listed = set(lists)
    beside += [file for file in perhaps if file not in listed]
    texts = [file for file in beside if file.suffix.lower() in _BESIDE_CLIPS and file.stem in stems]
    empty = [folder for folder in folders if folder not in full and folder.parent in full]
    kinds_found = (clips, twins, leftovers, [*tables, *lists], archives, texts, empty)
    return FolderTree(*(tuple(sorted(found)) for found in kinds_found))


def _is_own(folder: Path, root: Path) -> bool:
    """Whether a folder is some system's own, or lies in one that is."""
    parts = folder.relative_to(root).parts
    return any(part.startswith(".") or part in _NO_DATA for part in parts)


def _is_list(file: Path, stems: Set[str]) -> bool:
    """Whether a text names audio: with its ending, or by names of clips that its lines begin with."""
    if not file.is_file():
        return False
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD_BYTES)
    except OSError:
        return False
    if _NAMES_AUDIO.search(head):
        return True
    lines = [line for line in head.decode("utf-8", "replace").splitlines()[:_LINES] if line.strip()]
    named = [line for line in lines if re.split(r"[\s,;|]", line.strip(), maxsplit=1)[0] in stems]
    return len(named) > 1 and len(named) > len(lines) / 2
