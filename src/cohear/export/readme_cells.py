"""Cells of the tables and lists in a bundle's ``README.md``: scores in their metric's unit, names made safe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cohear.findings.not_learnt import are_not_learnt
from cohear.findings.verdict_words import told_verdict
from cohear.tasks.metrics import METRICS, SHARE


def points_text(value: float | None) -> str:
    """A share as points."""
    return "unknown" if value is None else f"{100 * value:.1f}"


def metric_name(name: str) -> str:
    """A metric with its unit, where its values are no shares."""
    unit = METRICS[name].unit
    return name if unit in (SHARE, "") else f"{name} ({text(unit)})"


def score_text(metric: str, value: float | None) -> str:
    """A value of a metric."""
    return "unknown" if value is None else METRICS[metric].shown(value)


def change_text(change: Mapping[str, Any]) -> str:
    """What int8 changes: points with a digit more than scores have, or what it is with its unit."""
    metric = METRICS[change["metric"]]
    if metric.unit == SHARE:
        return f"{100 * change['change']:+.2f}"
    return f"{metric.shown(change['change'], sign=True)} {metric.unit}".rstrip()


def interval_text(metric: str, low: float | None, high: float | None) -> str:
    """Between two values of a metric."""
    return "unknown" if low is None or high is None else f"{score_text(metric, low)} to {score_text(metric, high)}"


def gain_text(metric: str, gain: Mapping[str, Any] | None) -> str:
    """A gain with its interval, its verdict, which the interval alone does not tell, and what is not learnt alone."""
    if not gain or gain["gain"] is None:
        return "unknown"
    unit, low, high = METRICS[metric], gain["low"], gain["high"]
    ends = [] if low is None else [f"{unit.shown(low, True)} to {unit.shown(high, True)}"]
    unlearnt = text(are_not_learnt(gain.get("not_learnt") or ()).plain)
    told = [*ends, told_verdict(gain["verdict"], "", low, high), *([unlearnt] if unlearnt else [])]
    return f"{unit.shown(gain['gain'], sign=True)} ({', '.join(told)})"


def text(value: object) -> str:
    """Names that users gave, harmless in a table of Markdown."""
    plain = " ".join(str(value).split())
    for mark in "\\`*_|<>[]":
        plain = plain.replace(mark, "\\" + mark)
    return plain
