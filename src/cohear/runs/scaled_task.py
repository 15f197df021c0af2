"""A task of a run whose features are brought to one scale before an encoder sees them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cohear.base.arrays import Integers
from cohear.base.moments import Moments
from cohear.features.task_input import TaskInput
from cohear.features.window_vectors import WINDOWS_AT_ONCE
from cohear.features.windows import scored_windows
from cohear.runs.input_scale import InputScale
from cohear.runs.spec import Normalise
from cohear.runs.task_data import TaskData
from cohear.tasks.kind import TargetKind
from cohear.tasks.label_free import LabelFree

CLIPS_FOR_MOMENTS = 500
"""Of a task that is learnt from features: so many, or a few more, tell their scale."""


def with_scale(task: TaskData, given: TaskInput, how: Normalise) -> TaskData:
    """The task with mean and deviation of its features, as they are in the windows that clips are scored in.

    A kind that is learnt from features is told them too.

    Args:
        task: with its clips' groups, where ``how`` is ``group``.
        given: its front-end and window.
        how: whose statistics; with ``none`` features are left as they are.
    """
    scaled = _scaled(task, given, how)
    if not isinstance(task.kind, LabelFree):
        return scaled
    if scaled.scale is not None:
        return replace(scaled, kind=unmeasured(task.kind, given))
    train = task.parts["train"]
    moments = moments_of(task, given, train[:: max(1, len(train) // CLIPS_FOR_MOMENTS)])
    return replace(scaled, kind=task.kind.hearing(given.front_end.layout, moments))


def unmeasured(kind: TargetKind, given: TaskInput) -> TargetKind:
    """A kind for features of an input, of which nothing but their number is known, or which are at one scale."""
    if not isinstance(kind, LabelFree):
        return kind
    return kind.hearing(given.front_end.layout, Moments(0, np.zeros(given.width), np.ones(given.width)))


def _scaled(task: TaskData, given: TaskInput, how: Normalise) -> TaskData:
    if how == "none":
        return task
    usual, of_frames = moments_of(task, given, task.parts["train"]), given.front_end.layout != "vector"
    if how == "dataset":
        return replace(task, scale=InputScale.of_all(usual, len(task.clips), of_frames=of_frames))
    groups = np.array(task.groups or [""] * len(task.clips))
    named = [name for name in dict.fromkeys(groups.tolist()) if name]
    own = [moments_of(task, given, np.flatnonzero(groups == name)) for name in named]
    place = {name: number for number, name in enumerate(named)}
    of_clip = np.array([place.get(name, -1) for name in groups.tolist()], dtype=np.int64)
    return replace(task, scale=InputScale.of_groups(usual, own, of_clip, of_frames=of_frames))


def moments_of(task: TaskData, given: TaskInput, clips: Integers) -> Moments:
    """Of the features of some clips, over the valid frames of the windows that they are scored in."""
    clip_of_window, starts = scored_windows(task.store, task.rows[clips], given.window)
    rows = task.rows[clips][clip_of_window]
    count, total, squares = 0, np.zeros(given.width), np.zeros(given.width)
    for first in range(0, len(rows), WINDOWS_AT_ONCE):
        here = slice(first, first + WINDOWS_AT_ONCE)
        given_features, lengths = given.seen(task.store, rows[here], starts[here])
        features = given_features.astype(np.float64)
        if features.ndim == 3:  # zeros beyond lengths add nothing to either sum
            count, features = count + int(lengths.sum()), features.reshape(-1, features.shape[-1])
        else:
            count += len(features)
        total += features.sum(axis=0)
        squares += np.square(features).sum(axis=0)
    return Moments(len(rows), total / max(count, 1), squares / max(count, 1))
