"""What rivals of two tasks read and leave: windows of log-mel frames in an order that was drawn beforehand.

A script is called as ``python SCRIPT ARRAYS ANSWERS TURN``. ARRAYS (``.npz``) has the names of ``tasks``, and for each
task ``NAME/frames`` ``[frames, bands]``, ``/offsets`` ``[clips + 1]``, ``/targets`` and ``/paths`` ``[clips]``,
``/clips`` and ``/starts`` ``[steps, batch]`` of training, ``/test`` (which clips) and ``/labels``. ANSWERS is written:
``{task: {path: label}}``, of each tested clip.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from turns import Turns

WINDOW, SILENCE = 100, float(np.log(1e-5))


class Pair:
    def __init__(self) -> None:
        torch.set_num_threads(1)
        torch.manual_seed(0)
        self._arrays = dict(np.load(sys.argv[1]))
        self._answers, self.turns = Path(sys.argv[2]), Turns(int(sys.argv[3]))
        self.tasks = self._arrays["tasks"].tolist()
        self.steps = len(self._of(self.tasks[0], "clips"))

    def _of(self, task: str, what: str) -> np.ndarray:
        return self._arrays[f"{task}/{what}"]

    def labels(self, task: str) -> int:
        return len(self._of(task, "labels"))

    def windows(self, task: str, clips: np.ndarray, starts: np.ndarray) -> torch.Tensor:
        """``[batch, frames, bands]``; silence beyond a clip's end."""
        frames, offsets = self._of(task, "frames"), self._of(task, "offsets")
        found = np.full((len(clips), WINDOW, frames.shape[1]), SILENCE, np.float32)
        for row, first, end in zip(found, offsets[clips] + starts, offsets[clips + 1], strict=True):
            piece = frames[first : min(first + WINDOW, end)]
            row[: len(piece)] = piece
        return torch.from_numpy(found)

    def batches(self, task: str) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Windows and targets of each step."""
        for clips, starts in zip(self._of(task, "clips"), self._of(task, "starts"), strict=True):
            yield self.windows(task, clips, starts), torch.from_numpy(self._of(task, "targets")[clips])

    def both(self) -> Iterator[dict[str, tuple[torch.Tensor, torch.Tensor]]]:
        """The batches of all tasks, step by step, in turns."""
        for batches in zip(*map(self.batches, self.tasks), strict=True):
            self.turns.step()
            yield dict(zip(self.tasks, batches, strict=True))
        self.turns.end()

    def answer(self, logits: Callable[[str, torch.Tensor], torch.Tensor]) -> None:
        """Write the answers of a trained network: means over windows that overlap by half."""
        found: dict[str, dict[str, str]] = {}
        with torch.no_grad():
            for task in self.tasks:
                labels, offsets, paths = (self._of(task, what) for what in ("labels", "offsets", "paths"))
                for clip in self._of(task, "test"):
                    last = max(0, int(offsets[clip + 1] - offsets[clip]) - WINDOW)
                    starts = np.unique(np.append(np.arange(0, last + 1, WINDOW // 2), last))
                    said = logits(task, self.windows(task, np.full(len(starts), clip), starts)).mean(0)
                    found.setdefault(task, {})[str(paths[clip])] = str(labels[int(said.argmax())])
        self._answers.write_text(json.dumps(found), encoding="utf-8")
