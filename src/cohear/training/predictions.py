"""What a network says of clips, and the table ``predictions.csv`` of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.training.run_folder import FIXED_COLUMNS, logit_column
from cohear.training.sources import TaskData


@dataclass(frozen=True)
class Predictions:
    """A network's logits for the clips of one part of a task.

    Attributes:
        clips: ``[N]`` positions in the task's clip list.
        logits: ``[N, outputs]``, pooled over each clip's windows.
    """

    clips: NDArray[np.int64]
    logits: NDArray[np.float32]


def prediction_rows(
    tasks: Mapping[str, TaskData], predictions: Mapping[str, Mapping[str, Predictions]], parts: Sequence[str]
) -> Iterable[Sequence[Any]]:
    """Header and rows of ``predictions.csv``: a clip of a part each; outputs of one name share a column.

    Args:
        tasks: by name.
        predictions: by task and part.
        parts: in order.
    """
    names = {task: data.kind.output_names(data.labels) for task, data in tasks.items()}
    outputs = list(dict.fromkeys(name for own in names.values() for name in own))
    yield (*FIXED_COLUMNS, *map(logit_column, outputs))
    for task, data in tasks.items():
        place = {name: number for number, name in enumerate(names[task])}
        for part in parts:
            told = predictions[task][part]
            truth = data.kind.cells(data.targets.take(told.clips), data.labels)
            for clip, label, logits in zip(told.clips, truth, told.logits.tolist(), strict=True):
                own = [logits[place[name]] if name in place else "" for name in outputs]
                yield (task, data.clips[clip], label, part, *own)
