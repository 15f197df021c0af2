"""Ambient Acoustic Contexts: one-second pieces of AudioSet segments, with a file of labels each or in clip lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with, youtube
from cohear.data.scan.audio_files import audio_files, folders_in, is_audio
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import bare_csv_lines, read_csv

LISTS = {"train.csv": "train", "validation.csv": "validation", "valid.csv": "validation", "test.csv": "test"}
SEGMENT = re.compile(r"id_(?P<video>[\w-]{11})_\d+_\d+")
_SEGMENT_COLUMNS = ("segment", "segment_id", "speaker_id")
_LABEL_COLUMNS = ("label", "display_name", "class")
_FILE_COLUMNS = ("file", "file_name", "filename", "path", "clip", "audio")


class AmbientContexts(PublicLayout):
    """``audioset_1sec/id_-kyuX8l4VWY_30_40/a.wav`` and beside it ``a_labels.txt``, as in the publisher's archive.

    The folder is the AudioSet segment (video, from, to). A line of ``a_labels.txt`` is a label's number in AudioSet,
    its identifier and its name (``71,/m/07qfr4h,"Hubbub, speech noise, speech babble"``); ``None of the above`` is a
    label, and a clip without the file has none.

    The archive is hard to find now, and copies give lists instead. What is read of them is a convention, not a
    published layout: ``train.csv``, ``test.csv`` or ``clips.csv`` with the columns ``segment`` (or ``speaker_id``, as a
    copy calls it), ``file`` and ``label``, where the file lies in the segment's folder or has the segment in its own
    path. Copies keep the quotes around labels, and some cut labels at a comma (``"Female speech``); the quotes are no
    part of them. A folder that has lists is read by its lists.

    Pieces of one segment are one group, and one source with AudioSet.
    """

    name: ClassVar[str] = "ambient_contexts"
    published: ClassVar[Published] = Published(
        title="Ambient Acoustic Contexts",
        licence="unknown; the audio belongs to the uploaders of the videos",
        citation="C. Y. Park et al., Augmenting Conversational Agents with Ambient Acoustic Contexts, MobileHCI 2020",
        homepage="https://www.esense.io/datasets/ambientacousticcontext/",
        place="audioset_1sec/id_-kyuX8l4VWY_30_40/*.wav with *_labels.txt beside them, as in audioset_1sec_v1.tar.gz; "
        "or train.csv and test.csv (or clips.csv) with columns segment, file and label beside such folders",
        tasks={"context": "24 sounds of a workplace, or none of them; several a clip"},
        size="tens of thousands of clips of 1 s",
        domain="environment",
        flaws="Pieces of one segment sound alike, and segments are those of AudioSet. Lists are read by a convention "
        "of this reader, since the publisher gives none.",
    )

    def find(self, path: Path) -> Path | None:
        """Where a list and folders or files named by segments are, or folders of segments that hold labels."""
        for name in (*LISTS, "clips.csv"):
            root = folder_with(path, name)
            if root and any(
                SEGMENT.match(file.name) for place in _places(root) for file in folders_in(place) + audio_files(place)
            ):
                return root
        return next((root for root in (path, *folders_in(path)) if any(_labelled(root))), None)

    def rows(self, root: Path) -> list[ClipRow]:
        """The clips of all lists, or of all folders where there are no lists."""
        if not any((root / name).is_file() for name in (*LISTS, "clips.csv")):
            return [row for folder, segment in _segments(root) for row in _clips(root, folder, segment)]
        lists = {name: part for name, part in LISTS.items() if (root / name).is_file()} or {"clips.csv": ""}
        rows = []
        for name, part in lists.items():
            table = read_csv(root / name, root)
            label = _column(root / name, table.columns, _LABEL_COLUMNS)
            file = _column(root / name, table.columns, _FILE_COLUMNS)
            segment = next((column for column in _SEGMENT_COLUMNS if column in table.columns), None)
            for number, clip in table.iterrows():
                name_of_clip = str(clip[segment]) if segment else str(clip[file])
                found = SEGMENT.search(name_of_clip)
                if found is None:
                    raise DataError(
                        f"{root / name}: row {int(str(number)) + 1} names no segment such as id_VIDEO_30_40"
                    )
                row = _row(_path(root, found[0], str(clip[file])), str(clip[label]).strip().strip('"').strip(), found)
                rows.append({**row, "fold": part} if part else row)
        return rows


def _row(path: str, context: str, segment: re.Match[str]) -> ClipRow:
    return {"path": path, "context": context, "group": segment[0], "source_id": youtube(segment["video"])}


def _segments(root: Path) -> Iterator[tuple[Path, re.Match[str]]]:
    """Folders named by a segment, and the parts of their names."""
    for folder in folders_in(root):
        if segment := SEGMENT.fullmatch(folder.name):
            yield folder, segment


def _labelled(root: Path) -> Iterator[Path]:
    """Clips that have a file of labels beside them."""
    return (clip for folder, _ in _segments(root) for clip in audio_files(folder) if _labels_of(clip).exists())


def _labels_of(clip: Path) -> Path:
    return clip.with_name(f"{clip.stem}_labels.txt")


def _clips(root: Path, folder: Path, segment: re.Match[str]) -> Iterator[ClipRow]:
    """The clips of a segment with their labels.

    Raises:
        DataError: a file of labels has a line of another form.
    """
    for clip in audio_files(folder):
        file = _labels_of(clip)
        lines = bare_csv_lines(file, root) if file.exists() else []
        odd = next((line for line in lines if len(line) != 3), None)
        if odd is not None:
            raise DataError(f"{file}: a line has {len(odd)} cells, not number, identifier and label")
        labels = dict.fromkeys(line[2].strip() for line in lines)
        yield _row(clip.relative_to(root).as_posix(), ";".join(labels), segment)


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
