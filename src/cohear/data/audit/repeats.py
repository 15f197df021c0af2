"""Whether a clip is a short excerpt, repeated to fill its length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.data.audit.spectrum import HOP_SECONDS, decibel

SHORTEST_SECONDS = 0.25
"""Shortest excerpt that is looked for; what repeats faster is a tone or a beat."""
LEAST_CORRELATION = 0.95
"""Of the waveform with itself, one period later. Natural sounds that repeat (clocks, engines) stay below."""

_MOST_SECONDS = 30.0
_WORTH_A_LOOK = 0.8  # correlation of the band levels, which costs a hundredth of that of the waveform
_SHARP = 0.05  # share of lags about as good: a steady tone is like itself at most of them


@dataclass(frozen=True)
class Repeat:
    """A clip that repeats itself.

    Attributes:
        seconds: length of the excerpt.
        correlation: of the waveform with itself, so much later.
    """

    seconds: float
    correlation: float


def repeat_in(samples: Floats, rate: int, bands: Floats) -> Repeat | None:
    """The shortest excerpt that a clip repeats, or None.

    Args:
        samples: of the clip ``[samples]``; the first 30 s are looked at.
        rate: in Hz.
        bands: band powers of the clip ``[frames, bands]``.
    """
    levels = decibel(bands[: round(_MOST_SECONDS / HOP_SECONDS)])
    shortest = round(SHORTEST_SECONDS / HOP_SECONDS)
    if len(levels) < 2 * shortest:
        return None
    coarse = _self_correlation(levels - levels.mean(axis=0))[shortest : len(levels) - shortest]
    if not len(coarse) or coarse.max() < _WORTH_A_LOOK:
        return None
    samples = samples[: round(_MOST_SECONDS * rate)]
    fine = _self_correlation((samples - samples.mean())[:, None])
    first = round(SHORTEST_SECONDS * rate)
    searched = fine[first : len(fine) - first]
    best = searched.max(initial=0.0)
    if best < LEAST_CORRELATION or (np.abs(searched) > 0.8 * best).mean() > _SHARP:
        return None
    shortest_lag = first + int(np.flatnonzero(searched >= best - 0.02)[0])
    return Repeat(shortest_lag / rate, float(best))


def _self_correlation(signal: Floats) -> NDArray[np.float64]:
    """Correlation coefficient of ``[time, columns]`` with itself at each lag, over what overlaps, ``[time]``."""
    length = len(signal)
    size = scipy.fft.next_fast_len(2 * length, real=True)
    spectrum = scipy.fft.rfft(signal, size, axis=0)
    power = np.square(spectrum.real).sum(axis=1) + np.square(spectrum.imag).sum(axis=1)
    products = scipy.fft.irfft(power, size)[:length].astype(np.float64)
    energy = np.square(signal, dtype=np.float64).sum(axis=1)
    total = np.concatenate([[0.0], np.cumsum(energy)])
    lags = np.arange(length)
    overlap = np.sqrt(total[length - lags] * (total[length] - total[lags]))
    # where next to nothing overlaps with energy, a coefficient says nothing
    return np.where(overlap > 0.05 * total[-1], products / np.maximum(overlap, 1e-12), 0.0)
