"""Readers: from a folder as its publisher laid it out to a clip table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.base.registry import Registry
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.label_cells import USUAL_CELLS, LabelCells
from cohear.data.tables.name_groups import with_name_groups
from cohear.data.tables.own_groups import with_own_groups
from cohear.data.tables.sources import with_known_sources


class Reader(ABC):
    """Knows one layout on disk."""

    name: ClassVar[str]

    @abstractmethod
    def recognises(self, path: Path) -> bool:
        """Whether ``path`` (a folder or a table's file) has this layout; looks at names of files and columns only."""

    @abstractmethod
    def read(self, path: Path, name: str) -> ClipTable:
        """The clip table of a dataset called ``name``.

        Raises:
            DataError: the folder is not what it should be; says what was looked for.
        """


READERS: Registry[Reader] = Registry("reader")


def read_clip_table(
    path: Path,
    name: str,
    reader: str | None = None,
    cells: LabelCells = USUAL_CELLS,
    group_in_name: str | None = None,
) -> ClipTable:
    """Read a dataset with the reader asked for, or with the one that recognises it.

    Args:
        path: a folder, or a table's file.
        name: of the dataset in the study.
        reader: name of a reader; None for the first that recognises the path.
        cells: how several labels a clip are written.
        group_in_name: where names of files tell groups, as `with_name_groups` takes it; groups that ``dataset.yaml``
            names a file of count more.

    Raises:
        DataError: nothing is there, no reader recognises it, or its cells or names are not written so.
    """
    if not path.exists():
        raise DataError(f"dataset {name!r}: {path} does not exist; check datasets.{name}.path")
    known = reader or reader_of(path)
    if known is None:
        raise DataError(
            f"dataset {name!r}: nothing in {path} is recognised as a clip table; "
            "put a manifest.csv (columns path, group, labels…) there, or name the reader"
        )
    with _storage_told(path):
        table = with_known_sources(cells.applied(READERS[known].read(path, name)))
        return with_own_groups(table if group_in_name is None else with_name_groups(table, group_in_name))


def reader_of(path: Path) -> str | None:
    """Name of the first reader that recognises a folder or file; None where none does.

    Raises:
        DataError: it may not be looked into.
    """
    with _storage_told(path):
        return next((name for name in READERS if READERS[name].recognises(path)), None)


@contextmanager
def _storage_told(path: Path) -> Iterator[None]:
    """Say what the system says of a file or folder: no permission, a name too long, a disk with errors."""
    try:
        yield
    except OSError as error:
        raise DataError(f"cannot read {error.filename or path}: {error.strerror}") from error
