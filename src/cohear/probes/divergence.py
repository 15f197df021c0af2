"""The probe ``divergence``: how far a task's test clips are from its training clips, labels unseen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.probes.probe import PROBES, Ground, Measured, Probe, ProbeInputs, Subject

BINS = 10


@PROBES.register("divergence")
class Divergence(Probe):
    """Jensen-Shannon divergence of features (Lin 1991), as Bingel & Søgaard (2017) took of words.

    Whoever knows the clips that will come, though no label of them, can measure it.
    """

    subject: ClassVar[Subject] = "task"
    rests_on: ClassVar[Ground] = "features"
    hears_test: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = ("divergence_train_test",)

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """The mean over numbers of the vectors; NaN where a part is empty."""
        vectors = given.heard(given.task)
        train, test = (vectors[given.some(given.task, part)] for part in ("train", "test"))
        value = mean_divergence(train, test) if len(train) and len(test) else np.nan
        yield given.measured("divergence_train_test", value)


def mean_divergence(one: Floats, other: Floats) -> float:
    """Mean over columns of the divergence in bits of ``[N, D]`` and ``[M, D]``, each in bins alike full of both."""
    found = []
    for column in range(one.shape[1]):
        a, b = one[:, column].astype(np.float64), other[:, column].astype(np.float64)
        edges = np.unique(np.quantile(np.concatenate([a, b]), np.linspace(0, 1, BINS + 1)[1:-1]))
        counts = [np.bincount(np.searchsorted(edges, each, side="right"), minlength=len(edges) + 1) for each in (a, b)]
        found.append(jensen_shannon(counts[0] / len(a), counts[1] / len(b)))
    return float(np.mean(found))


def jensen_shannon(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Divergence of two distributions over the same things, in bits: 0 of the same, 1 of those that share nothing."""
    middle = (one + other) / 2

    def bits(shares: NDArray[np.float64]) -> float:
        seen = shares > 0
        return float((shares[seen] * np.log2(shares[seen] / middle[seen])).sum())

    return max(0.0, (bits(one) + bits(other)) / 2)
