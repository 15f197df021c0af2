"""The probe ``class-similarity``: what the partner's classes, as a simple classifier hears them, say of the task's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score

from cohear.base.arrays import Array, Integers
from cohear.probes.probe import PROBES, Ground, Measured, Probe, ProbeInputs
from cohear.runs.task_data import TaskData

PENALTY = 1.0
"""Of squared weights, a clip."""


@PROBES.register("class-similarity")
class ClassSimilarity(Probe):
    """One task's classifier on the other's clips: how well what it calls them goes with their labels.

    The classifier is least squares on the features of the partner's training clips; what it says of the task's training
    clips is held against their labels by mutual information, adjusted for chance (Vinh et al. 2010).
    """

    rests_on: ClassVar[Ground] = "features"
    packages: ClassVar[tuple[str, ...]] = ("scikit-learn",)
    measures: ClassVar[tuple[str, ...]] = ("class_similarity",)

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """From 0, as by chance, to 1; NaN where one of the tasks has no classes."""
        own, partners = (given.clips_with_class(task) for task in given.tasks)
        if not len(own[0]) or not len(partners[0]):
            yield given.measured("class_similarity", np.nan)
            return
        learnt = _vectors(given, given.partner, partners[0])
        said = classes_by_least_squares(learnt, partners[1], _vectors(given, given.task, own[0]))
        yield given.measured("class_similarity", float(adjusted_mutual_info_score(own[1], said)))


def _vectors(given: ProbeInputs, task: TaskData, clips: Integers) -> Array:
    return given.heard(task)[clips].astype(np.float64)


def classes_by_least_squares(vectors: Array, classes: Integers, asked: Array) -> Integers:
    """The class that each of some vectors ``[M, D]`` is nearest to, by ridge regression on one class against the rest.

    Args:
        vectors: learnt from, ``[N, D]``.
        classes: theirs, ``[N]``.
        asked: to be told apart.
    """
    mean, deviation = vectors.mean(axis=0), vectors.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1)
    seen, asked = (vectors - mean) / scale, (asked - mean) / scale
    found, places = np.unique(classes, return_inverse=True)
    sides = np.eye(len(found))[places]
    sides -= sides.mean(axis=0)
    penalty = PENALTY * len(seen)
    if seen.shape[1] <= len(seen):
        weights = np.linalg.solve(seen.T @ seen + penalty * np.eye(seen.shape[1]), seen.T @ sides)
    else:
        weights = seen.T @ np.linalg.solve(seen @ seen.T + penalty * np.eye(len(seen)), sides)
    return np.asarray(found[np.argmax(asked @ weights + np.bincount(places) / len(places), axis=1)], np.int64)
