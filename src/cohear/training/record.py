"""What a run leaves on disk; it is done when its record is there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safetensors.torch import save as safetensors_bytes

from cohear.base.files import folder_whole_or_not_at_all, without_nan, write_bytes, write_json, write_text
from cohear.base.memory import peak_memory
from cohear.base.tables import CURVE_CSV
from cohear.training.loop import RunResult
from cohear.training.predictions import predictions_text
from cohear.training.run_folder import KEPT, RECORD


def write_run(folder: Path, result: RunResult, keep: Sequence[str]) -> None:
    """Write a run's folder whole or not at all.

    Args:
        folder: ``runs/<key>``.
        result: of the training.
        keep: which of curves, predictions and weights are wanted beside the record.
    """
    with folder_whole_or_not_at_all(folder) as temporary:
        if "curves" in keep:
            write_text(temporary / KEPT["curves"], CURVE_CSV.text(result.curve))
        if "predictions" in keep:
            tasks = {name: task.data for name, task in result.tasks.items()}
            predictions = {name: task.predictions for name, task in result.tasks.items()}
            not_trained_on = ("validation", "test")
            write_text(temporary / KEPT["predictions"], predictions_text(tasks, predictions, not_trained_on))
        if "weights" in keep:
            tensors = {name: tensor.contiguous() for name, tensor in result.network.state_dict().items()}
            names = {"tasks": json.dumps(result.network.tasks), "run": result.spec.key}
            write_bytes(temporary / KEPT["weights"], safetensors_bytes(tensors, metadata=names))
        write_json(temporary / RECORD, record_of(result))


def record_of(result: RunResult) -> dict[str, Any]:
    """All that the tables need of a run."""
    return {
        "run": result.spec.key,
        "specification": result.spec.model_dump(mode="json"),
        "tasks": {
            name: {
                "metric": task.data.metric.name,
                "higher_is_better": task.data.metric.higher_is_better,
                "test_clips": task.test_clips,
                "test_part": task.data.test_part,
                "selected_steps": task.steps,
                "scores": without_nan(task.scores),
            }
            for name, task in result.tasks.items()
        },
        "parameters": result.parameters,
        "steps": result.steps,
        "seconds": round(result.seconds, 3),
        "peak_memory_bytes": peak_memory(),
    }
