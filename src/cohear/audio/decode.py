"""Audio files to mono samples; whatever is wrong with a file is said in one clause."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from cohear.audio.segment import Segment
from cohear.base.errors import DataError

_BLOCK_SAMPLES = 1 << 20  # decoded at a time, all channels, so that no file and no wrong header asks for all memory
_UNKNOWN_FRAMES = 1 << 60  # libsndfile gives about 2**63 where a streamed file states no length
_STREAMED_WAV_BYTES = 0x7FFFF000  # stated by writers that could not know the length: no sign of damage
_MP3_SLACK_FRAMES = 2 * 1152  # the length of an MP3 without a Xing header is an estimate
_OGG_PAGE_BYTES = 65307  # largest possible page
LOUDEST = 1e12
"""Samples of sound are about -1 to 1; the energies of ones beyond this leave the range of float32."""


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


@dataclass(frozen=True, eq=False)
class Audio:
    """Decoded audio.

    Args:
        samples: float32 ``[samples]``, the mean of the channels.
        rate: in Hz.
        channels: as in the file.
    """

    samples: NDArray[np.float32]
    rate: int
    channels: int


@dataclass(frozen=True, eq=False)
class AudioBlocks:
    """Audio that is being decoded.

    Args:
        blocks: float32 ``[samples]`` each, the mean of the channels, one after the other; at least one, none empty.
        rate: in Hz.
        channels: as in the file.
    """

    blocks: Iterator[NDArray[np.float32]]
    rate: int
    channels: int


@dataclass(frozen=True)
class AudioInfo:
    """What a file's header says; ``frames`` is None where a streamed file does not state its length."""

    rate: int
    channels: int
    frames: int | None


def read_audio(segment: Segment) -> tuple[NDArray[np.float32], int]:
    """Decode a clip to mono.

    Args:
        segment: the clip; only its own part of the file is decoded and held in memory.

    Returns:
        Float32 samples ``[samples]``, at least one, all finite; and the file's own rate in Hz.

    Raises:
        UnreadableAudio: the file or the part of it cannot be decoded; says why.
    """
    audio = decode(segment)
    return audio.samples, audio.rate


def decode(segment: Segment) -> Audio:
    """Like `read_audio`, with the number of channels.

    Raises:
        UnreadableAudio: the file or the part of it cannot be decoded; says why.
    """
    with open_blocks(segment) as audio:
        blocks = list(audio.blocks)
    return Audio(blocks[0] if len(blocks) == 1 else np.concatenate(blocks), audio.rate, audio.channels)


@contextmanager
def open_blocks(segment: Segment) -> Iterator[AudioBlocks]:
    """Open a clip and decode it a piece at a time: memory for a piece, however long the file is.

    Raises:
        UnreadableAudio: the file or the part of it cannot be decoded, now or at a later piece; says why.
    """
    path = segment.path
    try:
        with _open(path) as file:
            _refuse_cut_short(path, file)
            first, frames = _span(segment, file)
            if first:
                file.seek(first)
            yield AudioBlocks(_read(path, file, frames), file.samplerate, file.channels)
    except (soundfile.SoundFileError, OSError) as error:
        raise unreadable(path, error) from error


def audio_info(path: Path) -> AudioInfo:
    """Read a file's header.

    Raises:
        UnreadableAudio: it cannot be opened as audio; says why.
    """
    try:
        with _open(path) as file:
            frames = file.frames if file.frames < _UNKNOWN_FRAMES else None
            return AudioInfo(file.samplerate, file.channels, frames)
    except (soundfile.SoundFileError, OSError) as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> UnreadableAudio:
    """The error to raise for one of libsndfile or of the operating system."""
    return UnreadableAudio(path, *_why_not_opened(path, error))


def _open(path: Path) -> soundfile.SoundFile:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # libsndfile says what it is
        mode = stat.S_IFREG
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise UnreadableAudio(path, "it is a pipe or a device, not an audio file")  # opening it might wait for ever
    if path.suffix.lower() == ".raw":  # soundfile goes by the name
        raise UnreadableAudio(path, "raw samples do not tell their rate and form; make it a WAV file")
    return soundfile.SoundFile(path)


