"""Where a stream's samples come from: a file played as a stream, raw PCM in a pipe, a microphone."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cohear.audio.decode import audio_info, open_decoder
from cohear.base.errors import DataError, MissingExtra
from cohear.runtime.losses import LossMeter
from cohear.runtime.raw_samples import RawSamples

BLOCK_SECONDS = 0.05
PATIENCE_SECONDS = 5
"""A microphone that gives nothing for so long has been pulled out."""
WAITING_SECONDS = 10
"""Of a microphone's sound that may wait; a model that is too slow would be further behind with each second."""

Blocks = Iterator[NDArray[Any]]


def play_file(path: Path, speed: float = 1.0) -> tuple[int, Blocks]:
    """A file's rate, and its samples ``[samples, channels]`` at the pace of their time.

    Args:
        path: of the file; no more than a block of it is in memory.
        speed: 2 is twice as fast; infinity does not wait.

    Raises:
        UnreadableAudio: it cannot be decoded; says why.
    """
    rate = audio_info(path).rate

    def blocks() -> Blocks:
        began = time.monotonic()
        played = 0
        with open_decoder(path) as decoder:
            while len(block := decoder.read(max(round(BLOCK_SECONDS * rate), 1))):
                played += len(block)
                time.sleep(max(began + played / rate / speed - time.monotonic(), 0))
                yield block

    return rate, blocks()


def pcm(pipe: BinaryIO, form: str, channels: int = 1) -> Blocks:
    """Raw samples ``[samples, channels]`` as they come; a last frame that is not whole is left out.

    Args:
        pipe: gives what is there, at least a byte, and nothing at its end (``read1``).
        form: one of `PCM_FORMATS`.
        channels: interleaved.

    Raises:
        UserError: an unknown form.
        DataError: what comes is a file, and no samples.
    """
    raw = RawSamples(form, channels)

    def blocks() -> Blocks:
        while read := pipe.read1(1 << 16):  # type: ignore[attr-defined]  # of a BufferedReader
            yield raw.push(read)

    return blocks()


def microphone(device: str | None = None, lost: Callable[[float], None] | None = None) -> tuple[int, Blocks]:
    """The rate of a microphone, and its samples ``[samples, 1]`` until it is stopped.

    Silence stands where samples were lost, so that what follows keeps its time.

    Args:
        device: its number or a part of its name; None is the system's.
        lost: is told the seconds of each loss before its silence comes: the system had no room for them, or nobody
            took what came for `WAITING_SECONDS`. 0 is a loss of unknown length.

    Raises:
        MissingExtra: sounddevice, or the PortAudio library behind it, is not installed.
        DataError: there is no such microphone, it cannot be opened, or it gives nothing any more.
    """
    try:
        import sounddevice  # noqa: PLC0415 - an extra
    except (ImportError, OSError) as error:  # OSError: the Python package is there, PortAudio is not
        raise MissingExtra(
            "sounddevice and the system's PortAudio library (libportaudio2 on Debian)", "listen"
        ) from error
    except Exception as error:  # sounddevice's own, which cannot be imported where importing raises it
        raise DataError(f"the system's sound cannot be used ({error}); `--file` and `--pcm` need none") from error
    chosen: str | int | None = int(device) if device is not None and device.isdecimal() else device
    try:
        rate = round(sounddevice.query_devices(chosen, "input")["default_samplerate"])
    except (ValueError, sounddevice.PortAudioError) as error:
        raise DataError(f"there is no such microphone ({error}); `--file` and `--pcm` need none") from error

    def blocks() -> Blocks:
        waiting = _Waiting(rate)
        with sounddevice.InputStream(rate, device=chosen, channels=1, dtype="float32", callback=waiting.put):
            while True:
                missing, is_loss, block = waiting.get()
                if is_loss:
                    if lost is not None:
                        lost(missing / rate)
                    for begin in range(0, missing, rate):
                        yield np.zeros((min(rate, missing - begin), 1), np.float32)
                yield block

    return rate, blocks()


class _Waiting:
    """Blocks that a microphone gave and nobody has taken yet, with what was lost before each.

    Args:
        rate: in Hz.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._meter = LossMeter(rate)
        self._queue: queue.SimpleQueue[tuple[int, bool, NDArray[np.float32]]] = queue.SimpleQueue()
        self._given = self._taken = 0  # samples; each is written by one thread alone
        self._dropped, self._is_dropping = 0, False

    def put(self, block: NDArray[np.float32], frames: int, times: Any, status: Any) -> None:  # noqa: ANN401 - sounddevice's
        """What PortAudio calls, in a thread of its own."""
        overflow = bool(status is not None and status.input_overflow)
        missing = self._meter.before(frames, times, overflow=overflow) + self._dropped
        is_loss = overflow or self._is_dropping
        if self._given - self._taken > WAITING_SECONDS * self._rate:
            self._dropped, self._is_dropping = missing + frames, True
            return
        self._given += frames
        self._dropped, self._is_dropping = 0, False
        self._queue.put((missing, is_loss, block.copy()))

    def get(self) -> tuple[int, bool, NDArray[np.float32]]:
        """Samples that are missing before the next block, whether some are, and the block.

        Raises:
            DataError: none comes.
        """
        try:
            missing, is_loss, block = self._queue.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            raise DataError(f"the microphone gave nothing for {PATIENCE_SECONDS} seconds: is it there?") from None
        self._taken += len(block)
        return missing, is_loss, block
