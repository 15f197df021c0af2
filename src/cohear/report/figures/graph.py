"""Who gains from whom, as a graph."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cohear.findings.pairs import partner_of
from cohear.report.figures.figure import FIGURES, Chart, Figure, rows, size_of
from cohear.report.figures.marks import as_shown, colour_by
from cohear.report.figures.palette import LIGHT
from cohear.report.figures.sources import FigureSources
from cohear.report.numbers import signed
from cohear.report.parts.verdict_looks import LINES, LOOKS, Look

COLUMNS = ("partner", "task", "gain", "low", "high", "verdict", "explanation", "unit")
_BEND = 0.16
"""How far an arrow bends to its side, in its length: the two directions of a pair stay apart."""
_FREE = 0.13
"""Room around a task, where the circle of tasks has the radius 1."""


class GraphFigure(Figure):
    """Tasks on a circle in the study's order; an arrow from a partner to the task that it surely changes."""

    name = "graph"
    says = ("sure-effects",)
    title = "Who gains from whom"
    reading = f"From a partner to the task beside it leads {LINES}. The number is the gain of the task."

    def table(self, sources: FigureSources) -> pd.DataFrame:
        """A row per pair cell."""
        place = {task: number for number, task in enumerate(sources.tasks)}
        found = [
            {**row, "partner": partner_of(row["task"], row["combination"]), "unit": sources.unit(row["metric"])}
            for row in sources.gains.to_dict("records")
            if size_of(row["combination"]) == 2
        ]
        found.sort(key=lambda row: (place.get(row["partner"], len(place)), row["partner"], place[row["task"]]))
        return rows(found, COLUMNS)

    def chart(self, table: pd.DataFrame) -> Chart:
        """Lines drawn from points, so that their place depends on nothing but the order of the tasks."""
        nodes = _nodes(list(dict.fromkeys([*table["partner"], *table["task"]])))
        at = {name: (x, y) for name, x, y in nodes[["name", "x", "y"]].itertuples(index=False, name=None)}
        shown = as_shown(table, ["gain"]).assign(
            colour=[LIGHT[LOOKS[verdict].line] for verdict in table["verdict"]],
            width=_widths(table),
        )
        edges = [_edge(number, row, at) for number, row in enumerate(shown.to_dict("records"))]
        lines = pd.concat([line for line, _ in edges])
        ends = pd.DataFrame([end for _, end in edges])
        heads = {verdict: look.head for verdict, look in LOOKS.items() if look.head}
        return alt.layer(
            *(_lines(lines[lines["verdict"] == verdict], look) for verdict, look in reversed(list(LOOKS.items()))),
            *(_heads(ends[ends["verdict"] == verdict], *head) for verdict, head in heads.items()),
            *_figures(ends[ends["verdict"].isin(heads)]),
            _place(alt.Chart(nodes)).mark_point(filled=True, size=130, color=LIGHT["ink"], opacity=1),
            *(
                _place(alt.Chart(nodes[nodes["side"] == side]), "label_x", "label_y")
                .mark_text(align=side, fontSize=13, fontWeight="bold", limit=150)
                .encode(text="name:N")
                for side in ("left", "center", "right")
            ),
        ).properties(width=600, height=440)


def _nodes(names: list[str]) -> pd.DataFrame:
    turns = [2 * math.pi * place / len(names) for place in range(len(names))]
    x, y = np.sin(turns).round(6), np.cos(turns).round(6)
    side = ["center" if abs(value) < 0.2 else "left" if value > 0 else "right" for value in x]
    return pd.DataFrame(
        {
            "name": names,
            "x": x,
            "y": y,
            "side": side,
            "label_x": x + np.where(np.abs(x) < 0.2, 0.0, 0.08 * np.sign(x)),
            "label_y": y + np.where(np.abs(x) < 0.2, 0.14, 0.06) * np.where(y >= 0, 1, -1),
        }
    )


def _widths(table: pd.DataFrame) -> list[float]:
    most = float(table["gain"].abs().max()) or 1.0
    return [
        LOOKS[verdict].width(abs(gain) / most)
        for verdict, gain in zip(table["verdict"], table["gain"].fillna(0.0), strict=True)
    ]


def _edge(
    number: int, row: dict[str, object], at: dict[str, tuple[float, float]]
) -> tuple[pd.DataFrame, dict[str, object]]:
    """Points of a bent line, and where its head and its figure stand."""
    start, end = (np.array(at[str(row[name])]) for name in ("partner", "task"))
    middle = (start + end) / 2 + _BEND * np.array([(end - start)[1], -(end - start)[0]])
    t = np.linspace(0, 1, 31)[:, None]
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end  # a quadratic Bézier curve
    far = [np.hypot(*(curve - point).T) for point in (start, end)]
    curve = curve[(far[0] > _FREE) & (far[1] > _FREE)]
    head, before = curve[-1], curve[-3]
    names = ("verdict", "colour", "width")
    line = pd.DataFrame(curve.round(4), columns=["x", "y"]).assign(
        edge=number, step=range(len(curve)), **{name: row[name] for name in names}
    )
    angle = math.degrees(math.atan2(*(head - before)))  # clockwise from up, on axes of the same scale
    figure = curve[round(0.62 * (len(curve) - 1))]
    text = signed(float(str(row["gain"])), row["unit"] == "points")
    place = {"x": head[0], "y": head[1], "angle": angle, "label_x": figure[0], "label_y": figure[1], "text": text}
    return line, {**place, **{name: row[name] for name in ("verdict", "colour", "gain_shown", "partner", "task")}}


def _place(chart: alt.Chart, x: str = "x", y: str = "y") -> alt.Chart:
    """600 : 440 is the shape of the drawing; one step is as long upwards as sideways."""
    return chart.encode(
        x=alt.X(f"{x}:Q", axis=None, scale=alt.Scale(domain=[-1.77, 1.77], nice=False)),
        y=alt.Y(f"{y}:Q", axis=None, scale=alt.Scale(domain=[-1.3, 1.3], nice=False)),
    )


def _lines(table: pd.DataFrame, look: Look) -> alt.Chart:
    dash: dict[str, Any] = {"strokeDash": list(look.dash)} if look.dash else {}
    lines = _place(alt.Chart(table)).mark_line(strokeCap="round", opacity=look.opacity, **dash)
    return lines.encode(
        detail="edge:N",
        order="step:Q",
        stroke=colour_by("colour"),
        strokeWidth=alt.StrokeWidth("width:Q", scale=None),
    )


def _heads(table: pd.DataFrame, shape: str, size: int) -> alt.Chart:
    heads = _place(alt.Chart(table)).mark_point(
        shape=shape, size=size, filled=shape != "stroke", opacity=1, strokeWidth=3
    )
    colour = alt.Color("colour:N", scale=None, legend=None)
    return heads.encode(color=colour, angle=alt.Angle("angle:Q", scale=None))


def _figures(table: pd.DataFrame) -> list[alt.Chart]:
    """The gains, each with some paper around it."""
    base = _place(alt.Chart(table), "label_x", "label_y").encode(text="text:N")
    paper = base.mark_text(stroke=LIGHT["paper"], strokeWidth=7, strokeJoin="round", fontWeight="bold", fontSize=12)
    ink = base.mark_text(fontWeight="bold", fontSize=12).encode(color=alt.Color("colour:N", scale=None, legend=None))
    return [paper, ink]


FIGURES.register(GraphFigure.name)(GraphFigure())
