"""Scores of a network on a part of a task: all windows of each clip, pooled, in float32."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from cohear.base.streams import Name, stream
from cohear.features.front_end import FrontEnd
from cohear.features.windows import gather, window_starts
from cohear.models.sharing import Network
from cohear.tasks.metrics import METRICS
from cohear.training.batches import as_windows
from cohear.training.sources import TaskData

WINDOWS_A_BATCH = 128
MOST_CLIPS_BESIDE_TEST = 500
"""Training and validation parts larger than this are scored on a fixed draw of as many clips."""


@dataclass(frozen=True)
class Answers:
    """A network's logits for the clips of one part of a task.

    Attributes:
        clips: ``[N]`` positions in the task's clip list.
        logits: ``[N, outputs]``, pooled over each clip's windows.
    """

    clips: NDArray[np.int64]
    logits: NDArray[np.float32]


class Evaluation:
    """Windows of one part of a task, cut once and scored as often as asked.

    Args:
        task: whose clips.
        part: ``train``, ``validation`` or ``test``.
        front_end: makes an encoder's input of frames.
        window: frames; windows of a clip overlap by half, and one of pure digital silence is left out.
        name: the run's stream, for the draw from a large training or validation part.
    """

    def __init__(self, task: TaskData, part: str, front_end: FrontEnd, window: int, name: tuple[Name, ...]) -> None:
        self.task, self.part = task, part
        self._front_end, self._window = front_end, window
        clips = task.parts[part]
        if part != "test" and len(clips) > MOST_CLIPS_BESIDE_TEST:
            draw = stream(*name, "task", task.name, "scored clips", part)
            clips = np.sort(draw.choice(clips, MOST_CLIPS_BESIDE_TEST, replace=False))
        self._clips = clips
        lengths = task.store.lengths[task.rows[clips]]
        starts = [window_starts(int(length), window, max(window // 2, 1)) for length in lengths]
        self._clip_of_window = np.repeat(np.arange(len(clips)), [len(each) for each in starts])
        self._starts = np.concatenate(starts) if starts else np.zeros(0, dtype=np.int64)
        heard = self._heard()
        self._clip_of_window, self._starts = self._clip_of_window[heard], self._starts[heard]

    def _heard(self) -> NDArray[np.bool_]:
        """Windows that are not digital silence throughout, ``[W]``; of a clip that is nothing else, all."""
        store, rows = self.task.store, self.task.rows[self._clips][self._clip_of_window]
        first = store.offsets[rows] + self._starts
        last = np.minimum(first + self._window, store.offsets[rows + 1])
        floor = self._front_end.silence + 1e-3
        heard = np.array(
            [
                bool((self._front_end.levels(store.frames[begin:end]) > floor).any())
                for begin, end in zip(first.tolist(), last.tolist(), strict=True)
            ],
            dtype=np.bool_,
        )
        windows_heard = np.bincount(self._clip_of_window, weights=heard, minlength=len(self._clips))
        kept: NDArray[np.bool_] = heard | (windows_heard == 0)[self._clip_of_window]
        return kept

    def answers(self, network: Network) -> Answers:
        """Logits of every clip; the network is put into evaluation mode and left as it was."""
        rows = self.task.rows[self._clips][self._clip_of_window]
        was_training = network.training
        network.eval()
        logits = [np.zeros((0, self.task.outputs), dtype=np.float32)]
        with torch.inference_mode():
            for first in range(0, len(rows), WINDOWS_A_BATCH):
                here = slice(first, first + WINDOWS_A_BATCH)
                frames, lengths = gather(self.task.store, rows[here], self._starts[here], self._window)
                windows = as_windows(self._front_end, frames, lengths)
                logits.append(network({self.task.name: windows})[self.task.name].float().numpy())
        network.train(was_training)
        pooled = self.task.kind.pool(np.concatenate(logits), self._clip_of_window, len(self._clips))
        return Answers(self._clips, pooled)

    def scores(self, answers: Answers) -> dict[str, float]:
        """Every metric of the task's kind over these clips, and the loss; NaN where nothing can be scored."""
        task, targets = self.task, self.task.targets.take(answers.clips)
        scores = {name: METRICS[name].score(answers.logits, targets, task.scored) for name in task.kind.metrics}
        with torch.inference_mode():
            loss = task.kind.loss(
                torch.from_numpy(answers.logits),
                torch.from_numpy(targets.values),
                torch.from_numpy(targets.known),
                0.0,
            )
        return {**scores, "loss": float(loss) if len(answers.clips) else float("nan")}

    def scored_clips(self) -> int:
        """How many of the clips enter the score: a multiclass clip of an unscored label does not."""
        targets = self.task.targets.take(self._clips)
        if targets.values.ndim == 1:
            return int((targets.known & self.task.scored[targets.values]).sum())
        return int((targets.known & self.task.scored).any(axis=1).sum())
