"""Libsndfile's files, opened and read without its notes, its seeks and its words."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from cohear.audio.content import Content, FilePiece, PiecedFile
from cohear.audio.quiet import quiet_libraries
from cohear.audio.unreadable import UnreadableAudio

_NO_FORM = {
    "channel count is zero": "its header states no channel",
    "sf_info struct incomplete": "its header states no rate",
}
"""Libsndfile's words for headers that no sound has, and ours."""


_UNKNOWN = ("not recognised", "unknown format", "unsupported", "unimplemented", "'fmt '", "does not exist")
"""In its words for what it does not know; it says that a file does not exist where libmpg123 finds no frame in it."""


class UnknownFormat(Exception):
    """Libsndfile does not know a file's format or codec; the message is its own."""


class _Forward(soundfile.SoundFile):  # type: ignore[misc]  # it has no types
    """Goes on where it is.

    Soundfile seeks after each read of a file that can be gone about in, to where it is already. That costs time, and
    in an MP3 file it throws away what the next frames need: two of them were noise, once every minute.
    """

    def seekable(self) -> bool:
        """Soundfile need not go anywhere by itself; `seek` works all the same."""
        return False


class SoundFile:
    """A file that libsndfile has open.

    Args:
        content: the file on disk, open as long as this is.
        source: where to find it: by its name, by its descriptor (None), or pieces of it.

    Raises:
        UnknownFormat: libsndfile knows no such format.
        UnreadableAudio: it is damaged.
        MemoryError: there is none left.
    """

    def __init__(self, content: Content, source: Path | Sequence[FilePiece] | None) -> None:
        self._content = content
        opened: int | Path | PiecedFile
        if source is None:
            opened = content.descriptor
            os.lseek(opened, 0, os.SEEK_SET)  # libsndfile takes what is behind the place it finds
        else:
            opened = source if isinstance(source, Path) else PiecedFile(content, source)
        try:
            with quiet_libraries():
                self._file = _Forward(opened, closefd=False)
        except soundfile.LibsndfileError as error:
            if _is_unknown(error):
                raise UnknownFormat(_words(error)) from error
            raise self._damaged(error) from error
        self.rate: int = self._file.samplerate
        self.channels: int = self._file.channels
        self.frames: int = self._file.frames
        self.is_bounded: bool = self._file.subtype.startswith("PCM_")

    def fill(self, block: NDArray[np.float32]) -> int:
        """Read into an array ``[frames, channels]``; returns how many frames there were."""
        try:
            with quiet_libraries():
                return int(self._file.buffer_read_into(block, "float32"))
        except soundfile.SoundFileError as error:
            raise self._damaged(error) from error

    def seek(self, frame: int) -> None:
        """Go to a frame."""
        try:
            with quiet_libraries():
                self._file.seek(frame)
        except soundfile.SoundFileError as error:
            raise self._damaged(error) from error

    def close(self) -> None:
        """Free what libsndfile holds."""
        self._file.close()

    def _damaged(self, error: Exception) -> UnreadableAudio:
        words = _words(error)
        if "alloc" in words.lower():
            raise MemoryError from error
        if reason := next((ours for theirs, ours in _NO_FORM.items() if theirs in words.lower()), None):
            return UnreadableAudio(self._content.path, reason)
        return UnreadableAudio(self._content.path, f"it is cut short or damaged ({words})", "truncated")


def _is_unknown(error: soundfile.LibsndfileError) -> bool:
    words = _words(error).lower()
    return any(sign in words for sign in _UNKNOWN)


def _words(error: Exception) -> str:
    words = str(getattr(error, "error_string", error)).removeprefix("Error : ").strip(" .")
    return "its end is not there" if "psf_fseek" in words else words
