"""What is there in place of a file that is not: the same name in other letters, another form, ending or folder."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from functools import cached_property
from pathlib import Path, PurePosixPath

from cohear.data.scan.audio_files import is_audio

_MOST_FILES = 300_000  # that are looked at for a name in another folder

_FORMS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("backslashes in place of slashes", lambda name: name.replace("\\", "/")),
    ("Unicode form (one letter, or letter and accent)", lambda name: unicodedata.normalize("NFC", name)),
    ("upper and lower case", str.casefold),
    ("spaces around it", lambda name: "/".join(part.strip() for part in name.split("/"))),
    ("ending", lambda name: PurePosixPath(name).with_suffix("").as_posix() if PurePosixPath(name).name else name),
    ("folder", lambda name: PurePosixPath(name).name),
)
"""In what a name may differ from that of the file that is meant, and how to make both alike in it."""


class NearFiles:
    """Files of a dataset's folder by their names, for those that its table names and that are not there.

    Args:
        root: the dataset's folder; it is looked through when the first name is asked for.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._by_form: dict[int, dict[str, str]] = {}

    def sentence(self, path: Path) -> str:
        """A clause on the one file that could be meant, and in what its name differs; nothing where there is none."""
        try:
            name = os.fspath(path.relative_to(self._root))
        except ValueError:
            return ""
        for number, (what, _) in enumerate(_FORMS):
            near = self._names(number).get(self._form(name, number))
            if near:
                return f"{near!r} is there, another name by its {what}"
        return ""

    @cached_property
    def _files(self) -> list[str]:
        found = []
        for folder, _, names in os.walk(self._root):
            below = PurePosixPath(os.path.relpath(folder, self._root).replace(os.sep, "/"))
            found += [(below / name).as_posix() for name in sorted(names) if is_audio(Path(name))]
            if len(found) > _MOST_FILES:
                return []
        return found

    def _form(self, name: str, number: int) -> str:
        for _, alike in _FORMS[: number + 1]:
            name = alike(name)
        return name

    def _names(self, number: int) -> dict[str, str]:
        """Files by a form of their names; a form that two of them have names neither."""
        if number not in self._by_form:
            forms: dict[str, str] = {}
            for file in self._files:
                form = self._form(file, number)
                forms[form] = "" if form in forms else file
            self._by_form[number] = forms
        return self._by_form[number]
