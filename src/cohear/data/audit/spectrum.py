"""One short-time spectrum of a clip, from which everything that is heard of it is taken."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy.fft

from cohear.base.arrays import Floats

WINDOW_SECONDS = 0.064
HOP_SECONDS = 0.016
BANDS = 24
"""Bands of the summary, equally wide on a logarithmic axis from `LOWEST` to `HIGHEST` Hz."""
LOWEST, HIGHEST = 60.0, 7600.0
HASH_BANDS = 33
HASH_LOWEST, HASH_HIGHEST = 250.0, 3600.0
"""Below 4 kHz, so that a clip and its copy at 8 kHz have the same fingerprint."""
LINES = 64
"""Bands of the mean spectrum, equally wide from 0 Hz to half the rate."""

_BLOCK_FRAMES = 512
_FLOOR = 1e-12

Edges = tuple[float, ...]
"""Of bands beside each other, in Hz; one more than there are bands."""


def log_edges(lowest: float, highest: float, bands: int) -> Edges:
    """Edges of bands that are equally wide on a logarithmic axis."""
    return tuple(np.geomspace(lowest, highest, bands + 1).tolist())


_SUMMARY, _HASHED = log_edges(LOWEST, HIGHEST, BANDS), log_edges(HASH_LOWEST, HASH_HIGHEST, HASH_BANDS)


@dataclass(frozen=True)
class Spectrum:
    """Power of a clip over time and frequency.

    Attributes:
        bands: ``[frames, BANDS]`` power in bands of the summary; 0 above half the rate.
        hashed: ``[frames, HASH_BANDS]`` power in the bands of the fingerprint.
        lines: ``[LINES]`` mean power over time, from 0 Hz to half the rate.
    """

    bands: Floats
    hashed: Floats
    lines: Floats


def spectrum_of(samples: Floats, rate: int) -> Spectrum:
    """Power in bands of frames of 64 ms, one every 16 ms, whatever the rate.

    Args:
        samples: ``[samples]``, at least one.
        rate: in Hz.
    """
    linear = tuple(np.linspace(0, rate / 2, LINES + 1).tolist())
    bands, hashed, lines = powers_in(samples, rate, (_SUMMARY, _HASHED, linear))
    return Spectrum(bands, hashed, lines.mean(axis=0, dtype=np.float64).astype(np.float32))


def powers_in(samples: Floats, rate: int, edges: tuple[Edges, ...]) -> list[Floats]:
    """Power over time in bands, ``[frames, bands]`` for each of several sets of them.

    Args:
        samples: ``[samples]``, at least one.
        rate: in Hz.
        edges: of each set of bands.
    """
    window = max(round(WINDOW_SECONDS * rate), 8)
    size = scipy.fft.next_fast_len(window, real=True)
    if len(samples) < window:
        samples = np.pad(samples, (0, window - len(samples)))
    frames = 1 + int((len(samples) - window) / (HOP_SECONDS * rate))
    starts = np.rint(np.arange(frames) * (HOP_SECONDS * rate)).astype(np.int64)  # no drift where a hop is no integer
    views = np.lib.stride_tricks.sliding_window_view(samples, window)
    starts = np.minimum(starts, len(views) - 1)
    weights, hann = _weights(rate, size, edges), _hann(window)
    pooled = np.empty((frames, weights.shape[1]), np.float32)
    for first in range(0, frames, _BLOCK_FRAMES):
        block = views[starts[first : first + _BLOCK_FRAMES]] * hann  # [frames, window]
        spectra = scipy.fft.rfft(block, size).view(np.float32)
        np.square(spectra, out=spectra)
        pooled[first : first + _BLOCK_FRAMES] = (spectra[:, ::2] + spectra[:, 1::2]) @ weights
    return np.split(pooled, np.cumsum([len(each) - 1 for each in edges])[:-1], axis=1)


def decibel(power: Floats) -> Floats:
    """Power as dB, with a floor far below what 16 bits hold."""
    return np.asarray(10 * np.log10(np.maximum(power, np.float32(_FLOOR))), np.float32)


@cache
def _hann(window: int) -> Floats:
    """Hann window ``[window]`` that leaves the power of noise as it is in one spectral line."""
    hann = np.hanning(window + 1)[:-1]
    return np.asarray(hann / np.sqrt(np.square(hann).sum()), np.float32)


@cache
def _weights(rate: int, size: int, edges: tuple[Edges, ...]) -> Floats:
    """Weights of spectral lines in all bands, ``[size // 2 + 1, bands]``.

    Each band is the mean power over its width; a band between two lines takes what lies on either side.
    """
    step = rate / size
    low = (np.arange(size // 2 + 1) - 0.5)[:, None] * step  # each line covers half a step on either side
    high = low + step
    columns = []
    for edge in map(np.array, edges):
        overlap = np.minimum(high, edge[1:]) - np.maximum(low, edge[:-1])
        columns.append(np.maximum(overlap, 0) / (edge[1:] - edge[:-1]))
    return np.concatenate(columns, axis=1).astype(np.float32)
