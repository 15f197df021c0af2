"""Ambient Acoustic Contexts: clip lists of one-second pieces of AudioSet segments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.data.audio_files import audio_files, folders_in, is_audio
from cohear.data.reader import READERS
from cohear.data.readers.layout import PublicLayout, Published, Row, folder_with, youtube
from cohear.data.table_files import read_csv

LISTS = {"train.csv": "train", "validation.csv": "validation", "valid.csv": "validation", "test.csv": "test"}
SEGMENT = re.compile(r"id_(?P<video>[\w-]{11})_\d+_\d+")
_SEGMENT_COLUMNS = ("segment", "segment_id", "speaker_id")
_LABEL_COLUMNS = ("label", "display_name", "class")
_FILE_COLUMNS = ("file", "file_name", "filename", "path", "clip", "audio")


class AmbientContexts(PublicLayout):
    """``train.csv``, ``test.csv`` or ``clips.csv`` with the columns ``segment``, ``file`` and ``label``.

    The segment is ``id_-kyuX8l4VWY_30_40`` (video, from, to): a folder, in which ``file`` lies, or a part of
    the file's own path. Copies call the columns ``speaker_id``, ``filename`` or ``display_name`` too. Labels stand in
    quotes of their own, and some copies cut them at a comma (``"Female speech``); the quotes are no part of them.
    ``None of the above`` is a label. Pieces of one segment are one group, and one source with AudioSet.
    """

    name: ClassVar[str] = "ambient_contexts"
    published: ClassVar[Published] = Published(
        title="Ambient Acoustic Contexts",
        licence="unknown; the audio belongs to the uploaders of the videos",
        citation="C. Y. Park et al., Augmenting Conversational Agents with Ambient Acoustic Contexts, MobileHCI 2020",
        homepage="https://dl.acm.org/doi/10.1145/3379503.3403535",
        place="train.csv and test.csv (or clips.csv) with columns segment, file and label; clips in folders such as "
        "id_-kyuX8l4VWY_30_40 beside them",
        tasks={"context": "24 sounds of a workplace"},
        size="tens of thousands of clips of 1 s",
        flaws="Pieces of one segment sound alike, and segments are those of AudioSet.",
    )

    def find(self, path: Path) -> Path | None:
        """Where a list and folders or files named by segments are."""
        for name in (*LISTS, "clips.csv"):
            root = folder_with(path, name)
            if root and any(
                SEGMENT.match(file.name) for place in _places(root) for file in folders_in(place) + audio_files(place)
            ):
                return root
        return None

    def rows(self, root: Path) -> list[Row]:
        """The clips of all lists."""
        lists = {name: part for name, part in LISTS.items() if (root / name).is_file()} or {"clips.csv": ""}
        rows = []
        for name, part in lists.items():
            table = read_csv(root / name, root)
            label = _column(root / name, table.columns, _LABEL_COLUMNS)
            file = _column(root / name, table.columns, _FILE_COLUMNS)
            segment = next((column for column in _SEGMENT_COLUMNS if column in table.columns), None)
            for number, clip in table.iterrows():
                told = str(clip[segment]) if segment else str(clip[file])
                found = SEGMENT.search(told)
                if found is None:
                    raise DataError(
                        f"{root / name}: row {int(str(number)) + 1} names no segment such as id_VIDEO_30_40"
                    )
                row = {
                    "path": _path(root, found[0], str(clip[file])),
                    "context": str(clip[label]).strip().strip('"').strip(),
                    "group": found[0],
                    "source_id": youtube(found["video"]),
                }
                rows.append({**row, "fold": part} if part else row)
        return rows


def _places(root: Path) -> list[Path]:
    return [place for place in (root, root / "audio", root / "clips") if place.is_dir()]


def _column(file: Path, columns: Iterable[object], names: tuple[str, ...]) -> str:
    held = [str(column) for column in columns]
    found = next((name for name in names if name in held), None)
    if found is None:
        raise DataError(f"{file} has none of the columns {', '.join(names)}")
    return found


def _path(root: Path, segment: str, file: str) -> str:
    """Where a clip is: below its segment's folder unless the file says so itself, perhaps in audio or clips."""
    inside = file if SEGMENT.search(file) else f"{segment}/{file}"
    for place in _places(root):
        if is_audio(Path(inside)) and ".." not in inside and (place / inside).is_file():
            return (place / inside).relative_to(root).as_posix()
    return inside


READERS.register(AmbientContexts.name)(AmbientContexts())
