"""Losses of all groups of five tasks, of Standley et al. (2020).

As in ``network_selection`` of github.com/tstandley/taskgrouping. A line a network, a column a task with tabs between,
nothing where the task is not in it. The first line has the singles of half the size, which are no part of this
comparison; singles of the whole size follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cohear.advice.imports.imported import Imported, score_row, text_of
from cohear.base.errors import UserError
from cohear.base.tables import Row

TASKS = ("semantic", "depth", "normals", "keypoints", "edges")
METRIC = "loss over that of the single"


def read_loss_grid(path: Path, tasks: Sequence[str] = TASKS) -> Imported:
    """Each task's loss over that of its single run: losses of different kinds on one scale.

    Args:
        path: ``results.txt``, ``results_test.txt`` or another of the files there, whose name tells encoders apart.
        tasks: names of the columns.

    Raises:
        UserError: a line has another number of columns or a cell that is no number, or a task has no single run.
    """
    networks: list[dict[str, float]] = []
    for number, line in enumerate(text_of(path).splitlines()[1:], 2):
        cells = line.split("\t")
        if not line.strip():
            continue
        if len(cells) != len(tasks):
            raise UserError(f"{path}, line {number}: {len(cells)} columns where there are {len(tasks)} tasks")
        try:
            networks.append({task: float(cell) for task, cell in zip(tasks, cells, strict=True) if cell.strip()})
        except ValueError as error:
            raise UserError(f"{path}, line {number}: {error}") from None
    singles = {task: loss for network in networks if len(network) == 1 for task, loss in network.items()}
    lacking = [task for task in tasks if task not in singles]
    if lacking:
        raise UserError(f"{path}: task {lacking[0]!r} has no network of its own, a line with its column alone")
    rows: list[Row] = []
    for network in networks:
        for task, loss in network.items():
            value = loss / singles[task]
            rows.append(score_row(task, list(network), METRIC, value, higher_is_better=False, encoder=path.stem))
    return Imported(results=rows)
