"""What a run sets on its validation part of how labels are told in time, and what that is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cohear.runs.log_losses import NOT_TRAINED_ON
from cohear.runs.predictions import Predictions
from cohear.runs.record import Scores
from cohear.runs.task_data import TaskData
from cohear.tasks.decisions import Decisions

DECIDED = "decided"
"""The selection of scores after it: of the last step, as it is told."""


def decisions_of(task: TaskData, predictions: Mapping[str, Predictions]) -> Decisions | None:
    """What the task's kind sets on the validation part; None where it sets nothing, or knows nothing there."""
    own = predictions["validation"]
    if not len(own.clips):
        return None
    targets = task.kind.rows(task.targets.take(own.clips), own.outputs)
    return task.kind.decisions(own.outputs, targets, task.scored)


def with_decided(
    scores: Scores, task: TaskData, predictions: Mapping[str, Predictions], decisions: Decisions | None
) -> Scores:
    """Scores with those of what is told where something was set, of validation and test."""
    if decisions is None:
        return scores
    told = {
        part: replace(predictions[part], outputs=task.kind.decided(predictions[part].outputs, decisions)).scores(task)
        for part in NOT_TRAINED_ON
    }
    return {**scores, **{part: {**scores[part], DECIDED: found} for part, found in told.items()}}


def told_of(task: TaskData, decisions: Decisions | None) -> dict[str, dict[str, float]]:
    """For a record: what was set of each label; empty where nothing was."""
    if decisions is None:
        return {}
    each = zip(task.labels, decisions.thresholds, decisions.filters, strict=True)
    return {label: {"threshold": float(f"{threshold:.6g}"), "filter": width} for label, threshold, width in each}
