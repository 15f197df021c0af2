"""The sharing matrix."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd

from cohear.findings.not_learnt import MARK
from cohear.findings.pairs import partner_of
from cohear.findings.verdict_words import LEGEND, SIGNS
from cohear.report.figures.figure import FIGURES, Chart, Figure, rows, size_of
from cohear.report.figures.marks import unit_of
from cohear.report.figures.palette import LIGHT
from cohear.report.figures.sources import FigureSources
from cohear.report.numbers import level, signed
from cohear.report.parts.verdict_looks import LOOKS, NOISE, strength_of

COLUMNS = ("task", "beside", "gain", "low", "high", "repeats", "verdict", "explanation", "alone", "mark", "unit")
_SHORT = 11
"""Names up to this length stand upright over a column."""


class MatrixFigure(Figure):
    """Rows are tasks, columns their partners; the whole study in one network is the last column."""

    name = "matrix"
    says = ("verdict-counts",)
    title = "Sharing matrix"
    reading = (
        "Read a row: what happened to this task beside the partner of the column. "
        f"{LEGEND} (dashed); the line below a gain is its 95 % interval, "
        f"and on the diagonal is the score of the task alone, and whether it is {MARK}."
    )

    def table(self, sources: FigureSources) -> pd.DataFrame:
        """A row per pair cell, cell of the whole study, and single (``beside`` empty)."""
        alone = sources.singles().groupby(["task", "metric"], sort=False)["value"].mean().reset_index()
        shown = [
            row
            for row in sources.gains.to_dict("records")
            if size_of(row["combination"]) == 2 or set(row["combination"].split("+")) == set(sources.tasks)
        ]
        found = [
            {
                **{name: row[name] for name in COLUMNS[2:8]},
                "task": row["task"],
                "beside": partner_of(row["task"], row["combination"]),
                "alone": row["single"],
                "mark": "",
                "unit": sources.unit(row["metric"]),
            }
            for row in shown
        ]
        if not found:
            return rows([], COLUMNS)
        unlearnt = sources.statistics.not_learnt.get(sources.setting or sources.settings[0], frozenset())
        found += [
            {
                "task": row["task"],
                "alone": row["value"],
                "mark": MARK if row["task"] in unlearnt else "",
                "unit": sources.unit(row["metric"]),
                **_NOBODY,
            }
            for row in alone.to_dict("records")
        ]
        place = {task: number for number, task in enumerate(sources.tasks)}
        found.sort(key=lambda row: (place[str(row["task"])], place.get(str(row["beside"]), len(place))))
        return rows(found, COLUMNS)

    def chart(self, table: pd.DataFrame) -> Chart:
        """Cells with the gain, its interval and the sign of the verdict."""
        tasks = list(dict.fromkeys(table["task"]))
        cells = _cells(table)
        beside = [*tasks, *(name for name in dict.fromkeys(cells["column"]) if name not in tasks)]
        upright = max(map(len, tasks)) <= _SHORT
        axis = alt.Axis(orient="top", labelAngle=0 if upright else -40, labelLimit=84 if upright else 150, grid=False)
        base = alt.Chart(cells).encode(
            x=alt.X(
                "column:N",
                sort=beside,
                axis=axis,
                title=f"trained beside (gain in {unit_of(table)})",
                scale=alt.Scale(paddingInner=0.05),
            ),
            y=alt.Y("task:N", sort=tasks, title=None, scale=alt.Scale(paddingInner=0.08)),
        )
        full = base.transform_filter("datum.verdict != '' && !datum.dashed")
        dashed = base.transform_filter("datum.verdict != '' && datum.dashed")
        fill = alt.Fill("fill:N", scale=None, legend=None)
        ink = alt.Color("ink:N", scale=None, legend=None)
        frame: dict[str, Any] = {
            "fill": LIGHT["paper"],
            "stroke": LIGHT["faint"],
            "strokeDash": [3, 3],
            "cornerRadius": 4,
        }
        return alt.layer(
            full.mark_rect(cornerRadius=4).encode(fill=fill),
            dashed.mark_rect(**frame),
            base.transform_filter("datum.verdict == ''").mark_text(color=LIGHT["soft"]).encode(text="first:N"),
            base.transform_filter("datum.verdict == ''")
            .mark_text(dy=14, fontSize=10, color=LIGHT["soft"])
            .encode(text="second:N"),
            base.transform_filter("datum.verdict != ''")
            .mark_text(dy=-7, fontWeight="bold", fontSize=13)
            .encode(text="first:N", color=ink),
            base.transform_filter("datum.verdict != ''")
            .mark_text(dy=10, fontSize=10)
            .encode(text="second:N", color=ink),
        ).properties(width=alt.Step(88), height=alt.Step(48))


_NOBODY = {"beside": "", "verdict": "", "explanation": ""}
_ALL = "+ all others"  # no task has a plus in its name


def _cells(table: pd.DataFrame) -> pd.DataFrame:
    """Fill, ink and the two lines of text of every cell."""
    largest = {unit: max(NOISE, float(some["gain"].abs().max())) for unit, some in table.groupby("unit")}
    looks = [_look(row, largest[row["unit"]]) for row in table.to_dict("records")]
    names = ("column", "fill", "ink", "first", "second", "dashed")
    return table[["task", "verdict", "gain", "low", "high"]].assign(
        **{name: [look[place] for look in looks] for place, name in enumerate(names)}
    )


def _look(row: dict[object, object] | dict[str, object], largest: float) -> tuple[str, str, str, str, str, bool]:
    fraction = row["unit"] == "points"
    if row["verdict"] == "":
        score, mark = level(float(str(row["alone"])), fraction), str(row["mark"])
        return str(row["task"]), LIGHT["paper"], LIGHT["soft"], score, mark, False
    gain, low, high = (float(str(row[name])) for name in ("gain", "low", "high"))
    verdict = str(row["verdict"])
    look, step = LOOKS[verdict], strength_of(gain, largest) - 1
    second = "" if math.isnan(low) else f"{signed(low, fraction)} … {signed(high, fraction)}"
    column = _ALL if "+" in str(row["beside"]) else str(row["beside"])
    first = f"{signed(gain, fraction)} {SIGNS[verdict]}"
    return column, LIGHT[look.grounds[step]], LIGHT[look.inks[step]], first, second, look.open


FIGURES.register(MatrixFigure.name)(MatrixFigure())
