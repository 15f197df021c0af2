"""Logistic regressions on many parts of the same cells at once: elimination asks for tens of thousands."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from cohear.base.arrays import Array

STEPS = 8
"""Of Newton's method at most; from a start nearby two or three are enough."""
NEAR = 1e-4
"""A change of weights that is none any more."""


def many_logistic(values: Array, above: Array, parts: Array, active: Array, start: Array | None = None) -> Array:
    """Regressions whose weights, that of the constant among them, are held small: liblinear's, with its usual penalty.

    Args:
        values: ``(cells, features)``; the last may be a constant.
        above: 1 where a gain is above zero, else 0, ``(cells,)``.
        parts: 1 where a regression sees a cell, else 0, ``(regressions, cells)``.
        active: 1 where it sees a feature, else 0, ``(regressions, features)``.
        start: weights to begin with, ``(regressions, features)``.

    Returns:
        Weights, ``(regressions, features)``; 0 where a feature is not seen.
    """
    number, width = active.shape
    products = (values[:, :, None] * values[:, None, :]).reshape(len(values), -1)
    both = active[:, :, None] * active[:, None, :]
    weights = np.zeros((number, width)) if start is None else start * active
    for _ in range(STEPS):
        said = expit(weights @ values.T)
        slope = active * (weights - (parts * (above - said)) @ values)
        bend = both * ((parts * said * (1 - said)) @ products).reshape(number, width, width) + np.eye(width)
        change = np.linalg.solve(bend, slope[..., None])[..., 0]
        weights = weights - change
        if np.abs(change).max() < NEAR:
            break
    return weights
