"""A table that somebody wrote, with the names of its audio files made whole below the dataset's folder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from cohear.base.errors import DataError
from cohear.data.importers.audio_place import any_is_there, placed
from cohear.data.importers.by_content import table_of_clips
from cohear.data.tables.audio_column import audio_column, with_audio_paths
from cohear.data.tables.names_there import SPELLED, ClipNames
from cohear.data.tables.part_names import holds_parts
from cohear.data.tables.table_files import TableFile, read_table_file


def named_table(file: Path, root: Path, clips: ClipNames, usual: str = "") -> TableFile:
    """The table with its names of files below the root, in column ``path``; files are not looked for yet.

    Args:
        file: the table.
        root: the dataset's folder.
        clips: below the root; one for all tables of it, for the folder is looked through once.
        usual: name of the column of audio files that nobody need be told of.

    The column is known by its name or, where none has such a name, by cells that name clips which are there. Where no
    file is there by its name as it stands, names are spelled as files that are (`ClipNames`).

    Raises:
        DataError: no column names audio files, or as `read_table_file`.
    """
    table = read_table_file(file, root)
    column = audio_column(list(map(str, table.rows.columns)), table.rows)
    if column is None:
        found = table_of_clips(file, root, clips)
        if found is None:
            raise DataError(f"{file} has no column that names audio files")
        table, column = found
    rows, made = with_audio_paths(table.rows, column, root, file.parent)
    if not any_is_there(list(rows["path"]), root):
        rows, made = with_audio_paths(table.rows, column, root, root)  # names that are relative to the dataset's folder
    if not any_is_there(list(rows["path"]), root):
        names = clips.spelled(list(map(str, table.rows[column])))
        near, _ = with_audio_paths(table.rows.assign(**{column: names}), column, root, root)
        if any_is_there(list(near["path"]), root):
            return TableFile(near, (*table.remarks, *(made if column != usual else ()), SPELLED))
    return TableFile(rows, table.remarks + (made if column != usual else ()))


def placed_table(file: Path, root: Path, part: str, clips: ClipNames, usual: str = "") -> TableFile:
    """The same with names of files that are there, looked for in the folder of the part first, and what was made of it.

    Args:
        file: the table.
        root: the dataset's folder.
        part: that the table is of; nothing where it is of the whole.
        clips: see `named_table`.
        usual: see there.

    Raises:
        DataError: several folders have files of these names, or as `named_table`.
    """
    table = named_table(file, root, clips, usual)
    names, found = _placed_by_parts(table.rows, root) if not part else placed(list(table.rows["path"]), root, part)
    return TableFile(table.rows.assign(path=names).astype(object), table.remarks + found)


def _placed_by_parts(rows: pd.DataFrame, root: Path) -> tuple[list[str], tuple[str, ...]]:
    """Names of files that are there; where these alone do not say it, by the column that says parts."""
    names = [str(name) for name in rows["path"]]
    cells = {str(column): [str(cell) for cell in rows[column]] for column in rows.columns if column != "path"}
    parts = next((own for column, own in cells.items() if holds_parts(column, own)), None)
    try:
        if parts is None or len(set(names)) == len(names):
            return placed(names, root)
    except DataError:
        if parts is None:
            raise
    found: dict[str, None] = {}
    for part in dict.fromkeys(parts):
        own = [place for place, other in enumerate(parts) if other == part]
        whole, made = placed([names[place] for place in own], root, part)
        found |= dict.fromkeys(made)
        for place, name in zip(own, whole, strict=True):
            names[place] = name
    return names, tuple(found)
