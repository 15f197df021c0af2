"""Learning curves, alone and shared."""

from __future__ import annotations

from typing import Any, Literal

import altair as alt
import pandas as pd

from cohear.base.counting import counted
from cohear.findings.pairs import briefly, partner_of
from cohear.report.figures.figure import FIGURES, Chart, Figure, rows
from cohear.report.figures.palette import LIGHT
from cohear.report.figures.sources import FigureSources
from cohear.report.parts.behind_cells import in_both, runs_by_repeat

COLUMNS = ("task", "beside", "step", "mean", "sd", "repeats", "metric", "unit")
_PART = "validation"


class CurvesFigure(Figure):
    """A panel per task: its score on validation while it learns alone, and beside whom it changes most."""

    name = "curves"
    title = "How they learn, alone and together"
    reading = (
        "Score on the validation part during training, alone (full line) and beside the partners that change the task "
        "most (dashed): mean over the repeats, and the spread of the repeats (one standard deviation each way)."
    )

    def table(self, sources: FigureSources) -> pd.DataFrame:
        """A row per task, partners (empty: alone) and step."""
        by_repeat = runs_by_repeat(sources.results[sources.results["control"] == ""])
        gains = sources.gains[sources.gains["gain"].notna()]
        found: list[dict[str, object]] = []
        for task in sources.tasks:
            cells = gains[gains["task"] == task]
            if cells.empty:
                continue
            most = str(cells.loc[cells["gain"].abs().idxmax(), "combination"])
            metric = str(cells["metric"].iloc[0])
            for combination, runs in zip((task, most), in_both(by_repeat, task, most), strict=True):
                points = sources.curves(runs)
                points = points[(points["task"] == task) & (points["part"] == _PART)]
                by_step = points.groupby("step", sort=True)["metric"].agg(["mean", "std", "count"]).reset_index()
                found += [
                    {
                        "task": task,
                        "beside": partner_of(task, combination),
                        "step": row["step"],
                        "mean": row["mean"],
                        "sd": row["std"],
                        "repeats": row["count"],
                        "metric": metric,
                        "unit": sources.unit(metric),
                    }
                    for row in by_step.to_dict("records")
                    if not pd.isna(row["mean"])
                ]
        return rows(found, COLUMNS)

    def chart(self, table: pd.DataFrame) -> Chart:
        """Panels of two lines with their spread."""
        factor = table["unit"].map({"points": 100.0}).fillna(1.0)
        sd = table["sd"].astype(float).fillna(0.0)
        beside = {task: name for task, name in zip(table["task"], table["beside"], strict=True) if name}
        number = table["task"].nunique()
        panels = {
            task: f"{task} beside {briefly(beside[task], number)}" if task in beside else task for task in table["task"]
        }
        fraction = factor == 100  # which no spread leaves
        low, high = (factor * (table["mean"] + way * sd) for way in (-1, 1))
        shown = table.assign(
            score=factor * table["mean"],
            low=low.where(~fraction, low.clip(lower=0)),
            high=high.where(~fraction, high.clip(upper=100)),
            how=table["beside"].map(lambda name: "shared" if name else "alone"),
            panel=table["task"].map(panels),
        )
        hows = [how for how in ("alone", "shared") if how in set(shown["how"])]
        colours = [LIGHT["ink" if how == "alone" else "series1"] for how in hows]
        scale = alt.Scale(domain=hows, range=colours)
        base = alt.Chart(shown)
        x = alt.X("step:Q", title="training steps", axis=alt.Axis(tickCount=3, grid=False))
        unit = "validation score" + (" × 100" if set(table["unit"]) == {"points"} else "")
        y = alt.Y("score:Q", title=unit, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5))
        key: dict[str, Any] = {"title": None, "legend": alt.Legend(symbolType="stroke", symbolSize=500)}
        band = base.mark_area(opacity=0.18).encode(
            x=x, y=alt.Y("low:Q"), y2="high:Q", fill=alt.Fill("how:N", scale=scale, **key)
        )
        dash = alt.StrokeDash("how:N", scale=alt.Scale(domain=hows, range=[[1, 0], [6, 3]][: len(hows)]), **key)
        line = base.mark_line(strokeWidth=2).encode(
            x=x, y=y, stroke=alt.Stroke("how:N", scale=scale, **key), strokeDash=dash
        )
        facet = alt.Facet(
            "panel:N",
            sort=list(dict.fromkeys(shown["panel"])),
            title=None,
            header=alt.Header(labelAnchor="start", labelLimit=200),
        )
        scales: Literal["shared", "independent"] = "shared" if table["unit"].nunique() == 1 else "independent"
        layered = alt.layer(band, line, data=shown).properties(width=190, height=130)
        return layered.facet(facet, columns=2 if len(panels) in (2, 4) else 3).resolve_scale(y=scales)

    def sentence(self, table: pd.DataFrame, sources: FigureSources) -> str:
        """Of how many tasks, and over how many repeats."""
        del sources
        repeats = int(table["repeats"].max())
        many = counted(table["task"].nunique(), "task")
        return f"Learning curves of {many}, each over up to {counted(repeats, 'repeat')}, alone and beside a partner."


FIGURES.register(CurvesFigure.name)(CurvesFigure())
