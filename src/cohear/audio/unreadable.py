"""The error for audio that cannot be decoded."""

from __future__ import annotations

from pathlib import Path

from cohear.base.errors import DataError


class UnreadableAudio(DataError):
    """A clip that cannot be decoded.

    Args:
        path: the audio file.
        reason: one clause.
        kind: ``missing``, ``empty``, ``truncated``, ``not-finite`` or ``unreadable``.
    """

    def __init__(self, path: Path, reason: str, kind: str = "unreadable") -> None:
        super().__init__(path, reason, kind)  # all, so that the error survives pickling
        self.path = path
        self.reason = reason
        self.kind = kind

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class NoDecoder(UnreadableAudio):
    """A file in a form that nothing here decodes; another program may."""
