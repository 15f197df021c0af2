"""The probe ``transferability``: what the partner's network says of the task's clips, without training a head."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np

from cohear.base.arrays import Array, Integers
from cohear.probes.probe import PROBES, Left, Measured, Probe, ProbeInputs


@PROBES.register("transferability")
class Transferability(Probe):
    """LogME and H-score of the partner's encoder, LEEP and NCE of its head, all on the task's training clips."""

    needs: ClassVar[Mapping[str, Left]] = {"partner": Left("partner")}
    measures: ClassVar[tuple[str, ...]] = ("logme", "h_score", "leep", "nce")

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """The larger, the better it should transfer; NaN where the task has no classes, or for LEEP the partner."""
        network, (clips, classes) = given.networks["partner"], given.clips_with_class(given.task)
        told = len(np.unique(classes)) > 1
        vectors = network.vectors(given.task)[clips].astype(np.float64) if told else np.zeros((0, 1))
        yield given.measured("logme", logme(vectors, classes) if told else np.nan)
        yield given.measured("h_score", h_score(vectors, classes) if told else np.nan)
        said = network.probabilities(given.task, given.partner) if told else None
        yield given.measured("leep", np.nan if said is None else leep(said[clips], classes))
        yield given.measured("nce", np.nan if said is None else nce(said[clips].argmax(axis=1), classes))


def logme(vectors: Array, classes: Integers) -> float:
    """Log of the largest evidence of Bayesian linear regression on each class against the rest (You et al. 2021).

    The mean over classes, a clip, in nats. Prior and noise are found by their fixed point, as published.

    Args:
        vectors: ``[N, D]``, without a constant.
        classes: ``[N]``.
    """
    left, values, _ = np.linalg.svd(vectors, full_matrices=False)
    squares = np.square(values)
    found = [
        _evidence(left, squares, (classes == each).astype(np.float64), vectors.shape) for each in np.unique(classes)
    ]
    return float(np.mean(found))


def _evidence(left: Array, squares: Array, target: Array, shape: tuple[int, ...]) -> float:
    """Of one target ``[N]``: left singular vectors and squared singular values of the vectors are given."""
    clips, width = shape
    along = np.square(left.T @ target)
    beside = max(float(target @ target - along.sum()), 0.0)  # what no weights reach
    prior, noise = 1.0, 1.0
    for _ in range(100):
        bent = prior + noise * squares
        free = float((noise * squares / bent).sum())
        weights = float((noise**2 * squares * along / bent**2).sum())
        residual = float((along * np.square(prior / bent)).sum()) + beside
        before = prior / noise
        prior = free / (weights + 1e-12)
        noise = (clips - free) / (residual + 1e-12)
        if abs(prior / noise / before - 1) < 1e-4:
            break
    bent = prior + noise * squares
    weights = float((noise**2 * squares * along / bent**2).sum())
    residual = float((along * np.square(prior / bent)).sum()) + beside
    curvature = float(np.log(bent).sum()) + (width - len(squares)) * np.log(prior)
    total = width * np.log(prior) + clips * np.log(noise) - clips * np.log(2 * np.pi) - curvature
    return float(total - noise * residual - prior * weights) / (2 * clips)


def h_score(vectors: Array, classes: Integers) -> float:
    """Trace of the inverse covariance of vectors times that of their means by class (Bao et al. 2019).

    From 0 to the number of classes less one, where the vectors tell them all apart.
    """
    centred = vectors - vectors.mean(axis=0)
    places = np.unique(classes, return_inverse=True)[1]
    means = np.stack([centred[places == each].mean(axis=0) for each in range(places.max() + 1)])[places]
    covariance = centred.T @ centred / len(centred)
    inverse = np.linalg.pinv(covariance, rcond=1e-6, hermitian=True)
    return float(np.trace(inverse @ (means.T @ means / len(means))))


def leep(said: Array, classes: Integers) -> float:
    """Mean log of what the classes are expected to be from the partner's answers (Nguyen et al. 2020), in nats.

    Args:
        said: probabilities of the partner's classes ``[N, K]``.
        classes: of the task ``[N]``.
    """
    places = np.unique(classes, return_inverse=True)[1]
    joint = np.eye(places.max() + 1)[places].T @ said / len(said)  # [classes, K]
    given_answer = joint / np.maximum(joint.sum(axis=0), 1e-300)
    expected = (said @ given_answer.T)[np.arange(len(said)), places]
    return float(np.log(np.maximum(expected, 1e-300)).mean())


def nce(said: Integers, classes: Integers) -> float:
    """Negative conditional entropy of the classes given the partner's answers (Tran et al. 2019), in nats."""
    answers = np.unique(said, return_inverse=True)[1]
    return leep(np.eye(answers.max() + 1)[answers], classes)
