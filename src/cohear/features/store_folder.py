"""Folders of the feature cache are made whole or not at all, by any number of processes at a time."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cohear.base.errors import FolderError
from cohear.base.files import make_folder, storage_errors_told
from cohear.base.temporary import left_behind, temporary_beside


@dataclass(frozen=True)
class Removed:
    """A folder that was removed from the cache."""

    key: str
    bytes: int
    description: str


@contextmanager
def build_folder(folder: Path, needed: int, is_whole: Callable[[Path], bool]) -> Iterator[Path]:
    """Give a temporary folder to fill, which becomes ``folder`` when the block ends without an error.

    Several processes may build the same folder: each fills its own, and the first to end wins.

    Args:
        folder: the folder to be.
        needed: bytes it will take.
        is_whole: whether a folder that stands there already is as good as ours.

    Raises:
        FolderError: the cache cannot be written, or its disk has not enough room.
    """
    make_folder(folder.parent)
    remove_leftovers(folder.parent)
    _demand_space(folder.parent, needed)
    building, damaged = _temporary(folder), _temporary(folder)
    try:
        with storage_errors_told(folder):
            building.mkdir()
            yield building
            if not _renamed(building, folder) and not is_whole(folder):
                _renamed(folder, damaged)  # a file of it was deleted or cut: out of the way
                _renamed(building, folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)
        shutil.rmtree(damaged, ignore_errors=True)


def remove_leftovers(parent: Path) -> list[Removed]:
    """Remove unfinished folders whose process is dead."""
    removed = []
    for folder in left_behind(parent):
        removed.append(Removed(folder.name, folder_bytes(folder), "left by a process that was killed"))
        shutil.rmtree(folder, ignore_errors=True)
    return removed


def folder_bytes(folder: Path) -> int:
    """Bytes of the files in a folder."""
    total = 0
    for file in folder.glob("*"):
        with suppress(OSError):  # another process may be removing it
            total += file.stat().st_size
    return total


def _temporary(folder: Path) -> Path:
    """A new name beside ``folder``: threads of one process may build the same."""
    return temporary_beside(folder, os.urandom(4).hex())


def _renamed(source: Path, target: Path) -> bool:
    """Rename a folder, or False where ``target`` is there already."""
    try:
        source.rename(target)
    except OSError:
        if not target.exists():
            raise
        return False
    return True


def _demand_space(parent: Path, needed: int) -> None:
    free = shutil.disk_usage(parent).free
    if needed > free:
        raise FolderError(
            f"cannot write {parent}: the features need {needed / 1e6:.1f} MB and {free / 1e6:.1f} MB are "
            "free; make room (cohear features --prune) or set COHEAR_CACHE to a folder on another disk"
        )
