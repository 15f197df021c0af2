"""The calibrated log loss of every run of a plan: at the temperature that is best for the other folds of its cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from cohear.base.tables import NLL, Row
from cohear.runs.log_losses import DIGITS, TEMPERATURES
from cohear.runs.record import Record, TaskRecord
from cohear.study.plan.row import PlanRow

_Cell = tuple[str, ...]


@dataclass(frozen=True)
class _Run:
    key: str
    cell: _Cell
    task: TaskRecord


def log_loss_rows(plan: Sequence[PlanRow], records: Mapping[str, Record | None]) -> Iterable[Row]:
    """Rows of ``metrics.csv``: of every run and task whose record holds losses.

    The temperature is that of least mean loss over all runs of the same task, combination and settings that test other
    clips. Where there is none (one fold) it is that of the run's own validation part, and without one the scores are
    taken as they are.
    """
    runs = list(_runs(plan, records))
    of_cell: dict[_Cell, list[TaskRecord]] = {}
    for run in runs:
        of_cell.setdefault(run.cell, []).append(run.task)
    for run in runs:
        value = loss_at(run.task.log_losses["test"], _temperature(run.task, of_cell[run.cell]))
        place = {"run": run.key, "task": run.cell[0], "part": "test", "selection": "last"}
        yield {**place, "metric": NLL, "value": round(value, DIGITS)}


def _runs(plan: Sequence[PlanRow], records: Mapping[str, Record | None]) -> Iterable[_Run]:
    """Each run and task once, in the first of its places in the plan."""
    for key, row in {row.run: row for row in reversed(plan)}.items():
        record = records[key]
        for name, task in record.tasks.items() if record else ():
            if len(task.log_losses.get("test", ())) == len(TEMPERATURES):
                cell = (name, row.combination, row.features, row.encoder, row.arm, row.control, row.focal, row.job)
                yield _Run(key, cell, task)


def _temperature(task: TaskRecord, cell: Sequence[TaskRecord]) -> float:
    others = [other.log_losses["test"] for other in cell if other.test_part != task.test_part]
    own = task.log_losses.get("validation")
    return best_temperature(others or ([own] if own else []))


def best_temperature(losses: Sequence[Sequence[float]]) -> float:
    """The temperature of the least mean loss over some runs: where the parabola through the three least has its end.

    Args:
        losses: of each run at each of :data:`TEMPERATURES`; without any, nothing is changed.
    """
    if not len(losses):
        return 1.0
    mean = np.mean(losses, axis=0)
    least = int(mean.argmin())
    if least in (0, len(mean) - 1):
        return TEMPERATURES[least]
    before, here, behind = mean[least - 1 : least + 2]
    bend = before - 2 * here + behind
    beside = (before - behind) / (2 * bend) if bend > 0 else 0.0
    return float(TEMPERATURES[least] * (TEMPERATURES[1] / TEMPERATURES[0]) ** beside)


def loss_at(losses: Sequence[float], temperature: float) -> float:
    """A run's loss at a temperature, by a cubic spline of those at :data:`TEMPERATURES`."""
    return float(CubicSpline(np.log(TEMPERATURES), losses)(np.log(temperature)))
