"""Lists of the DCASE challenges: scenes (``meta.txt``, ``meta.csv``) and events, separated by tabs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import pandas as pd

from cohear.base.errors import DataError
from cohear.data.tables.audio_column import audio_column, is_audio_name
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.events import LabelledEvent
from cohear.data.tables.manifest import read_about
from cohear.data.tables.reader import READERS, Reader
from cohear.data.tables.table_files import column_names, frame, read_tsv
from cohear.data.tables.text_files import read_text

_NAMES = ("meta.csv", "meta.tsv", "meta.txt", "events.tsv")
_ENDINGS = (".csv", ".tsv", ".txt")
_OUR_NAMES = {
    "filename": "path",
    "scene_label": "scene",
    "identifier": "group",
    "source_label": "device",
    "event_label": "event",
    "event_labels": "event",
}
_LABELS = {"scene_label", "event_label", "event_labels", "onset"}
_EVENT_COLUMNS = ("filename", "onset", "offset", "event_label")
_BARE = {2: ("filename", "scene_label"), 3: ("filename", "scene_label", "identifier")}
_BARE_EVENTS = {4: _EVENT_COLUMNS, 5: ("filename", "scene_label", "onset", "offset", "event_label")}


class Dcase(Reader):
    """A list with column names (``filename, scene_label, identifier, source_label``) or without (the same order).

    Labels of events in one cell (``event_labels``) are separated by commas. A list of events (``filename, onset,
    offset, event_label``, perhaps with ``scene_label`` behind the name) gives a clip a file, with all that sounds in
    it; `read_dcase_events` gives the events themselves.
    """

    name: ClassVar[str] = "dcase"

    def recognises(self, path: Path) -> bool:
        """A list by one of the usual names in a folder, or a file ending on .tsv; no table of another kind."""
        file = path if path.suffix.lower() == ".tsv" and path.is_file() else _file(path) if path.is_dir() else None
        return file is not None and not _is_other_table(file)

    def read(self, path: Path, name: str) -> ClipTable:
        """The list's clips."""
        file = _file(path)
        if file is None:
            raise DataError(f"dataset {name!r}: {path} holds none of {', '.join(_NAMES)}")
        table = _read_list(file)
        rows = _clips_of_events(table) if "onset" in table.columns else _clips_of_scenes(table)
        return ClipTable(name, file.parent, rows, read_about(file.parent / "dataset.yaml"), tables=(file,))


READERS.register(Dcase.name)(Dcase())


def read_dcase_events(path: Path) -> list[LabelledEvent]:
    """The events of a list, in its order; lines without a label say that a file is empty, and are none.

    Raises:
        DataError: the file is no list of events.
    """
    file = _file(path)
    table = _read_list(file) if file is not None else None
    if table is None or "onset" not in table.columns:
        raise DataError(f"{path} is no list of events (filename, onset, offset, event_label, with tabs between)")
    rows = [[str(cell) for cell in row] for row in table[list(_EVENT_COLUMNS)].to_numpy()]
    return [LabelledEvent(*row) for row in rows if row[-1]]


def _file(path: Path) -> Path | None:
    if path.is_file():
        return path if path.suffix.lower() in _ENDINGS else None
    return next((path / name for name in _NAMES if (path / name).is_file()), None)


def _is_other_table(file: Path) -> bool:
    """Whether it is no list of the challenges: other columns, no tabs, or a first cell that is no file's name."""
    if file.suffix.lower() not in (".csv", ".tsv"):
        return False
    columns = column_names(file)
    first = _first_line(file).split("\t")
    if "filename" not in columns and (len(first) == 1 or not is_audio_name(first[0].strip())):
        return True
    return audio_column(columns) is not None and not ("filename" in columns and set(columns) & _LABELS)


def _read_list(file: Path) -> pd.DataFrame:
    """The list under the challenge's column names."""
    cells = [cell.strip() for cell in _first_line(file).split("\t")]
    if "filename" in cells:
        table = read_tsv(file)
        if "onset" in table.columns and not set(_EVENT_COLUMNS) <= set(table.columns):
            raise DataError(f"{file} has a column 'onset', but not all of {', '.join(_EVENT_COLUMNS)}")
        return table
    columns: Sequence[str] | None = _BARE.get(len(cells))
    if len(cells) >= 4:
        columns = _BARE_EVENTS[4] if _is_number(cells[1]) else _BARE_EVENTS[5]
    if columns is None:
        raise DataError(f"{file} is no list of DCASE: a line needs a file and a label, with a tab between")
    return read_tsv(file, columns=columns)


def _first_line(file: Path) -> str:
    return next((line for line in read_text(file).splitlines() if line.strip()), "")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _clips_of_scenes(table: pd.DataFrame) -> pd.DataFrame:
    if "event_labels" in table.columns:
        table["event_labels"] = [";".join(filter(None, map(str.strip, c.split(",")))) for c in table["event_labels"]]
    return table.rename(columns=_OUR_NAMES).astype(object)


def _clips_of_events(table: pd.DataFrame) -> pd.DataFrame:
    """A row a file, with the labels of its events in their order; none is unknown."""
    labels: dict[str, dict[str, None]] = {}
    scenes: dict[str, str] = {}
    for row in table.to_dict("records"):
        held = labels.setdefault(row["filename"], {})
        if row["event_label"]:
            held[row["event_label"]] = None
        scenes.setdefault(row["filename"], row.get("scene_label", ""))
    columns = ["path", "event", "scene"] if any(scenes.values()) else ["path", "event"]
    body = [[path, ";".join(held), scenes[path]][: len(columns)] for path, held in labels.items()]
    return frame(columns, body)
