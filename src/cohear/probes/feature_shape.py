"""The probe ``feature-shape``: how large a task's features are, and how many directions they take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np

from cohear.base.arrays import Array
from cohear.probes.probe import PROBES, Ground, Measured, Probe, ProbeInputs, Subject


@PROBES.register("feature-shape")
class FeatureShape(Probe):
    """Norms (Bingel & Søgaard 2017 took that of the whole matrix) and effective rank of the training clips' vectors."""

    subject: ClassVar[Subject] = "task"
    rests_on: ClassVar[Ground] = "features"
    measures: ClassVar[tuple[str, ...]] = ("feature_norm", "feature_norm_spread", "effective_rank")

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """Of at most so many clips as `ProbeInputs.some` gives; NaN of fewer than two."""
        vectors = given.heard(given.task)[given.some(given.task)].astype(np.float64)
        norms = np.linalg.norm(vectors, axis=1)
        known = len(vectors) > 1 and norms.mean() > 0
        yield given.measured("feature_norm", float(np.sqrt(np.square(norms).mean())) if known else np.nan)
        yield given.measured("feature_norm_spread", float(norms.std() / norms.mean()) if known else np.nan)
        yield given.measured("effective_rank", effective_rank(vectors) if known else np.nan)


def effective_rank(vectors: Array) -> float:
    """Exponential of the entropy of the singular values, as shares of their sum, of ``[N, D]`` less its mean.

    Roy & Vetterli 2007. From 1 (one direction) to the rank; NaN where all rows are the same.
    """
    values = np.linalg.svd(vectors - vectors.mean(axis=0), compute_uv=False)
    values = values[values > 1e-12 * max(float(values.max(initial=0)), 1e-300)]
    if not len(values) or values.sum() <= 0:
        return float("nan")
    shares = values / values.sum()
    return float(np.exp(-(shares * np.log(shares)).sum()))
