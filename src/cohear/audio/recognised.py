"""Which files are audio: by the ends of their names, and by their first bytes where names say nothing of it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from cohear.audio.no_samples import HEAD_BYTES, sound_file_in
from cohear.audio.suffixes import AUDIO_SUFFIXES, OTHER_SUFFIXES, VIDEO_SUFFIXES

FileKind = Literal["audio", "video", "leftover", "other"]
_LEFT_BEHIND = (".bak", ".crdownload", ".old", ".orig", ".part", ".tmp")
_WITH_PICTURES = ("AVI", "FLV", "MP4 (M4A)", "QuickTime", "WebM or Matroska", "MPEG program stream", "RealMedia")


def file_kind(file: Path) -> FileKind:
    """What a file is: sound alone, perhaps pictures too, sound that a copy or download left behind, or something else.

    What begins with a dot is some system's own (``._a.wav``). A file is opened only where its name ends on nothing that
    is known (``a``, ``a.sph``, ``a.wav.1``).
    """
    suffix = file.suffix.lower()
    if file.name.startswith(".") or suffix in OTHER_SUFFIXES:
        return "other"
    if suffix in AUDIO_SUFFIXES:
        return "audio"
    if suffix in VIDEO_SUFFIXES:
        return "video"
    found = _content(file)
    if not found:
        return "other"
    return "leftover" if suffix in _LEFT_BEHIND else "video" if found in _WITH_PICTURES else "audio"


def _content(file: Path) -> str:
    """The format that the first bytes tell; empty where they tell none, or where the file cannot be read."""
    try:
        if not file.is_file():  # a pipe would be waited for
            return ""
        with file.open("rb") as opened:
            return sound_file_in(opened.read(HEAD_BYTES))
    except OSError:
        return ""
