"""The datasets behind the paths that ``cohear init`` is given."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cohear.base.errors import DataError, FolderError, UserError
from cohear.data.readers import Published, public_layouts
from cohear.data.scan.audio_files import folders_in
from cohear.data.scan.dataset import Dataset, open_dataset
from cohear.data.tables.label_cells import USUAL_CELLS, LabelCells, proposed_cells
from cohear.data.tables.reader import read_clip_table, reader_of
from cohear.study.launch.progress import Progress

_UNKNOWN = "nothing in it is recognised as a dataset"


@dataclass(frozen=True)
class Found:
    """A dataset that can be used.

    Attributes:
        name: for the study.
        path: as given.
        reader: which reader reads it.
        dataset: its clips whose audio can be read.
        cells: how it writes several labels a clip, where not as clip tables do.
    """

    name: str
    path: Path
    reader: str
    dataset: Dataset
    cells: LabelCells = USUAL_CELLS

    @property
    def published(self) -> Published | None:
        """What is known of it, where its layout is a public one."""
        layout = public_layouts().get(self.reader)
        return layout.published if layout else None


def find_datasets(
    paths: Sequence[Path], *, cache: Path, jobs: int | None, progress: Progress
) -> tuple[list[Found], dict[str, str]]:
    """Read and scan whatever the paths hold.

    A folder that no reader recognises stands for the folders in it, as far as they are recognised.

    Returns:
        The datasets, and of every path that is none, why.

    Raises:
        DataError: a path does not exist, or nothing at all can be used.
        FolderError: the cache cannot be written.
    """
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise DataError(f"{missing[0]} does not exist" + (f" ({len(missing)} such paths)" if missing[1:] else ""))
    places: dict[Path, str] = {}
    left_out: dict[str, str] = {}
    for path in dict.fromkeys(paths):
        try:
            readers = _readers(path)
        except DataError as error:
            left_out[str(path)] = str(error)
            continue
        places |= {place: reader for place, reader in readers.items() if reader}
        left_out |= {str(place): _UNKNOWN for place, reader in readers.items() if not reader}
    found: list[Found] = []
    for path, reader in places.items():
        name = _free_name(path, [known.name for known in found])
        try:
            table = read_clip_table(path, name, reader)
            cells = USUAL_CELLS if reader in public_layouts() else proposed_cells(table)
            table = cells.applied(table)
            with progress.stage(f"scan {name}") as advance:
                dataset = open_dataset(table, cache=cache, skip_bad=True, jobs=jobs, progress=advance)
        except FolderError:  # of the cache, which is the same for all
            raise
        except UserError as error:
            left_out[str(path)] = str(error)
        else:
            found.append(Found(name, path, reader, dataset, cells))
    if not found:
        reasons = "".join(f"\n  - {path}: {why}" for path, why in left_out.items())
        raise DataError(f"there is no dataset in the paths given:{reasons}")
    return found, left_out


def _readers(path: Path) -> dict[Path, str | None]:
    """The path and its reader; or the folders in it and theirs, where one of them at least has any."""
    reader = reader_of(path)
    inner = {child: reader_of(child) for child in folders_in(path)} if reader is None else {}
    return inner if any(inner.values()) else {path: reader}


def _free_name(path: Path, taken: Sequence[str]) -> str:
    """A word made of the folder's or the file's name, that no other dataset has."""
    named = Path(os.path.abspath(path))  # noqa: PTH100 - `..` is taken away, links stay
    stem = named.parent.name if named.is_file() and named.stem in ("manifest", "metadata", "meta") else named.stem
    word = re.sub(r"\W+", "_", stem if named.is_file() else named.name).strip("_") or "dataset"
    numbered = (word, *(f"{word}_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in numbered if name not in taken)
