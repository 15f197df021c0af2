"""Which files of a folder are audio, in an order that does not depend on the disk."""

from __future__ import annotations

from pathlib import Path

from cohear.audio.recognised import file_kind
from cohear.base.walk import entries_of


def is_audio(file: Path) -> bool:
    """Whether a file's name says that it is audio, or its content where its name says nothing."""
    return file_kind(file) == "audio"


def audio_files(folder: Path, *, videos: bool = False) -> list[Path]:
    """The audio files that lie in a folder itself, by name; none where it is no folder.

    Args:
        folder: where they are.
        videos: also files that may hold pictures beside the sound (``.mp4``, ``.webm``), but for those that lie beside
            an audio file of the same name: they are the same recording twice.

    Raises:
        DataError: the folder may not be read.
    """
    kinds = {file: file_kind(file) for file in entries_of(folder)}
    heard = {file.stem for file, kind in kinds.items() if kind == "audio"}
    return [
        file
        for file, kind in kinds.items()
        if kind == "audio" or (videos and kind == "video" and file.stem not in heard)
    ]


def folders_in(folder: Path) -> list[Path]:
    """The folders in a folder, by name, hidden ones left out; none where it is no folder.

    Raises:
        DataError: the folder may not be read.
    """
    return [child for child in entries_of(folder) if not child.name.startswith(".") and child.is_dir()]
