"""Where the files lie that a table names by bare names: in a folder beside it, or with an ending that it omits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cohear.data.scan.audio_files import audio_files, folders_in
from cohear.data.tables.audio_column import is_audio_name

_LOOKED_AT = 50  # names that say where the files are
_DEEPEST = 2  # folders below the dataset's in which they are looked for


def placed(names: Sequence[str], root: Path) -> tuple[list[str], tuple[str, ...]]:
    """Names of files below a folder, made whole where none of the first ones is there as it stands.

    Args:
        names: relative to the root.
        root: the dataset's folder.

    Returns:
        The names, and what was made of them, a clause each.
    """
    below, ending = _place_of(names, root)
    remarks = []
    if below:
        remarks.append(f"its audio files lie in {below}/")
    if ending:
        remarks.append(f"its names of audio files lack their ending, {ending}")
    before = f"{below}/" if below else ""
    return [f"{before}{name}{ending}" if name else "" for name in names], tuple(remarks)


def any_is_there(names: Sequence[str], root: Path) -> bool:
    """Whether one of the first names is a file below a folder, as it stands or made whole."""
    return any(_is_file(root / name) for name in placed(names[:_LOOKED_AT], root)[0] if name)


def _place_of(names: Sequence[str], root: Path) -> tuple[str, str]:
    """The folder below the root, and the ending, under which the first names are files; nothing where they are so."""
    some = [name for name in names if name and not name.startswith(("/", ".."))][:_LOOKED_AT]
    if not some or any(_is_file(root / name) for name in some):
        return "", ""
    for place in _folders(root, _DEEPEST):
        below = "" if place == root else place.relative_to(root).as_posix()
        if below and any(_is_file(place / name) for name in some):
            return below, ""
        beside = [] if is_audio_name(some[0]) else audio_files((place / some[0]).parent)
        for ending in sorted({file.suffix for file in beside}):
            if any(_is_file(place / f"{name}{ending}") for name in some):
                return below, ending
    return "", ""


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except (OSError, ValueError):  # a name that no system takes
        return False


def _folders(root: Path, deepest: int) -> Iterator[Path]:
    yield root
    if deepest:
        for child in folders_in(root):
            yield from _folders(child, deepest - 1)
