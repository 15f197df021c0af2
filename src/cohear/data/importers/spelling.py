"""Names of audio files in a table, spelled as the files are that they can only mean: backslashes, accents, case."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from cohear.audio.folder_tree import folder_tree


def spelled(names: Sequence[str], root: Path) -> list[str]:
    """Names as files below a folder, or below folders in it, are called; as they are where several could be meant.

    Args:
        names: with folders or without, with their ending or without.
        root: the dataset's folder.
    """
    known: dict[str, set[str]] = {}
    for clip in folder_tree(root).clips:
        for level in range(len(clip.parts)):
            end = type(clip)(*clip.parts[level:])
            for name in (end.as_posix(), end.with_suffix("").as_posix()):
                known.setdefault(_form(name), set()).add(name)
    return [min(found) if len(found := known.get(_form(name), set())) == 1 else name for name in names]


def _form(name: str) -> str:
    return unicodedata.normalize("NFC", name.replace("\\", "/").removeprefix("./")).casefold()
