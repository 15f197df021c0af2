"""A window of log energies as statistics over time of what each frame is like, the order of its frames among them.

A frame is told by `descriptors`: its bands, their cepstrum, and its shape. Of each descriptor come the functionals
`FUNCTIONALS`, of the first coefficients of the cepstrum also how they go through the window (`PATH`). The choice is
that of large sets of hand-made features (ComParE: Schuller et al. 2013), as far as a linear machine gained from it.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.features.ordered import in_ascending_order, percentile

CEPSTRUM = 20
"""Coefficients at most."""
SHAPE = ("level", "centroid", "spread", "flatness", "tilt", "rise", "change", "roughness")
DELTA = 2
"""Frames on either side that a slope is fitted to."""
LAGS = (1, 4, 16)
"""Frames from one to the other that is compared with it."""
FUNCTIONALS = (
    "mean",
    "standard deviation",
    "percentile 10",
    "percentile 90",
    "slope",
    *(f"change in {k}" for k in LAGS),
)
PATH, ON_PATH = 3, 8
"""Cosines over the window, and coefficients of the cepstrum that are held against them."""


def cepstrum_width(bands: int) -> int:
    """Coefficients of the cepstrum of so many bands."""
    return min(CEPSTRUM, bands)


def functionals_width(bands: int) -> int:
    """Numbers of a window of so many bands."""
    cepstrum = cepstrum_width(bands)
    return len(FUNCTIONALS) * (bands + cepstrum + len(SHAPE)) + PATH * min(ON_PATH, cepstrum)


@cache
def cosines(bands: int) -> Floats:
    """What makes a cepstrum of bands, ``[bands, cepstrum]``: the orthogonal cosine transform (but for the first)."""
    at = np.pi * (np.arange(bands) + 0.5) / bands
    made: Floats = (np.cos(at[:, None] * np.arange(cepstrum_width(bands))) * np.sqrt(2 / bands)).astype(np.float32)
    return made


@cache
def positions(bands: int) -> Floats:
    """Where bands lie, ``[bands]``: from -1 (the lowest) to 1."""
    return np.linspace(-1, 1, bands).astype(np.float32)


def descriptors(frames: Floats) -> Floats:
    """What each frame is like.

    Args:
        frames: log energies ``[B, T, bands]``, all of them valid or finite.

    Returns:
        ``[B, T, bands + cepstrum + 8]``: bands, cepstrum, and the shape: level (log of the energy), centroid and spread
        (first and second moment of the energy over the bands, from -1 to 1), flatness (mean log less log mean), tilt
        (upper half against lower, logs), rise and change against the frame before (mean over bands of what is more,
        and of the difference), roughness (mean difference of neighbouring bands). The first frame has no other before.
    """
    bands = frames.shape[2]
    energy, place = np.exp(frames), positions(bands)
    total = energy.sum(axis=2, keepdims=True)
    share = energy / total
    centroid = share @ place[:, None]
    spread = share @ np.square(place)[:, None] - np.square(centroid)
    flatness = frames.mean(axis=2, keepdims=True) - np.log(total / bands)
    half = bands // 2
    lower, upper = energy[..., : max(half, 1)], energy[..., half:]
    tilt = np.log(upper.sum(axis=2, keepdims=True)) - np.log(lower.sum(axis=2, keepdims=True))
    step = np.diff(frames, axis=1, prepend=frames[:, :1])
    rise, change = np.maximum(step, 0).mean(axis=2, keepdims=True), np.abs(step).mean(axis=2, keepdims=True)
    roughness = np.abs(np.diff(frames, axis=2)).sum(axis=2, keepdims=True) / bands
    shape = (np.log(total), centroid, spread, flatness, tilt, rise, change, roughness)
    return np.concatenate([frames, frames @ cosines(bands), *shape], axis=2, dtype=np.float32)


def functionals(windows: Floats, lengths: Integers) -> Floats:
    """Statistics of windows.

    Args:
        windows: log energies ``[B, W, bands]``; nothing beyond a length is looked at.
        lengths: valid frames ``[B]``, from 1 to W.

    Returns:
        Float32 ``[B, functionals_width(bands)]``: all descriptors of the first of `FUNCTIONALS`, then of the second,
        and so on; last the path, coefficient by coefficient of each cosine. Percentiles lie linearly between frames;
        a slope is the root mean square of lines fitted to five frames; a change is the mean absolute difference to
        the frame so much later. Frames beyond an end are as the one at the end.
    """
    width, bands = windows.shape[1:]
    last = lengths[:, None] - 1
    told = descriptors(_held(windows, last, 0, 0))  # [B, W, D]
    around = _held(told, last, DELTA, max(LAGS))
    inside = (np.arange(width) <= last)[:, :, None]
    count = lengths[:, None].astype(np.float32)

    def later(frames: int) -> Floats:
        found: Floats = around[:, DELTA + frames : DELTA + frames + width]
        return found

    def mean(values: Floats) -> Floats:
        found: Floats = (values * inside).sum(axis=1) / count
        return found

    middle = mean(told)
    deviation = np.sqrt(mean(np.square(told - middle[:, None])))
    ordered = in_ascending_order(np.ascontiguousarray(told.transpose(0, 2, 1)), inside.transpose(0, 2, 1))
    low, high = (percentile(ordered, lengths, share) for share in (0.1, 0.9))
    rising = sum(k * (later(k) - later(-k)) for k in range(1, DELTA + 1))
    slope = np.sqrt(mean(np.square(rising / np.float32(2 * sum(k * k for k in range(1, DELTA + 1))))))
    changes = [mean(np.abs(later(lag) - told)) for lag in LAGS]
    phase = np.pi * (np.arange(width, dtype=np.float32) + 0.5) / count  # [B, W]
    waves: Floats = np.cos(phase[:, None] * np.arange(1, PATH + 1, dtype=np.float32)[:, None]) * inside[:, None, :, 0]
    on_path = told[:, :, bands : bands + min(ON_PATH, cepstrum_width(bands))]
    path = (waves.astype(np.float32) @ on_path).reshape(len(windows), -1) * (2 / count)
    return np.concatenate([middle, deviation, low, high, slope, *changes, path], axis=1, dtype=np.float32)


def _held(frames: Floats, last: Integers, before: int, after: int) -> Floats:
    """Frames ``[B, before + W + after, D]``: the first one stands for those before it, the last one for those after."""
    at = np.clip(np.arange(-before, frames.shape[1] + after), 0, last)  # [B, before + W + after]
    held: Floats = frames[np.arange(len(frames))[:, None], at]
    return held
