"""Which column of a table names the audio files, and their names below the dataset's folder."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path, PurePosixPath

import pandas as pd

from cohear.audio.suffixes import AUDIO_SUFFIXES, VIDEO_SUFFIXES

AUDIO_COLUMNS = (  # noqa: SIM905 - easier to read than a line each
    "path file_name filename file fname audio_filepath audio_file audio_path audio_filename filepath file_path "
    "slice_file_name wav_file wav_path wav_filename wav audio mp3_path clip_path clip recording sound_file"
).split()
"""Names of columns that name audio files, the surest one first; small and capital letters, spaces and hyphens aside."""

NEMO = "audio_filepath"
_LOOKED_AT = 50  # rows that say which column is meant


def audio_column(columns: Sequence[str], rows: pd.DataFrame | None = None) -> str | None:
    """The column that names audio files; None where none does by its name.

    Args:
        columns: of a table.
        rows: the table, where it is read: of several columns that could be meant, one whose cells end as names of
            audio files do is taken.
    """
    named = [column for known in AUDIO_COLUMNS for column in columns if re.sub(r"[\s-]+", "_", column.lower()) == known]
    if rows is None or "path" in named[:1]:
        return named[0] if named else None
    sure = (column for column in named if any(is_audio_name(cell) for cell in rows[column][:_LOOKED_AT]))
    return next(sure, named[0] if named else None)


def with_audio_paths(rows: pd.DataFrame, column: str, root: Path, folder: Path) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """A table whose column ``path`` is relative to the dataset's folder.

    Absolute names and such that climb are made relative where they stay below it; others are left for the clip table
    to refuse.

    Args:
        rows: the table.
        column: names the audio files.
        root: the dataset's folder.
        folder: the table's own, in or below it.

    Returns:
        The rows, and what was made of them, a clause each.
    """
    remarks = [] if column == "path" else [f"its column {column!r} is taken for the names of audio files"]
    own = "" if folder == root else folder.relative_to(root).as_posix()
    rest = rows.rename(columns={column: "path"})
    if column.lower() == NEMO and {"offset", "duration"} <= set(rest.columns) and not {"start", "end"} & set(rest):
        rest["start"], rest["end"] = _segments(rest["offset"], rest["duration"])
        remarks.append("its columns offset and duration are taken for the part of a file that a clip is")
    rest["path"] = [inside(str(cell), root, own) for cell in rows[column]]
    return rest.astype(object), tuple(remarks)


def inside(name: str, root: Path, own: str = "") -> str:
    """A file's name below the root; as it is where that is not where it leads.

    Args:
        name: absolute, or relative to the table's folder.
        root: the dataset's folder.
        own: the table's folder below the root; nothing where it is the root.
    """
    if not name or "\0" in name:
        return name
    if name.startswith("/"):
        for base in dict.fromkeys((os.path.abspath(root), os.path.realpath(root))):  # noqa: PTH100 - links stay
            if os.path.commonpath([base, os.path.normpath(name)]) == base:
                return os.path.relpath(os.path.normpath(name), base)
        return name
    joined = f"{own}/{name}" if own else name
    if ".." not in PurePosixPath(name).parts:
        return joined
    plain = os.path.normpath(joined)
    return name if plain.split("/")[0] in ("..", ".") else plain


def is_audio_name(cell: object) -> bool:
    """Whether a cell ends as names of audio files do."""
    return PurePosixPath(str(cell)).suffix.lower() in AUDIO_SUFFIXES | VIDEO_SUFFIXES


def _segments(offsets: Sequence[str], durations: Sequence[str]) -> tuple[list[str], list[str]]:
    """Start and end of each clip, exact in their digits; what is no number stays, and the clip table refuses it."""
    ends = []
    for offset, duration in zip(offsets, durations, strict=True):
        try:
            ends.append(str(Decimal(offset or "0") + Decimal(duration)) if duration else "")
        except InvalidOperation:
            ends.append(duration)
    return list(offsets), ends
