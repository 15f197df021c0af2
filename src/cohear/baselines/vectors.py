"""What baselines are given of clips: what an encoder would see of their windows, as a mean; or their frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats, Integers
from cohear.features.task_input import TaskInput
from cohear.features.window_vectors import WINDOWS_AT_ONCE
from cohear.features.windows import scored_windows
from cohear.runs.task_data import TaskData

AsVectors: TypeAlias = Callable[[Floats, Integers, Integers], Floats]
"""Vectors ``[B, D]`` of what an encoder is given of windows, valid lengths and the clips they are of, both ``[B]``."""


def clip_vectors(task: TaskData, given: TaskInput, as_vectors: AsVectors | None = None) -> Floats:
    """Vectors ``[N, D]`` of a task's clips: means over the windows that networks are scored on.

    Args:
        task: its clips.
        given: their front-end and window.
        as_vectors: makes them of windows; without it the front-end does, and must be one that gives a vector a window.
    """
    as_vectors = as_vectors or task.at_scale
    clip_of_window, starts = scored_windows(task.store, task.rows, given.window)
    rows, made = task.rows[clip_of_window], []
    for first in range(0, len(rows), WINDOWS_AT_ONCE):
        here = slice(first, first + WINDOWS_AT_ONCE)
        made.append(as_vectors(*given.seen(task.store, rows[here], starts[here]), clip_of_window[here]))
    first_of_clip = np.flatnonzero(np.diff(clip_of_window, prepend=-1))  # each clip has a window
    totals = np.add.reduceat(np.concatenate(made), first_of_clip, axis=0, dtype=np.float64)
    return (totals / np.bincount(clip_of_window)[:, None]).astype(np.float32)


FramesOfClips: TypeAlias = "NDArray[np.object_]"
"""``[N]``, of each clip its frames, float32 ``[T, D]``."""

MOST_FRAMES_A_CLIP = 500
"""Of a longer clip, evenly spaced ones stand for all."""


def clip_frames(task: TaskData, given: TaskInput) -> FramesOfClips:
    """The frames of a task's clips that are more than silence, as an encoder would see them; all, where none is.

    Args:
        task: its clips.
        given: their front-end, one that gives a sequence.
    """
    found = whole_clips(task, given)
    for clip, seen in enumerate(found):
        heard = heard_of(task, clip)
        found[clip] = evenly_spaced(seen[heard] if heard.any() else seen, MOST_FRAMES_A_CLIP)
    return found


def whole_clips(task: TaskData, given: TaskInput) -> FramesOfClips:
    """All frames of a task's clips, as an encoder would see them, for arguments of ``clip_frames``."""
    found = np.empty(len(task.rows), dtype=object)
    for clip, row in enumerate(task.rows.tolist()):
        frames = task.store.clip(row)
        length = np.array([len(frames)])
        found[clip] = task.at_scale(given.front_end.window_input(frames[None], length), length, np.array([clip]))[0]
    return found


def heard_of(task: TaskData, clip: int) -> NDArray[np.bool_]:
    """Which frames of a clip are more than silence, ``[T]``."""
    row = int(task.rows[clip])
    return np.asarray(task.store.heard[task.store.offsets[row] : task.store.offsets[row + 1]])


def evenly_spaced(frames: Floats, most: int) -> Floats:
    """Frames ``[T, D]``, of more than so many evenly spaced ones."""
    return frames[:: -(-len(frames) // most)]


def standardised_frames(clips: FramesOfClips, train: NDArray[np.int64]) -> FramesOfClips:
    """Frames with the mean and deviation of those of the training clips taken out."""
    scale = _scale_of(np.concatenate(list(clips[train])))
    scaled = np.empty(len(clips), dtype=object)
    for clip, frames in enumerate(clips):
        scaled[clip] = scale(frames)
    return scaled


def standardised(vectors: Floats, train: NDArray[np.int64]) -> Floats:
    """Vectors ``[N, D]`` with the mean and deviation of the training clips taken out, and of no other clip."""
    return _scale_of(vectors[train])(vectors)


def _scale_of(learnt: Floats) -> Callable[[Floats], Floats]:
    """What takes the mean and deviation of some rows ``[M, D]`` out of others."""
    mean, deviation = learnt.mean(axis=0, dtype=np.float64), learnt.std(axis=0, dtype=np.float64)
    divisor = np.where(deviation > 0, deviation, 1)
    return lambda values: ((values - mean) / divisor).astype(np.float32)
