"""Measurements one by one: those that were named beforehand, and all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cohear.advice.judging.permuting import Permuted
from cohear.advice.judging.resampling import Interval, ResampledCells
from cohear.advice.predictors.cells import Feature, KnownGains
from cohear.base.multiplicity import benjamini_hochberg, holm


@dataclass(frozen=True)
class NamedBefore:
    """A measurement that was named before gains were known.

    Attributes:
        feature: the measurement.
        expected: 1 where more of it goes with larger gains, else -1.
    """

    feature: Feature
    expected: Literal[1, -1]


CONFIRMATORY = (
    NamedBefore(Feature("labels", "partner"), -1),
    NamedBefore(Feature("final_loss", "partner"), -1),
    NamedBefore(Feature("frechet_distance", "pair"), -1),
    NamedBefore(Feature("class_similarity", "pair"), 1),
)
"""The four of studies/foretold.md, in its order, each with its direction."""


@dataclass(frozen=True)
class OneMeasurement:
    """How a measurement goes with gains within tasks.

    Attributes:
        feature: the measurement.
        is_confirmatory: whether it was named beforehand.
        within: mean rank correlation with its interval; None where it was not measured.
        p: by permutation of datasets; one-sided where a direction was named.
        p_adjusted: Holm's over those that were named, whether measured or not; else the false discovery rate.
    """

    feature: Feature
    is_confirmatory: bool
    within: Interval | None
    p: float = np.nan
    p_adjusted: float = np.nan


def one_by_one(trained: KnownGains, drawn: ResampledCells) -> list[OneMeasurement]:
    """Of pairs of tasks of different datasets; the confirmatory ones first, then from the furthest from zero on."""
    permuted = Permuted.of(trained.cells, trained.gains)
    named = {each.feature: each.expected for each in CONFIRMATORY}
    others = [each for each in trained.cells.features if each.side != "task" and each not in named]
    first = list(_told(trained, drawn, permuted, list(named), [float(sign) for sign in named.values()]))
    further = list(_told(trained, drawn, permuted, others, [0.0] * len(others)))
    tests = np.array([each.p if np.isfinite(each.p) else 1.0 for each in first])
    for found, adjusted in (
        (first, holm(tests)),
        (further, benjamini_hochberg(np.array([each.p for each in further]))),
    ):
        found[:] = [
            OneMeasurement(each.feature, each.is_confirmatory, each.within, each.p, float(q) if each.within else np.nan)
            for each, q in zip(found, adjusted, strict=True)
        ]
    return first + sorted(further, key=lambda each: -abs(each.within.value) if each.within else 0.0)


def _told(
    trained: KnownGains,
    drawn: ResampledCells,
    permuted: Permuted,
    features: Sequence[Feature],
    expected: Sequence[float],
) -> Iterator[OneMeasurement]:
    """``expected`` is 0 where no direction was named."""
    for feature, sign in zip(features, expected, strict=True):
        if feature not in trained.cells.features:
            yield OneMeasurement(feature, sign != 0, None)
            continue
        value = Interval.of(drawn.within(trained.cells.column(feature), trained.gains), drawn.datasets).within(-1, 1)
        null = permuted.within(feature)
        told = np.abs(null) if sign == 0 else sign * null
        p = float((told >= told[0] - 1e-12).mean()) if np.isfinite(told[0]) else np.nan  # as they are counts as one
        yield OneMeasurement(feature, sign != 0, value, p)
