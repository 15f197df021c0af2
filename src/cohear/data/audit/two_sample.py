"""Whether two parts of a dataset sound alike, beside what whole groups differ anyway.

A linear classifier learns to tell the parts apart from summary features and is asked about groups that it has not
seen. Held-out speakers or recordings always differ somewhat, so the yardstick is the same classifier where whole
groups have changed places between the parts (see `shuffle`): a classifier two-sample test (Lopez-Paz and Oquab 2017)
with a permutation of groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats, Integers
from cohear.data.audit.evidence import MeasuredDataset
from cohear.data.audit.shuffle import GroupShuffle, group_folds
from cohear.data.audit.spectrum import BANDS, HIGHEST, LOWEST

_DRAWS = (39, 199)  # permutations: a few at first; the rest where those do not settle it
_SETTLED = 7  # of the few as large as what was found: far from any level
_RIDGE = 30.0  # clips' worth of belief that no feature matters
_EQUAL = 1e-3  # standard deviations: the same permutation again, but for rounding
_FARTHEST = 4.0  # standard deviations: what lies beyond counts as there


@dataclass(frozen=True)
class Separability:
    """How well two parts can be told apart.

    Attributes:
        area: under the ROC curve, on groups that the classifier has not seen; 0.5 is chance.
        p: share of permutations that do as well.
        least_p: smallest p that so few groups allow.
        features: names of the features that differ most, with the difference in standard deviations.
    """

    area: float
    p: float
    least_p: float
    features: list[tuple[str, float]]


def features_of(data: MeasuredDataset) -> tuple[Floats, list[str]]:
    """Summary features ``[clips, features]`` and their names: what a recording sounds like, not how long it is."""
    edges = np.geomspace(LOWEST, HIGHEST, BANDS + 1)
    middles = np.sqrt(edges[1:] * edges[:-1])
    names = [f"{what} at {hertz:.0f} Hz" for what in ("level", "variation", "noise floor") for hertz in middles] + [
        "level",
        "bandwidth",
        "mean of samples",
        "clipped samples",
        "sample rate",
        "channels",
    ]
    rates = np.array([fact.rate for fact in data.facts], dtype=np.float64)
    channels = np.array([fact.channels for fact in data.facts], dtype=np.float64)
    columns: list[NDArray[Any]] = [
        np.stack([measures.profile.reshape(-1) for measures in data.measures]),
        data.numbers("level")[:, None],
        np.log2(np.maximum(data.numbers("bandwidth"), 1))[:, None],
        data.numbers("mean")[:, None],
        np.log1p(data.numbers("clipped"))[:, None],
        np.log2(rates)[:, None],
        channels[:, None],
    ]
    return np.concatenate(columns, axis=1, dtype=np.float32, casting="same_kind"), names


def without_labels(values: Floats, labels: Integers | None) -> Floats:
    """Values ``[clips, features]`` less the mean of their label."""
    if labels is None:
        return np.asarray(values - values.mean(axis=0), np.float32)
    counts = np.maximum(np.bincount(labels), 1)
    sums = np.zeros((len(counts), values.shape[1]))
    np.add.at(sums, labels, values)
    rest: Floats = (values - (sums / counts[:, None])[labels]).astype(np.float32)
    return rest


def told_apart(
    values: Floats, names: Sequence[str], tested: NDArray[np.bool_], groups: Integers, random: np.random.Generator
) -> Separability:
    """How well test clips are told from training clips, beside permutations of whole groups.

    Args:
        values: ``[clips, features]``.
        names: of the features.
        tested: ``[clips]``.
        groups: ``[clips]`` group numbers.
        random: stream of the permutations.
    """
    scale = values.std(axis=0)
    varying = scale > 1e-4
    standard = np.clip((values - values.mean(axis=0))[:, varying] / scale[varying], -_FARTHEST, _FARTHEST)
    standard = standard.astype(np.float32)
    kept = [name for name, varies in zip(names, varying, strict=True) if varies]
    chosen = tested.astype(np.int64)
    shuffle = GroupShuffle(chosen, groups)
    folds = group_folds(groups, random)
    found = _scores(standard, chosen[:, None], folds)
    separation = float(_separation(found, chosen[:, None])[0])
    as_large = drawn = 0
    for draws in _DRAWS:
        if as_large >= _SETTLED:
            break
        columns = np.stack([shuffle.draw(random) for _ in range(draws - drawn)], axis=1)
        as_large += int((_separation(_scores(standard, columns, folds), columns) >= separation - _EQUAL).sum())
        drawn = draws
    shift = standard[tested].mean(axis=0) - standard[~tested].mean(axis=0)
    most = np.argsort(-np.abs(shift))[:3]
    return Separability(
        area=area_under_curve(found[:, 0], tested),
        p=(as_large + 1) / (drawn + 1),
        least_p=1 / shuffle.arrangements(),
        features=[(kept[index], round(float(shift[index]), 2)) for index in most],
    )


def label_shift(
    labels: Integers, tested: NDArray[np.bool_], groups: Integers, random: np.random.Generator
) -> tuple[float, float]:
    """Total variation between the labels of two parts, and the share of permutations with as much."""
    chosen = tested.astype(np.int64)
    shuffle = GroupShuffle(chosen, groups)

    def variation(parts: Integers) -> float:
        counts = np.bincount(2 * labels + parts, minlength=2 * (labels.max() + 1)).reshape(-1, 2).astype(float)
        shares = counts / np.maximum(counts.sum(axis=0), 1)
        return float(np.abs(shares[:, 0] - shares[:, 1]).sum() / 2)

    found = variation(chosen)
    draws = _DRAWS[-1]
    as_large = sum(variation(shuffle.draw(random)) >= found - 1e-9 for _ in range(draws))
    return found, (as_large + 1) / (draws + 1)


def area_under_curve(scores: Floats, positive: NDArray[np.bool_]) -> float:
    """Chance that a positive has a larger score than a negative (ties count half)."""
    asked, others = scores[positive], np.sort(scores[~positive])
    smaller = np.searchsorted(others, asked, side="left") + np.searchsorted(others, asked, side="right")
    return float(smaller.sum() / (2 * len(asked) * len(others)))


def _scores(values: Floats, parts: Integers, folds: Integers) -> Floats:
    """Scores ``[clips, draws]`` of ridge classifiers for parts ``[clips, draws]``, on folds that each did not see."""
    scores = np.zeros(parts.shape, np.float32)
    targets = parts.astype(np.float32)
    for fold in np.unique(folds):
        learnt, asked = folds != fold, folds == fold
        if not learnt.any():
            continue
        mean = values[learnt].mean(axis=0)
        centred = values[learnt] - mean
        goal = targets[learnt] - targets[learnt].mean(axis=0)
        gram = centred.T @ centred + np.float32(_RIDGE) * np.eye(values.shape[1], dtype=np.float32)
        scores[asked] = (values[asked] - mean) @ np.linalg.solve(gram, centred.T @ goal)
    return scores


def _separation(scores: Floats, parts: Integers) -> NDArray[np.float64]:
    """Difference of the parts' mean scores in standard deviations, ``[draws]``; it ranks draws as the area would."""
    many = parts.sum(axis=0)
    high = (scores * parts).sum(axis=0) / np.maximum(many, 1)
    low = (scores * (1 - parts)).sum(axis=0) / np.maximum(len(parts) - many, 1)
    return np.asarray((high - low) / np.maximum(scores.std(axis=0), 1e-9), dtype=np.float64)
