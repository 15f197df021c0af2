"""Normalised cross-correlation of two clips around an offset that is roughly known."""

from __future__ import annotations

import numpy as np
import scipy.fft
import scipy.signal
from numpy.typing import NDArray

from cohear.audio.resample import resample
from cohear.base.arrays import Floats

RATE = 8000
"""Enough for what the fingerprint hears, whatever rate the clips have."""
LOW_RATE = 2000
"""Enough for low sounds, whose power is below 250 Hz."""
HIGHEST_RATE = 16000
"""Of the full band: what lies above half of it no front-end hears by itself."""

SLACK_SECONDS = 0.05
"""Around the offset that is roughly known."""
MOST_SECONDS = 30.0
"""Of a clip that are compared."""
_BETWEEN = 4
_ORDER = 4


def audible(samples: Floats, rate: int, to_rate: int = RATE) -> Floats:
    """The part of a clip that is compared: its first 30 s."""
    return resample(samples[: round(MOST_SECONDS * rate)], rate, to_rate)


def waveform_correlation(
    first: Floats,
    first_rate: int,
    second: Floats,
    second_rate: int,
    offset: float,
    *,
    rate: int = RATE,
    above: float = 0.0,
) -> tuple[float, float]:
    """How far two clips are the same waveform.

    Args:
        first: samples of the first clip.
        first_rate: in Hz.
        second: samples of the second clip.
        second_rate: in Hz.
        offset: seconds by which the sound lies later in the second clip, to 50 ms.
        rate: at which they are compared, in Hz.
        above: Hz; what is below is left out.

    Returns:
        The largest correlation coefficient in -1 to 1 where they overlap (of the first 30 s), and the offset in
        seconds where it is. Gain does not matter; a turned sign gives a negative one.
    """
    one, two = audible(first, first_rate, rate), audible(second, second_rate, rate)
    if above:
        filtered = scipy.signal.butter(_ORDER, above, "highpass", fs=rate, output="sos")
        one, two = (np.asarray(scipy.signal.sosfilt(filtered, each), np.float32) for each in (one, two))
    begin = max(0, round(-offset * rate))
    one = one[begin:]
    two = two[max(0, begin + round(offset * rate)) :]
    length = min(len(one), len(two))
    slack = min(round(SLACK_SECONDS * rate), length // 2)
    if slack < 1:
        return 0.0, offset
    best, at = _best_lag(one[:length] - one[:length].mean(), two[:length] - two[:length].mean(), slack)
    return best, offset + at / rate


def _best_lag(one: Floats, two: Floats, slack: int) -> tuple[float, float]:
    """Largest correlation coefficient within ``slack`` samples, and the lag of the second behind the first."""
    length = len(one)
    size = scipy.fft.next_fast_len(length + slack, real=True)
    across = np.conj(scipy.fft.rfft(one, size)) * scipy.fft.rfft(two, size)
    # zeros above half the rate: values between the samples, for copies that are shifted by a part of one
    product = scipy.fft.irfft(across, _BETWEEN * size) * _BETWEEN
    lags = np.arange(-slack * _BETWEEN, slack * _BETWEEN + 1)
    sums = product[lags]  # sum of one[t] * two[t + lag / _BETWEEN]
    whole = np.rint(lags / _BETWEEN).astype(np.int64)
    energy = np.sqrt(_energy(one, -whole) * _energy(two, whole))
    coefficient = sums / np.maximum(energy, 1e-12)
    best = int(np.abs(coefficient).argmax())
    return float(np.clip(coefficient[best], -1, 1)), float(lags[best] / _BETWEEN)


def _energy(samples: Floats, lags: NDArray[np.int64]) -> NDArray[np.float64]:
    """Energy of the part of a clip that lies beside the other at each lag."""
    total = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    length = len(samples)
    return np.asarray(total[np.minimum(length, length + lags)] - total[np.maximum(0, lags)], np.float64)
