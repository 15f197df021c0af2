"""Where folders of runs lie, and what is in them beside the record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cohear.base.tables import CURVE_CSV, PREDICTIONS_CSV
from cohear.runs.record import read_record

if TYPE_CHECKING:
    from cohear.runs.spec import Need

KEPT = {"curves": CURVE_CSV.file, "predictions": PREDICTIONS_CSV.file, "weights": "weights.safetensors"}
"""File of each thing that a study may keep beside the record, or not."""


def lacking(folder: Path, files: Iterable[str]) -> list[str]:
    """Files that are not in a run's folder, sorted."""
    return sorted(file for file in files if not (folder / file).exists())


def file_left(folders: Iterable[Path], need: Need) -> bytes | None:
    """What a run has left in the first of some folders of runs that has it, or None."""
    for runs in folders:
        try:
            return (runs / need.run / need.file).read_bytes()
        except OSError:
            continue
    return None


@dataclass(frozen=True)
class RunFolders:
    """Folders that hold a folder a run.

    Attributes:
        into: takes the new ones.
        others: are looked through first.
    """

    into: Path
    others: tuple[Path, ...] = ()

    @property
    def all(self) -> tuple[Path, ...]:
        """In the order in which they are looked through."""
        return (*self.others, self.into)

    def find(self, key: str, files: Iterable[str] = ()) -> Path | None:
        """Folder of a finished run that has left certain files, or None."""
        wanted = tuple(files)
        folders = (runs / key for runs in self.all)
        return next((each for each in folders if not lacking(each, wanted) and read_record(each) is not None), None)
