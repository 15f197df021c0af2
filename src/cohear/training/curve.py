"""Learning curves on a fixed grid of steps, the same for single and shared runs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cohear.tasks.kind import Targets
from cohear.training.batches import Rows
from cohear.training.sources import TaskData

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
        self._seen: dict[str, list[tuple[np.ndarray, Targets]]] = {name: [] for name in tasks}
        self.points: list[dict[str, object]] = []

    def saw(self, task: str, loss: float, logits: np.ndarray, rows: Rows) -> None:
        """Take note of one step of one task."""
        self._losses[task].append(loss)
        self._seen[task].append((logits, Targets(rows.values.numpy(), rows.known.numpy())))

    def training_point(self, step: int) -> None:
        """Close the stretch of training that ends after ``step`` steps."""
        for name, task in self._tasks.items():
            logits = np.concatenate([each for each, _ in self._seen[name]])
            targets = Targets(
                np.concatenate([each.values for _, each in self._seen[name]]),
                np.concatenate([each.known for _, each in self._seen[name]]),
            )
            metric = task.metric.score(logits, targets, task.scored)
            self._add(name, step, "train", float(np.mean(self._losses[name])), metric)
            self._losses[name].clear()
            self._seen[name].clear()

    def validation_point(self, task: str, step: int, scores: Mapping[str, float]) -> None:
        """Add a task's validation scores after ``step`` steps."""
        self._add(task, step, "validation", scores["loss"], scores[self._tasks[task].metric.name])

    def _add(self, task: str, step: int, part: str, loss: float, metric: float) -> None:
        self.points.append({"task": task, "step": step, "part": part, "loss": loss, "metric": metric})
