"""What a front-end makes of whole clips: a vector each, without any network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from cohear.base.arrays import Floats, Integers
from cohear.baselines.vectors import clip_vectors
from cohear.features.task_input import TaskInput
from cohear.runs.scaled_task import with_scale
from cohear.runs.spec import Normalise
from cohear.runs.task_data import TaskData


@dataclass(frozen=True)
class Kept:
    """What was made of tasks, so that it is made once for all who ask."""

    _made: dict[int, tuple[TaskData, Floats]] = field(default_factory=dict)

    def of(self, task: TaskData, make: Callable[[], Floats]) -> Floats:
        """What was made of a task before, or is made now; the task is kept beside it, so that its id stays its own."""
        if id(task) not in self._made:
            self._made[id(task)] = (task, make())
        return self._made[id(task)][1]


@dataclass(frozen=True)
class Hearing:
    """How a task is heard.

    Attributes:
        given: its front-end and window.
        normalise: whose mean and deviation are taken out.
    """

    given: TaskInput
    normalise: Normalise = "none"
    _kept: Kept = field(default_factory=Kept)

    def vectors(self, clips: TaskData) -> Floats:
        """``[N, width]``: means over windows of the front-end's vectors, or of mean and deviation of its frames."""
        return self._kept.of(clips, lambda: self._vectors(clips))

    def _vectors(self, clips: TaskData) -> Floats:
        scaled = with_scale(clips, self.given, self.normalise)
        if self.given.front_end.layout == "vector":
            return clip_vectors(scaled, self.given)

        def functionals(frames: Floats, lengths: Integers, of_clips: Integers) -> Floats:
            seen = scaled.at_scale(frames, lengths, of_clips)  # [B, T, D], zero beyond the lengths
            inside = (np.arange(seen.shape[1]) < lengths[:, None])[:, :, None]
            counts = np.maximum(lengths, 1)[:, None]
            mean = np.where(inside, seen, 0).sum(axis=1, dtype=np.float64) / counts
            apart = np.where(inside, seen - mean[:, None], 0)
            spread = np.sqrt(np.square(apart).sum(axis=1, dtype=np.float64) / counts)
            return np.concatenate([mean, spread], axis=1).astype(np.float32)

        return clip_vectors(scaled, self.given, functionals)
