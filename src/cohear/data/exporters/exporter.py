"""What every exporter does: audio into a new folder, then a table of its own beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

import pandas as pd
import soundfile

from cohear.audio.decode import decode
from cohear.base.errors import DataError, FolderError
from cohear.base.files import folder_whole_or_not_at_all, make_folder
from cohear.base.registry import Registry
from cohear.data.scan.dataset import check_links
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.events import LabelledEvent

Exporter = Callable[[ClipTable, Sequence[LabelledEvent], Path], None]
"""Writes tables into a folder in which the audio already lies: the clips, and their events if there are any."""

EXPORTERS: Registry[Exporter] = Registry("export layout")


def export_table(table: ClipTable, layout: str, folder: Path, events: Sequence[LabelledEvent] = ()) -> None:
    """Write a dataset anew, whole or not at all: its audio and its tables.

    Files are copied as they are. A clip that is a part of a file is cut out and written as mono WAV of 32-bit
    floating-point numbers at the file's own rate, so that it decodes to the same samples.

    Args:
        table: the clips.
        layout: name of an exporter.
        folder: where to; must not be there yet, or be empty.
        events: events in the clips' files, by path.

    Raises:
        DataError: a clip cannot be read, or a name cannot be written in this layout.
        FolderError: the folder holds something, or cannot be written.
    """
    write = EXPORTERS[layout]
    check_links(table)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderError(f"{folder} is there and not empty; name a new folder")
    segments = "start" in table.rows.columns or "end" in table.rows.columns
    if events and segments:
        raise DataError(
            f"dataset {table.name!r}: its clips are parts of files, so events of whole files do not fit them"
        )
    make_folder(folder.parent)
    with folder_whole_or_not_at_all(folder) as new:
        paths = [_write_clip(table, row, new) for row in range(len(table))]
        rows = table.rows.drop(columns=["start", "end"], errors="ignore").assign(path=paths)
        moved = ClipTable(table.name, new, rows.astype(object), table.about)
        write(moved, events, new)


def write_cells(rows: pd.DataFrame, file: Path, *, tabs: bool = False) -> None:
    """Write text cells as CSV, or with tabs between and nothing quoted.

    Raises:
        DataError: a cell holds a tab or the end of a line, which the latter cannot say.
    """
    if not tabs:
        rows.to_csv(file, index=False, lineterminator="\n", encoding="utf-8")
        return
    lines = [list(map(str, rows.columns)), *(list(map(str, line)) for line in rows.to_numpy())]
    for cell in (cell for line in lines for cell in line):
        if len(cell.splitlines()) > 1 or cell.strip() != cell or "\t" in cell:
            raise DataError(f"{cell!r} cannot be written with tabs: it holds a tab, an end of line or space around it")
    file.write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")


def _write_clip(table: ClipTable, row: int, folder: Path) -> str:
    """Put a clip's audio into the folder; returns its path there."""
    segment = table.take([row]).segments()[0]
    path = PurePosixPath(str(table.rows["path"].iloc[row]))
    if segment.start is None and segment.end is None:
        target = folder / path
        make_folder(target.parent)
        try:
            source = segment.path.open("rb")
        except OSError as error:
            raise DataError(f"dataset {table.name!r}: cannot read {segment.path}: {error.strerror}") from error
        with source, target.open("wb") as file:
            shutil.copyfileobj(source, file)
        return path.as_posix()
    end = "end" if segment.end is None else f"{segment.end:g}"
    cut = path.with_name(f"{path.stem}_{segment.start or 0:g}-{end}.wav")
    audio = decode(segment)
    make_folder((folder / cut).parent)
    soundfile.write(folder / cut, audio.samples, audio.rate, subtype="FLOAT")
    return cut.as_posix()
