"""Measurements of tasks beside gains."""

from __future__ import annotations

import altair as alt
import pandas as pd

from cohear.analysis.answers.correlates import IDENTITY, RANDOM
from cohear.analysis.gains.cell_tests import LEVEL
from cohear.findings.verdict_words import WITHIN
from cohear.report.figures.figure import FIGURES, Chart, Figure, rows
from cohear.report.figures.marks import vertical_at
from cohear.report.figures.palette import LIGHT
from cohear.report.figures.sources import FigureSources

COLUMNS = ("measurement", "side", "correlation", "low", "high", "within_tasks", "p_adjusted", "sure")
_SHOWN = 14
_SIDES = {
    "task": "of the task",
    "partner": "of the partner",
    "partner minus task": "partner − task",
    "pair": "of the pair",
}


class MeasurementsFigure(Figure):
    """Rank correlations of gains with what is known of tasks, beside two that know nothing of them."""

    name = "measurements"
    says = ("correlates",)
    title = "Which measurements go with gains?"
    reading = (
        "Each dot is the rank correlation of pair gains with a measurement, with its 95 % interval; full where it is "
        "sure after adjustment. The band is what random numbers reach, the dashed line what knowing the task's "
        f"other gains does. The {_SHOWN} largest are drawn, the table has all."
    )

    def table(self, sources: FigureSources) -> pd.DataFrame:
        """A row per measurement and side, the largest correlation first, and the two to beat at the end."""
        lines = sources.here(sources.statistics.correlations)
        if lines.empty or not lines["p_adjusted"].notna().any():
            return rows([], COLUMNS)
        lines = lines[lines["pooled"].notna()]
        lines = lines.assign(
            correlation=lines["pooled"],
            within_tasks=lines["within"],
            sure=[bool(p <= LEVEL) if p is not None and not pd.isna(p) else False for p in lines["p_adjusted"]],
            last=lines["side"] == "",
            size=lines["pooled"].abs(),
        )
        ordered = lines.sort_values(["last", "size", "measurement", "side"], ascending=[True, False, True, True])
        return ordered[list(COLUMNS)].reset_index(drop=True)

    def chart(self, table: pd.DataFrame) -> Chart:
        """A row per measurement."""
        own = table[table["side"] != ""].head(_SHOWN)
        labels = own["measurement"].str.replace("_", " ") + ", " + own["side"].map(_SIDES)
        own = own.assign(label=labels, fit=own["sure"].map({True: "sure", False: WITHIN}))
        beat = dict(zip(table["measurement"], table["correlation"].astype(float), strict=True))
        random = abs(beat.get(RANDOM, 0.0))
        x = alt.X("correlation:Q", title="rank correlation with the gain", scale=alt.Scale(domain=[-1, 1]))
        y = alt.Y("label:N", sort=list(labels), title=None, axis=alt.Axis(labelLimit=260))
        fits = ["sure", WITHIN]
        colours = [LIGHT["blue"], LIGHT["grey"]]
        legend = alt.Legend(offset=28)
        stroke = alt.Stroke("fit:N", title=None, legend=legend, scale=alt.Scale(domain=fits, range=colours))
        fill = alt.Fill(
            "fit:N", title=None, legend=legend, scale=alt.Scale(domain=fits, range=[LIGHT["blue"], LIGHT["paper"]])
        )
        band = alt.Chart(pd.DataFrame({"low": [-random], "high": [random]}))
        base = alt.Chart(own)
        layers = [
            band.mark_rect(color=LIGHT["band"]).encode(x=alt.X("low:Q"), x2="high:Q"),
            vertical_at(0),
            base.mark_rule(strokeWidth=1.5).encode(x=alt.X("low:Q"), x2="high:Q", y=y, stroke=stroke),
            base.mark_point(size=70, opacity=1, shape="circle").encode(x=x, y=y, stroke=stroke, fill=fill),
        ]
        identity = beat.get(IDENTITY)
        if identity is not None:
            layers.append(vertical_at(identity, "soft", strokeDash=[4, 4]))
            named = alt.Chart(pd.DataFrame({"at": [identity], "text": [IDENTITY]}))
            layers.append(
                named.mark_text(color=LIGHT["soft"], fontSize=11, baseline="bottom", dy=-4, y=0).encode(
                    x=alt.X("at:Q"), text="text:N"
                )
            )
        return alt.layer(*layers).properties(width=400, height=alt.Step(24))


FIGURES.register(MeasurementsFigure.name)(MeasurementsFigure())
