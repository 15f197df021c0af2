"""What every decoder is asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cohear.audio.unreadable import UnreadableAudio

LOWEST_RATE, HIGHEST_RATE = 100, 1_000_000
"""In Hz. Beyond these a header is wrong, and would ask for any amount of memory to resample a few samples."""


class Decoder(ABC):
    """An open audio file whose samples are read one after the other.

    A decoder reads to the end of what there is. It refuses a file of which a good part is missing, and memory is
    needed for what is asked for at a time alone, whatever a header claims.

    Attributes:
        path: the file.
        rate: in Hz, from `LOWEST_RATE` to `HIGHEST_RATE`.
        channels: at least one.
        oddities: what is odd about the file, a clause each; whole when all was read.
        is_bounded: whether samples come from integers, so that each of them is from -1 to 1.
    """

    path: Path
    rate: int
    channels: int
    oddities: tuple[str, ...]
    is_bounded: bool

    @property
    @abstractmethod
    def frames(self) -> int | None:
        """Samples of each channel in all, None where only decoding tells."""

    @abstractmethod
    def read(self, frames: int) -> NDArray[np.float32]:
        """The next samples, float32 ``[at most frames, channels]``; fewer at the end, and none behind it.

        Raises:
            UnreadableAudio: they cannot be decoded, or the end of the file is missing.
        """

    @abstractmethod
    def skip(self, frames: int) -> int:
        """Leave out samples; returns how many there were, fewer at the end.

        Raises:
            UnreadableAudio: they cannot be decoded.
        """

    @abstractmethod
    def close(self) -> None:
        """Free what is held; nothing can be read after it."""


def check_form(path: Path, rate: int, channels: int) -> None:
    """Raise UnreadableAudio where no sound has such a rate."""
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise UnreadableAudio(
            path, f"its header states a rate of {rate} Hz, which no sound has ({LOWEST_RATE} to {HIGHEST_RATE})"
        )
    if channels < 1:
        raise UnreadableAudio(path, "its header states no channel")


def check_same_form(decoder: Decoder, rate: int, channels: int) -> None:
    """Raise UnreadableAudio where what follows in a file has another form."""
    if (rate, channels) != (decoder.rate, decoder.channels):
        raise UnreadableAudio(
            decoder.path,
            f"its parts differ: {decoder.channels} channels at {decoder.rate} Hz, then {channels} at {rate} Hz; "
            "make files of their own of them",
        )


def cut_short(path: Path, there: int, stated: int) -> UnreadableAudio:
    """The error for a file that ends too early, in samples."""
    return UnreadableAudio(path, f"it is cut short: {there} of {stated} samples could be decoded", "truncated")
