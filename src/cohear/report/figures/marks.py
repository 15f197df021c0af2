"""Marks that several figures share: verdicts by colour, shape and sign; intervals; a line at zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from cohear.report.figures.palette import LIGHT, SERIES
from cohear.report.parts.verdict_looks import LOOKS, Look

SERIES_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")


def as_shown(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The table with ``<column>_shown``: points (x 100) where its unit says so, else the metric's own unit."""
    factor = table["unit"].map({"points": 100.0}).fillna(1.0)
    return table.assign(**{f"{name}_shown": table[name].astype(float) * factor for name in columns})


def unit_of(table: pd.DataFrame) -> str:
    """What an axis counts in."""
    units = list(dict.fromkeys(table["unit"]))
    return units[0] if len(units) == 1 else "points, or the metric's unit"


def verdict_marks(table: pd.DataFrame) -> dict[str, Any]:
    """Fill, stroke and shape of a point by its verdict."""
    return look_marks(table, "verdict", LOOKS)


def look_marks(table: pd.DataFrame, column: str, every: Mapping[str, Look]) -> dict[str, Any]:
    """Fill, stroke and shape of a point by what a column says of it. One legend for the three."""
    looks = {name: look for name, look in every.items() if name in set(table[column])}

    def scale(values: Sequence[str]) -> alt.Scale:
        return alt.Scale(domain=list(looks), range=list(values))

    return {
        "fill": alt.Fill(f"{column}:N", title=None, scale=scale([LIGHT[look.fill] for look in looks.values()])),
        "stroke": alt.Stroke(f"{column}:N", title=None, scale=scale([LIGHT[look.ink] for look in looks.values()])),
        "shape": alt.Shape(f"{column}:N", title=None, scale=scale([look.shape for look in looks.values()])),
    }


def series_marks(names: Sequence[str], column: str) -> dict[str, Any]:
    """Colour and shape of things without an order; no legend where there is only one."""
    number = len(names)
    legend: dict[str, Any] = {} if number > 1 else {"legend": None}
    colours = [SERIES[place % len(SERIES)] for place in range(number)]
    shapes = [SERIES_SHAPES[place % len(SERIES_SHAPES)] for place in range(number)]
    return {
        "color": alt.Color(f"{column}:N", title=None, scale=alt.Scale(domain=list(names), range=colours), **legend),
        "shape": alt.Shape(f"{column}:N", title=None, scale=alt.Scale(domain=list(names), range=shapes), **legend),
    }


def colour_by(column: str) -> alt.Stroke:
    """Lines in the colours that a column holds."""
    return alt.Stroke(f"{column}:N", scale=None, legend=None)


def vertical_at(value: float, colour: str = "ink", **looks: Any) -> alt.Chart:  # noqa: ANN401 - looks of a rule
    """A vertical line over the whole height."""
    return alt.Chart(pd.DataFrame({"at": [value]})).mark_rule(color=LIGHT[colour], **looks).encode(x="at:Q")


def horizontal_at(value: float) -> alt.Chart:
    """A horizontal line over the whole width."""
    return alt.Chart(pd.DataFrame({"at": [value]})).mark_rule(color=LIGHT["ink"]).encode(y="at:Q")


def reach(table: pd.DataFrame) -> tuple[float, float]:
    """Ends of an axis over values with intervals; one wild interval does not squeeze all the others."""
    values, halves = table["gain_shown"].dropna(), ((table["high_shown"] - table["low_shown"]) / 2).dropna()
    usual = float(halves.median()) if len(halves) else 0.0
    most = 3 * max(1e-9, usual, float(values.abs().max()) if len(values) else 0.0)
    low, high = table["low_shown"].fillna(0.0).clip(-most, most), table["high_shown"].fillna(0.0).clip(-most, most)
    ends = [0.0, *low, *high, *values]
    pad = 0.05 * (max(ends) - min(ends) or 1.0)
    return min(ends) - pad, max(ends) + pad
