"""Metrics of numbers: how they go with the truth, and how far from it they are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Array
from cohear.tasks.guessing import Scored
from cohear.tasks.metrics import METRICS, OF_THE_TARGET, Metric
from cohear.tasks.targets import Targets


def concordance(out: NDArray[np.float32], targets: Targets, scored: Scored) -> float:
    """Concordance correlation (Lin 1989, Biometrics 45), mean over the scored numbers.

    ``2 cov / (var + var + (difference of means)²)``, all over N: it is 1 on the line of equality alone. A number that
    is the same in all clips, or known of one, is left out.
    """
    values = []
    for said, true in _columns(out, targets, scored):
        together = np.mean((said - said.mean()) * (true - true.mean()))
        values.append(2 * together / (said.var() + true.var() + (said.mean() - true.mean()) ** 2))
    return float(np.mean(values)) if values else float("nan")


def explained_share(out: NDArray[np.float32], targets: Targets, scored: Scored) -> float:
    """Coefficient of determination R², mean over the scored numbers; numbers are left out as of concordance."""
    values = [
        1 - np.mean(np.square(said - true)) / np.mean(np.square(true - true.mean()))
        for said, true in _columns(out, targets, scored)
    ]
    return float(np.mean(values)) if values else float("nan")


def mean_absolute_error(out: NDArray[np.float32], targets: Targets, scored: Scored) -> float:
    """Mean distance to the truth in the unit of the target, mean over the scored numbers of which any is known."""
    values = [np.abs(said - true).mean() for said, true in _columns(out, targets, scored, fewest=1)]
    return float(np.mean(values)) if values else float("nan")


def no_concordance(targets: Targets, scored: Scored) -> float:
    """What always saying the same has in concordance and in R²."""
    return 0.0 if any(True for _ in _columns(targets.values, targets, scored)) else float("nan")


def guessed_distance(targets: Targets, scored: Scored) -> float:
    """Mean absolute error of always saying the median, with which it is least."""
    values = [np.abs(true - np.median(true)).mean() for _, true in _columns(targets.values, targets, scored, fewest=1)]
    return float(np.mean(values)) if values else float("nan")


METRICS.register("ccc")(
    Metric(
        "ccc",
        concordance,
        unit="",
        low=-1.0,
        words="concordance (how near answers and truths lie to the line on which they are equal; 1 on it, 0 for saying "
        "always the same)",
        chance=no_concordance,
    )
)
METRICS.register("r2")(
    Metric(
        "r2",
        explained_share,
        unit="",
        low=-math.inf,
        words="coefficient of determination (the share of the variance that is explained; 0 for saying always the "
        "mean, below 0 for worse)",
        chance=no_concordance,
    )
)
METRICS.register("mae")(
    Metric(
        "mae",
        mean_absolute_error,
        higher_is_better=False,
        unit=OF_THE_TARGET,
        high=math.inf,
        words="mean absolute error (how far answers are from the truth, in its unit; less is better)",
        chance=guessed_distance,
    )
)


def _columns(out: NDArray[Any], targets: Targets, scored: Scored, fewest: int = 2) -> Iterator[tuple[Array, Array]]:
    """What is said and what is true of each scored number, ``[clips]`` each, of clips of which it is known.

    Those with fewer different truths than ``fewest`` are left out.
    """
    for number in np.flatnonzero(scored):
        rows = targets.known[:, number]
        said, true = (values[rows, number].astype(np.float64) for values in (out, targets.values))
        if len(np.unique(true)) >= fewest:
            yield said, true
