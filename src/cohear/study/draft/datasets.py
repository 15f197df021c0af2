"""The datasets behind the paths that ``cohear init`` is given."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cohear.audio.unused import Unused
from cohear.base.errors import DataError, FolderError, UserError
from cohear.data.readers import Published, public_layouts
from cohear.data.scan.dataset import Dataset, open_dataset
from cohear.data.scan.unused import unused_files
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.folder_groups import folder_groups
from cohear.data.tables.label_cells import USUAL_CELLS, LabelCells, proposed_cells
from cohear.data.tables.name_groups import NameGroups, name_groups, with_name_groups
from cohear.data.tables.reader import read_clip_table
from cohear.data.tables.targets import label_columns, says_groups
from cohear.study.draft.places import DatasetPlaces, dataset_places, why_refused
from cohear.study.launch.progress import Progress


@dataclass(frozen=True)
class Found:
    """A dataset that can be used.

    Attributes:
        name: for the study.
        path: as given.
        reader: which reader reads it.
        dataset: its clips whose audio can be read.
        cells: how it writes several labels a clip, where not as clip tables do.
        groups: what folders or the names of its files tell of groups, where nothing else does.
        unused: what lies in its folder and is not used.
    """

    name: str
    path: Path
    reader: str
    dataset: Dataset
    cells: LabelCells = USUAL_CELLS
    groups: NameGroups | None = None
    unused: Sequence[Unused] = ()

    @property
    def published(self) -> Published | None:
        """What is known of it, where its layout is a public one."""
        layout = public_layouts().get(self.reader)
        return layout.published if layout else None


def find_datasets(
    paths: Sequence[Path], *, cache: Path, jobs: int | None, progress: Progress
) -> tuple[list[Found], DatasetPlaces]:
    """Read and scan whatever the paths hold.

    `dataset_places` tells which folders these are.

    Returns:
        The datasets, and where they were found; of every path that is none, why.

    Raises:
        DataError: a path does not exist, or nothing at all can be used.
        FolderError: the cache cannot be written.
    """
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise DataError(f"{missing[0]} does not exist" + (f" ({len(missing)} such paths)" if missing[1:] else ""))
    places = dataset_places(paths)
    left_out = places.left_out
    found: list[Found] = []
    tables: dict[str, tuple[Path, ClipTable]] = {}
    for path, reader in places.readers.items():
        name = _free_name(path, [known.name for known in found])
        try:
            table, cells, groups = _as_proposed(read_clip_table(path, name, reader).by_clip(), reader)
            with progress.stage(f"scan {name}") as advance:
                dataset = open_dataset(table, cache=cache, skip_bad=True, jobs=jobs, progress=advance)
        except FolderError:  # of the cache, which is the same for all
            raise
        except UserError as error:
            left_out[str(path)] = why_refused(path, error)
        else:
            tables[name] = (path, table)
            found.append(Found(name, path, reader, dataset, cells, groups))
    if not found:
        reasons = "".join(f"\n  - {path}: {why}" for path, why in left_out.items())
        raise DataError(f"there is no dataset in the paths given:{reasons}")
    unused = unused_files(tables)
    return [replace(known, unused=unused[known.name]) for known in found], places


def _as_proposed(table: ClipTable, reader: str) -> tuple[ClipTable, LabelCells, NameGroups | None]:
    """A table with what its cells, folders and the names of its files look like; of public layouts all is known."""
    if reader in public_layouts():
        return table, USUAL_CELLS, None
    cells = proposed_cells(table)
    table = cells.applied(table)
    if any(map(says_groups, map(str, table.rows.columns))):
        return table, cells, None
    targets, _ = label_columns(table)
    labels = table.column(targets[0], table.name) if targets else [""] * len(table)
    groups = _told_groups(table.column("path", table.name), labels)
    if groups is not None and groups.is_sure:
        table = with_name_groups(table, groups.pattern)
    return table, cells, groups


def _told_groups(paths: Sequence[str], labels: Sequence[str]) -> NameGroups | None:
    """What folders or names of files tell of groups, a sure sign first."""
    told = [groups for groups in (folder_groups(paths, labels), name_groups(paths, labels)) if groups is not None]
    return next((groups for groups in told if groups.is_sure), told[0] if told else None)


def _free_name(path: Path, taken: Sequence[str]) -> str:
    """A word made of the folder's or the file's name, that no other dataset has."""
    named = Path(os.path.abspath(path))  # noqa: PTH100 - `..` is taken away, links stay
    stem = named.parent.name if named.is_file() and named.stem in ("manifest", "metadata", "meta") else named.stem
    word = re.sub(r"\W+", "_", stem if named.is_file() else named.name).strip("_") or "dataset"
    numbered = (word, *(f"{word}_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in numbered if name not in taken)
