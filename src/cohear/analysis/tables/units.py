"""The unit of each metric: as stated, else as its name says, if its scores agree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

import pandas as pd

from cohear.base.units import OWN, POINTS, Unit

SHARES = frozenset(
    {
        "accuracy",
        "auc",
        "eer",
        "event_f1",
        "event_f1_onset",
        "f1",
        "map",
        "psds1",
        "psds2",
        "segment_f1",
        "segment_f1_1s",
    }
    | {"top2", "top3", "top5", "uar"}
)
"""Metrics whose name says that they are shares, where no facts state units: those of :data:`cohear.tasks.METRICS`."""

_SCORES = ("value", "single", "shared")


def units_of(scores: pd.DataFrame, stated: Mapping[str, str] = MappingProxyType({})) -> dict[str, Unit]:
    """The unit of each metric of a table.

    Args:
        scores: a table with ``metric`` and the scores: ``value`` of results, ``single`` and ``shared`` of gains.
        stated: what is said of metrics elsewhere (:attr:`cohear.analysis.gains.design.Design.units`).

    Returns:
        Points for a metric that is a share, as stated or by its name, and whose scores all lie between 0 and 1; where
        they do not, nobody knows what 85 stands for. Else the unit that is stated, or the metric's name.
    """
    outside = above_one(scores)
    return {
        name: _unit(name, stated.get(name, POINTS.name if name in SHARES else name), name not in outside)
        for name in map(str, scores["metric"].unique())
    }


def _unit(metric: str, stated: str, inside: bool) -> Unit:
    if stated == POINTS.name:
        return POINTS if inside else OWN
    return Unit(stated or metric)


def common_unit(units: Iterable[Unit]) -> Unit:
    """The one unit of figures over several metrics; points where there is none at all."""
    found: Collection[Unit] = set(units)
    return OWN if len(found) > 1 else next(iter(found), POINTS)


def above_one(scores: pd.DataFrame) -> list[str]:
    """Metrics of which a score is no fraction (below 0 or above 1), sorted."""
    outside = pd.Series(False, index=scores.index)
    for name in _SCORES:
        if name in scores:
            outside |= (scores[name] < 0) | (scores[name] > 1)
    return sorted(set(scores.loc[outside, "metric"].astype(str)))
