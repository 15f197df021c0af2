"""Opens a file with the decoder that reads it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import soundfile

from cohear.audio.content import Content
from cohear.audio.decoder import Decoder
from cohear.audio.ffmpeg import EXTRA, FfmpegDecoder
from cohear.audio.flac import whole_structure
from cohear.audio.formats import Format, format_of, structure_of
from cohear.audio.libsndfile import LibsndfileDecoder
from cohear.audio.mpeg import MPEG, mpeg_structure
from cohear.audio.placeholders import IS_TEXT, placeholder
from cohear.audio.sound_file import UnknownFormat
from cohear.audio.structure import PLAIN, Structure
from cohear.audio.unreadable import NoDecoder, UnreadableAudio
from cohear.base.files import is_settled

_LARGE_BYTES = 1 << 20  # the structure of a larger file is kept, as it may have many clips in it
_MOST_KEPT = 256

_kept: dict[tuple[int, ...], tuple[Format | None, Structure]] = {}


@contextmanager
def open_decoder(path: Path) -> Iterator[Decoder]:
    """Open an audio file.

    Raises:
        UnreadableAudio: it cannot be decoded, now or when it is read; says why.
    """
    try:
        with _decoder_of(path) as decoder:
            yield decoder
    except MemoryError as error:
        raise UnreadableAudio(path, "it needs more memory than there is") from error


@contextmanager
def _decoder_of(path: Path) -> Iterator[Decoder]:
    try:
        # opening a pipe would wait for who writes into it
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:  # ValueError: a name with a zero in it
        raise _not_opened(path, error) from error
    try:
        try:
            decoder = _decoder(_content(path, descriptor))
        except OSError as error:
            raise _not_opened(path, error) from error
        try:
            yield decoder
        finally:
            decoder.close()
    finally:
        os.close(descriptor)


def decoders() -> str:
    """The decoders that are here, and their versions: what the samples of lossy formats depend on."""
    found = f"libsndfile-{soundfile.__libsndfile_version__}"
    try:
        return f"{found}-av-{version('av')}"
    except PackageNotFoundError:
        return found


def _content(path: Path, descriptor: int) -> Content:
    """The file, where it is one that may hold audio."""
    status = os.fstat(descriptor)
    if stat.S_ISDIR(status.st_mode):
        raise UnreadableAudio(path, "it is a folder, not an audio file")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableAudio(path, "it is a pipe or a device, not an audio file")
    if not status.st_size:
        raise UnreadableAudio(path, "the file is empty (0 bytes)", "empty")
    return Content(path, descriptor, status)


def _decoder(content: Content) -> Decoder:
    found, structure = _examined(content)
    if found is not None and found.is_foreign:
        return _by_ffmpeg(content, found, structure)
    try:
        return LibsndfileDecoder(content, structure)
    except UnknownFormat as error:
        if found is not None and found.demuxer:
            return _by_ffmpeg(content, found, structure)
        return _last_try(content, error)
    except UnreadableAudio:
        if reason := placeholder(content):
            raise UnreadableAudio(content.path, *reason) from None
        raise


def _last_try(content: Content, error: UnknownFormat) -> Decoder:
    """MPEG audio behind something else, as recordings of broadcasts are; what the name tells; else the error."""
    if content.path.suffix.lower() == ".raw":
        raise UnreadableAudio(content.path, "raw samples do not tell their rate and form; make it a WAV file")
    reason = placeholder(content)
    may_be_mpeg = reason is None or reason[0] == IS_TEXT  # what a server says of a stream is text in front of it
    structure = mpeg_structure(content, is_sure=False) if may_be_mpeg else PLAIN
    if reason and structure is PLAIN:
        raise UnreadableAudio(content.path, *reason) from error
    try:
        if structure is PLAIN:
            return LibsndfileDecoder(content, MPEG, by_name=True)
        return LibsndfileDecoder(content, structure)
    except UnknownFormat:
        raise UnreadableAudio(content.path, "its content is not audio in a format that can be decoded") from error


def _by_ffmpeg(content: Content, found: Format, structure: Structure) -> Decoder:
    if not found.demuxer:
        raise NoDecoder(content.path, f"it is {found.name}, which cannot be decoded; make it a WAV or FLAC file")
    try:
        return FfmpegDecoder(content, found.demuxer, structure.oddities)
    except ImportError as error:
        cure = f"pip install 'cohear[{EXTRA}]', or make it a WAV or FLAC file"
        raise NoDecoder(content.path, f"it is {found.name} in a form that needs PyAV: {cure}") from error


def _examined(content: Content) -> tuple[Format | None, Structure]:
    """What the file is, and where its audio is; of large files that is kept."""
    known = _kept.get(content.state)
    if known is None:
        found = format_of(content)
        structure = structure_of(content, found)
        if structure.may_go_on and content.size >= _LARGE_BYTES:
            structure = whole_structure(content)
        known = (found, structure)
        if content.size >= _LARGE_BYTES and is_settled(*content.changed_ns):
            if len(_kept) >= _MOST_KEPT:
                _kept.clear()
            _kept[content.state] = known
    return known


def _not_opened(path: Path, error: Exception) -> UnreadableAudio:
    """The reason behind an error of the operating system."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return UnreadableAudio(path, "there is no such file", "missing")
    return UnreadableAudio(path, f"it cannot be read ({getattr(error, 'strerror', None) or error})")
