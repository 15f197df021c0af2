"""Learning curves alone and together, mean and spread over the repeats, ready to be drawn."""

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cohear.base.arrays import Array
from cohear.report.numbers import tick_texts
from cohear.report.parts.axis_ticks import Axis, axis_over

ByStep = dict[int, float]
"""Value by step."""


class LearningCurves:
    """Learning curves of a folder's runs.

    Args:
        points: the columns of :data:`cohear.analysis.tables.of_study.CURVES`.
    """

    def __init__(self, points: pd.DataFrame) -> None:
        self._points = points

    def chart(
        self, alone: Sequence[str], together: Sequence[str], task: str, part: str, column: str, fraction: bool
    ) -> dict[str, Any] | None:
        """One chart of a task, in percent of its width and height; None where a side left no curves.

        Args:
            alone: runs of the task alone.
            together: runs of the combination.
            task: its name.
            part: ``train`` or ``validation``.
            column: ``loss`` or ``metric``.
            fraction: whether the values are shown as points.
        """
        runs = {"alone": alone, "together": together}
        sides = {name: self._values(own, task, part, column) for name, own in runs.items()}
        steps = sorted(set.intersection(*(set(line) for lines in sides.values() for line in lines or [{}])))
        if not steps:
            return None
        values = {name: np.array([[line[step] for step in steps] for line in lines]) for name, lines in sides.items()}
        positive = all(rows.min() >= 0 for rows in values.values() if rows.size)
        ends = (0.0, 1.0) if fraction else (0.0 if column == "loss" and positive else -math.inf, math.inf)
        bands = {name: _band(rows, ends) for name, rows in values.items()}
        drawn = [float(value) for band in bands.values() for row in band for value in row]
        axis = axis_over(drawn, least=1e-6, bounds=ends)
        marks = axis.ticks(4)
        across = Axis(float(min(steps)), float(max(steps))) if len(steps) > 1 else Axis(0.0, 2.0 * steps[0])
        return {
            "x": [across.at(step) for step in steps],
            "xticks": [[across.at(step), str(step)] for step in (steps[0], steps[-1])],
            "yticks": list(zip(map(axis.at, marks), tick_texts(marks, fraction, sign=False), strict=True)),
            **{name: {"repeats": len(values[name]), **_places(axis, band)} for name, band in bands.items()},
        }

    def _values(self, runs: Sequence[str], task: str, part: str, column: str) -> list[ByStep]:
        found = (self._lines.get((run, task, part, column)) for run in runs)
        return [line for line in found if line]

    @cached_property
    def _lines(self) -> dict[tuple[str, str, str, str], ByStep]:
        """Lines by run, task, part and column; what is no number is passed over."""
        lines: dict[tuple[str, str, str, str], ByStep] = {}
        for column in ("loss", "metric"):
            known = self._points[np.isfinite(self._points[["step", column]].astype(float)).all(axis=1)]
            for row in zip(*(known[name] for name in ("run", "task", "part", "step", column)), strict=True):
                lines.setdefault((*row[:3], column), {})[int(row[3])] = float(row[4])
        return lines


def _band(rows: Array, ends: tuple[float, float]) -> tuple[Array, Array, Array]:
    """Mean, and mean less and plus a standard deviation, over the repeats ``[repeats, steps]``, within the scale."""
    mean = rows.mean(axis=0)
    spread = rows.std(axis=0, ddof=1) if len(rows) > 1 else np.zeros_like(mean)
    return mean, np.maximum(mean - spread, ends[0]), np.minimum(mean + spread, ends[1])


def _places(axis: Axis, band: Sequence[Array]) -> dict[str, list[float]]:
    places = [[round(axis.at(float(value)), 1) for value in row] for row in band]
    return dict(zip(("mean", "low", "high"), places, strict=True))


def charts_of(
    curves: LearningCurves, runs: Mapping[str, Sequence[str]], task: str, metric: str, fraction: bool
) -> list[dict[str, Any]]:
    """Validation score and training loss of a cell.

    Args:
        curves: of the folder.
        runs: ``alone`` and ``together``.
        task: its name.
        metric: the task's own.
        fraction: whether that is shown as points.
    """
    asked = (
        (f"Score on validation: {metric}", "validation", "metric", fraction),
        ("Training loss", "train", "loss", False),
    )
    made = []
    for title, part, column, points in asked:
        chart = curves.chart(runs["alone"], runs["together"], task, part, column, points)
        if chart:
            made.append({"title": title, **chart})
    return made
