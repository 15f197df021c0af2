"""A task's score by the values of a column (speaker's gender, accent, device), and how far they lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from cohear.evaluation.intervals import FEWEST_GROUPS, SURE, ScoreInterval, interval_over_groups
from cohear.evaluation.told import ToldOfClips
from cohear.tasks.metrics import Metric


@dataclass(frozen=True)
class OfValue:
    """Clips with one value.

    Attributes:
        value: of the column.
        clips, groups: how many.
        score: the task's metric; NaN where it cannot be scored.
        low, high: 95 % interval over groups; NaN where there is none.
    """

    value: str
    clips: int
    groups: int
    score: float
    low: float
    high: float


@dataclass(frozen=True)
class GapOfValues:
    """The two values that lie furthest apart.

    Attributes:
        better, worse: values.
        gap: between their scores.
        low, high: 95 % interval over groups, for the largest of all pairs (Bonferroni); NaN where there is none.
        sure: whether it leaves out no gap; None without an interval.
    """

    better: str
    worse: str
    gap: float
    low: float
    high: float
    sure: bool | None


@dataclass(frozen=True)
class RecallApart:
    """Equal opportunity (Hardt et al. 2016; Oneto et al. 2019): of which label the recall differs most.

    Attributes:
        label: which.
        better, worse: values of the column.
        difference: of the label's recall between them.
    """

    label: str
    better: str
    worse: str
    difference: float


@dataclass(frozen=True)
class ByColumn:
    """A column's values.

    Attributes:
        column: its name.
        values: that clips have.
        gap: None with fewer than two that are scored.
        opportunity: None where a task has no labels, or no label is in two values.
        few: values of fewer than ``FEWEST_GROUPS`` groups, of which nothing is sure.
    """

    column: str
    values: list[OfValue]
    gap: GapOfValues | None
    opportunity: RecallApart | None
    few: list[str]


def scores_by_value(
    told: ToldOfClips,
    metric: Metric,
    groups: Sequence[str],
    column: str,
    cells: Sequence[str],
    recalls: Sequence[tuple[str, NDArray[np.int64], NDArray[np.int64]]],
) -> ByColumn:
    """A task's metric for each value of a column.

    Args:
        told: of N clips.
        metric: of the task.
        groups: of each clip.
        column: its name.
        cells: of each clip; an empty one is of no value.
        recalls: of each label the clips that have it, and those that were answered with it besides.
    """
    values = np.array(cells)
    places = {value: np.flatnonzero(values == value) for value in sorted({cell for cell in cells if cell})}
    own = [_of_value(told, metric, groups, value, rows) for value, rows in places.items()]
    few = [each.value for each in own if each.groups < FEWEST_GROUPS]
    return ByColumn(column, own, _gap(told, metric, groups, own, places), _opportunity(recalls, places), few)


def _of_value(told: ToldOfClips, metric: Metric, groups: Sequence[str], value: str, rows: NDArray[np.int64]) -> OfValue:
    some, named = told.take(rows), [groups[row] for row in rows.tolist()]
    score = some.score(metric.name)
    found = interval_over_groups(partial(some.score_of, metric.name), named, metric, score)
    ends = (found.low, found.high) if found else (float("nan"), float("nan"))
    return OfValue(value, len(rows), len(set(named)), score, *ends)


def _gap(
    told: ToldOfClips,
    metric: Metric,
    groups: Sequence[str],
    own: Sequence[OfValue],
    places: dict[str, NDArray[np.int64]],
) -> GapOfValues | None:
    """Between the best and the worst value."""
    sign = 1 if metric.higher_is_better else -1
    scored = sorted((each for each in own if np.isfinite(each.score)), key=lambda each: -sign * each.score)
    if len(scored) < 2:
        return None
    best, worst = scored[0], scored[-1]
    gap = sign * (best.score - worst.score)
    interval: ScoreInterval | None = None
    if min(best.groups, worst.groups) >= FEWEST_GROUPS:
        rows = np.concatenate([places[best.value], places[worst.value]])
        first = len(places[best.value])

        def apart(clips: NDArray[np.int64]) -> float:
            sides = (clips[clips < first], clips[clips >= first])
            one, other = (told.take(rows[side]).score(metric.name) for side in sides)
            return sign * (one - other)

        # The difference of two scores has no ends of a scale to be cut at: its error is what is taken here.
        interval = interval_over_groups(apart, [groups[row] for row in rows.tolist()], metric, gap)
    if interval is None:
        return GapOfValues(best.value, worst.value, gap, float("nan"), float("nan"), None)
    pairs = len(list(combinations(scored, 2)))
    reach = float(stats.t.ppf(1 - (1 - SURE) / pairs, interval.freedom)) * interval.error
    return GapOfValues(best.value, worst.value, gap, gap - reach, gap + reach, gap - reach > 0)


def _opportunity(
    recalls: Sequence[tuple[str, NDArray[np.int64], NDArray[np.int64]]], places: dict[str, NDArray[np.int64]]
) -> RecallApart | None:
    """The label whose recall differs most between two values."""
    found: list[RecallApart] = []
    for label, has, hits in recalls:
        shares = {
            value: len(np.intersect1d(hits, rows)) / inside
            for value, rows in places.items()
            if (inside := len(np.intersect1d(has, rows)))
        }
        if len(shares) > 1:
            better, worse = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)
            found.append(RecallApart(label, better, worse, shares[better] - shares[worse]))
    return max(found, key=lambda each: each.difference, default=None)
