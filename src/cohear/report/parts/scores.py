"""Test scores of all runs: the mean, each repeat as a dot, and the gap between training and test."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import SETTING
from cohear.base.tables import NOT_LEARNT
from cohear.base.units import Unit
from cohear.findings.best_single import best_ways
from cohear.findings.not_learnt import MARK
from cohear.findings.pairs import briefly, partner_of
from cohear.findings.words import NOTHING, Words
from cohear.report.numbers import bounds_of_metric, level, signed
from cohear.report.parts.axis_ticks import Axis, axis_over


@dataclass(frozen=True)
class ScoreRow:
    """One task in one combination.

    Attributes:
        beside: the partners as text, empty for the single run; a baseline's name.
        baseline: whether the row is of a baseline.
        partners: the same without abbreviation.
        dots: ``(place in percent, label)`` of each repeat.
        middle: place of the mean in percent, None without a score.
        parts: mean score of the training, validation and test part as text, where known.
        gap: how much better training is than test, as text.
        mark: of a row alone or of a baseline, where the task is not learnt by it.
    """

    beside: str
    partners: str
    mean: str
    sd: str
    repeats: int
    middle: float | None
    dots: list[tuple[float, str]]
    parts: dict[str, str]
    gap: str
    baseline: bool = False
    mark: str = ""


@dataclass(frozen=True)
class ScoreRows:
    """All rows of a task, on one axis.

    Attributes:
        best: the best way to do the task alone, in whichever setting; empty where there is one.
    """

    task: str
    metric: str
    unit: str
    higher_is_better: bool
    low_text: str
    high_text: str
    rows: list[ScoreRow]
    best: Words


def task_scores(
    results: pd.DataFrame,
    metrics: pd.DataFrame,
    units: Mapping[str, Unit],
    tasks: list[str],
    statistics: Statistics,
) -> list[ScoreRows]:
    """The scores of one view (ordinary runs of one features x encoder x arm).

    Args:
        results: rows of the table of results.
        metrics: the long table of metrics, possibly empty; the rows of selection ``last`` are used.
        units: of each metric.
        tasks: order of the tasks.
        statistics: of the study, which know its baselines, and what is learnt.
    """
    means, baselines = _means_by_part(results, metrics), statistics.baselines
    singles = statistics.singles_table
    singles = singles[singles["learnt"] == NOT_LEARNT]
    unlearnt = set(singles[["task", *SETTING]].itertuples(index=False, name=None))
    several = baselines["features"].nunique() > 1
    best = best_ways(statistics)
    found = []
    for task in tasks:
        rows = results[results["task"] == task]
        if rows.empty:
            continue
        metric = str(rows["metric"].iloc[0])
        fraction = units[metric].points
        plain = baselines[(baselines["task"] == task) & (baselines["metric"] == metric)]
        values = [*rows["value"], *plain["value"]]
        axis = axis_over(values, room=0.0, bounds=bounds_of_metric(metric, values))
        by_size = sorted(rows["combination"].unique(), key=lambda name: (name.count("+"), name))
        made = [
            _row(
                rows[rows["combination"] == name],
                len(tasks),
                axis,
                fraction,
                means.get((task, name, metric), {}),
                unlearnt,
            )
            for name in by_size
        ]
        for (encoder, features), own in plain.groupby(["encoder", "features"], sort=False):
            parts = _means_by_part(own, metrics).get((task, task, metric), {})
            row = _row(own, len(tasks), axis, fraction, parts, unlearnt)
            named = f"{encoder} on {features}" if several else str(encoder)
            made.append(replace(row, beside=named, baseline=True))
        found.append(
            ScoreRows(
                task=task,
                metric=metric,
                unit=units[metric].name,
                higher_is_better=bool(rows["higher_is_better"].iloc[0]),
                low_text=level(axis.low, fraction),
                high_text=level(axis.high, fraction),
                rows=made,
                best=best[task].words if task in best else NOTHING,
            )
        )
    return found


def _row(
    rows: pd.DataFrame,
    tasks: int,
    axis: Axis,
    fraction: bool,
    parts: dict[str, float],
    unlearnt: Collection[tuple[str, ...]],
) -> ScoreRow:
    scored = rows[rows["value"].notna()].sort_values(["fold", "seed"])
    values = scored["value"]
    mean = float(values.mean()) if len(values) else math.nan
    task, combination = rows["task"].iloc[0], rows["combination"].iloc[0]
    gap = better_by(parts.get("train", math.nan), parts.get("test", math.nan), bool(rows["higher_is_better"].iloc[0]))
    partners = partner_of(task, combination)
    alone = combination == task and (task, *rows[list(SETTING)].iloc[0]) in unlearnt
    return ScoreRow(
        beside=briefly(partners, tasks),
        partners=partners,
        mean=level(mean, fraction),
        sd=level(float(values.std()) if len(values) > 1 else math.nan, fraction),
        repeats=len(values),
        middle=axis.at(mean) if len(values) else None,
        dots=[
            (axis.at(value), f"fold {fold}, seed {seed}: {level(value, fraction)}")
            for value, fold, seed in zip(values, scored["fold"], scored["seed"], strict=True)
        ],
        parts={name: level(value, fraction) for name, value in parts.items()},
        gap=signed(gap, fraction),
        mark=MARK if alone else "",
    )


def better_by(one: float, other: float, higher_is_better: bool) -> float:
    """How much better one score is than another, plus is better."""
    return one - other if higher_is_better else other - one


def _means_by_part(results: pd.DataFrame, metrics: pd.DataFrame) -> dict[tuple[str, str, str], dict[str, float]]:
    """Mean over repeats of each part's score, by (task, combination, metric) and part."""
    if metrics.empty:
        return {}
    last = metrics[metrics["selection"] == "last"]
    known = last.merge(results[["run", "task", "combination"]].drop_duplicates(), on=["run", "task"])
    means: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in (
        known.groupby(["task", "combination", "metric", "part"])["value"].mean().reset_index().to_dict("records")
    ):
        if not math.isnan(row["value"]):
            means.setdefault((row["task"], row["combination"], row["metric"]), {})[row["part"]] = row["value"]
    return means
