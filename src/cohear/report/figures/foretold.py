"""Gains of larger groups beside those that their pairs foretell."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cohear.analysis.tables.columns import CELL
from cohear.base.setting import setting_of
from cohear.findings.groups_beside_pairs import WORSE
from cohear.findings.pairs import partner_of
from cohear.findings.verdict_words import WITHIN
from cohear.report.figures.figure import FIGURES, Chart, Figure, rows
from cohear.report.figures.marks import as_shown, look_marks, unit_of
from cohear.report.figures.palette import LIGHT
from cohear.report.figures.sources import FigureSources
from cohear.report.parts.verdict_looks import FITS

COLUMNS = ("task", "beside", "foretold", "gain", "low", "high", "fit", "unit")
_NAMED = 16
"""Points up to this number carry their task's name."""
_NORMAL = 1.96


class ForetoldFigure(Figure):
    """Measured gain of a task in a group against the mean of its gains in the pairs of that group."""

    name = "foretold"
    says = ("groups-beside-pairs",)
    title = "Do pairs foretell larger groups?"
    reading = (
        "On the diagonal a group does what its pairs promise; below it, less. The line is the 95 % interval of "
        "measured minus foretold, around the measured gain (cut where it leaves the drawing)."
    )

    def table(self, sources: FigureSources) -> pd.DataFrame:
        """A row per task in a group of three or more whose pairs were measured."""
        table = sources.here(sources.statistics.foretold)
        table = table[table["mean_of_pairs"].notna() & table["gain"].notna()]
        worse = {(row["task"], row["combination"], *setting_of(row)) for row in sources.statistics.breaks}
        metric = dict(zip(sources.gains["task"], sources.gains["metric"], strict=True))
        found = [
            {
                "task": row["task"],
                "beside": partner_of(row["task"], row["combination"]),
                "foretold": row["mean_of_pairs"],
                "gain": row["gain"],
                "low": row["gain"] - _NORMAL * row["error"],
                "high": row["gain"] + _NORMAL * row["error"],
                "fit": WORSE if tuple(row[name] for name in CELL) in worse else WITHIN,
                "unit": sources.unit(metric[row["task"]]),
            }
            for row in table.to_dict("records")
        ]
        return rows(found, COLUMNS)

    def chart(self, table: pd.DataFrame) -> Chart:
        """Points around the diagonal."""
        shown = as_shown(table, ["foretold", "gain", "low", "high"])
        values = shown[["foretold_shown", "gain_shown"]].to_numpy(float)
        span = max(float(np.ptp(values)), 1e-9)
        low, high = float(values.min()) - 0.25 * span, float(values.max()) + 0.25 * span
        ends = pd.DataFrame({"x": [low, high], "y": [low, high]})
        shown = shown.assign(
            low_drawn=shown["low_shown"].clip(low, high), high_drawn=shown["high_shown"].clip(low, high)
        )
        scale = alt.Scale(domain=[low, high], nice=False)
        unit = unit_of(table)
        x = alt.X("foretold_shown:Q", title=f"mean gain in its pairs, {unit}", scale=scale)
        y = alt.Y("gain_shown:Q", title=f"gain in the group, {unit}", scale=scale)
        base = alt.Chart(shown)
        marks = look_marks(table, "fit", FITS)
        layers: list[alt.Chart] = [
            alt.Chart(ends).mark_line(color=LIGHT["faint"], strokeDash=[4, 4]).encode(x=alt.X("x:Q"), y="y:Q"),
            base.mark_rule(strokeWidth=1.5).encode(
                x=x, y=alt.Y("low_drawn:Q"), y2="high_drawn:Q", stroke=marks["stroke"]
            ),
            base.mark_point(size=70, opacity=1).encode(x=x, y=y, **marks),
        ]
        if len(table) <= _NAMED:
            names = alt.Chart(shown.assign(side=_sides(shown, span))).encode(x=x, y=y, text="task:N")
            for side, away in (("left", 9), ("right", -9)):
                here = names.transform_filter(f"datum.side == '{side}'")
                paper: dict[str, Any] = {"stroke": LIGHT["paper"], "strokeWidth": 4, "strokeJoin": "round"}
                looks: dict[str, Any] = {"align": side, "dx": away, "fontSize": 11, "limit": 110}
                layers += [here.mark_text(**looks, **paper), here.mark_text(**looks)]
        return alt.layer(*layers).properties(width=400, height=400)


def _sides(shown: pd.DataFrame, span: float) -> list[str]:
    """Where a name begins: right of its point, or left of it where the name of the point before would be in its way."""
    ordered = shown.sort_values(["gain_shown", "foretold_shown"])
    sides: dict[object, str] = {}
    for before, here in zip([None, *ordered.index[:-1]], ordered.index, strict=True):
        near = before is not None and (
            abs(shown.loc[here, "gain_shown"] - shown.loc[before, "gain_shown"]) < 0.05 * span
            and abs(shown.loc[here, "foretold_shown"] - shown.loc[before, "foretold_shown"]) < 0.3 * span
        )
        sides[here] = "right" if near and sides[before] == "left" else "left"
    return [sides[place] for place in shown.index]


FIGURES.register(ForetoldFigure.name)(ForetoldFigure())
