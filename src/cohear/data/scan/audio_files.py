"""Which files of a folder are audio, in an order that does not depend on the disk."""

from __future__ import annotations

from pathlib import Path

from cohear.audio.suffixes import AUDIO_SUFFIXES, VIDEO_SUFFIXES
from cohear.base.errors import DataError


def is_audio(file: Path) -> bool:
    """Whether a file's name says that it is audio; what begins with a dot is some system's own (``._a.wav``)."""
    return file.suffix.lower() in AUDIO_SUFFIXES and not file.name.startswith(".")


def audio_files(folder: Path, *, videos: bool = False) -> list[Path]:
    """The audio files that lie in a folder itself, by name; none where it is no folder.

    Args:
        folder: where they are.
        videos: also files that may hold pictures beside the sound (``.mp4``, ``.webm``), but for those that lie beside
            an audio file of the same name: they are the same recording twice.

    Raises:
        DataError: the folder may not be read.
    """
    entries = _entries(folder)
    if not videos:
        return [file for file in entries if is_audio(file)]
    heard = {file.stem for file in entries if is_audio(file)}
    return [file for file in entries if is_audio(file) or (_is_video(file) and file.stem not in heard)]


def _is_video(file: Path) -> bool:
    return file.suffix.lower() in VIDEO_SUFFIXES and not file.name.startswith(".")


def folders_in(folder: Path) -> list[Path]:
    """The folders in a folder, by name, hidden ones left out; none where it is no folder.

    Raises:
        DataError: the folder may not be read.
    """
    return [child for child in _entries(folder) if not child.name.startswith(".") and child.is_dir()]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise DataError(f"cannot look into {folder}: {error.strerror}") from error