def _span(segment: Segment, file: soundfile.SoundFile) -> tuple[int, int]:
    """First frame of the segment and the number of its frames."""
    start = 0.0 if segment.start is None else segment.start
    if start < 0:
        raise UnreadableAudio(segment.path, f"the clip starts before the file does, at {start:g} s")
    first = round(start * file.samplerate)
    if first and first >= file.frames:
        length = file.frames / file.samplerate
        raise UnreadableAudio(
            segment.path, f"the clip starts at {start:g} s, beyond the end of the file ({length:g} s)", "empty"
        )
    if segment.end is None:
        return first, file.frames - first
    last = min(round(segment.end * file.samplerate), file.frames)
    if last <= first and file.frames:
        raise UnreadableAudio(
            segment.path, f"the clip has no samples: it starts at {start:g} s and ends at {segment.end:g} s", "empty"
        )
    return first, last - first


def _read(path: Path, file: soundfile.SoundFile, frames: int) -> Iterator[NDArray[np.float32]]:
    """The next ``frames`` frames as blocks of mono samples; fewer are an error."""
    most = max(1, _BLOCK_SAMPLES // file.channels)
    read = 0
    while read < frames:
        asked = min(most, frames - read)
        block = np.empty((asked, file.channels), np.float32)
        block = block[: file.buffer_read_into(block, "float32")]  # `read` asks libsndfile more often where it is
        read += len(block)
        mono = block[:, 0] if file.channels == 1 else _mean_of_channels(block)
        if wrong := why_no_sound(mono):
            raise UnreadableAudio(path, f"it has {wrong}", "not-finite")
        if len(mono):
            yield mono
        if len(block) < asked:
            break
    slack = _MP3_SLACK_FRAMES if file.format in ("MP3", "MPEG") else 0
    if read < frames - slack and file.frames < _UNKNOWN_FRAMES:
        raise UnreadableAudio(path, f"it is cut short: {read} of {frames} samples could be decoded", "truncated")
    if read == 0:
        raise UnreadableAudio(path, "it has no samples", "empty")


def why_no_sound(samples: NDArray[np.float32]) -> str:
    """What is wrong with samples ``[samples]`` as numbers, in words that follow "it has"; empty where nothing is."""
    largest = max(samples.max(initial=0), -samples.min(initial=0))  # NaN where one of them is
    if largest <= LOUDEST:
        return ""
    if not np.isfinite(largest):
        return "samples that are not finite numbers (NaN or infinity)"
    return f"samples as large as {largest:.0e}, which is no sound: scale them to -1..1"


def _mean_of_channels(block: NDArray[np.float32]) -> NDArray[np.float32]:
    with np.errstate(over="ignore", invalid="ignore"):  # not finite: told by who reads
        mono: NDArray[np.float32] = block.mean(axis=1, dtype=np.float32)
    return mono


def _refuse_cut_short(path: Path, file: soundfile.SoundFile) -> None:
    """Find a missing end where libsndfile believes what is left of the file instead of its header."""
    if file.format in ("WAV", "WAVEX") and "should be" in (log := file.extra_info):
        found = re.search(r"^data : (\d+) \(should be (\d+)\)", log, re.MULTILINE)
        if found and int(found[2]) < int(found[1]) < _STREAMED_WAV_BYTES:
            raise UnreadableAudio(
                path, f"it is cut short: {found[2]} of the {found[1]} bytes of samples are there", "truncated"
            )
    elif file.format == "OGG":
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - _OGG_PAGE_BYTES))
            tail = stream.read()
        page = tail[max(tail.rfind(b"OggS"), 0) :]
        # a page: 26 bytes, the number of segments, a byte of length for each of them, the segments
        if len(page) < 27 or len(page) < 27 + page[26] + sum(page[27 : 27 + page[26]]):
            raise UnreadableAudio(path, "it is cut short: its last page is not whole", "truncated")


def _why_not_opened(path: Path, error: Exception) -> tuple[str, str]:
    """The reason behind an error of libsndfile or of the operating system."""
    try:
        path.stat()
        if path.is_dir():
            return "it is a folder, not an audio file", "unreadable"
        with path.open("rb") as file:
            if not file.read(1):
                return "the file is empty (0 bytes)", "empty"
    except (FileNotFoundError, NotADirectoryError):
        return "there is no such file", "missing"
    except OSError as denied:
        return f"it cannot be read ({denied.strerror})", "unreadable"
    words = str(getattr(error, "error_string", error)).removeprefix("Error : ").strip(" .")
    if "not recognised" in words or "unknown format" in words.lower():
        return "its content is not audio in a format that libsndfile reads", "unreadable"
    return f"it is cut short or damaged ({words})", "truncated"
