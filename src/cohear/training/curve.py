"""Learning curves on a fixed grid of each task's own steps, the same for single and shared runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from cohear.runs.task_data import TaskData
from cohear.tasks.targets import Targets, WindowTargets
from cohear.training.device import to_numpy

POINTS = 10


def grid(steps: int) -> list[int]:
    """Numbers of finished steps at which curves have a point: every tenth of the training, and its end."""
    return sorted({max(1, round(steps * point / POINTS)) for point in range(1, POINTS + 1)})


class _Step(NamedTuple):
    """What is kept of a step until the next point."""

    loss: Tensor
    logits: Tensor
    targets: WindowTargets


class Curve:
    """Collects the points of all tasks, each at a number of steps that the task itself has taken.

    A training point is over the windows since the point before: the task's own mean loss a window (never divided by
    other tasks' batches) and its metric over windows, which is not known of a kind that reads frames: a metric is of
    pooled answers. A validation point is over pooled clips.
    """

    def __init__(self, tasks: Mapping[str, TaskData]) -> None:
        self._tasks = tasks
        self._seen: dict[str, list[_Step]] = {name: [] for name in tasks}
        self.points: list[dict[str, object]] = []

    def saw(self, task: str, loss: Tensor, logits: Tensor, targets: WindowTargets) -> None:
        """Take note of one step of one task; nothing waits for the numbers, wherever they are being made."""
        self._seen[task].append(_Step(loss.detach(), logits.detach().float(), targets))

    def training_point(self, task: str, step: int) -> None:
        """Close the stretch of a task's training that ends after ``step`` steps of its own, if it learns at all."""
        if task not in self._tasks:
            return
        data, seen = self._tasks[task], self._seen[task]
        losses = to_numpy(torch.stack([each.loss for each in seen]))
        metric = _over_windows(data, seen) if data.kind.reads == "vector" else float("nan")
        self._add(task, step, "train", float(losses.astype(np.float64).mean()), metric)
        seen.clear()

    def validation_point(self, task: str, step: int, scores: Mapping[str, float]) -> None:
        """Add a task's validation scores after ``step`` steps of its own."""
        self._add(task, step, "validation", scores["loss"], scores[self._tasks[task].metric.name])

    def _add(self, task: str, step: int, part: str, loss: float, metric: float) -> None:
        self.points.append({"task": task, "step": step, "part": part, "loss": loss, "metric": metric})


def _over_windows(task: TaskData, seen: Sequence[_Step]) -> float:
    """The task's metric over the windows of some steps."""
    logits = to_numpy(torch.cat([each.logits for each in seen]))
    values, known = (
        to_numpy(torch.cat([getattr(each.targets, what) for each in seen])) for what in ("values", "known")
    )
    return task.metric.score(logits, Targets(values, known), task.scored)
