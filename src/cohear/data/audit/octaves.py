"""Landmarks of high sounds (birds, insects, bats), which the bands of the fingerprint do not hear.

Below 3.6 kHz such a sound has noise, which a copy need not share; and a call is in few bands at once, so that most bits
of a code a frame would be those of noise. Its picture serves: time and frequency around each of its loudest moments, as
far as it is above all noise. Pictures that are alike propose a pair of clips and an offset, as the shapes of low sounds
do (see `landmarks`); the samples decide. Octaves lie half an octave apart, so that a clip and its copy at another rate
have one in common that both hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.data.audit.landmarks import NO_LANDMARKS, SHAPE_SAMPLES, Landmarks, joined_landmarks, strongest_peaks
from cohear.data.audit.spectrum import HASH_HIGHEST, HOP_SECONDS, LINES, decibel, log_edges, powers_in

HIGH_HERTZ = HASH_HIGHEST
"""From here on the fingerprint of other sounds hears nothing."""
HIGH_SHARE = 0.8
"""Share of a clip's power that is above `HIGH_HERTZ`, from which on it is a high sound."""
OCTAVES = tuple(round(HIGH_HERTZ * 2 ** (step / 2)) for step in range(11))
"""Where each begins, in Hz: up to 7.2 kHz (for clips at 16 kHz) and up to 230 kHz."""

_NEITHER_HUM_NOR_WIND = 250.0  # Hz: lines that begin below count on neither side
_LEAST_SHARE = 0.25  # of the power, for an octave to have landmarks
_MOST_OCTAVES = 3  # of a clip, the strongest
_FRAMES = 16  # of a picture: a quarter of a second
_BANDS = SHAPE_SAMPLES // _FRAMES
_RANGE = 25.0  # dB below the loudest that are looked at: coding and noise are further down
_APART = 4  # frames: a landmark is the loudest so far to either side
_WEAK = 0.02  # of the loudest frame
_MOST = 24  # landmarks of a clip and octave, the strongest
_FILLED = 0.35  # share of a picture that sounds: noise, whose picture is like that of other noise
_STEADY = 0.9  # correlation of a picture with itself a little later: a tone, which is like itself everywhere
_LATER = 4  # frames, of that

OctaveLandmarks = Mapping[int, Landmarks]
"""Landmarks by the octave's begin in Hz, the strongest octave first; none where a clip is no high sound."""


def octave_landmarks(samples: Floats, rate: int, lines: Floats) -> OctaveLandmarks:
    """The landmarks of a clip.

    Args:
        samples: ``[samples]``.
        rate: in Hz.
        lines: mean power ``[LINES]`` from 0 Hz to half the rate.
    """
    edges = np.linspace(0, rate / 2, LINES + 1)
    lines = np.where(edges[:-1] < _NEITHER_HUM_NOR_WIND, 0.0, lines)

    def power(low: float, high: float) -> float:
        """Between two frequencies."""
        inside = np.clip((np.minimum(edges[1:], high) - np.maximum(edges[:-1], low)) / edges[1], 0.0, 1.0)
        return float(lines @ inside)

    whole = float(lines.sum())
    if not whole or power(HIGH_HERTZ, rate / 2) < HIGH_SHARE * whole:
        return {}
    shares = {low: power(low, 2 * low) / whole for low in OCTAVES if 4 * low <= rate}
    strongest = sorted(shares, key=lambda low: -shares[low])[:_MOST_OCTAVES]
    kept = [low for low in strongest if shares[low] >= _LEAST_SHARE]
    bands = powers_in(samples, rate, tuple(log_edges(low, 2 * low, _BANDS) for low in kept)) if kept else []
    return {low: _landmarks(power) for low, power in zip(kept, bands, strict=True)}


def _landmarks(power: Floats) -> Landmarks:
    """Pictures around the loudest moments of one octave, ``[frames, _BANDS]`` power."""
    level = decibel(power)
    above = np.maximum(level - (level.max() - _RANGE), 0.0)  # [frames, _BANDS]
    peaks = strongest_peaks(power.sum(axis=1), _APART, _WEAK, _MOST)
    half = _FRAMES // 2
    padded = np.pad(above, ((half, half + _LATER), (0, 0)), mode="edge")  # the end of a clip is no end of a sound
    around = peaks[:, None] + np.arange(_FRAMES)
    pictures, later = (padded[around + shift].reshape(len(peaks), -1) for shift in (0, _LATER))
    alike = (pictures * later).sum(axis=1) / np.maximum(_size(pictures) * _size(later), 1e-9)
    kept = ((pictures > 0).mean(axis=1) < _FILLED) & (alike < _STEADY)
    scaled = np.rint(pictures[kept] * (127 / _RANGE)).astype(np.int8)
    return Landmarks((peaks[kept] * HOP_SECONDS).astype(np.float32), scaled)


def _size(pictures: Floats) -> Floats:
    return np.asarray(np.linalg.norm(pictures, axis=1), np.float32)


def loudest_band(landmarks: Landmarks) -> NDArray[np.int64]:
    """Where in the octave each landmark is, ``[peaks]``: a copy's is no further away than the next band."""
    pictures = landmarks.shapes.reshape(-1, _FRAMES, _BANDS)
    return np.asarray(pictures[:, _FRAMES // 2].argmax(axis=1), np.int64)


def common_octave(one: OctaveLandmarks, two: OctaveLandmarks) -> int | None:
    """The octave that both clips have landmarks in, the strongest of the first; None where there is none."""
    return next((low for low in one if low in two), None)


def joined_octaves(parts: Sequence[OctaveLandmarks], seconds: Sequence[float]) -> OctaveLandmarks:
    """Those of a clip from those of its parts, each so many seconds long."""
    octaves = dict.fromkeys(low for part in parts for low in part)
    return {low: joined_landmarks([part.get(low, NO_LANDMARKS) for part in parts], seconds) for low in octaves}
