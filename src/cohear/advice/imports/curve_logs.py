"""Logs of Bingel & Søgaard (2017), as in the folder ``logs`` of github.com/jbingel/eacl2017_mtl.

A folder a run, named by its task or by both with ``_`` between. ``loss_dv.log`` has a line every hundred steps and
task, ``Iter 100, task ccg, loss 7.03, acc 0.07, f1 0.07, p 0.07, r 0.07``; ``loss_tr.log`` the same up to the loss.
What they measured of words is not among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from cohear.advice.imports.imported import Imported, measured_row, score_row, text_of
from cohear.base.arrays import Array
from cohear.base.errors import UserError
from cohear.base.learning_curve import CURVE_SHARES, area, gradients, log_curve
from cohear.base.tables import Row

SCORED, TRAINED = "loss_dv.log", "loss_tr.log"
LINE = re.compile(
    r"^Iter (?P<step>\d+), task (?P<task>[^,]+), loss (?P<loss>[-+.\deE]+)(?:.*?\bf1 (?P<f1>[-+.\deE]+))?"
)


def read_curve_logs(logs: Path) -> Imported:
    """F1 at the last step of each run, and what the curves of single runs tell.

    Args:
        logs: the folder of all runs.

    Raises:
        UserError: there is no run of one task, or a log has no line of its tasks.
    """
    runs = sorted(path.parent for path in logs.glob(f"*/{SCORED}"))
    names = {run.name: _tasks(run.name, {other.name for other in runs}) for run in runs}
    if not any(len(tasks) == 1 for tasks in names.values()):
        raise UserError(f"{logs} has no run of one task: folders as 'ccg' and 'ccg_chunking', each with {SCORED}")
    results: list[Row] = []
    measurements: list[Row] = []
    for run in runs:
        tasks = names[run.name]
        for task in tasks:
            f1 = _points(run / SCORED, task, "f1")[1][-1]
            results.append(score_row(task, tasks, "f1", float(f1), higher_is_better=True))
        if len(tasks) == 1 and (run / TRAINED).exists():
            measurements += _measured(run, tasks[0])
    return Imported(results=results, measurements=measurements)


def _tasks(name: str, runs: set[str]) -> tuple[str, ...]:
    """Both where a name is that of two runs, which may have ``_`` in their own names."""
    for place, letter in enumerate(name):
        first, second = name[:place], name[place + 1 :]
        if letter == "_" and first in runs and second in runs:
            return first, second
    return (name,)


def _points(path: Path, task: str, what: str) -> tuple[Array, Array]:
    """Steps and numbers of a task, both ``(points,)``."""
    found = [line for line in map(LINE.match, text_of(path).splitlines()) if line and line["task"] == task]
    told = [(float(line["step"]), float(line[what])) for line in found if line[what]]
    if not told:
        raise UserError(f"{path}: no line tells {what} of task {task!r}; one is like 'Iter 100, task {task}, loss 2.1'")
    steps, numbers = np.array(told).T
    return steps, numbers


def _measured(run: Path, task: str) -> Iterator[Row]:
    """Of the training loss of a single run, under the names of the probe ``curve``."""
    steps, losses = _points(run / TRAINED, task, "loss")
    curve = log_curve(steps, losses)
    names = [f"loss_gradient_{round(100 * share)}%" for share in CURVE_SHARES]
    told: Mapping[str, float] = {
        **dict(zip(names, gradients(steps, losses), strict=False)),
        "log_curve_a": curve.a,
        "log_curve_b": curve.b,
        "log_curve_log_c": float(np.log(curve.c)),
        "curve_area": area(steps, losses),
        "final_loss": float(_points(run / SCORED, task, "loss")[1][-1]),
    }
    yield from (measured_row(task, "", name, value) for name, value in told.items() if np.isfinite(value))
