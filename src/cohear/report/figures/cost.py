"""Cost against quality: singles, groupings, all tasks in one network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from cohear.base.tables import SHARED
from cohear.report.figures.figure import FIGURES, Chart, Figure, rows, size_of
from cohear.report.figures.marks import horizontal_at, reach, scaled, unit_of
from cohear.report.figures.palette import LIGHT
from cohear.report.figures.sources import Sources
from cohear.report.grouping import COST, on_all_repeats, with_the_whole_on_all_repeats
from cohear.report.numbers import in_brackets, signed

AT_WORK = ("milliseconds", "multiply_adds", "bytes")
"""What ``cohear bench`` measures of a network and adds up over networks."""
TIME = "cpu_milliseconds"
"""What shares of time are of: other work on the machine does not count."""
COLUMNS = ("what", "groups", "networks", "parameters", "share", "gain", "low", "high", "unit", *AT_WORK, "time_share")
SINGLES, GROUPING, WHOLE = "a network a task", "best grouping for its cost", "one network for all"
_LOOKS = {SINGLES: ("ink", "square"), GROUPING: ("series1", "circle"), WHOLE: ("series2", "diamond")}


class Cost(Figure):
    """Parameters of all networks together against the mean gain of a task over its single run."""

    name = "cost"
    title = "What does sharing cost, and what does it save?"
    reading = (
        "Left is cheaper, up is better. Groupings are those that no other beats in cost and gain, chosen on every "
        "other fold and estimated on the rest; one network for all is estimated on all, unless it was chosen. The "
        "figure beside a mark is its number of networks. Lines are 95 % intervals, where there are repeats enough "
        "(cut where they leave the drawing)."
    )

    def table(self, sources: Sources) -> pd.DataFrame:
        """A row for singles, every unbeaten grouping, and all tasks in one network."""
        tasks = [task for task in sources.tasks if task in set(sources.results["task"])]
        ordinary = sources.results[sources.results["control"] == ""].drop_duplicates("run")
        price = ordinary.assign(c=ordinary["parameters"].astype(float)).groupby("combination")["c"].mean()
        if len(tasks) < 2 or sources.pairs.empty or not price.reindex(tasks).notna().all():
            return rows([], COLUMNS)
        lines: list[tuple[str, list[str], Any]] = [(SINGLES, tasks, {"gain": 0.0, "low": None, "high": None})]
        design = sources.statistics.design
        groupings: list[dict[Any, Any]] = sources.told("savings", "groupings").to_dict("records")
        groupings = [line for line in groupings if line["cost"] == COST]
        chosen = with_the_whole_on_all_repeats(groupings, sources.pairs, tasks, design)
        told = {frozenset(line["groups"]): line for line in chosen}
        whole = [name for name in price.index if size_of(name) == len(tasks)]
        known = {frozenset(tasks), frozenset(whole)}
        lines += [(GROUPING, line["groups"], line) for names, line in told.items() if names not in known]
        for name in whole:
            line = told.get(frozenset([name])) or on_all_repeats([name], sources.pairs, design)
            lines.append((WHOLE, [name], line))
        measured = sources.costs[sources.costs["setup"] == SHARED].set_index("combination")
        metrics = {sources.unit(metric) for metric in sources.gains["metric"]}
        found = [
            {
                "what": what,
                "groups": " | ".join(groups),
                "networks": len(groups),
                "parameters": float(price[groups].sum()),
                "share": float(price[groups].sum() / price[tasks].sum()),
                **{key: line[key] for key in ("gain", "low", "high")},
                "unit": next(iter(metrics)) if len(metrics) == 1 else "the metric's unit",
                **{cost: _sum(measured[cost], groups) for cost in AT_WORK},
                "time_share": _sum(measured[TIME], groups) / _sum(measured[TIME], tasks),
            }
            for what, groups, line in lines
        ]
        table = rows(found, COLUMNS)
        table = table[table["gain"].notna()]
        return table if len(table) > 1 else rows([], COLUMNS)

    def chart(self, table: pd.DataFrame) -> Chart:
        """A point per way to serve all tasks."""
        shown = scaled(table, ["gain", "low", "high"])
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

    def sentence(self, table: pd.DataFrame, sources: Sources) -> str:
        """What all in one network and the grouping that gains most cost, and what they gain."""
        del sources
        said = []
        for what in (WHOLE, GROUPING):
            some = table[table["what"] == what].to_dict("records")
            if some:
                best, points = some[-1], some[-1]["unit"] == "points"  # the last is best by the repeats that chose it
                name = (
                    "One network for all tasks" if what == WHOLE else f"The best grouping ({best['networks']} networks)"
                )
                time = ""
                if pd.notna(best["time_share"]):
                    time = f", takes {100 * best['time_share']:.0f} % of their processor time"
                said.append(
                    f"{name} has {100 * best['share']:.0f} % of the parameters of a network for each task{time}, "
                    f"and a mean gain of {signed(best['gain'], points)} {best['unit']}"
                    f"{in_brackets(best['low'], best['high'], points)}."
                )
        return " ".join(said)


def _sum(costs: pd.Series, groups: Sequence[str]) -> float:
    """Cost of all networks; NaN where one was not measured."""
    return float(costs.reindex(list(groups)).astype(float).sum(skipna=False))


FIGURES.register(Cost.name)(Cost())
