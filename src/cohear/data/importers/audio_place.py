"""Where the files lie that a table names by bare names: in a folder beside it, or with an ending that it omits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from cohear.audio.folder_tree import folder_tree
from cohear.base.errors import DataError
from cohear.data.scan.audio_files import audio_files, folders_in
from cohear.data.tables.audio_column import is_audio_name
from cohear.data.tables.names_there import is_there
from cohear.data.tables.part_names import role_of

_LOOKED_AT = 50  # names that say where the files are
_DEEPEST = 2  # folders below the dataset's in which they are looked for
_MOST_MISSING = 0.1  # of the names; with more of them not there, files are looked for in every folder


def placed(names: Sequence[str], root: Path, part: str = "") -> tuple[list[str], tuple[str, ...]]:
    """Names of files below a folder, made whole where none of the first ones is there as it stands.

    Args:
        names: relative to the root.
        root: the dataset's folder.
        part: of the dataset that they are of; its folder is looked into first, for parts may have files of one name.

    Returns:
        The names, and what was made of them, a clause each.

    Raises:
        DataError: several folders have files of these names, and nothing says which are meant.
    """
    below, ending = _place_of(names, root, part)
    if below:
        _refuse_several(names[:_LOOKED_AT], below, ending, root, part)
    before = f"{below}/" if below else ""
    whole = [f"{before}{name}{ending}" if name else "" for name in names]
    remarks = []
    if below:
        remarks.append(f"its audio files lie in {below}/")
        scattered = _in_other_folders(names, whole, root)
        if scattered != whole:
            whole, remarks = scattered, ["its audio files lie in several folders, where their names stand once"]
    if ending:
        remarks.append(f"its names of audio files lack their ending, {ending}")
    return whole, tuple(remarks)


def any_is_there(names: Sequence[str], root: Path) -> bool:
    """Whether one of the first names is a file below a folder, as it stands or made whole."""
    some = names[:_LOOKED_AT]
    below, ending = _place_of(some, root, "")
    return any(is_there(root / below / f"{name}{ending}") for name in some if name)


def _in_other_folders(names: Sequence[str], whole: Sequence[str], root: Path) -> list[str]:
    """The names, those that are not there taken from the one folder that has a file of the name."""
    missing = [number for number, name in enumerate(whole) if name and not is_there(root / name)]
    if len(missing) <= _MOST_MISSING * len(names):
        return list(whole)
    places: dict[str, list[str]] = {}
    for clip in folder_tree(root).clips:
        for name in (clip.name, clip.stem):
            places.setdefault(name, []).append(clip.as_posix())
    found = list(whole)
    for number in missing:
        if len(there := places.get(names[number], [])) == 1:
            found[number] = there[0]
    return found


def _place_of(names: Sequence[str], root: Path, part: str) -> tuple[str, str]:
    """The folder below the root, and the ending, under which the first names are files; nothing where they are so."""
    some = [name for name in names if name and not name.startswith(("/", ".."))][:_LOOKED_AT]
    if not some or any(is_there(root / name) for name in some):
        return "", ""
    for place in sorted(_folders(root, _DEEPEST), key=lambda folder: _distance(folder, root, part)):
        below = "" if place == root else place.relative_to(root).as_posix()
        if below and any(is_there(place / name) for name in some):
            return below, ""
        beside = [] if is_audio_name(some[0]) else audio_files((place / some[0]).parent)
        for ending in sorted({file.suffix for file in beside}):
            if any(is_there(place / f"{name}{ending}") for name in some):
                return below, ending
    return "", ""


def _refuse_several(names: Sequence[str], below: str, ending: str, root: Path, part: str) -> None:
    """Labels must not come to files of another folder that only bear the same names and are of the part as much."""
    here = [f"{name}{ending}" for name in names if name and is_there(root / below / f"{name}{ending}")]
    distance = _distance(root / below, root, part)
    for other in _folders(root, _DEEPEST):
        if other == root / below or _distance(other, root, part) != distance:
            continue
        if both := next((name for name in here if is_there(other / name)), ""):
            places = f"{below}/ and {other.relative_to(root).as_posix()}/"
            raise DataError(
                f"{root}: {both} is there in {places}, and its table does not say which is meant; write the folder "
                "before the names in the table, or move one of the folders out of the dataset"
            )


def _distance(folder: Path, root: Path, part: str) -> int:
    """How far a folder is from being that of a part: called so, below one, called alike, below such one, or none."""
    if not part:
        return 0
    names = folder.relative_to(root).parts
    alike = [role_of(name) == (role_of(part) or None) for name in names]
    called = [name == part or (same and name in part) for name, same in zip(names, alike, strict=True)]
    kinds = (any(called[-1:]), any(called), any(alike[-1:]), any(alike))
    return next((distance for distance, holds in enumerate(kinds) if holds), len(kinds))


def _folders(root: Path, deepest: int) -> Iterator[Path]:
    yield root
    if deepest:
        for child in folders_in(root):
            yield from _folders(child, deepest - 1)
