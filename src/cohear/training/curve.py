"""Learning curves on a fixed grid of steps, the same for single and shared runs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cohear.runs.task_data import TaskData
from cohear.tasks.targets import Targets
from cohear.training.batches import Rows

POINTS = 10


def grid(steps: int) -> list[int]:
    """Numbers of finished steps at which curves have a point: every tenth of the training, and its end."""
    return sorted({max(1, round(steps * point / POINTS)) for point in range(1, POINTS + 1)})


class Curve:
    """Collects the points of all tasks.

    A training point is over the windows since the point before: the task's own mean loss a window (never divided by
    other tasks' batches) and its metric over windows. A validation point is over pooled clips.
    """

    def __init__(self, tasks: Mapping[str, TaskData]) -> None:
        self._tasks = tasks
        self._losses: dict[str, list[float]] = {name: [] for name in tasks}
        self._logits: dict[str, list[np.ndarray]] = {name: [] for name in tasks}
        self._targets: dict[str, list[Targets]] = {name: [] for name in tasks}
        self.points: list[dict[str, object]] = []

    def saw(self, task: str, loss: float, logits: np.ndarray, rows: Rows) -> None:
        """Take note of one step of one task."""
        self._losses[task].append(loss)
        self._logits[task].append(logits)
        self._targets[task].append(Targets(rows.targets.values.numpy(), rows.targets.known.numpy()))

    def training_point(self, step: int) -> None:
        """Close the stretch of training that ends after ``step`` steps."""
        for name, task in self._tasks.items():
            logits, targets = np.concatenate(self._logits[name]), Targets.joined(self._targets[name])
            metric = task.metric.score(logits, targets, task.scored)
            self._add(name, step, "train", float(np.mean(self._losses[name])), metric)
            for seen in (self._losses, self._logits, self._targets):
                seen[name].clear()

    def validation_point(self, task: str, step: int, scores: Mapping[str, float]) -> None:
        """Add a task's validation scores after ``step`` steps."""
        self._add(task, step, "validation", scores["loss"], scores[self._tasks[task].metric.name])

    def _add(self, task: str, step: int, part: str, loss: float, metric: float) -> None:
        self.points.append({"task": task, "step": step, "part": part, "loss": loss, "metric": metric})
