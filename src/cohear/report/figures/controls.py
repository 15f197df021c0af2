"""Controls beside the real partner."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from cohear.findings.pairs import briefly, partner_of
from cohear.report.figures.figure import FIGURES, Chart, Figure, rows
from cohear.report.figures.marks import as_shown, reach, unit_of, verdict_marks
from cohear.report.figures.palette import LIGHT
from cohear.report.figures.sources import FigureSources

COLUMNS = ("task", "beside", "run", "gain", "low", "high", "repeats", "verdict", "explanation", "unit")
REAL = "real partner"
_ORDER = (REAL, "shuffled", "unlabelled", "duplicate", "wide", "long")
_NAMES = {
    "shuffled": "its labels shuffled",
    "unlabelled": "its audio alone",
    "duplicate": "the task twice",
    "wide": "alone, wider",
    "long": "alone, longer",
}
_PANELS = 12


class ControlsFigure(Figure):
    """What each control does to a task, below what the real partner does."""

    name = "controls"
    says = ("control-explanations",)
    title = "Is it the partner? Controls"
    reading = (
        "The first row of a panel is the real partner, the others are controls of it: the partner with shuffled "
        "labels, its audio without labels, a copy of the task, a wider network, a longer training. A control that "
        "does as much explains the gain; a row without a mark was not run for that partner. Lines are 95 % intervals; "
        f"at most {_PANELS} panels are drawn, those with "
        "the largest gains; the table has all."
    )

    def table(self, sources: FigureSources) -> pd.DataFrame:
        """A row per cell that has controls, and per control of it; cells in the order of their gain's size."""
        if sources.controls.empty:
            return rows([], COLUMNS)
        by_cell: dict[tuple[str, str], list[dict[Any, Any]]] = {}
        for row in sources.controls.to_dict("records"):
            by_cell.setdefault((row["task"], row["combination"]), []).append(row)
        real = sources.gains.assign(size=sources.gains["gain"].abs()).sort_values("size", ascending=False)
        found = []
        for row in real.to_dict("records"):
            own = by_cell.get((row["task"], row["combination"]), []) + by_cell.get((row["task"], row["task"]), [])
            if not own:
                continue
            shown = [(REAL, row), *((str(one["control"]), one) for one in own)]
            shown.sort(key=lambda one: _ORDER.index(one[0]) if one[0] in _ORDER else len(_ORDER))
            for run, one in shown:
                found.append(
                    {
                        **{name: one[name] for name in ("gain", "low", "high", "repeats", "verdict", "explanation")},
                        "task": row["task"],
                        "beside": partner_of(row["task"], row["combination"]),
                        "run": run,
                        "unit": sources.unit(row["metric"]),
                    }
                )
        return rows(found, COLUMNS)

    def chart(self, table: pd.DataFrame) -> Chart:
        """A panel per cell, two in a row."""
        cells = list(dict.fromkeys(zip(table["task"], table["beside"], strict=True)))[:_PANELS]
        shown = as_shown(table, ["gain", "low", "high"])
        low, high = reach(shown)
        names, number = (shown["task"], shown["beside"]), shown["task"].nunique()
        shown = shown.assign(
            cell=[f"{task} beside {briefly(name, number)}" for task, name in zip(*names, strict=True)],
            label=shown["run"].map(lambda run: _NAMES.get(run, run)),
            low_drawn=shown["low_shown"].clip(low, high),
            high_drawn=shown["high_shown"].clip(low, high),
        )
        panels = [f"{task} beside {briefly(beside, number)}" for task, beside in cells]
        shown = shown[shown["cell"].isin(panels)]
        order = [_NAMES.get(run, run) for run in _ORDER]
        order += [label for label in dict.fromkeys(shown["label"]) if label not in order]
        looks = verdict_marks(shown)
        x = alt.X("gain_shown:Q", title=f"gain, {unit_of(table)}", scale=alt.Scale(domain=[low, high], nice=False))
        y = alt.Y("label:N", sort=order, title=None)
        base = alt.Chart(shown)
        zero = base.transform_aggregate(groupby=["cell"]).mark_rule(color=LIGHT["ink"]).encode(x=alt.datum(0))
        interval = base.mark_rule(strokeWidth=2).encode(
            x=alt.X("low_drawn:Q"), x2="high_drawn:Q", y=y, stroke=looks["stroke"]
        )
        points = base.mark_point(size=75, opacity=1).encode(x=x, y=y, **looks)
        facet = alt.Facet("cell:N", sort=panels, title=None, header=alt.Header(labelAnchor="start"))
        layered = alt.layer(zero, interval, points, data=shown).properties(width=210, height=alt.Step(24))
        return layered.facet(facet, columns=2)


FIGURES.register(ControlsFigure.name)(ControlsFigure())
