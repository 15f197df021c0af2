"""What lies in folders, in an order that does not depend on the disk; links are followed, and never in a circle."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from cohear.base.errors import DataError

_DEEPEST = 32  # a link may lead to a folder above by many ways


def entries_of(folder: Path) -> list[Path]:
    """What lies in a folder, by name; nothing where it is no folder.

    Raises:
        DataError: the folder may not be read.
    """
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise DataError(f"cannot look into {folder}: {error.strerror}") from error


def folders_below(root: Path) -> Iterator[tuple[Path, list[Path]]]:
    """A folder and all below it, each with its files by name; one that a link leads back to is not gone into again.

    Raises:
        DataError: one of them may not be read.
    """
    waiting = [(root, frozenset((os.path.realpath(root),)))]
    while waiting:
        folder, above = waiting.pop()
        files, inner = [], []
        for entry in entries_of(folder):
            if not entry.is_dir():
                files.append(entry)
            elif (real := os.path.realpath(entry)) not in above and len(above) < _DEEPEST:
                inner.append((entry, above | {real}))
        waiting += reversed(inner)
        yield folder, files
