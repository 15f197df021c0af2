"""Scores of the single runs."""

from __future__ import annotations

import math

import altair as alt
import pandas as pd

from cohear.analysis.tables.columns import SETTING
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.counting import counted
from cohear.report.figures.figure import FIGURES, Chart, Figure, rows
from cohear.report.figures.marks import as_shown, series_marks
from cohear.report.figures.palette import LIGHT
from cohear.report.figures.sources import FigureSources
from cohear.report.numbers import level

COLUMNS = ("task", "setting", "what", "fold", "seed", "score", "low", "high", "metric", "unit")
_ROW = 16


class ScoresFigure(Figure):
    """A row per task and setting: every repeat, their mean and its interval, and chance where it is known."""

    name = "scores"
    title = "Each task alone"
    reading = (
        "A pale mark is one repeat, the full one their mean with its 95 % interval (corrected for training sets "
        "that overlap); the grey line is chance, where the metric and the labels tell it."
    )
    compares = True

    def table(self, sources: FigureSources) -> pd.DataFrame:
        """A row per repeat, mean and chance level."""
        singles = sources.singles()
        singles = singles[singles["value"].notna()]
        means = {
            (row["task"], *(row[name] for name in SETTING)): row
            for row in sources.statistics.singles.to_dict("records")
        }
        found: list[dict[str, object]] = []
        for task in sources.tasks:
            chances: dict[float, dict[str, object]] = {}
            for setting in sources.settings:
                mean = means.get((task, *setting))
                if mean is None:
                    continue
                here = in_setting(singles[singles["task"] == task], setting)
                same = {"task": task, "setting": sources.label(setting), "metric": mean["metric"]}
                same["unit"] = sources.unit(mean["metric"])
                found += [
                    {**same, "what": "repeat", "fold": row["fold"], "seed": row["seed"], "score": row["value"]}
                    for row in here.sort_values(["fold", "seed"]).to_dict("records")
                ]
                found.append({**same, "what": "mean", "score": mean["value"], "low": mean["low"], "high": mean["high"]})
                if not math.isnan(mean["chance"]):  # of all settings, unless repeats of some are missing
                    chances[round(mean["chance"], 9)] = {**same, "setting": "", "what": "chance"}
            found += [{**same, "score": chance} for chance, same in chances.items()]
        return rows(found, COLUMNS)

    def chart(self, table: pd.DataFrame) -> Chart:
        """Rows of dots on one axis."""
        shown = as_shown(table, ["score", "low", "high"])
        texts = [level(score, unit == "points") for score, unit in zip(table["score"], table["unit"], strict=True)]
        shown = shown.assign(text=texts)
        tasks, settings = list(dict.fromkeys(table["task"])), [s for s in dict.fromkeys(table["setting"]) if s]
        unit = "score × 100" if set(table["unit"]) == {"points"} else "score"
        x = alt.X("score_shown:Q", title=unit, scale=alt.Scale(zero="chance" in set(table["what"])))
        y = alt.Y("task:N", sort=tasks, title=None, scale=alt.Scale(paddingInner=0.3))
        offset = alt.YOffset("setting:N", sort=settings)
        looks = series_marks(settings, "setting")
        of = {what: alt.Chart(shown[shown["what"] == what]) for what in ("repeat", "mean", "chance")}
        repeats = of["repeat"].mark_point(filled=True, size=35, opacity=0.35)
        mean = of["mean"].mark_point(filled=True, size=75, opacity=1)
        interval = of["mean"].mark_rule(strokeWidth=2)
        chance = of["chance"].mark_tick(color=LIGHT["soft"], thickness=2, height=_ROW * max(1, len(settings)))
        label = of["mean"].mark_text(align="left", dx=8, dy=-9, fontSize=11).encode(text="text:N")
        layers = [
            chance.encode(x=x, y=y),
            repeats.encode(x=x, y=y, yOffset=offset, **looks),
            interval.encode(x="low_shown:Q", x2="high_shown:Q", y=y, yOffset=offset, color=looks["color"]),
            mean.encode(x=x, y=y, yOffset=offset, **looks),
        ]
        if len(settings) == 1:
            layers.append(label.encode(x=x, y=y))
        return alt.layer(*layers).properties(width=520, height=len(tasks) * (_ROW * len(settings) + 18))

    def sentence(self, table: pd.DataFrame, sources: FigureSources) -> str:
        """The best and the worst mean of the first setting."""
        first = table[table["setting"] == table["setting"].iloc[0]]
        where = f" ({first['setting'].iloc[0]})" if len(sources.settings) > 1 else ""
        means = first[first["what"] == "mean"]
        ordered = means.sort_values("score").to_dict("records")
        worst, best = ordered[0], ordered[-1]
        said = [f"{row['task']} ({level(row['score'], row['unit'] == 'points')})" for row in (best, worst)]
        if len(ordered) == 1:
            return f"Alone{where}, {said[0]} over {counted(int((first['what'] == 'repeat').sum()), 'repeat')}."
        return f"Alone{where}, {said[0]} scores highest and {said[1]} lowest."


FIGURES.register(ScoresFigure.name)(ScoresFigure())
