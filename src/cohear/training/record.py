"""What the training of a network leaves: its record, and the files that are wanted beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from safetensors.torch import save as safetensors_bytes

from cohear.base.memory import peak_memory
from cohear.base.tables import CURVE_CSV
from cohear.models.tied import tensors_of
from cohear.runs.decisions import decisions_of, told_of, with_decided
from cohear.runs.job import Result
from cohear.runs.log_losses import NOT_TRAINED_ON, log_losses_of
from cohear.runs.predictions import predictions_text
from cohear.runs.record import Record, TaskRecord
from cohear.runs.run_folder import KEPT
from cohear.training.loop import RunResult, TaskScores


def as_result(result: RunResult, files: frozenset[str]) -> Result:
    """The record and the wanted files of a trained network."""
    makers: Mapping[str, Callable[[RunResult], bytes]] = {
        KEPT["curves"]: _curve,
        KEPT["predictions"]: _predictions,
        KEPT["weights"]: _weights,
    }
    return Result(record_of(result), {name: make(result) for name, make in makers.items() if name in files})


def record_of(result: RunResult) -> Record:
    """All that the tables need of a run."""
    tasks = {name: _record_of_task(task) for name, task in result.tasks.items()}
    return Record(
        run=result.spec.key,
        specification=result.spec.model_dump(mode="json"),
        tasks=tasks,
        seconds=round(result.seconds, 3),
        parameters=result.parameters,
        steps=result.steps,
        peak_memory_bytes=peak_memory(),
        device=result.device,
    )


def _record_of_task(task: TaskScores) -> TaskRecord:
    decisions = decisions_of(task.data, task.predictions)
    return TaskRecord(
        metric=task.data.metric.name,
        higher_is_better=task.data.metric.higher_is_better,
        test_clips=task.test_clips,
        test_part=task.data.test_part,
        selected_steps=task.steps,
        scores=with_decided(task.scores, task.data, task.predictions, decisions),
        log_losses=log_losses_of(task.data, task.predictions),
        decisions=told_of(task.data, decisions),
    )


def _curve(result: RunResult) -> bytes:
    return CURVE_CSV.text(result.curve).encode("utf-8")


def _predictions(result: RunResult) -> bytes:
    """Of the clips that were not trained on."""
    tasks = {name: task.data for name, task in result.tasks.items()}
    predictions = {name: task.predictions for name, task in result.tasks.items()}
    return predictions_text(tasks, predictions, NOT_TRAINED_ON).encode("utf-8")


def _weights(result: RunResult) -> bytes:
    tensors = {name: tensor.contiguous() for name, tensor in tensors_of(result.network).items()}
    names = {"tasks": json.dumps(result.network.tasks), "run": result.spec.key}
    return safetensors_bytes(tensors, metadata=names)
