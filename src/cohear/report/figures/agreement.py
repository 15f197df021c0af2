"""Agreement of gains between classifiers."""

from __future__ import annotations

import math

import altair as alt
import pandas as pd

from cohear.report.figures.figure import FIGURES, Chart, Figure, rows
from cohear.report.figures.marks import vertical_at
from cohear.report.figures.palette import LIGHT
from cohear.report.figures.sources import FigureSources

COLUMNS = ("first", "second", "agreement", "low", "high", "p", "ceiling", "same_sign", "cells", "tasks")


class AgreementFigure(Figure):
    """Rank correlation within tasks between the gains of two settings, beside what repeats allow."""

    name = "agreement"
    says = ("agreement",)
    title = "Does it persist with another classifier?"
    reading = (
        "The dot is the rank correlation, within tasks, of the gains of two classifiers, with its 95 % interval; "
        "the bar is the noise ceiling: the most that repeats of this number can agree. 0 is no agreement."
    )
    compares = True

    def table(self, sources: FigureSources) -> pd.DataFrame:
        """A row per two settings whose agreement can be told."""
        found = []
        for one in sources.statistics.agreements:
            first, second = (-1.0 if each is None else each for each in (one["ceiling_first"], one["ceiling_second"]))
            if one["within"] is None:
                continue
            found.append(
                {
                    "first": sources.label(one["first"]),
                    "second": sources.label(one["second"]),
                    "agreement": one["within"],
                    "low": one["low"],
                    "high": one["high"],
                    "p": one["p"],
                    "cells": one["cells"],
                    "tasks": one["tasks"],
                    "ceiling": math.sqrt(first * second) if min(first, second) >= 0 else None,
                    "same_sign": one["signs"],
                }
            )
        return rows(found, COLUMNS)

    def chart(self, table: pd.DataFrame) -> Chart:
        """A row per two settings."""
        shown = table.assign(both=table["first"] + _AND + table["second"])
        long = pd.concat(
            [
                shown.assign(at=shown["agreement"], mark="agreement, 95 % interval"),
                shown.assign(at=shown["ceiling"].astype(float), mark="noise ceiling"),
            ]
        ).dropna(subset=["at"])
        two_lines = alt.Axis(labelExpr=f"split(datum.label, '{_AND}')", labelLimit=240, labelPadding=10)
        y = alt.Y("both:N", sort=list(shown["both"]), title=None, axis=two_lines)
        x = alt.X("at:Q", title="rank correlation of gains within tasks", scale=alt.Scale(domain=[-1, 1]))
        marks = ["agreement, 95 % interval", "noise ceiling"]
        base = alt.Chart(long)
        points = base.mark_point(filled=True, size=90, opacity=1, strokeWidth=3).encode(
            x=x,
            y=y,
            shape=alt.Shape("mark:N", title=None, scale=alt.Scale(domain=marks, range=["circle", _BAR])),
            color=alt.Color("mark:N", title=None, scale=alt.Scale(domain=marks, range=[LIGHT["blue"], LIGHT["soft"]])),
        )
        rule = alt.Chart(shown).mark_rule(color=LIGHT["blue"], strokeWidth=2)
        interval = rule.encode(x="low:Q", x2="high:Q", y=y)
        figure = alt.Chart(shown).mark_text(dy=-13, fontSize=11, color=LIGHT["blue"])
        label = figure.encode(x="agreement:Q", y=y, text=alt.Text("agreement:Q", format="+.2f"))
        return alt.layer(vertical_at(0), interval, points, label).properties(width=420, height=alt.Step(44))


_AND = "  and  "
_BAR = "M-0.2,-1.2L0.2,-1.2L0.2,1.2L-0.2,1.2Z"

FIGURES.register(AgreementFigure.name)(AgreementFigure())
