"""The probe ``distance``: how far apart the clips of two tasks are, in features, labels unseen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from cohear.base.arrays import Array
from cohear.probes.probe import PROBES, Ground, Measured, Probe, ProbeInputs, Subject

CLIPS = 250
"""Of each task, at most."""
DIRECTIONS = 32
"""Principal ones of both tasks together; in more, covariances of so few clips are mostly noise."""


@PROBES.register("distance")
class Distance(Probe):
    """Fréchet distance, maximum mean discrepancy, and a classifier that tells the clips of two tasks apart.

    All three look at training clips as they lie in the principal directions of both tasks together, each number of the
    vectors at one scale. Each is the same both ways round.
    """

    subject: ClassVar[Subject] = "pair"
    rests_on: ClassVar[Ground] = "features"
    measures: ClassVar[tuple[str, ...]] = ("frechet_distance", "mmd", "two_sample_accuracy")

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """NaN of fewer than four clips."""
        one, other = (
            given.heard(task)[given.some(task, most=CLIPS)].astype(np.float64) for task in (given.task, given.partner)
        )
        known = min(len(one), len(other)) >= 4
        if known:
            one, other = in_common_directions(one, other)
        found = {
            "frechet_distance": frechet_distance(one, other) if known else np.nan,
            "mmd": mmd(one, other) if known else np.nan,
            "two_sample_accuracy": two_sample_accuracy(one, other) if known else np.nan,
        }
        for name, value in found.items():
            yield from given.both_ways(name, value)


def in_common_directions(one: Array, other: Array, most: int = DIRECTIONS) -> tuple[Array, Array]:
    """Two samples ``[N, D]`` and ``[M, D]`` in the first principal directions of both, ``[N, K]`` and ``[M, K]``.

    Numbers are brought to mean 0 and deviation 1 over both first; together the K directions do not change distances but
    by what the others hold.
    """
    both = np.concatenate([one, other])
    deviation = both.std(axis=0)
    both = (both - both.mean(axis=0)) / np.where(deviation > 0, deviation, 1)
    values, directions = np.linalg.eigh(both.T @ both / len(both)) if both.shape[1] <= len(both) else _few(both)
    kept = np.argsort(values)[::-1][: min(most, both.shape[1], len(both) - 1)]
    projected = both @ directions[:, kept]
    return projected[: len(one)], projected[len(one) :]


def _few(both: Array) -> tuple[Array, Array]:
    """The same of fewer rows than columns, by way of the rows."""
    _, values, directions = np.linalg.svd(both, full_matrices=False)
    return np.square(values) / len(both), directions.T


def frechet_distance(one: Array, other: Array) -> float:
    """Squared Fréchet distance of Gaussians with the means and covariances of ``[N, K]`` and ``[M, K]``.

    Dowson & Landau 1982; of features of audio Kilgour et al. 2019.
    """
    apart = one.mean(axis=0) - other.mean(axis=0)
    first, second = (np.atleast_2d(np.cov(each, rowvar=False)) for each in (one, other))
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    common = np.linalg.eigvalsh(root @ second @ root)
    total = apart @ apart + np.trace(first) + np.trace(second) - 2 * np.sqrt(np.maximum(common, 0)).sum()
    return float(max(total, 0.0))


def mmd(one: Array, other: Array) -> float:
    """Unbiased squared maximum mean discrepancy (Gretton et al. 2012, lemma 6) with a Gaussian kernel.

    Its width is the median distance between clips of both; 0 in the mean where both are alike, so it may be negative.
    """
    both = np.concatenate([one, other])
    lengths = np.square(both).sum(axis=1)
    squares = np.maximum(lengths[:, None] + lengths - 2 * both @ both.T, 0)
    middle = float(np.median(squares[np.triu_indices(len(both), 1)]))
    kernel = np.exp(-squares / (2 * middle)) if middle > 0 else np.ones_like(squares)
    n, m = len(one), len(other)
    own, partner = kernel[:n, :n], kernel[n:, n:]
    within = (own.sum() - np.trace(own)) / (n * (n - 1)) + (partner.sum() - np.trace(partner)) / (m * (m - 1))
    return float(within - 2 * kernel[:n, n:].mean())


def two_sample_accuracy(one: Array, other: Array) -> float:
    """Mean recall of a linear classifier of the two samples on halves that it has not seen (Lopez-Paz & Oquab 2017).

    A half where nothing tells them apart, 1 where everything does. Halves are every other clip, so that whatever the
    clips are ordered by is in both.
    """
    both = np.concatenate([one, other])
    is_one = np.arange(len(both)) < len(one)
    half = np.concatenate([np.arange(len(one)), np.arange(len(other))]) % 2 == 0
    right = np.zeros(len(both), np.bool_)
    for learnt in (half, ~half):
        rows = np.concatenate([both, np.ones((len(both), 1))], axis=1)
        weights = np.where(is_one, 1 / max(1, (is_one & learnt).sum()), 1 / max(1, (~is_one & learnt).sum()))[learnt]
        seen = rows[learnt]
        ridge = 1e-3 * np.eye(rows.shape[1])
        sides = np.where(is_one[learnt], 1.0, -1.0)
        direction = np.linalg.solve(seen.T @ (weights[:, None] * seen) + ridge, seen.T @ (weights * sides))
        right[~learnt] = (rows[~learnt] @ direction > 0) == is_one[~learnt]
    return float((right[is_one].mean() + right[~is_one].mean()) / 2)
