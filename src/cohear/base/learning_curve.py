"""What a learning curve tells: how steep it is, what form it has, how much of the training it needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cohear.base.arrays import Array

CURVE_SHARES = (0.1, 0.2, 0.3, 0.5, 0.7)
"""Shares of the training at which Bingel & Søgaard (2017) read gradients of the loss."""
SMOOTHED_OVER = 0.15
"""Standard deviation, in shares of the training, of the weights that a smoothed gradient gives points around it."""
FALLEN = 0.95
"""Of the whole fall of a loss, what a plateau has behind it."""


class LogCurve(NamedTuple):
    """A loss ``a + b log(c s + 1)`` after a share s of the training: a before it, b how fast, c how bent.

    Bingel & Søgaard fit ``a + b log(c i + d)``, in which one number of the four is free: ``a + b log d`` and ``c / d``
    say the same with d = 1.
    """

    a: float
    b: float
    c: float


def gradients(step: Array, loss: Array, shares: Sequence[float] = CURVE_SHARES) -> list[float]:
    """Slopes at shares of the training, per tenth of it, of the loss over its first value.

    They are differences of the two points around each, as they were published, and about as large as the noise of a
    point. Empty of a curve of fewer than three points, or with one that is no number.

    Args:
        step: ``[points]``, rising.
        loss: ``[points]``.
        shares: of the last step.
    """
    if not tells(loss):
        return []
    slope = np.gradient(loss / loss[0], 10 * step / step[-1])
    return [float(np.interp(share * step[-1], step, slope)) for share in shares]


def tells(loss: Array) -> bool:
    """Whether a curve has points enough, and all of them are numbers."""
    return len(loss) >= 3 and bool(np.isfinite(loss).all()) and loss[0] != 0


def smoothed_gradient(step: Array, loss: Array, share: float) -> tuple[float, float]:
    """Slope at a share of the training in the same unit, and its standard error; two NaN where nothing is told.

    It is that of a line through the points around it, weighted by a Gaussian (Cleveland 1979); the noise is what
    points are apart from such lines.
    """
    if not tells(loss) or len(loss) < 5:
        return float("nan"), float("nan")
    places, values = step / step[-1], loss / loss[0]
    levels = np.stack([_line_at(places, place)[0] for place in places])  # [points, points]
    residuals = values - levels @ values
    freedom = len(values) - 2 * np.trace(levels) + np.square(levels).sum()
    noise = float(np.square(residuals).sum() / freedom) if freedom > 0.5 else float("nan")
    slopes = _line_at(places, share)[1]
    return float(slopes @ values) / 10, float(np.sqrt(noise * np.square(slopes).sum())) / 10


def _line_at(places: Array, at: float) -> tuple[Array, Array]:
    """What each point adds to the level, and to the slope, of the weighted line at a place; both ``[points]``."""
    weights = np.exp(-np.square((places - at) / SMOOTHED_OVER) / 2)
    weights /= weights.sum()
    middle = weights @ places
    apart = places - middle
    slopes = weights * apart / (weights @ np.square(apart))
    return weights + (at - middle) * slopes, slopes


def log_curve(step: Array, loss: Array) -> LogCurve:
    """The one with the least squares; NaN where nothing is told.

    For each c the rest is linear; c is sought on a grid, from all but a line to all but a step.
    """
    if not tells(loss):
        return LogCurve(float("nan"), float("nan"), float("nan"))
    shares, best, least = step / step[-1], LogCurve(float(loss.mean()), 0.0, 1.0), float("inf")
    for c in np.geomspace(0.1, 1000, 161):
        bent = np.stack([np.ones_like(shares), np.log(c * shares + 1)], axis=1)
        found, _, _, _ = np.linalg.lstsq(bent, loss, rcond=None)
        squares = float(np.square(loss - bent @ found).sum())
        if squares < least * (1 - 1e-9):
            best, least = LogCurve(float(found[0]), float(found[1]), float(c)), squares
    return best


def area(step: Array, loss: Array) -> float:
    """Mean of the loss over its first value, from the first point to the last; NaN where nothing is told."""
    if not tells(loss):
        return float("nan")
    return float(np.trapezoid(loss / loss[0], step) / (step[-1] - step[0]))


def plateau(step: Array, loss: Array) -> float:
    """Share of the training after which all but a twentieth of the fall to the lowest point is done.

    NaN where nothing falls.
    """
    if not tells(loss) or loss.min() >= loss[0]:
        return float("nan")
    done = loss <= loss[0] - FALLEN * (loss[0] - loss.min())
    return float(step[np.flatnonzero(done)[0]] / step[-1])
