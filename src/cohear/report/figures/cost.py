"""Cost against quality: singles, groupings, all tasks in one network."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan

import altair as alt
import pandas as pd

from cohear.analysis.answers.recommended import Recommended
from cohear.base.tables import SHARED
from cohear.report.figures.figure import FIGURES, Chart, Figure, rows
from cohear.report.figures.marks import as_shown, horizontal_at, reach, unit_of
from cohear.report.figures.palette import LIGHT
from cohear.report.figures.sources import FigureSources

AT_WORK = ("milliseconds", "multiply_adds", "bytes")
"""What ``cohear bench`` measures of a network and adds up over networks."""
TIME = "cpu_milliseconds"
"""What shares of time are of: other work on the machine does not count."""
COLUMNS = ("what", "groups", "networks", "parameters", "share", "gain", "low", "high", "unit", *AT_WORK, "time_share")
SINGLES, GROUPING, WHOLE = "a network a task", "best grouping for its cost", "one network for all"
_LOOKS = {SINGLES: ("ink", "square"), GROUPING: ("series1", "circle"), WHOLE: ("series2", "diamond")}


class CostFigure(Figure):
    """Parameters of all networks together against the mean gain of a task over its single run."""

    name = "cost"
    says = ("one-network", "grouping")
    title = "What does sharing cost, and what does it save?"
    reading = (
        "Left is cheaper, up is better. Groupings are those that no other beats in cost and gain, chosen on every "
        "other fold and estimated on the rest; one network for all is estimated on all, unless it was chosen. The "
        "figure beside a mark is its number of networks. Lines are 95 % intervals, where there are repeats enough "
        "(cut where they leave the drawing)."
    )

    def table(self, sources: FigureSources) -> pd.DataFrame:
        """A row for singles, every unbeaten grouping, and all tasks in one network."""
        if not sources.settings:
            return rows([], COLUMNS)
        setting = sources.setting or sources.settings[0]
        unlearnt = sources.statistics.not_learnt.get(setting, frozenset())
        tasks = [task for task in sources.tasks if task in set(sources.results["task"]) - unlearnt]
        ordinary = sources.results[sources.results["control"] == ""].drop_duplicates("run")
        price = ordinary.assign(c=ordinary["parameters"].astype(float)).groupby("combination")["c"].mean()
        if len(tasks) < 2 or sources.pairs.empty or not price.reindex(tasks).notna().all():
            return rows([], COLUMNS)
        lines: list[tuple[str, Sequence[str], tuple[float, float, float]]] = [(SINGLES, tasks, (0.0, nan, nan))]
        recommendation = sources.statistics.recommended[setting]
        every = recommendation.every if isinstance(recommendation, Recommended) else ()
        chosen = [one for one in every if one.shared and not one.whole]
        lines += [(GROUPING, one.groups, (one.gain, one.low, one.high)) for one in chosen]
        if whole := sources.statistics.one_network.get(setting):
            lines.append((WHOLE, whole.groups, (whole.gain, whole.low, whole.high)))
        measured = sources.costs[sources.costs["setup"] == SHARED].set_index("combination")
        metrics = {sources.unit(metric) for metric in sources.gains["metric"]}
        found = [
            {
                "what": what,
                "groups": " | ".join(groups),
                "networks": len(groups),
                "parameters": float(price[list(groups)].sum()),
                "share": float(price[list(groups)].sum() / price[tasks].sum()),
                **dict(zip(("gain", "low", "high"), figures, strict=True)),
                "unit": next(iter(metrics)) if len(metrics) == 1 else "the metric's unit",
                **{cost: _sum(measured[cost], groups) for cost in AT_WORK},
                "time_share": _sum(measured[TIME], groups) / _sum(measured[TIME], tasks),
            }
            for what, groups, figures in lines
        ]
        table = rows(found, COLUMNS)
        table = table[table["gain"].notna()]
        return table if len(table) > 1 else rows([], COLUMNS)

    def chart(self, table: pd.DataFrame) -> Chart:
        """A point per way to serve all tasks."""
        shown = as_shown(table, ["gain", "low", "high"])
        low, high = reach(shown)
        shown = shown.assign(
            percent=100 * shown["share"],
            label=shown["networks"].astype(str),
            low_drawn=shown["low_shown"].clip(low, high),
            high_drawn=shown["high_shown"].clip(low, high),
        )
        kinds = [kind for kind in _LOOKS if kind in set(shown["what"])]
        colours, shapes = [LIGHT[_LOOKS[kind][0]] for kind in kinds], [_LOOKS[kind][1] for kind in kinds]
        colour = alt.Color("what:N", title=None, scale=alt.Scale(domain=kinds, range=colours))
        shape = alt.Shape("what:N", title=None, scale=alt.Scale(domain=kinds, range=shapes))
        most = 1.12 * max(100.0, float(shown["percent"].max()))
        x = alt.X(
            "percent:Q", title="parameters, % of a network for each task", scale=alt.Scale(domain=[0, most], nice=False)
        )
        y = alt.Y("gain_shown:Q", title=f"mean gain of a task, {unit_of(table)}", scale=alt.Scale(domain=[low, high]))
        base = alt.Chart(shown)
        rule = base.transform_filter("isValid(datum.low)").mark_rule(strokeWidth=1.5)
        return alt.layer(
            horizontal_at(0),
            rule.encode(x=x, y=alt.Y("low_drawn:Q"), y2="high_drawn:Q", color=colour),
            base.mark_point(filled=True, size=90, opacity=1).encode(x=x, y=y, color=colour, shape=shape),
            base.mark_text(align="left", dx=9, dy=-8, fontSize=11, color=LIGHT["soft"]).encode(
                x=x, y=y, text="label:N"
            ),
        ).properties(width=520, height=300)


def _sum(costs: pd.Series, groups: Sequence[str]) -> float:
    """Cost of all networks; NaN where one was not measured."""
    return float(costs.reindex(list(groups)).astype(float).sum(skipna=False))


FIGURES.register(CostFigure.name)(CostFigure())
