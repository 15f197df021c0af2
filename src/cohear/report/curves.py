"""Learning curves alone and together, mean and spread over the repeats, ready to be drawn."""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.analysis.answers import CURVES
from cohear.report.numbers import level
from cohear.report.ticks import Axis, axis_over

Floats = NDArray[np.float64]
Line = dict[int, float]
"""Value by step."""


@dataclass
class Curves:
    """The ``curve.csv`` of a folder's runs, each read once.

    Args:
        runs: the folder ``runs``.
    """

    runs: Path
    _read: dict[str, dict[tuple[str, str, str], Line]] = field(default_factory=dict)

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
        bands = {name: _band(rows) for name, rows in values.items()}
        axis = axis_over([float(value) for band in bands.values() for row in band for value in row], least=1e-6)
        across = Axis(float(min(steps)), float(max(steps))) if len(steps) > 1 else Axis(0.0, 2.0 * steps[0])
        return {
            "x": [across.at(step) for step in steps],
            "xticks": [[across.at(step), str(step)] for step in (steps[0], steps[-1])],
            "yticks": [[axis.at(tick), level(tick, fraction)] for tick in axis.ticks(4)],
            **{name: {"repeats": len(values[name]), **_places(axis, band)} for name, band in bands.items()},
        }

    def _values(self, runs: Sequence[str], task: str, part: str, column: str) -> list[Line]:
        found = (self._of_run(run).get((task, part, column)) for run in runs)
        return [line for line in found if line]

    def _of_run(self, run: str) -> dict[tuple[str, str, str], Line]:
        if run not in self._read:
            path = self.runs / run / "curve.csv"
            inside = Path(run).name == run  # names in tables from elsewhere may be paths
            self._read[run] = _read_curve(path) if inside and path.is_file() else {}
        return self._read[run]


def _read_curve(path: Path) -> dict[tuple[str, str, str], Line]:
    """Lines by task, part and column; a row that is no such row is passed over."""
    lines: dict[tuple[str, str, str], Line] = {}
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            task, step, part = (row.get(name) or "" for name in CURVES[1:4])
            for column in ("loss", "metric"):
                value = _number(row.get(column))
                if step.isdecimal() and math.isfinite(value):
                    lines.setdefault((task, part, column), {})[int(step)] = value
    return lines


def _number(cell: str | None) -> float:
    try:
        return float(cell or "nan")
    except ValueError:
        return math.nan


def _band(rows: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, and mean less and plus a standard deviation, over the repeats ``[repeats, steps]``."""
    mean = rows.mean(axis=0)
    spread = rows.std(axis=0, ddof=1) if len(rows) > 1 else np.zeros_like(mean)
    return mean, mean - spread, mean + spread


def _places(axis: Axis, band: Sequence[Floats]) -> dict[str, list[float]]:
    places = [[round(axis.at(float(value)), 1) for value in row] for row in band]
    return dict(zip(("mean", "low", "high"), places, strict=True))


def charts_of(
    curves: Curves, runs: Mapping[str, Sequence[str]], task: str, metric: str, fraction: bool
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
