"""Log energies in mel bands: frames, Hann window, power spectrum, triangles, logarithm.

Frame k is centred on samples ``[k * hop, (k + 1) * hop)`` and the waveform is zero beyond its edges, so a
clip of n samples has ``ceil(n / hop)`` frames.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from cohear.base.arrays import Floats

_BLOCK_FRAMES = 256  # a block of frames and its spectra stay in the cache of a core
_PRODUCT_FRAMES = 8  # frames a matrix product; divides the block. See `FilterBank._log_energies`.


@dataclass(frozen=True)
class FilterBank:
    """Triangular mel filters (Slaney's scale, peak 1, no area normalisation) on the power spectrum.

    Args:
        rate: of the waveform in Hz.
        window: samples under the (periodic) Hann window.
        hop: samples from one frame to the next.
        bands: number of triangles.
        low: lower edge of the first triangle in Hz.
        high: upper edge of the last triangle in Hz.
        floor: added to the energy before the natural logarithm.
    """

    rate: int
    window: int
    hop: int
    bands: int
    low: float
    high: float
    floor: float

    @property
    def fft_size(self) -> int:
        """The next power of two that holds the window."""
        return 1 << (self.window - 1).bit_length()

    @property
    def padding(self) -> tuple[int, int]:
        """Zeros before and after a waveform such that a convolution has exactly ``ceil(samples / hop)`` frames."""
        before = (self.window - self.hop) // 2
        return before, self.window - 1 - before

    def frames_of(self, samples: int) -> int:
        """``ceil(samples / hop)``."""
        return -(-samples // self.hop)

    def frames(self, clips: Sequence[Floats]) -> list[Floats]:
        """Log energies of each clip, float32 ``[frames_of(samples), bands]``; other memory is bounded."""
        counts = [self.frames_of(len(samples)) for samples in clips]
        energies = np.empty((sum(counts), self.bands), np.float32)
        block = np.zeros((_BLOCK_FRAMES, self.fft_size), np.float32)  # zero beyond the window for good
        filled = written = 0
        for samples, first, count in _pieces(clips, counts):
            self._windowed(samples, first, block[filled : filled + count, : self.window])
            filled += count
            if filled == _BLOCK_FRAMES:
                energies[written : written + filled] = self._log_energies(block)
                written, filled = written + filled, 0
        if filled:
            energies[written:] = self._log_energies(block)[:filled]
        return np.split(energies, np.cumsum(counts)[:-1]) if counts else []

    def _windowed(self, samples: Floats, first: int, out: Floats) -> None:
        """Put a clip's frames from ``first`` on under the Hann window into ``out`` ``[frames, window]``."""
        start = first * self.hop - (self.window - self.hop) // 2
        stop = start + (len(out) - 1) * self.hop + self.window
        if start < 0 or stop > len(samples):
            inside = samples[max(start, 0) : stop]
            samples = np.zeros(stop - start, np.float32)
            before = max(-start, 0)
            samples[before : before + len(inside)] = inside
        else:
            samples = np.ascontiguousarray(samples[start:stop], np.float32)
        # overlapping rows without a copy; sliding_window_view does the same 50 µs slower
        frames = np.ndarray(out.shape, np.float32, samples, strides=(4 * self.hop, 4))
        np.multiply(frames, _hann(self.window), out=out)

    def _log_energies(self, block: Floats) -> Floats:
        """Log energies ``[frames, bands]`` of a full block ``[frames, fft_size]``."""
        spectrum = scipy.fft.rfft(block)  # complex64 [frames, bins]
        squares = spectrum.view(np.float32)  # [frames, 2 * bins]
        np.square(squares, out=squares)
        power = squares[:, ::2] + squares[:, 1::2]  # [frames, bins]
        # Products of a fixed, small size: a clip's numbers cannot depend on how many frames share the call,
        # and BLAS starts no threads of its own for them (measured: up to ten times slower on busy cores).
        grouped = power.reshape(-1, _PRODUCT_FRAMES, power.shape[1])
        energies = grouped @ mel_triangles(self.bands, self.fft_size, self.rate, self.low, self.high)
        energies += np.float32(self.floor)
        logs: Floats = np.log(energies, out=energies).reshape(-1, self.bands)
        return logs


def _pieces(clips: Sequence[Floats], counts: Sequence[int]) -> Iterator[tuple[Floats, int, int]]:
    """Cut clips into (samples, first frame, frames) such that consecutive pieces fill blocks exactly."""
    room = _BLOCK_FRAMES
    for samples, total in zip(clips, counts, strict=True):
        first = 0
        while first < total:
            count = min(room, total - first)
            yield samples, first, count
            first += count
            room = room - count or _BLOCK_FRAMES


@cache
def _hann(width: int) -> Floats:
    """Periodic Hann window ``[width]``."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(width) / width)).astype(np.float32)


@cache
def mel_triangles(bands: int, fft_size: int, rate: int, low: float, high: float) -> Floats:
    """Weights of spectral bins in bands, float32 ``[bins, bands]``, each triangle with peak 1."""
    edges = mel_to_hertz(np.linspace(hertz_to_mel(low), hertz_to_mel(high), bands + 2))
    bins = np.arange(fft_size // 2 + 1)[:, None] * (rate / fft_size)  # Hz [bins, 1]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


# Slaney's scale: 3 mel in 200 Hz up to 1 kHz, above that 27 mel for each factor of 6.4.
_BREAK_HERTZ, _BREAK_MEL, _LOG_STEP = 1000.0, 15.0, np.log(6.4) / 27


def hertz_to_mel(hertz: float) -> float:
    """Slaney's mel of a frequency in Hz."""
    if hertz < _BREAK_HERTZ:
        return 3 * hertz / 200
    return float(_BREAK_MEL + np.log(hertz / _BREAK_HERTZ) / _LOG_STEP)


def mel_to_hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Frequencies in Hz of Slaney's mels, of any shape."""
    above = _BREAK_HERTZ * np.exp(_LOG_STEP * (np.maximum(mels, _BREAK_MEL) - _BREAK_MEL))
    return np.where(mels < _BREAK_MEL, 200 * mels / 3, above)
