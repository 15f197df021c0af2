"""Where a stream's samples come from: a file played as a stream, raw PCM in a pipe, a microphone."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cohear.audio.decode import audio_info, open_decoder
from cohear.base.errors import DataError, MissingExtra
from cohear.runtime.raw_samples import RawSamples

BLOCK_SECONDS = 0.05
PATIENCE_SECONDS = 5
"""A microphone that gives nothing for so long has been pulled out."""

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


def microphone(device: str | None = None) -> tuple[int, Blocks]:
    """The rate of a microphone, and its samples ``[samples, 1]`` until it is stopped.

    Args:
        device: its number or a part of its name; None is the system's.

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
        heard: queue.SimpleQueue[NDArray[np.float32]] = queue.SimpleQueue()
        with sounddevice.InputStream(
            rate, device=chosen, channels=1, dtype="float32", callback=lambda block, *_: heard.put(block.copy())
        ):
            while True:
                try:
                    yield heard.get(timeout=PATIENCE_SECONDS)
                except queue.Empty:
                    raise DataError(
                        f"the microphone gave nothing for {PATIENCE_SECONDS} seconds: is it there?"
                    ) from None

    return rate, blocks()
