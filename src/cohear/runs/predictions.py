"""What a run says of clips, and the table ``predictions.csv`` of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.base.tables import PREDICTIONS_CSV, Row
from cohear.runs.prediction_columns import logit_column
from cohear.runs.task_data import TaskData
from cohear.tasks import METRICS, ClipOutputs


def part_of(dataset: str) -> str:
    """What the test clips of one of a task's datasets are called among parts."""
    return f"test of {dataset}"


@dataclass(frozen=True)
class Predictions:
    """What is said of the clips of one part of a task.

    Attributes:
        clips: ``[N]`` positions in the task's clip list.
        outputs: of them, pooled over each clip's windows.
    """

    clips: NDArray[np.int64]
    outputs: ClipOutputs

    @property
    def logits(self) -> NDArray[np.float32]:
        """``[R, outputs]``: a row a clip, or several."""
        return self.outputs.values

    def scores(self, task: TaskData) -> dict[str, float]:
        """Every metric that is reported of the task over these clips; NaN where nothing can be scored."""
        targets = task.kind.rows(task.targets.take(self.clips), self.outputs)
        return {name: METRICS[name].score(self.logits, targets, task.scored) for name in task.metrics}

    def scores_by_dataset(self, task: TaskData) -> dict[str, dict[str, float]]:
        """The same of the clips of each dataset, over the labels that it has; none of a task of one dataset."""
        found = {}
        own = np.array(task.datasets)[self.clips] if len(task.datasets) else np.zeros(0)
        by_clip = self.outputs.by_clip()
        for name in dict.fromkeys(own.tolist()):
            here = np.flatnonzero(own == name)
            outputs = ClipOutputs(np.concatenate([by_clip[clip] for clip in here]), self.outputs.rows[here])
            of_clips = task.targets.take(self.clips[here])
            scored = task.scored & (task.kind.counts(of_clips, task.labels) > 0)
            targets = task.kind.rows(of_clips, outputs)
            found[name] = {each: METRICS[each].score(outputs.values, targets, scored) for each in task.metrics}
        return found

    def scored_clips(self, task: TaskData) -> int:
        """How many of the clips enter a score."""
        return int(task.kind.scored_clips(task.targets.take(self.clips), task.scored).sum())


def predictions_text(
    tasks: Mapping[str, TaskData], predictions: Mapping[str, Mapping[str, Predictions]], parts: Sequence[str]
) -> str:
    """The table ``predictions.csv``: a row or more for each clip of a part; outputs of one name share a column.

    Args:
        tasks: by name.
        predictions: by task and part.
        parts: in order.
    """
    names = {task: data.kind.output_names(data.labels) for task, data in tasks.items()}
    outputs = dict.fromkeys(logit_column(name) for own in names.values() for name in own)
    return PREDICTIONS_CSV.text(_rows(tasks, names, predictions, parts), further=list(outputs))


def _rows(
    tasks: Mapping[str, TaskData],
    names: Mapping[str, Sequence[str]],
    predictions: Mapping[str, Mapping[str, Predictions]],
    parts: Sequence[str],
) -> Iterable[Row]:
    for task, data in tasks.items():
        columns = list(map(logit_column, names[task]))
        for part in parts:
            own = predictions[task][part]
            truth = data.kind.row_cells(own.outputs, data.targets.take(own.clips), data.labels)
            for clip, label, logits in zip(own.clips[own.outputs.clips], truth, own.logits.tolist(), strict=True):
                fixed = {"task": task, "clip": data.clips[clip], "label": label, "part": part}
                yield {**fixed, **dict(zip(columns, logits, strict=True))}
