"""Text files as they come: UTF-8, UTF-16 as spreadsheets save it, and the single-byte codings of old ones."""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass
from pathlib import Path

from cohear.base.errors import DataError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),  # begins as UTF-16 does, so it is asked for first
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_SINGLE_BYTE = (("latin-1", "Latin-1"), ("cp1252", "Windows-1252"))
_CONTROLS = frozenset(map(chr, (*range(9), *range(14, 32), *range(127, 160)))) - {"\x1a", "\x1b"}


@dataclass(frozen=True)
class DecodedText:
    """A file's text; line ends inside it stay what they are.

    Attributes:
        text: what it says.
        coding: how it was written, in words (``UTF-8``, ``UTF-16``, ``Latin-1``…).
    """

    text: str
    coding: str

    @property
    def remarks(self) -> tuple[str, ...]:
        """What its reader should know: a single-byte coding is never stated by a file, so it is a guess."""
        if self.coding.startswith("UTF"):
            return ()
        return (f"it is not UTF-8 and was read as {self.coding}; save it as UTF-8 if its letters look wrong",)


def read_text(file: Path, root: Path | None = None) -> str:
    """The text of a file whose coding is certain.

    Args:
        file: the file.
        root: the dataset's folder, which a link may not leave; by default the file's own.

    Raises:
        DataError: it is neither UTF-8 nor UTF-16, cannot be read, or is a link that leads out of the root.
    """
    content = _content(file, root)
    try:
        return _certain(content).text
    except UnicodeDecodeError as error:
        raise DataError(f"{file} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error


def decode_text(file: Path, root: Path | None = None) -> DecodedText:
    """The text of a file that somebody made: what is not UTF-8 is taken for Latin-1, and that can be told.

    Raises:
        DataError: it is no text, or as `read_text`.
    """
    content = _content(file, root)
    try:
        return _certain(content)
    except UnicodeDecodeError as error:
        guessed = _single_byte(content)
        if guessed is None:
            raise DataError(f"{file} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
        return guessed


def refuse_odd_file(file: Path, root: Path) -> None:
    """Raise DataError where a symbolic link leads out of a dataset's folder, or where a pipe would be waited for."""
    real_root = os.path.realpath(root)
    if os.path.commonpath([real_root, os.path.realpath(file)]) != real_root:
        raise DataError(f"{file} is a link that leaves the dataset's folder; put the file itself there")
    if file.exists() and not file.is_file():
        raise DataError(f"{file} is not a plain file")


def _content(file: Path, root: Path | None) -> bytes:
    refuse_odd_file(file, root or file.parent)
    try:
        return file.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from error


def _certain(content: bytes) -> DecodedText:
    """Raises UnicodeDecodeError where no mark and no rule of the coding says what it is."""
    for mark, codec, name in _MARKS:
        if content.startswith(mark):
            return DecodedText(content.decode(codec), name)
    if unmarked := _unmarked_utf16(content):
        return DecodedText(content.decode(unmarked), "UTF-16")
    return DecodedText(content.decode("utf-8"), "UTF-8")


def _unmarked_utf16(content: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of its commas, line ends and Latin letters is zero."""
    if len(content) < 2 or len(content) % 2:
        return None
    low, high = content[0::2].count(0), content[1::2].count(0)
    if min(low, high) == 0 and max(low, high) > len(content) / 4:
        return "utf-16-le" if high else "utf-16-be"
    return None


def _single_byte(content: bytes) -> DecodedText | None:
    """None where it holds letters of UTF-8 too, so that it is damaged, or marks that no text has."""
    damaged = content.decode("utf-8", errors="replace")
    if any(not mark.isascii() and mark != "\ufffd" for mark in damaged):
        return None
    for codec, name in _SINGLE_BYTE:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS & set(text):
            return DecodedText(text, name)
    return None
