"""Landmarks of low sounds (heartbeats, machines, whales), which the bands of the fingerprint do not hear.

Below 250 Hz there are too few independent bands for a code a frame. There are few samples, though, so that the waveform
itself serves: its shape around each of its strongest peaks, which lie at the same places in every copy. Peaks of like
shape propose a pair of clips and an offset, as landmarks do in Wang (2003, "An industrial-strength audio search
algorithm"); the samples decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from cohear.audio.resample import resample
from cohear.base.arrays import Floats
from cohear.data.audit.fingerprint import Candidate
from cohear.data.audit.spectrum import LINES

RATE = 1000
"""Of the waveform that is looked at, in Hz."""
LOW_HERTZ = 250.0
SHAPE_SAMPLES = 256
"""Of a landmark: a quarter of a second."""
LOW_SHARE = 0.8
"""Share of a clip's power that is below `LOW_HERTZ`, from which on it is a low sound."""

_APART = 50  # samples: a landmark is the strongest peak so far to either side
_WEAK = 0.1  # of the clip's largest magnitude
_MOST = 256  # landmarks of a clip, the strongest
_PERIODIC = 0.95  # correlation of a shape with itself a little later: hum, which is like itself everywhere
_MOST_LAG = 128  # samples, of that
_ALIKE = 0.8  # correlation of two shapes
_BIN_SECONDS = 0.016
_LEAST_AGREEING = 0.2  # share of the landmarks of the clip with fewer
_BLOCK = 1024


@dataclass(frozen=True, eq=False)
class Landmarks:
    """The strongest peaks of a low sound; none where a clip is no low sound.

    Attributes:
        seconds: float32 ``[peaks]``, where each is.
        shapes: int8 ``[peaks, SHAPE_SAMPLES]``, the waveform around it.
    """

    seconds: Floats
    shapes: NDArray[np.int8]


NO_LANDMARKS = Landmarks(np.zeros(0, np.float32), np.zeros((0, SHAPE_SAMPLES), np.int8))


def landmarks_of(samples: Floats, rate: int, lines: Floats) -> Landmarks:
    """The landmarks of a clip.

    Args:
        samples: ``[samples]``.
        rate: in Hz.
        lines: mean power ``[LINES]`` from 0 Hz to half the rate.
    """
    below = np.clip(LOW_HERTZ / (rate / 2 / LINES) - np.arange(LINES), 0.0, 1.0)
    if rate <= RATE or lines @ below < LOW_SHARE * lines.sum() or not lines.any():
        return NO_LANDMARKS
    low = resample(samples - samples.mean(), rate, RATE)
    if np.square(low).mean() < LOW_SHARE * samples.var(dtype=np.float64):  # an offset is no sound
        return NO_LANDMARKS
    half = SHAPE_SAMPLES // 2
    peaks = strongest_peaks(np.abs(low), _APART, _WEAK, _MOST)
    around = peaks[:, None] + np.arange(SHAPE_SAMPLES)
    shapes = np.pad(low, half)[around]  # [peaks, SHAPE_SAMPLES]
    distinct = ~_is_periodic(shapes, np.pad(np.ones_like(low), half)[around])
    peaks, shapes = peaks[distinct], shapes[distinct]
    scale = 127 / np.maximum(np.abs(shapes).max(axis=1, keepdims=True), 1e-12)
    return Landmarks((peaks / RATE).astype(np.float32), np.rint(shapes * scale).astype(np.int8))


def joined_landmarks(parts: Sequence[Landmarks], seconds: Sequence[float]) -> Landmarks:
    """Those of a clip from those of its parts, each so many seconds long."""
    begins = np.cumsum([0.0, *seconds[:-1]])
    places = [part.seconds + np.float32(begin) for part, begin in zip(parts, begins, strict=True)]
    return Landmarks(np.concatenate(places), np.concatenate([part.shapes for part in parts]))


def strongest_peaks(size: Floats, apart: int, weak: float, most: int) -> NDArray[np.int64]:
    """Places of the strongest peaks, in order.

    Args:
        size: ``[places]``.
        apart: places to either side that hold nothing larger.
        weak: share of the largest that a peak is above.
        most: how many.
    """
    around = np.pad(size, apart, constant_values=-1.0)
    largest = np.lib.stride_tricks.sliding_window_view(around, 2 * apart + 1).max(axis=1)
    places = np.flatnonzero((size >= largest) & (size > weak * size.max()))
    return np.sort(places[np.argsort(-size[places], kind="stable")[:most]])


