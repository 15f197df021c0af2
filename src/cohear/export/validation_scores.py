"""What a study's networks score on validation, by cell, task and repeat: what an encoder is chosen by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean

from cohear.base.units import Unit
from cohear.export.choice import ScoresByRepeat
from cohear.export.grid_cell import GridCell
from cohear.runs.record import Record
from cohear.study.folder.folder import StudyFolder
from cohear.study.plan.row import PlanRow
from cohear.tasks.metrics import METRICS

ScoresByTask = Mapping[str, ScoresByRepeat]
"""By task."""


class ValidationScores:
    """Scores of finished runs, each record read once.

    Args:
        folder: of the study.
        rows: of its plan.
    """

    def __init__(self, folder: StudyFolder, rows: Sequence[PlanRow]) -> None:
        self._folder, self._rows = folder, rows
        self._records: dict[str, Record | None] = {}

    def is_planned(self, cell: GridCell) -> bool:
        """Whether the study trains it."""
        return any(cell.holds(row) for row in self._rows)

    def is_begun(self, cell: GridCell) -> bool:
        """Whether a run of it is done."""
        return any(record for _, record in self._runs(cell))

    def together(self, cell: GridCell) -> ScoresByTask:
        """Of the cell's own runs; only tasks with a score."""
        found: dict[str, dict[tuple[int, int], float]] = {}
        for row, record in self._runs(cell):
            for name in cell.tasks if record else ():
                task = record.tasks.get(name) if record else None
                value = task.score("validation") if task else None
                if task is not None and value is not None:
                    found.setdefault(name, {})[row.fold, row.seed] = value if task.higher_is_better else -value
        return found

    def alone(self, cell: GridCell) -> ScoresByTask:
        """Of networks for each of the cell's tasks alone."""
        return {task: scores for one in alone(cell) for task, scores in self.together(one).items()}

    def changed_by_sharing(self, cells: Iterable[GridCell]) -> Mapping[str, float]:
        """By task how much higher cells score together than alone, the mean of those that tell."""
        changes: dict[str, list[float]] = {}
        for cell in cells:
            together, single = self.together(cell), self.alone(cell)
            for task in together:
                both = set(together[task]) & set(single.get(task, ()))
                if both:
                    changes.setdefault(task, []).append(fmean(together[task][at] - single[task][at] for at in both))
        return {task: fmean(values) for task, values in changes.items()}

    def units(self, cells: Iterable[GridCell]) -> Mapping[str, Unit]:
        """What the scores of tasks are counted in."""
        records = [record for cell in cells for _, record in self._runs(cell) if record]
        metrics = {task: scored.metric for record in records for task, scored in record.tasks.items()}
        return {task: Unit.named(METRICS[metric].shown_unit or metric) for task, metric in metrics.items()}

    def _runs(self, cell: GridCell) -> Iterable[tuple[PlanRow, Record | None]]:
        for row in self._rows:
            if cell.holds(row):
                if row.run not in self._records:
                    self._records[row.run] = self._folder.record(row.run)
                yield row, self._records[row.run]


def alone(cell: GridCell) -> list[GridCell]:
    """The cells of its tasks alone."""
    return [replace(cell, tasks=(task,)) for task in cell.tasks]
