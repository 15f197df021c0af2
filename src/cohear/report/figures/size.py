"""Gain against the number of tasks in one network."""

from __future__ import annotations

import altair as alt
import pandas as pd

from cohear.report.figures.figure import FIGURES, Chart, Figure, rows
from cohear.report.figures.marks import as_shown, horizontal_at, reach, series_marks, unit_of
from cohear.report.figures.palette import LIGHT
from cohear.report.figures.sources import FigureSources

COLUMNS = ("setting", "size", "what", "gain", "low", "high", "worst_task", "cells", "repeats", "unit")
MEAN, WORST = "mean of all tasks", "worst task"
_APART = 0.14


class SizeFigure(Figure):
    """Mean and worst gain of two, three and more tasks, a line per setting."""

    name = "size"
    says = ("network-size", "larger-encoder")
    title = "How many tasks can be combined?"
    reading = (
        "Left, the mean gain of all tasks; right, that of the task that loses most, chosen on half of the folds and "
        "estimated on the other half, since what is picked as the worst looks worse than it is. Lines are 95 % "
        "intervals (cut where they leave the drawing). A lone task is at 0 by definition."
    )
    compares = True

    def table(self, sources: FigureSources) -> pd.DataFrame:
        """Two rows, mean and worst, per setting and size; none where only one size was measured."""
        sizes = sources.here(sources.statistics.sizes)
        rank = {setting: place for place, setting in enumerate(sources.settings)}
        if sizes.empty or sizes["size"].nunique() < 2:
            return rows([], COLUMNS)
        units = {sources.unit(metric) for metric in sources.gains["metric"]}
        unit = units.pop() if len(units) == 1 else "the metric's unit"
        found = []
        settings = [(row["features"], row["encoder"], row["arm"]) for row in sizes.to_dict("records")]
        ordered = sorted(zip(settings, sizes.to_dict("records"), strict=True), key=lambda one: rank[one[0]])
        for setting, row in ordered:
            same = {
                "setting": sources.label(setting),
                "unit": unit,
                **{name: row[name] for name in ("size", "cells", "repeats")},
            }
            found.append({**same, "what": MEAN, "gain": row["mean"], "low": row["low"], "high": row["high"]})
            if row["worst"] is not None and not pd.isna(row["worst"]):
                worst = {"gain": row["worst"], "low": row["worst_low"], "high": row["worst_high"]}
                found.append({**same, "what": WORST, **worst, "worst_task": row["worst_task"]})
        return rows(found, COLUMNS)

    def chart(self, table: pd.DataFrame) -> Chart:
        """Two panels on one axis of gains."""
        names = list(dict.fromkeys(table["setting"]))
        place = {name: (number - (len(names) - 1) / 2) * _APART for number, name in enumerate(names)}
        shown = as_shown(table, ["gain", "low", "high"])
        low, high = reach(shown)
        shown = shown.assign(
            low_drawn=shown["low_shown"].clip(low, high), high_drawn=shown["high_shown"].clip(low, high)
        )
        shown["at"] = shown["size"].astype(float) + shown["setting"].map(place)
        sizes = sorted(set(table["size"]))
        base = alt.Chart(shown)
        x = alt.X(
            "at:Q",
            title="tasks in the network",
            axis=alt.Axis(values=sizes, format="d", grid=False),
            scale=alt.Scale(domain=[min(sizes) - 0.5, max(sizes) + 0.5], nice=False),
        )
        scale = alt.Scale(domain=[low, high], nice=False)
        y = alt.Y("gain_shown:Q", title=f"gain, {unit_of(table)}", scale=scale)
        looks = series_marks(names, "setting")
        lines = base.mark_line(strokeWidth=2).encode(x=x, y=y, color=looks["color"])
        rules = base.mark_rule(strokeWidth=1.5).encode(x=x, y="low_drawn:Q", y2="high_drawn:Q", color=looks["color"])
        points = base.mark_point(filled=True, size=70, opacity=1).encode(x=x, y=y, **looks)
        worst = base.transform_filter("isValid(datum.worst_task)")
        named = worst.mark_text(dy=15, fontSize=10, color=LIGHT["soft"], limit=110).encode(
            x=x, y=y, text="worst_task:N"
        )
        layers = [horizontal_at(0), rules, lines, points, *([named] if len(names) == 1 else [])]
        zero, *others = layers
        panels = [
            alt.layer(zero, *(layer.transform_filter(f"datum.what == '{what}'") for layer in others)).properties(
                width=270, height=240, title=what
            )
            for what in (MEAN, WORST)
            if what in set(table["what"])
        ]
        return alt.hconcat(*panels).resolve_scale(y="shared")


FIGURES.register(SizeFigure.name)(SizeFigure())
