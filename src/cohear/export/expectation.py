"""The scores that a bundle may be expected to have: those of the study's runs of its cell on clips they never saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats

from cohear.runs.record import Record, read_record
from cohear.tasks.metrics import METRICS, SHARE, Metric

_ROUNDING = 1e-20
"""Variance of equal scores, as floating point has it."""
_SAME_SCORE = 1e-6


@dataclass(frozen=True)
class Expectation:
    """A task's score over the repeats.

    Attributes:
        metric: its name.
        unit: of the metric.
        mean: over the test parts; None where no repeat has a score.
        low, high: 95 % interval, None with a single test part.
        repeats: runs with a score.
        parts: different test clips that they were scored on.
        others: means of the kind's other metrics.
    """

    metric: str
    unit: str
    mean: float | None
    low: float | None
    high: float | None
    repeats: int
    parts: int
    others: dict[str, float]


def expectation(records: Sequence[Record], task: str, test_train_ratio: float) -> Expectation:
    """Mean and interval of a task's test score at the last step.

    The interval is Student's over means of the J test parts, with the variance widened to ``V (1/J + r)`` because
    training sets of different folds overlap (Nadeau & Bengio 2003; r = test / training clips). Equal scores on all
    parts do not prove that there is no spread: shares move in steps of a clip, and rounding to them has a variance
    of step²/12.

    Args:
        records: of the cell's repeats.
        task: which.
        test_train_ratio: r.
    """
    scored = [record.tasks[task] for record in records]
    metric = METRICS[scored[0].metric]
    by_metric: dict[str, dict[str, list[float]]] = {}
    for each in scored:
        for name, value in each.scores["test"]["last"].items():
            if value is not None and name != "loss":
                by_metric.setdefault(name, {}).setdefault(each.test_part, []).append(float(value))
    means = {name: float(np.mean([np.mean(part) for part in parts.values()])) for name, parts in by_metric.items()}
    parts = [float(np.mean(values)) for values in by_metric.get(metric.name, {}).values()]
    low = high = None
    if len(parts) > 1:
        variance = float(np.var(parts, ddof=1))
        if variance < _ROUNDING and metric.unit == SHARE:
            variance = float(np.mean([1 / max(each.test_clips, 1) for each in scored])) ** 2 / 12
        error = float(np.sqrt(variance * (1 / len(parts) + test_train_ratio)))
        reach = float(stats.t.ppf(0.975, len(parts) - 1)) * error
        low, high = (metric.within(means[metric.name] + sign * reach) for sign in (-1, 1))
    return Expectation(
        metric=metric.name,
        unit=metric.unit,
        mean=means.get(metric.name),
        low=low,
        high=high,
        repeats=sum(len(values) for values in by_metric.get(metric.name, {}).values()),
        parts=len(parts),
        others={name: value for name, value in means.items() if name != metric.name},
    )


def told_otherwise(records: Sequence[Record], folders: Sequence[Path]) -> str:
    """What is said where runs were made again and score otherwise, as on another processor; empty where none does.

    Args:
        records: the study's, of its runs.
        folders: of the same runs, made again or not.
    """
    recorded = {record.run: record.tasks for record in records}
    apart: dict[str, float] = {}
    for folder in folders:
        made = read_record(folder)
        if made is None or made.run not in recorded:
            continue
        for task, each in made.tasks.items():
            here, there = each.score(), recorded[made.run][task].score()
            if here is not None and there is not None and abs(here - there) >= _SAME_SCORE:
                apart[each.metric] = max(apart.get(each.metric, 0.0), abs(here - there))
    if not apart:
        return ""
    by_unit: dict[str, tuple[float, Metric]] = {}
    for name, largest in apart.items():
        metric = METRICS[name]
        by_unit[metric.unit] = max(by_unit.get(metric.unit, (0.0, metric)), (largest, metric), key=lambda each: each[0])
    most = " and ".join(metric.amount(largest) for largest, metric in by_unit.values())
    return (
        f"runs that were made again score up to {most} otherwise than the study's, as on "
        "another processor: the scores to expect are the study's, calibration is of the runs made again"
    )
