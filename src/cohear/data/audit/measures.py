"""What is measured of a clip's samples, beside the facts that every study needs."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.audio.decode import Audio
from cohear.base.arrays import Floats
from cohear.data.audit.fingerprint import Codes, codes_of
from cohear.data.audit.landmarks import SHAPE_SAMPLES, Landmarks, landmarks_of
from cohear.data.audit.octaves import OctaveLandmarks, octave_landmarks
from cohear.data.audit.repeats import Repeat, repeat_in
from cohear.data.audit.spectrum import BANDS, LINES, Spectrum, decibel, spectrum_of

VERSION = 3
"""Goes up when the numbers that come out change."""

_FLAT_RUN = 4  # equal samples at the largest magnitude: no sound stays there so long
_FULL_SCALE = 0.999
_LEAST_PEAK = 0.1  # below it a run of equal samples is that of few bits
_LOWEST_EDGE = 1800.0  # Hz; nothing is sampled below 4 kHz, but quiet notes end there
_SHARP_EDGE = 20.0  # dB within two of the spectrum's lines: a filter's, not a sound's
_EDGE_ABOVE_FLOOR = 6.0  # dB by which even the quiet lines below an edge are above all that is beyond it


@dataclass(frozen=True, eq=False)
class Measures:
    """Measures of one clip.

    Attributes:
        mean: of the samples (DC).
        level: root mean square in dB of full scale, without the mean; -120 for silence.
        clipped: samples in runs at the clip's largest magnitude.
        leading, trailing: seconds of digital silence at either end.
        bandwidth: Hz up to which there is sound: half the rate, or where a filter cut it.
        repeat: the excerpt that the clip repeats, if it does.
        profile: float32 ``[3, BANDS]``: mean, standard deviation and 10th percentile (the noise floor) over time of
            the level of each band in dB.
        codes: the fingerprint, ``[2, frames]``.
        landmarks: of a low sound.
        octaves: landmarks of a high sound.
    """

    mean: float
    level: float
    clipped: int
    leading: float
    trailing: float
    bandwidth: float
    repeat: Repeat | None
    profile: Floats
    codes: Codes
    landmarks: Landmarks
    octaves: OctaveLandmarks


def measure(audio: Audio) -> Measures:
    """Measure decoded audio; one spectrum serves all that is heard of it."""
    return measure_with(spectrum_of(audio.samples, audio.rate), audio)


def measure_with(spectrum: Spectrum, audio: Audio) -> Measures:
    """The same with the audio's spectrum at hand."""
    samples, rate = audio.samples, audio.rate
    levels = decibel(spectrum.bands)
    leading, trailing = _silent_ends(samples)
    mean = float(samples.mean(dtype=np.float64))
    power = max(float(np.dot(samples, samples)) / len(samples) - mean**2, 0.0)
    return Measures(
        mean=mean,
        level=10 * np.log10(max(power, 1e-12)),
        clipped=_clipped(samples),
        leading=leading / rate,
        trailing=trailing / rate,
        bandwidth=bandwidth_of(decibel(spectrum.lines), rate),
        repeat=repeat_in(samples, rate, spectrum.bands),
        profile=np.stack([levels.mean(axis=0), levels.std(axis=0), _tenth(levels)]).astype(np.float32),
        codes=codes_of(spectrum.hashed),
        landmarks=landmarks_of(samples, rate, spectrum.lines),
        octaves=octave_landmarks(samples, rate, spectrum.lines),
    )


def _silent_ends(samples: Floats) -> tuple[int, int]:
    """Samples that are zero at the beginning and at the end; all of them at both where nothing else is there."""
    if samples[0] and samples[-1]:
        return 0, 0
    sounding = samples != 0
    if not sounding.any():
        return len(samples), len(samples)
    return int(sounding.argmax()), int(sounding[::-1].argmax())


