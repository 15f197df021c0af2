"""The log loss of what a run says of clips, at each of a fixed grid of temperatures.

Probabilities are calibrated by a temperature (Guo et al. 2017) that comes from other clips than those it is used for:
those of the other folds, which no run sees. A record holds the loss at every temperature, so that whoever reads all
records finds the temperature without any logits.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cohear.runs.predictions import Predictions
from cohear.runs.task_data import TaskData

TEMPERATURES: tuple[float, ...] = tuple(2.0 ** (number / 4) for number in range(-20, 21))
"""From 1/32 to 32, a quarter of an octave apart; between them losses are smooth."""
NOT_TRAINED_ON = ("validation", "test")
DIGITS = 6
"""Of a loss in a record, which holds some hundred of them."""


def log_losses_of(task: TaskData, predictions: Mapping[str, Predictions]) -> dict[str, list[float]]:
    """Bits a clip at each of :data:`TEMPERATURES`, by part of those that were not trained on.

    A part of which no clip is scored is left out, and all of them where the task's kind has no proper score.
    """
    found = {part: _log_losses(task, predictions[part]) for part in NOT_TRAINED_ON}
    return {part: losses for part, losses in found.items() if losses}


def _log_losses(task: TaskData, predictions: Predictions) -> list[float]:
    targets = task.kind.rows(task.targets.take(predictions.clips), predictions.outputs)
    losses = task.kind.log_losses(predictions.outputs, targets, task.scored, np.array(TEMPERATURES))
    return [] if np.isnan(losses).any() else [float(f"{loss:.{DIGITS}g}") for loss in losses]
