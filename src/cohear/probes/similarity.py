"""The probe ``similarity``: how alike the networks of two tasks hear the same clips."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np
from scipy.stats import rankdata

from cohear.base.arrays import Array
from cohear.probes.probe import PROBES, Left, Measured, Probe, ProbeInputs, Subject

CLIPS = 150
"""Of each task, at most: distances are between every two."""


@PROBES.register("similarity")
class Similarity(Probe):
    """CKA and RSA of the encoders of two single runs, on training clips of both tasks; the same both ways round."""

    subject: ClassVar[Subject] = "pair"
    needs: ClassVar[Mapping[str, Left]] = {"own": Left("task"), "other": Left("partner")}
    measures: ClassVar[tuple[str, ...]] = ("encoder_cka", "encoder_rsa")

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """From 0 (CKA) and -1 (RSA) to 1."""
        chosen = [(task, given.some(task, most=CLIPS)) for task in given.tasks]
        own, other = (
            np.concatenate([given.networks[name].vectors(task)[clips] for task, clips in chosen]).astype(np.float64)
            for name in ("own", "other")
        )
        yield from given.both_ways("encoder_cka", linear_cka(own, other))
        yield from given.both_ways("encoder_rsa", rsa(own, other))


def linear_cka(own: Array, other: Array) -> float:
    """Linear centred kernel alignment of ``[N, D]`` and ``[N, E]`` (Kornblith et al. 2019); NaN of a constant."""
    own, other = own - own.mean(axis=0), other - other.mean(axis=0)
    scale = np.linalg.norm(own.T @ own) * np.linalg.norm(other.T @ other)
    return float(np.square(own.T @ other).sum() / scale) if scale > 0 else float("nan")


def rsa(own: Array, other: Array) -> float:
    """Rank correlation of the distances between every two of N clips, in ``[N, D]`` and in ``[N, E]``.

    Distances are 1 less the correlation of the vectors (Kriegeskorte et al. 2008; of networks Dwivedi & Roig 2019).
    NaN where one of the two has all distances alike.
    """
    ranks = [rankdata(_distances(each)) for each in (own, other)]
    own_ranks, other_ranks = (each - each.mean() for each in ranks)
    scale = np.linalg.norm(own_ranks) * np.linalg.norm(other_ranks)
    return float(own_ranks @ other_ranks / scale) if scale > 0 else float("nan")


def _distances(vectors: Array) -> Array:
    centred = vectors - vectors.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = centred / np.where(lengths > 0, lengths, 1)
    found: Array = 1 - (unit @ unit.T)[np.triu_indices(len(unit), 1)]
    return found
