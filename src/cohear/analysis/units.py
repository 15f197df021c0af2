"""What scores and their differences are counted in: one rule, per metric, whoever shows them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

NONE = "–"
"""What stands for a figure that there is not."""

SHARES = frozenset({"accuracy", "f1", "map", "uar"})
"""Metrics whose name says that they are shares, where no facts state units: those of :data:`cohear.tasks.METRICS`."""

_SCORES = ("value", "single", "shared")


@dataclass(frozen=True)
class Unit:
    """What scores and their differences are counted in.

    Attributes:
        name: ``points``, or that of the metric's own.
        points: whether they are shown x 100.
    """

    name: str
    points: bool = False

    @classmethod
    def named(cls, name: str) -> Unit:
        """From its name, by which it is known in JSON."""
        return cls(name, name == POINTS.name)

    def level(self, value: object) -> str:
        """A score: ``76.2``, or four digits in the metric's own unit."""
        number = known(value)
        return NONE if number is None else f"{100 * number:.1f}" if self.points else f"{number:.4g}"

    def signed(self, value: object) -> str:
        """A difference with its sign: ``+3.1``; what rounds to nothing has none."""
        number = known(value)
        if number is None:
            return NONE
        text = f"{100 * number:+.1f}" if self.points else f"{number:+.3g}"
        return text if float(text) else text[1:]

    def size(self, value: object) -> str:
        """A difference without its sign, and its unit: ``3.1 points``."""
        return f"{self.signed(value).lstrip('+-')} {self.name}"

    def interval(self, low: object, high: object) -> str:
        """``+1.0 to +5.2``, or a dash where there is none."""
        return NONE if known(low) is None or known(high) is None else f"{self.signed(low)} to {self.signed(high)}"


POINTS = Unit("points", True)
SEVERAL = Unit("in the unit of the scores")
"""Of figures over metrics that have several units."""


def units_of(scores: pd.DataFrame, stated: Mapping[str, str] = MappingProxyType({})) -> dict[str, Unit]:
    """The unit of each metric of a table.

    Args:
        scores: a table with ``metric`` and the scores: ``value`` of results, ``single`` and ``shared`` of gains.
        stated: what is said of metrics elsewhere (:attr:`cohear.analysis.design.Design.units`).

    Returns:
        Points for a metric that is a share, as stated or by its name, and whose scores all lie between 0 and 1: 85
        stands for 85 per cent. Else the unit that is stated, or the metric's name where nobody says.
    """
    outside = above_one(scores)
    return {
        name: _unit(name, stated.get(name, POINTS.name if name in SHARES else name), name not in outside)
        for name in map(str, scores["metric"].unique())
    }


def _unit(metric: str, told: str, inside: bool) -> Unit:
    if told == POINTS.name and inside:
        return POINTS
    return Unit(metric if told in (POINTS.name, "") else told)


def common_unit(units: Iterable[Unit]) -> Unit:
    """The one unit of figures over several metrics; points where there is none at all."""
    found: Collection[Unit] = set(units)
    return SEVERAL if len(found) > 1 else next(iter(found), POINTS)


def above_one(scores: pd.DataFrame) -> list[str]:
    """Metrics of which a score is no fraction (below 0 or above 1), sorted."""
    outside = pd.Series(False, index=scores.index)
    for name in _SCORES:
        if name in scores:
            outside |= (scores[name] < 0) | (scores[name] > 1)
    return sorted(set(scores.loc[outside, "metric"].astype(str)))


def known(value: object) -> float | None:
    """A cell of a table; None where it is missing."""
    number = math.nan if value is None or value is pd.NA else float(str(value))
    return None if math.isnan(number) else number
