"""Scores of a network on a part of a task: all windows of each clip, pooled, in float32."""

from __future__ import annotations

import numpy as np
import torch

from cohear.base.streams import NamePart, stream
from cohear.features.task_input import TaskInput
from cohear.features.windows import heard_frames_of, scored_windows
from cohear.models.sharing import Network
from cohear.runs.finite import check_answers
from cohear.runs.predictions import Predictions
from cohear.runs.task_data import TaskData
from cohear.tasks.targets import ClipOutputs, WindowPlaces, WindowTargets
from cohear.training.batches import TaskWindows
from cohear.training.device import to_numpy
from cohear.training.run_features import RunFeatures

WINDOWS_A_BATCH = 128
MOST_CLIPS_BESIDE_TEST = 500
"""Training and validation parts larger than this are scored on a fixed draw of as many clips."""


class Evaluation:
    """Windows of one part of a task, cut once and scored as often as asked.

    Args:
        task: whose clips.
        part: ``train``, ``validation`` or ``test``.
        given: what an encoder is given of them.
        name: the run's stream, for the draw from a large training or validation part.
        features: of the run, where its networks are.
        stride: of the encoder, where it gives frames.
    """

    def __init__(
        self,
        task: TaskData,
        part: str,
        given: TaskInput,
        name: tuple[NamePart, ...],
        features: RunFeatures | None = None,
        stride: int = 1,
    ) -> None:
        self.task, self.part = task, part
        self._windows = TaskWindows(task, given, features or RunFeatures())
        self._given, self._stride = given, stride
        clips = task.parts[part]
        if part != "test" and len(clips) > MOST_CLIPS_BESIDE_TEST:
            draw = stream(*name, "task", task.name, "scored clips", part)
            clips = np.sort(draw.choice(clips, MOST_CLIPS_BESIDE_TEST, replace=False))
        self._clips, self._frames = clips, task.store.lengths[task.rows[clips]]
        self._clip_of_window, self._starts = scored_windows(task.store, task.rows[clips], given.window)

    def predict(self, network: Network, step: int | None = None) -> Predictions:
        """Logits of every clip; the network is put into evaluation mode and left as it was.

        Args:
            network: any.
            step: of training that its weights are of, to be told.

        Raises:
            RunFailed: a logit is not a finite number.
        """
        rows = self.task.rows[self._clips][self._clip_of_window]
        was_training = network.training
        network.eval()
        out, valid = [], []
        with torch.inference_mode():
            for first in range(0, len(rows), WINDOWS_A_BATCH):
                here = slice(first, first + WINDOWS_A_BATCH)
                windows, lengths = self._windows.seen(self._clips[self._clip_of_window[here]], self._starts[here])
                out.append(network({self.task.name: windows})[self.task.name].float())
                valid.append(lengths)
        network.train(was_training)
        if not out:
            return Predictions(self._clips, ClipOutputs.one_each(np.zeros((0, self.task.outputs), dtype=np.float32)))
        places = WindowPlaces(
            clips=self._clip_of_window,
            starts=self._starts,
            lengths=np.concatenate(valid),
            tempo=np.ones(len(rows)),
            frame_seconds=self._given.front_end.hop / self._given.front_end.rate,
            stride=self._stride,
            heard=heard_frames_of(self.task.store, rows, self._starts, self._given.window),
        )
        logits = to_numpy(torch.cat(out))
        check_answers(self.task.name, self.part, step, logits)
        return Predictions(self._clips, self.task.kind.pool(logits, places, self._frames))

    def scores(self, predictions: Predictions, step: int | None = None) -> dict[str, float]:
        """Every metric of the task's kind over these clips, and the loss; NaN where nothing can be scored.

        Args:
            predictions: of these clips.
            step: of training that they are of, to be told.

        Raises:
            RunFailed: the loss or a pooled logit is not a finite number.
        """
        scores = predictions.scores(self.task)
        if not len(predictions.clips):
            return {**scores, "loss": float("nan")}
        loss = self._loss(predictions)
        check_answers(self.task.name, self.part, step, predictions.logits, loss)
        return {**scores, "loss": loss}

    def _loss(self, predictions: Predictions) -> float:
        """The mean over rows of what is said of clips, as if each were a window."""
        kind, outputs = self.task.kind, predictions.outputs
        targets = WindowTargets.of(kind.rows(self.task.targets.take(predictions.clips), outputs))
        with torch.inference_mode():
            return float(kind.loss(torch.from_numpy(outputs.values), targets))
