"""Which files of a folder are audio, in an order that does not depend on the disk."""

from __future__ import annotations

from pathlib import Path

from cohear.base.errors import DataError

AUDIO_SUFFIXES = frozenset(
    {".aif", ".aifc", ".aiff", ".au", ".caf", ".flac", ".mp3", ".oga", ".ogg", ".opus", ".snd", ".w64", ".wav"}
)


def is_audio(file: Path) -> bool:
    """Whether a file's name says that it is audio; what begins with a dot is some system's own (``._a.wav``)."""
    return file.suffix.lower() in AUDIO_SUFFIXES and not file.name.startswith(".")


def audio_files(folder: Path) -> list[Path]:
    """The audio files that lie in a folder itself, by name; none where it is no folder.

    Raises:
        DataError: the folder may not be read.
    """
    return [file for file in _entries(folder) if is_audio(file)]


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
