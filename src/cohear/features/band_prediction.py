"""Whole numbers of frames as what their neighbours do not tell, which takes fewer bytes.

Bands of log energies overlap, so a band is much like the two below it. Each is foretold from these by a weighted sum;
what is left is small, and its sign goes into the last digit, so that the upper bytes are nearly all zero. Weights are
whole 256ths and all sums are of integers: every machine restores the same numbers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int16]
_ONE = 256
"""A weight of one."""
_LARGEST = 8 * _ONE


def residuals(bands: Whole) -> tuple[NDArray[np.uint16], list[list[int]]]:
    """What is left of each band, and the weights that it was foretold by.

    Args:
        bands: ``[D, T]``.

    Returns:
        ``[D, T]``, and for each band its weights: of one, of the band below at the frame before, at the same and at the
        next, and of the band below that.
    """
    left, weights = np.empty(bands.shape, np.uint16), []
    for band, numbers in enumerate(bands):
        told = _neighbours(bands, band)
        weights.append(_fitted(told, numbers))
        left[band] = _small(numbers - _sum(told, weights[band]))
    return left, weights


def restored(left: NDArray[np.uint16], weights: list[list[int]]) -> Whole:
    """The bands that ``residuals`` was given.

    Raises:
        ValueError: the weights are of other bands.
    """
    if len(weights) != len(left):
        raise ValueError(f"{len(left)} bands with weights of {len(weights)}")
    bands = np.zeros(left.shape, np.int16)
    for band, numbers in enumerate(left):
        bands[band] = (_signed(numbers) + _sum(_neighbours(bands, band), weights[band])).astype(np.int16)
    return bands


def _neighbours(bands: Whole, band: int) -> NDArray[np.int64]:
    """One, and numbers of the bands below, ``[5, T]``; zero where there is none."""
    told = np.zeros((5, bands.shape[1]), np.int64)
    told[0] = 1
    if band > 0:
        told[1, 1:], told[2], told[3, :-1] = bands[band - 1, :-1], bands[band - 1], bands[band - 1, 1:]
    if band > 1:
        told[4] = bands[band - 2]
    return told


def _fitted(told: NDArray[np.int64], numbers: Whole) -> list[int]:
    """Weights in 256ths, by least squares with a little ridge."""
    alike = (told @ told.T).astype(np.float64) + np.eye(len(told))
    weights = np.linalg.solve(alike, (told @ numbers.astype(np.int64)).astype(np.float64))
    within = np.concatenate([[32767 * _ONE], np.full(4, _LARGEST)])  # of one: whatever a band holds throughout
    return [int(weight) for weight in np.clip(np.rint(weights * _ONE), -within, within)]


def _sum(told: NDArray[np.int64], weights: list[int]) -> NDArray[np.int64]:
    return (np.array(weights, np.int64) @ told + _ONE // 2) // _ONE


def _small(differences: NDArray[np.int64]) -> NDArray[np.uint16]:
    """0, -1, 1, -2, … as 0, 1, 2, 3, …; whole turns of 16 bits are left out."""
    turned = differences.astype(np.int16).astype(np.int32)
    return np.where(turned < 0, -2 * turned - 1, 2 * turned).astype(np.uint16)


def _signed(numbers: NDArray[np.uint16]) -> NDArray[np.int64]:
    whole = numbers.astype(np.int64)
    return np.where(whole % 2 == 1, -(whole + 1) // 2, whole // 2)