def _is_periodic(shapes: Floats, inside: Floats) -> NDArray[np.bool_]:
    """Which shapes are about the same a little later, ``[peaks]``.

    Args:
        shapes: ``[peaks, SHAPE_SAMPLES]``.
        inside: the same, 1 where the clip is and 0 beyond its ends.
    """
    size = 2 * SHAPE_SAMPLES
    wave, power, there = (scipy.fft.rfft(values, size, axis=1) for values in (shapes, np.square(shapes), inside))
    products, later, earlier = (
        scipy.fft.irfft(across, size, axis=1)[:, :_MOST_LAG]
        for across in (np.conj(wave) * wave, np.conj(there) * power, np.conj(power) * there)
    )  # [peaks, lags]
    alike = products / np.sqrt(np.maximum(later * earlier, 1e-12))
    rises = alike[:, 1:] > alike[:, :-1]  # behind the lobe of the shape with itself
    return np.asarray(((alike[:, 1:] > _PERIODIC) & rises).any(axis=1))


def candidates_by_landmarks(
    clips: Sequence[Landmarks],
    seconds: Sequence[float],
    kinds: Sequence[NDArray[np.int64]] | None = None,
    octave: int | None = None,
) -> list[Candidate]:
    """Pairs of clips that share landmarks at some offset and half of the shorter one, each with its best one.

    Args:
        clips: their landmarks.
        seconds: how long each is.
        kinds: of each clip's landmarks, numbers ``[peaks]``; only those of the same and of neighbouring numbers are
            compared. By default all are.
        octave: which octave they are of, where they are those of high sounds.
    """
    counts = np.array([len(one.seconds) for one in clips], dtype=np.int64)
    if np.count_nonzero(counts) < 2:
        return []
    clip = np.repeat(np.arange(len(clips)), counts)
    places = np.concatenate([one.seconds for one in clips])
    shapes = np.concatenate([one.shapes for one in clips]).astype(np.float32)
    shapes /= np.maximum(np.linalg.norm(shapes, axis=1, keepdims=True), 1e-9)
    kind = np.concatenate(kinds) if kinds else np.zeros(len(clip), np.int64)
    order = np.argsort(kind, kind="stable")
    clip, places, shapes, kind = clip[order], places[order], shapes[order], kind[order]
    found = []
    for first in range(0, len(shapes), _BLOCK):
        block = slice(first, first + _BLOCK)
        end = np.searchsorted(kind, kind[block][-1] + 1, side="right")
        alike = np.abs(shapes[block] @ shapes[first:end].T) >= _ALIKE  # turned copies too
        one, two = np.nonzero(alike)
        one, two = one + first, two + first
        keep = (one < two) & (clip[one] != clip[two]) & (kind[two] <= kind[one] + 1)
        one, two = one[keep], two[keep]
        swap = clip[one] > clip[two]
        one, two = np.where(swap, two, one), np.where(swap, one, two)
        steps = np.rint((places[two] - places[one]) / _BIN_SECONDS).astype(np.int64)
        found.append(np.stack([clip[one], clip[two], steps], axis=1))
    pairs, agreeing = np.unique(np.concatenate(found), axis=0, return_counts=True)
    fewer = np.minimum(counts[pairs[:, 0]], counts[pairs[:, 1]])
    enough = agreeing >= np.maximum(_LEAST_AGREEING * fewer, np.minimum(fewer, 2))
    best: dict[tuple[int, int], Candidate] = {}
    lacking = (1 - np.minimum(agreeing / fewer, 1.0))[enough].tolist()
    for (one, two, step), share in zip(pairs[enough].tolist(), lacking, strict=True):
        offset = step * _BIN_SECONDS
        both = overlap(seconds[one], seconds[two], offset)
        if both and ((one, two) not in best or share < best[one, two].errors):
            best[one, two] = Candidate(one, two, offset, share, both, coded=False, octave=octave)
    return list(best.values())


def overlap(first: float, second: float, offset: float) -> float:
    """Seconds that two clips have in common where the second is so late; 0 below half of the shorter one."""
    both = min(first, second - offset) - max(0.0, -offset)
    return both if 2 * both >= min(first, second) else 0.0
