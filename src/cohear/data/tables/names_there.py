"""The clips of a folder by their names: as they stand, and by the spelling that a table may have of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from cohear.audio.folder_tree import folder_tree

SPELLED = (
    "its names of audio files are those of files that are there but for backslashes, Unicode form, or upper and lower "
    "case, or for where files were kept before (C:\\, https://): these files are taken"
)
"""What is said of a table whose names are taken as `ClipNames.spelled` gives them."""


_ELSEWHERE = re.compile(r"/|[A-Za-z]:[\\/]|\\\\|[a-z][a-z0-9+]*://")


class ClipNames:
    """Names of the clips of a folder, with folders above and bare; it is looked through once, when one is asked for.

    Args:
        root: the dataset's folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def __contains__(self, name: object) -> bool:
        """Whether exactly one file is called so."""
        return self._counts.get(str(name), 0) == 1

    def spelled(self, names: Sequence[str]) -> list[str]:
        """Names as files are called that they can only mean, backslashes, accents and case aside; else as they are.

        Args:
            names: below the folder or below folders in it, with their ending or without. Of names that begin at a
                drive, a server or the root of another machine, the longest end counts that is there; spaces at the ends
                of names and marks such as ``%20`` are read as they are meant.
        """
        return [self._meant(name) for name in names]

    def _meant(self, name: str) -> str:
        for form in _forms(name):
            if found := self._by_spelling.get(form):
                return min(found) if len(found) == 1 else name
        return name

    @cached_property
    def paths(self) -> tuple[PurePosixPath, ...]:
        """Of all clips, below the root, in order."""
        return folder_tree(self._root).clips

    @cached_property
    def _counts(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for clip in self.paths:
            ends = ("/".join(clip.parts[level:]) for level in range(len(clip.parts)))
            for name in {*ends, clip.stem}:
                counts[name] = counts.get(name, 0) + 1
        return counts

    @cached_property
    def _by_spelling(self) -> dict[str, set[str]]:
        known: dict[str, set[str]] = {}
        for clip in self.paths:
            for level in range(len(clip.parts)):
                end = PurePosixPath(*clip.parts[level:])
                for name in (end.as_posix(), end.with_suffix("").as_posix()):
                    known.setdefault(_form(name), set()).add(name)
        return known


def is_there(file: Path) -> bool:
    """Whether a name is a file's; one that no system takes is none."""
    try:
        return file.is_file()
    except (OSError, ValueError):
        return False


def _forms(name: str) -> Iterator[str]:
    """A name in the forms to be looked for, the likeliest first."""
    plain = _form(name)
    yield plain
    if "%" in name:
        plain = _form(unquote(name))
        yield plain
    if _ELSEWHERE.match(name) and not is_there(Path(name)) and ".." not in plain.split("/"):
        parts = plain.split("/")
        yield from ("/".join(parts[level:]) for level in range(1, len(parts)))


def _form(name: str) -> str:
    parts = name.replace("\\", "/").removeprefix("./").split("/")
    return unicodedata.normalize("NFC", "/".join(part.strip() for part in parts)).casefold()
