"""A folder a class: ``dog/1.wav``, perhaps below folders of parts: ``train/dog/1.wav``."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.data.scan.audio_files import audio_files, folders_in
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.manifest import read_about
from cohear.data.tables.part_names import is_part_name
from cohear.data.tables.reader import READERS, Reader
from cohear.data.tables.table_files import frame


class ClassFolders(Reader):
    """At least two folders with audio in them; their names are the labels.

    Where every folder with audio lies in one named as a part is (``train``, ``test``, ``validation``…), that is the
    fold. Deeper folders are no labels, and audio in them is a mistake, not passed over.
    """

    name: ClassVar[str] = "class_folders"

    def recognises(self, path: Path) -> bool:
        """Two folders with audio, or two in a folder of a part."""
        return path.is_dir() and len({folder.name for _, folder in _classes(path)}) >= 2

    def read(self, path: Path, name: str) -> ClipTable:
        """Clips by part, class and name."""
        classes = _classes(path) if path.is_dir() else []
        if len({folder.name for _, folder in classes}) < 2:
            raise DataError(f"dataset {name!r}: {path} has no two folders with audio files, a folder a class")
        columns = ["path", "label", "fold"] if any(part for part, _ in classes) else ["path", "label"]
        body = [
            [file.relative_to(path).as_posix(), folder.name, part][: len(columns)]
            for part, folder in classes
            for file in _clips(name, folder)
        ]
        return ClipTable(name, path, frame(columns, body), read_about(path / "dataset.yaml"))


READERS.register(ClassFolders.name)(ClassFolders())


def _classes(path: Path) -> list[tuple[str, Path]]:
    """Part (or nothing) and folder of each class."""
    top = folders_in(path)
    parts = [folder for folder in top if is_part_name(folder.name)]
    if parts and len(parts) == len(top):
        found = [(part.name, folder) for part in parts for folder in folders_in(part) if _has_audio(folder)]
        if found:
            return found
    return [("", folder) for folder in top if _has_audio(folder)]


def _has_audio(folder: Path) -> bool:
    return bool(audio_files(folder, videos=True))


def _clips(name: str, folder: Path) -> list[Path]:
    deeper = next((child for child in folders_in(folder) if _has_audio(child)), None)
    if deeper is not None:
        raise DataError(
            f"dataset {name!r}: {deeper} lies in the folder of a class and holds audio; "
            "move it up, or write a manifest.csv"
        )
    return audio_files(folder, videos=True)
