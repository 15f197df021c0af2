"""Which clips and windows each step sees, drawn beforehand from streams of the task's own, and how they are cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cohear.base.arrays import Floats, Integers
from cohear.base.streams import NamePart, stream
from cohear.features.task_input import TaskInput
from cohear.models.windows import Windows
from cohear.runs.task_data import TaskData
from cohear.tasks.label_free import LabelFree
from cohear.tasks.targets import WindowPlaces, WindowTargets
from cohear.training.augment import Augmentation
from cohear.training.device import to_numpy
from cohear.training.run_features import KeptFrames, RunFeatures, Send, zero_beyond
from cohear.training.settings import TrainingSettings

STEPS_AT_ONCE = 32
"""Whose vectors are looked up together."""


@dataclass(frozen=True)
class Rows:
    """One task's share of a batch: windows and what they should become."""

    windows: Windows
    targets: WindowTargets


class TaskWindows:
    """Cuts windows of a task's features where these lie.

    Args:
        task: whose clips.
        given: what an encoder is given of them.
        features: of the run.
    """

    def __init__(self, task: TaskData, given: TaskInput, features: RunFeatures) -> None:
        self._task, self._given, self._device = task, given, features.device
        self._kept = features.kept(task, given)

    @property
    def send(self) -> Send:
        """Brings what windows are changed by to where they are changed."""
        return (lambda tensor: tensor) if self._kept is None else self._device.send

    def seen(self, clips: Integers, starts: Integers) -> tuple[Windows, Integers]:
        """What an encoder is given of windows, and how many frames of each are valid.

        Args:
            clips: of the task ``[B]``.
            starts: first frame of each window inside its clip ``[B]``.
        """
        store, rows = self._task.store, self._task.rows[clips]
        if self._kept is None:
            made, lengths = self._given.seen(store, rows, starts)
            return self._device.take(as_windows(self._given, made, lengths, self._task, clips)), lengths
        features, lengths = self._kept.windows(store, rows, starts, self._given.window)
        return self._at_scale(features, lengths, clips), lengths

    def augmented(
        self, augmentation: Augmentation, step: int, clips: Integers, starts: Integers, lengths: Integers
    ) -> Windows:
        """What an encoder is given of windows that augmentation has changed.

        Args:
            augmentation: of the task, which sends what it has drawn as ``send`` does.
            step: of the training.
            clips: see ``seen``.
            starts: first frames, counted after tempo.
            lengths: valid frames of each window, after tempo.
        """
        store, rows, window = self._task.store, self._task.rows[clips], self._given.window
        if isinstance(self._kept, KeptFrames):
            frames = augmentation.gather(step, store, rows, starts, window, self._kept.at)
            return self._at_scale(augmentation.apply(step, frames, lengths), lengths, clips)
        frames = augmentation.gather(step, store, rows, starts, window, lambda at: torch.from_numpy(store.frames[at]))
        made = self._given.front_end.window_input(to_numpy(augmentation.apply(step, frames, lengths)), lengths)
        return self._device.take(as_windows(self._given, made, lengths, self._task, clips))

    def _at_scale(self, features: Tensor, lengths: Integers, clips: Integers) -> Windows:
        """Of features that lie on the device, zero beyond lengths: what `as_windows` makes of others."""
        send, told = self._device.send, lengths_told(self._given, lengths)
        if (scale := self._task.scale) is not None:
            mean, deviation = (send(torch.from_numpy(each)) for each in scale.of_windows(clips))  # [B, D] both
            if scale.of_frames:
                features = zero_beyond((features - mean[:, None]) / deviation[:, None], lengths, send)
            else:
                features = (features - mean) / deviation
        return Windows(features, None if told is None else send(told))


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
        features: of the run, where its network is.
    """

    def __init__(
        self,
        task: TaskData,
        given: TaskInput,
        settings: TrainingSettings,
        name: tuple[NamePart, ...],
        stride: int = 1,
        features: RunFeatures | None = None,
    ) -> None:
        features = features or RunFeatures()
        self._task, self._given, self._stride, self._device = task, given, stride, features.device
        self._windows = TaskWindows(task, given, features)
        name = (*name, "task", task.name)
        self._name = name
        shape = (settings.steps, settings.batch)
        if settings.sampling == "balanced":
            self._clips = balanced_draws(task, shape, *name, "clips")
        else:
            self._clips = shuffled_passes(task.parts["train"], shape, *name, "clips")
        rows = task.rows[self._clips]
        frames = task.store.lengths[rows]
        self._augmentation = None
        if settings.augment == "standard" and (fitting := given.front_end.augmentation) is not None:
            self._augmentation = Augmentation(shape, fitting, *name, "augmentation", send=self._windows.send)
            frames = self._augmentation.frames_after_tempo(frames)
        if given.draws_from_grid:
            grid = given.grid(task.store)
            self._starts = grid.starts(rows, stream(*name, "crops").integers(0, grid.counts(rows)))
        else:
            room = np.maximum(frames - given.window, 0)
            self._starts = stream(*name, "crops").integers(0, room + 1)
        self._lengths = np.minimum(frames, given.window)
        self._vectors_at = -1, Windows(torch.empty(0))

    def make(self, step: int) -> Rows:
        """The task's rows of batch ``step``, where the run's network is."""
        clips, starts, lengths = self._clips[step], self._starts[step], self._lengths[step]
        tempo, front_end = np.ones(len(clips)), self._given.front_end
        if self._given.draws_from_grid:
            windows = self._vectors(step)
        elif self._augmentation is None:
            windows, _ = self._windows.seen(clips, starts)
        else:
            tempo = self._augmentation.tempo(step)
            windows = self._windows.augmented(self._augmentation, step, clips, starts, lengths)
        places = WindowPlaces(clips, starts, lengths, tempo, front_end.hop / front_end.rate, self._stride)
        kind, truth = self._task.kind, self._task.targets.take(clips)
        if not isinstance(kind, LabelFree):
            return Rows(windows, self._device.take(kind.targets(truth, places, windows.features)))
        made = kind.exercise(truth, places, windows.features, stream(*self._name, "exercise", step))
        told = lengths_told(self._given, made.lengths)
        return Rows(Windows(made.features, None if told is None else self._device.send(told)), made.targets)

    def _vectors(self, step: int) -> Windows:
        """Vectors of a step's windows, looked up for many steps at once: one by one that is a sixth of a small run."""
        (block, place), size = divmod(step, STEPS_AT_ONCE), self._clips.shape[1]
        if block != self._vectors_at[0]:
            steps = slice(block * STEPS_AT_ONCE, (block + 1) * STEPS_AT_ONCE)
            seen, _ = self._windows.seen(self._clips[steps].reshape(-1), self._starts[steps].reshape(-1))
            self._vectors_at = block, seen
        return Windows(self._vectors_at[1].features[place * size : (place + 1) * size])


def as_windows(given: TaskInput, features: Floats, lengths: Integers, task: TaskData, clips: Integers) -> Windows:
    """What `TaskInput.seen` gives as an encoder's input; lengths are told only where some row is short.

    Args:
        given: what made the features.
        features: of windows.
        lengths: valid frames of each ``[B]``.
        task: that they are of, whose scale they are brought to.
        clips: of the task, that each is cut from ``[B]``.
    """
    return Windows(torch.from_numpy(task.at_scale(features, lengths, clips)), lengths_told(given, lengths))


def lengths_told(given: TaskInput, lengths: Integers) -> Tensor | None:
    """Valid frames ``[B]`` where an encoder is to know them."""
    if given.front_end.layout == "vector" or bool((lengths == given.window).all()):
        return None
    return torch.from_numpy(lengths)


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
