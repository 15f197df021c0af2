"""Clips for the page: a short player and a spectrogram each, as data URIs, within a limit of bytes."""

import base64
import io
import struct
import zlib
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from cohear.audio.decode import UnreadableAudio, read_audio
from cohear.audio.resample import resample
from cohear.audio.segment import Segment
from cohear.features.logmel import LogMel

SECONDS = 3.0
"""Of a clip, from its beginning."""
BYTES = 4_000_000
"""Of all players and pictures of a page."""
RATE = 16_000
_RANGE = 80.0  # dB below the loudest point that are told apart
_COLUMNS = 160  # of a picture; longer clips are averaged
# dark to light with rising lightness alone, so that it reads in grey and for all eyes (anchors of viridis)
_PALETTE = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))


class Sounds:
    """The clips that a page holds, each once; full once ``limit`` bytes are used.

    Attributes:
        made: what the page reads, a sound each: ``picture``, ``seconds`` and ``player``.
    """

    def __init__(self, limit: int = BYTES) -> None:
        self._left = limit
        self._numbers: dict[Segment, int | None] = {}
        self.made: list[dict[str, Any]] = []

    def number(self, segment: Segment) -> int | None:
        """Which of the sounds a clip is; None where it cannot be read or does not fit any more."""
        if segment not in self._numbers:
            self._numbers[segment] = self._add(segment)
        return self._numbers[segment]

    def _add(self, segment: Segment) -> int | None:
        start = segment.start or 0.0
        end = start + SECONDS if segment.end is None else min(segment.end, start + SECONDS)
        try:
            samples, rate = read_audio(Segment(segment.path, segment.start, end))
        except UnreadableAudio:
            return None
        samples = resample(samples, rate, RATE)
        seen, heard = picture(samples), _player(samples)
        size = len(seen) + len(heard)
        if size > self._left:
            return None
        self._left -= size
        self.made.append({"picture": seen, "seconds": round(len(samples) / RATE, 2), "player": heard})
        return len(self.made) - 1


def picture(samples: NDArray[np.float32]) -> str:
    """A log-mel spectrogram of samples at ``RATE`` as a PNG, low bands at the bottom."""
    energies = np.asarray(LogMel(rate=RATE).frames([samples])[0], np.float64)  # [frames, bands], natural logarithms
    if len(energies) > _COLUMNS:
        edges = np.linspace(0, len(energies), _COLUMNS + 1).astype(int)
        energies = np.add.reduceat(energies, edges[:-1]) / np.diff(edges)[:, None]
    decibels = 10 / np.log(10) * (energies - energies.max())
    levels = np.round(255 * np.clip(1 + decibels / _RANGE, 0, 1)).astype(np.uint8)
    return "data:image/png;base64," + base64.b64encode(_png(levels.T[::-1])).decode()


def _png(levels: NDArray[np.uint8]) -> bytes:
    """A palette PNG of ``[rows, columns]`` levels (PNG specification, ISO/IEC 15948, colour type 3)."""
    rows, columns = levels.shape
    anchors = np.linspace(0, 255, len(_PALETTE))
    palette = np.stack([np.interp(np.arange(256), anchors, [colour[c] for colour in _PALETTE]) for c in range(3)], 1)
    lines = b"".join(b"\0" + row.tobytes() for row in levels)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)),
        (b"PLTE", palette.round().astype(np.uint8).tobytes()),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def _player(samples: NDArray[np.float32]) -> str:
    """MP3, which every browser plays; WAV where this libsndfile writes none."""
    buffer = io.BytesIO()
    loudest = max(float(np.abs(samples).max()), 1e-6)
    kind = "MP3" if "MP3" in soundfile.available_formats() else "WAV"
    soundfile.write(buffer, np.asarray(samples * min(1.0, 0.99 / loudest)), RATE, format=kind)
    return f"data:audio/{'mpeg' if kind == 'MP3' else 'wav'};base64," + base64.b64encode(buffer.getvalue()).decode()
