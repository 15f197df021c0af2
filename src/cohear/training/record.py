"""What a run leaves on disk; it is done when its record is there."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors.torch import save as safetensors_bytes

from cohear.base.files import folder_whole_or_not_at_all, write_bytes, write_json, write_text
from cohear.base.memory import peak_memory
from cohear.training.loop import RunResult

RECORD = "record.json"


def write_run(folder: Path, result: RunResult, keep: Sequence[str]) -> None:
    """Write a run's folder whole or not at all.

    Args:
        folder: ``runs/<key>``.
        result: of the training.
        keep: which of curves, predictions and weights are wanted beside the record.
    """
    with folder_whole_or_not_at_all(folder) as temporary:
        if "curves" in keep:
            write_text(temporary / "curve.csv", _csv(_curve_rows(result)))
        if "predictions" in keep:
            write_text(temporary / "predictions.csv", _csv(_prediction_rows(result)))
        if "weights" in keep:
            tensors = {name: tensor.contiguous() for name, tensor in result.network.state_dict().items()}
            names = {"tasks": json.dumps(result.network.tasks), "run": result.spec.key}
            write_bytes(temporary / "weights.safetensors", safetensors_bytes(tensors, metadata=names))
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
                "scores": _without_nan(task.scores),
            }
            for name, task in result.tasks.items()
        },
        "parameters": result.parameters,
        "steps": result.spec.training.steps,
        "seconds": round(result.seconds, 3),
        "peak_memory_bytes": peak_memory(),
    }


def read_record(folder: Path) -> dict[str, Any] | None:
    """A run's record, or None where it is not there, half written or another run's."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(record, dict) and record.get("run") == folder.name and "tasks" in record
    return record if whole else None


def _curve_rows(result: RunResult) -> Iterable[Sequence[Any]]:
    yield ("task", "step", "part", "loss", "metric")
    for point in result.curve:
        yield tuple(point[column] for column in ("task", "step", "part", "loss", "metric"))


def _prediction_rows(result: RunResult) -> Iterable[Sequence[Any]]:
    """Logits of the clips that were not trained on; a label of several tasks is one column."""
    labels = list(dict.fromkeys(label for task in result.tasks.values() for label in task.data.labels))
    yield ("task", "clip", "label", "part", *labels)
    for name, task in result.tasks.items():
        data = task.data
        place = {label: number for number, label in enumerate(data.labels)}
        for part in ("validation", "test"):
            answers = task.answers[part]
            truth = data.kind.cells(data.targets.take(answers.clips), data.labels)
            for clip, label, logits in zip(answers.clips, truth, answers.logits.tolist(), strict=True):
                own = [logits[place[column]] if column in place else "" for column in labels]
                yield (name, data.clips[clip], label, part, *own)


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in rows:
        writer.writerow(["" if isinstance(cell, float) and math.isnan(cell) else cell for cell in row])
    return buffer.getvalue()


def _without_nan(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
