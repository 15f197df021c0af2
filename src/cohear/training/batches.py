"""Which clips and windows each step sees: drawn before training, from streams of the task's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from cohear.base.streams import NamePart, stream
from cohear.features.task_input import TaskInput
from cohear.models.windows import Windows
from cohear.runs.task_data import TaskData
from cohear.tasks.targets import WindowPlaces, WindowTargets
from cohear.training.augment import Augmentation
from cohear.training.device import to_numpy
from cohear.training.settings import TrainingSettings


@dataclass(frozen=True)
class Rows:
    """One task's share of a batch: windows and what they should become."""

    windows: Windows
    targets: WindowTargets

    def to(self, device: str) -> Rows:
        """The same on a device."""
        return Rows(self.windows.to(device), self.targets.to(device))


class TaskBatches:
    """All batches of one task in one run.

    Indices are drawn beforehand, ``[steps, batch]``, so that making a batch is indexing alone and a task sees the
    same windows beside any partner.

    Args:
        task: its training part is what is drawn from.
        given: what an encoder is given of it.
        settings: steps, batch, sampling, augmentation.
        name: the run's stream (study seed, fold, seed).
        stride: of the encoder, where it gives frames.
    """

    def __init__(
        self,
        task: TaskData,
        given: TaskInput,
        settings: TrainingSettings,
        name: tuple[NamePart, ...],
        stride: int = 1,
    ) -> None:
        self._task, self._given, self._stride = task, given, stride
        name = (*name, "task", task.name)
        shape = (settings.steps, settings.batch)
        if settings.sampling == "balanced":
            self._clips = balanced_draws(task, shape, *name, "clips")
        else:
            self._clips = shuffled_passes(task.parts["train"], shape, *name, "clips")
        rows = task.rows[self._clips]
        frames = task.store.lengths[rows]
        self._augmentation = None
        if settings.augment == "standard" and (fitting := given.front_end.augmentation) is not None:
            self._augmentation = Augmentation(shape, fitting, *name, "augmentation")
            frames = self._augmentation.frames_after_tempo(frames)
        if given.draws_from_grid:
            grid = given.grid(task.store)
            self._starts = grid.starts(rows, stream(*name, "crops").integers(0, grid.counts(rows)))
        else:
            room = np.maximum(frames - given.window, 0)
            self._starts = stream(*name, "crops").integers(0, room + 1)
        self._lengths = np.minimum(frames, given.window)

    def make(self, step: int) -> Rows:
        """The task's rows of batch ``step``."""
        clips, starts, lengths = self._clips[step], self._starts[step], self._lengths[step]
        rows, tempo, front_end = self._task.rows[clips], np.ones(len(clips)), self._given.front_end
        if self._augmentation is None:
            features, _ = self._given.seen(self._task.store, rows, starts)
        else:
            tempo = self._augmentation.tempo(step)
            frames = self._augmentation.gather(step, self._task.store, rows, starts, self._given.window)
            features = front_end.window_input(to_numpy(self._augmentation.apply(step, frames, lengths)), lengths)
        windows = as_windows(self._given, features, lengths, self._task, clips)
        places = WindowPlaces(clips, starts, lengths, tempo, front_end.hop / front_end.rate, self._stride)
        targets = self._task.kind.targets(self._task.targets.take(clips), places, windows.features)
        return Rows(windows, targets)


def as_windows(
    given: TaskInput,
    features: NDArray[np.float32],
    lengths: NDArray[np.int64],
    task: TaskData,
    clips: NDArray[np.int64],
) -> Windows:
    """What `TaskInput.seen` gives as an encoder's input; lengths are told only where some row is short.

    Args:
        given: what made the features.
        features: of windows.
        lengths: valid frames of each ``[B]``.
        task: that they are of, whose scale they are brought to.
        clips: of the task, that each is cut from ``[B]``.
    """
    scaled = torch.from_numpy(task.at_scale(features, lengths, clips))
    if given.front_end.layout == "vector" or bool((lengths == given.window).all()):
        return Windows(scaled)
    return Windows(scaled, torch.from_numpy(lengths))


def shuffled_passes(clips: NDArray[np.int64], shape: tuple[int, int], *name: NamePart) -> NDArray[np.int64]:
    """Pass after pass over the clips, each in a new order, cut into batches."""
    draw, needed = stream(*name), shape[0] * shape[1]
    passes = [draw.permutation(clips) for _ in range(-(-needed // len(clips)))]
    return np.concatenate(passes)[:needed].reshape(shape)


def balanced_draws(task: TaskData, shape: tuple[int, int], *name: NamePart) -> NDArray[np.int64]:
    """Pass after pass over the strata of the task's kind (its labels), and in each pass after pass over its clips.

    Every stratum that training has is drawn from equally often.
    """
    train = task.parts["train"]
    draw, needed = stream(*name), shape[0] * shape[1]
    strata = task.kind.strata(task.targets.take(train), task.labels)
    pools = [train[places] for places in strata if len(places)]
    chosen = np.concatenate([draw.permutation(len(pools)) for _ in range(-(-needed // len(pools)))])[:needed]
    result = np.empty(needed, dtype=np.int64)
    for number, pool in enumerate(pools):
        places = np.flatnonzero(chosen == number)
        passes = [draw.permutation(pool) for _ in range(-(-len(places) // len(pool)))]
        result[places] = np.concatenate([result[:0], *passes])[: len(places)]  # few steps need not reach every label
    return result.reshape(shape)