def _clipped(samples: Floats) -> int:
    """Samples in runs of at least four (three at full scale) at the largest magnitude."""
    peak = max(float(samples.max()), -float(samples.min()))
    if peak < _LEAST_PEAK:
        return 0
    shortest = _FLAT_RUN - (peak >= _FULL_SCALE)
    places = np.flatnonzero(np.abs(samples) >= peak * (1 - 1e-4))
    if len(places) < shortest:
        return 0
    runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1)
    return sum(len(run) for run in runs if len(run) >= shortest)


def bandwidth_of(lines: Floats, rate: int) -> float:
    """Where a low-pass filter cut the sound, or half the rate where none did.

    An edge is a fall of `_SHARP_EDGE` dB between neighbouring lines beyond which nothing rises again and everything
    is weaker than even the quiet lines below it. A lone tone has noise as strong on either side, and the spectrum of
    a voice falls slowly: neither is an edge.

    Args:
        lines: mean level ``[LINES]`` in dB from 0 Hz to half the rate.
        rate: in Hz.
    """
    beyond = np.maximum.accumulate(lines[::-1])[::-1]  # loudest line from here up
    best, edge = 0.0, LINES
    lowest = max(int(_LOWEST_EDGE / (rate / 2) * LINES), 4)
    for line in range(lowest, LINES - 6):
        fall = float(lines[line - 3 : line].min() - beyond[line + 2])
        if fall > max(best, _SHARP_EDGE):
            quiet = np.partition(lines[1:line], line // 4)[line // 4]
            if quiet - beyond[line + 2] > _EDGE_ABOVE_FLOOR:
                best, edge = fall, line + 1
    return rate / 2 * edge / LINES


def _tenth(levels: Floats) -> Floats:
    """10th percentile over time of each band ``[BANDS]`` (a value that occurs: no interpolation)."""
    place = len(levels) // 10
    tenth: Floats = np.partition(levels, place, axis=0)[place]
    return tenth


def to_json(measures: Measures) -> list[Any]:
    """The measures as one JSON value."""
    repeat = measures.repeat
    return [
        measures.mean,
        measures.level,
        measures.clipped,
        measures.leading,
        measures.trailing,
        measures.bandwidth,
        None if repeat is None else [repeat.seconds, repeat.correlation],
        _packed(measures.profile, "<f4"),
        _packed(measures.codes, "<u4"),
        _landmarks_to_json(measures.landmarks),
        [[low, _landmarks_to_json(landmarks)] for low, landmarks in measures.octaves.items()],
    ]


def from_json(value: Any) -> Measures:  # noqa: ANN401 - any JSON value
    """The measures back.

    Raises:
        ValueError, TypeError: it is not what `to_json` wrote.
    """
    *numbers, repeat, profile, codes, landmarks, octaves = value
    mean, level, clipped, leading, trailing, bandwidth = map(float, numbers)
    return Measures(
        mean,
        level,
        int(clipped),
        leading,
        trailing,
        bandwidth,
        None if repeat is None else Repeat(*map(float, repeat)),
        _unpacked(profile, "<f4").reshape(3, BANDS),
        _unpacked(codes, "<u4").reshape(2, -1),
        _landmarks_from_json(landmarks),
        {int(low): _landmarks_from_json(each) for low, each in octaves},
    )


def _landmarks_to_json(landmarks: Landmarks) -> list[str]:
    return [_packed(landmarks.seconds, "<f4"), _packed(landmarks.shapes, "i1")]


def _landmarks_from_json(value: Any) -> Landmarks:  # noqa: ANN401 - any JSON value
    seconds, shapes = value
    return Landmarks(_unpacked(seconds, "<f4"), _unpacked(shapes, "i1").reshape(-1, SHAPE_SAMPLES))


def _packed(array: NDArray[Any], kind: str) -> str:
    return base64.b64encode(np.ascontiguousarray(array, kind).tobytes()).decode("ascii")


def _unpacked(text: str, kind: str) -> NDArray[Any]:
    return np.frombuffer(base64.b64decode(text, validate=True), kind)
