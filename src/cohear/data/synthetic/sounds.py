"""Building blocks of synthetic sounds: tracks over time, a pulse train, noise, and a filter that moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cohear.base.arrays import Array

_FRAME_SECONDS = 0.032
_OVERLAP = 4


def track(samples: int, knots: Sequence[tuple[float, float]]) -> Array:
    """A curve ``[samples]`` through knots ``(place, value)``, with places from 0 to 1; level beyond the outer ones."""
    places, values = zip(*knots, strict=True)
    return np.asarray(np.interp(np.linspace(0, 1, samples), places, values), dtype=np.float64)


def pulses(pitch: Array, rate: int) -> Array:
    """A train of unit pulses ``[samples]`` at a pitch in Hz ``[samples]``."""
    phase = np.cumsum(pitch / rate)
    return np.diff(np.floor(phase), prepend=0.0) * np.sqrt(rate / pitch)


def resonances(frequencies: Array, centres: Array, widths: Sequence[float]) -> Array:
    """Gain ``[frames, bins]`` of resonances with centres in Hz ``[resonances, frames]``, the higher the weaker."""
    gain = np.full((centres.shape[1], len(frequencies)), 0.01)
    for number, (centre, width) in enumerate(zip(centres, widths, strict=True)):
        away = (frequencies[None, :] - centre[:, None]) / (width / 2)
        gain += 0.7**number / np.sqrt(1 + away**2)
    return gain


def coloured(frequencies: Array, tilt: float, bumps: Array) -> Array:
    """Gain ``[bins]`` of a microphone or a room: dB per octave above 500 Hz, and cosines in dB over log-frequency."""
    octaves = np.log2(np.maximum(frequencies, 60.0) / 500.0)
    decibel = tilt * octaves
    for number, bump in enumerate(bumps, start=1):
        decibel = decibel + bump * np.cos(np.pi * number * octaves / 6)
    gain: Array = 10 ** (decibel / 20)
    return gain


class Filter:
    """A filter whose gain changes over time, by weighted overlap-add.

    Args:
        samples: length of what is filtered.
        rate: in Hz.

    Attributes:
        frequencies: centre of each bin in Hz, ``[bins]``.
        frames: how many rows a gain must have.
    """

    def __init__(self, samples: int, rate: int) -> None:
        self._samples = samples
        self._hop = round(rate * _FRAME_SECONDS / _OVERLAP)
        self._length = self._hop * _OVERLAP
        self.frames = -(-samples // self._hop) + _OVERLAP - 1
        self.frequencies: Array = np.fft.rfftfreq(self._length, 1 / rate).astype(np.float64)

    def __call__(self, sound: Array, gain: Array) -> Array:
        """Filter ``[samples]`` with a gain ``[frames, bins]`` or ``[bins]``."""
        hop, length = self._hop, self._length
        before = length - hop
        padded = np.zeros((self.frames + _OVERLAP - 1) * hop)
        padded[before : before + self._samples] = sound
        window = np.sin(np.pi * (np.arange(length) + 0.5) / length)
        frames = np.lib.stride_tricks.sliding_window_view(padded, length)[::hop] * window  # [frames, length]
        frames = np.fft.irfft(np.fft.rfft(frames) * gain, length) * window * (2 / _OVERLAP)
        made = np.zeros((self.frames + _OVERLAP - 1, hop))
        for part in range(_OVERLAP):
            made[part : part + self.frames] += frames[:, part * hop : (part + 1) * hop]
        return made.ravel()[before : before + self._samples]


def at_level(sound: Array, decibel: float) -> Array:
    """The sound at a level of so many dB below full scale (root mean square)."""
    power = np.sqrt(np.mean(sound**2))
    return np.asarray(sound * (10 ** (decibel / 20) / max(power, 1e-9)), dtype=np.float64)
