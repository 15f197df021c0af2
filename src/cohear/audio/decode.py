"""Audio files to mono samples; whatever is wrong with a file is said in one clause."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cohear.audio.channels import ChannelMeter
from cohear.audio.decoder import Decoder
from cohear.audio.open_file import open_decoder
from cohear.audio.segment import Segment
from cohear.audio.unreadable import UnreadableAudio

__all__ = [
    "LOUDEST",
    "Audio",
    "AudioBlocks",
    "AudioInfo",
    "UnreadableAudio",
    "audio_info",
    "audio_seconds",
    "decode",
    "open_blocks",
    "open_decoder",
    "read_audio",
    "why_no_sound",
]

_BLOCK_SAMPLES = 1 << 20  # decoded at a time, all channels, so that no file and no wrong header asks for all memory
_MOST_SAMPLES = 1 << 29  # in memory at once, 2 GB: a small file can hold years of silence
LOUDEST = 1e12
"""Samples of sound are about -1 to 1; the energies of ones beyond this leave the range of float32."""


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


class AudioBlocks:
    """Audio that is being decoded.

    Attributes:
        blocks: float32 ``[samples]`` each, the mean of the channels, one after the other; at least one, none empty.
        rate: in Hz.
        channels: as in the file.
        meter: tells whether they cancel; whole when the last block was taken.
    """

    def __init__(self, blocks: Iterator[NDArray[np.float32]], decoder: Decoder, meter: ChannelMeter) -> None:
        self.blocks = blocks
        self.meter = meter
        self.rate = decoder.rate
        self.channels = decoder.channels
        self._decoder = decoder

    @property
    def oddities(self) -> tuple[str, ...]:
        """What is odd about the file, a clause each; whole when the last block was taken."""
        return self._decoder.oddities


@dataclass(frozen=True)
class AudioInfo:
    """A file's form; ``frames`` (samples of each channel) is None where only decoding tells, see `audio_seconds`."""

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
        UnreadableAudio: the file or the part of it cannot be decoded, or is too long to be held as a whole.
    """
    with open_decoder(segment.path) as decoder:
        blocks, count = [], 0
        for block in _read(segment, decoder, _go_to(segment, decoder)):
            blocks.append(block)
            count += len(block)
            if count > _MOST_SAMPLES:
                hours = _MOST_SAMPLES / decoder.rate / 3600
                raise UnreadableAudio(segment.path, f"it is longer than {hours:.1f} h: cut it into clips")
        return Audio(blocks[0] if len(blocks) == 1 else np.concatenate(blocks), decoder.rate, decoder.channels)


@contextmanager
def open_blocks(segment: Segment) -> Iterator[AudioBlocks]:
    """Open a clip and decode it a piece at a time: memory for a piece, however long the file is.

    Raises:
        UnreadableAudio: the file or the part of it cannot be decoded, now or at a later piece; says why.
    """
    with open_decoder(segment.path) as decoder:
        meter = ChannelMeter()
        yield AudioBlocks(_read(segment, decoder, _go_to(segment, decoder), meter), decoder, meter)


def audio_info(path: Path) -> AudioInfo:
    """Open a file, and tell its form.

    Raises:
        UnreadableAudio: it cannot be opened as audio; says why.
    """
    with open_decoder(path) as decoder:
        return AudioInfo(decoder.rate, decoder.channels, decoder.frames)


def audio_seconds(path: Path) -> float:
    """How long a file is, decoded where nothing else tells.

    Raises:
        UnreadableAudio: it cannot be decoded; says why.
    """
    with open_decoder(path) as decoder:
        frames = decoder.frames
        if frames is None:
            frames = 0
            while passed := decoder.skip(_BLOCK_SAMPLES):
                frames += passed
        return frames / decoder.rate


def _go_to(segment: Segment, decoder: Decoder) -> int | None:
    """Go to the first frame of the segment; returns the number of its frames, None for all that follow."""
    if segment.start is None and segment.end is None:
        return None
    start = 0.0 if segment.start is None else segment.start
    if start < 0:
        raise UnreadableAudio(segment.path, f"the clip starts before the file does, at {start:g} s")
    first = round(start * decoder.rate)
    if first:
        there = decoder.skip(first) if decoder.frames is None else min(first, decoder.frames)
        if there < first or first == decoder.frames:
            length = there / decoder.rate
            raise UnreadableAudio(
                segment.path, f"the clip starts at {start:g} s, beyond the end of the file ({length:g} s)", "empty"
            )
        if decoder.frames is not None:
            decoder.skip(first)
    if segment.end is None:
        return None if decoder.frames is None else decoder.frames - first
    last = round(segment.end * decoder.rate)
    if decoder.frames is not None:
        last = min(last, decoder.frames)
    if last <= first and decoder.frames != 0:
        raise UnreadableAudio(
            segment.path, f"the clip has no samples: it starts at {start:g} s and ends at {segment.end:g} s", "empty"
        )
    return last - first


def _read(
    segment: Segment, decoder: Decoder, frames: int | None, meter: ChannelMeter | None = None
) -> Iterator[NDArray[np.float32]]:
    """The next ``frames`` frames, or all that follow, as blocks of mono samples; a meter is told of their channels."""
    most = max(1, _BLOCK_SAMPLES // decoder.channels)
    read = 0
    while frames is None or read < frames:
        block = decoder.read(most if frames is None else min(most, frames - read))
        if not len(block):
            break
        read += len(block)
        mono = block[:, 0] if block.shape[1] == 1 else _mean_of_channels(block)
        if not decoder.is_bounded and (wrong := why_no_sound(mono)):
            raise UnreadableAudio(segment.path, f"it has {wrong}", "not-finite")
        if meter is not None:
            meter.add(block, mono)
        yield mono
    if read == 0:
        raise UnreadableAudio(segment.path, "it has no samples", "empty")


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
