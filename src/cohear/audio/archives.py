"""Sound that is packed: how many audio files an archive holds, by the names that it lists."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from cohear.audio.suffixes import AUDIO_SUFFIXES, VIDEO_SUFFIXES

ARCHIVE_SUFFIXES = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz", ".7z", ".rar")
_LISTED = (".zip", ".tar")


def is_archive(file: Path) -> bool:
    """Whether a file's name says that it is an archive."""
    return file.name.lower().endswith(ARCHIVE_SUFFIXES)


def packed_audio(file: Path) -> int | None:
    """How many audio files an archive names; None where that cannot be told without unpacking it, or it is damaged."""
    if not file.name.lower().endswith(_LISTED):
        return None
    try:
        names = _names(file)
    except (OSError, tarfile.TarError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    return sum(map(_is_audio, names))


def _names(file: Path) -> list[str]:
    if file.suffix.lower() == ".zip":
        with zipfile.ZipFile(file) as archive:
            return archive.namelist()
    with tarfile.open(file, "r:") as tar:
        return tar.getnames()


def _is_audio(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() in AUDIO_SUFFIXES | VIDEO_SUFFIXES and not path.name.startswith(".")
