"""The probes ``curve`` and ``dual-curve``: what the learning curve of a task tells, alone and beside a partner."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from cohear.base.arrays import Array
from cohear.base.learning_curve import (
    CURVE_SHARES,
    area,
    gradients,
    log_curve,
    plateau,
    smoothed_gradient,
)
from cohear.base.tables import CURVE_CSV
from cohear.probes.probe import PROBES, Left, Measured, Probe, ProbeInputs, Subject

NUMBERS = (
    *(f"loss_gradient_{share:.0%}" for share in CURVE_SHARES),
    *(f"smoothed_gradient_{share:.0%}" for share in CURVE_SHARES),
    *(f"smoothed_gradient_error_{share:.0%}" for share in CURVE_SHARES),
    *("log_curve_a", "log_curve_b", "log_curve_log_c", "curve_area", "curve_plateau"),
    *("curve_gap", "final_loss", "final_score"),
)


class Points(NamedTuple):
    """Of one part, in the order of the steps: ``[points]`` each."""

    step: Array
    loss: Array
    metric: Array


def points_of(curve: bytes, task: str, part: str) -> Points:
    """A task's points in ``curve.csv``; what says nothing is NaN."""
    rows = csv.DictReader(io.StringIO(curve.decode("utf-8")))
    found = [row for row in rows if row["task"] == task and row["part"] == part]
    columns = [[float(row[name] or "nan") for row in found] for name in ("step", "loss", "metric")]
    order = np.argsort(columns[0], kind="stable")
    return Points(*(np.array(column, np.float64)[order] for column in columns))


def told_by(curve: bytes, task: str) -> Mapping[str, float]:
    """All numbers of a task's curve: of its training loss, and at its end of validation."""
    train, validation = points_of(curve, task, "train"), points_of(curve, task, "validation")
    steep = gradients(train.step, train.loss) or [float("nan")] * len(CURVE_SHARES)
    smooth = [smoothed_gradient(train.step, train.loss, share) for share in CURVE_SHARES]
    fit = log_curve(train.step, train.loss)
    last = float(validation.loss[-1]) if len(validation.loss) else float("nan")
    values = (
        *steep,
        *(slope for slope, _ in smooth),
        *(error for _, error in smooth),
        *(fit.a, fit.b, float(np.log(fit.c)), area(train.step, train.loss), plateau(train.step, train.loss)),
        last - float(train.loss[-1]) if len(train.loss) else float("nan"),
        last,
        float(validation.metric[-1]) if len(validation.metric) else float("nan"),
    )
    return dict(zip(NUMBERS, values, strict=True))


@PROBES.register("curve")
class SingleCurve(Probe):
    """Of the task's single run, in each arm and seed; on training and validation clips, as curves are."""

    subject: ClassVar[Subject] = "task"
    each: ClassVar[frozenset[Literal["arm", "seed"]]] = frozenset({"arm", "seed"})
    beside_runs: ClassVar[bool] = True
    needs: ClassVar[Mapping[str, Left]] = {"curve": Left("task", CURVE_CSV.file)}
    measures: ClassVar[tuple[str, ...]] = NUMBERS

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """All numbers."""
        for name, value in told_by(given.files["curve"], given.task.name).items():
            yield given.measured(name, value)


@PROBES.register("dual-curve")
class DualCurve(Probe):
    """Of the task in the run that it shares with the partner alone."""

    each: ClassVar[frozenset[Literal["arm", "seed"]]] = frozenset({"arm", "seed"})
    needs: ClassVar[Mapping[str, Left]] = {"curve": Left("joint", CURVE_CSV.file)}
    measures: ClassVar[tuple[str, ...]] = tuple(f"dual_{name}" for name in NUMBERS)

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """All numbers."""
        for name, value in told_by(given.files["curve"], given.task.name).items():
            yield given.measured(f"dual_{name}", value)
