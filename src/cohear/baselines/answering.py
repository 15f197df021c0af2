"""What a baseline's choices say of clips: each is fitted to the training part, and answers any clip of the task."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.base.timeline import UNHEARD, steps_of
from cohear.baselines.baseline import Baseline, Detector, StepInputs
from cohear.baselines.questions import answer_questions, questions_of
from cohear.baselines.vectors import clip_frames, clip_vectors, heard_of, standardised, standardised_frames, whole_clips
from cohear.features.task_input import TaskInput
from cohear.runs.task_data import TaskData
from cohear.tasks import ClipOutputs, TimelineKind

Answering: TypeAlias = Callable[[NDArray[np.int64]], ClipOutputs]
"""What is said of clips, by their positions in the task's list."""


def answers_of_choices(baseline: Baseline, task: TaskData, given: TaskInput, draw: int) -> Iterator[Answering]:
    """Each choice of a baseline in turn, fitted.

    Args:
        baseline: one that can answer the task (`cohear.baselines.questions.why_not`).
        task: its clips.
        given: their front-end and window.
        draw: seeds what estimators draw.
    """
    if isinstance(task.kind, TimelineKind):
        yield from _in_time(baseline, task, task.kind, given)
    else:
        yield from _of_clips(baseline, task, given, draw)


def _of_clips(baseline: Baseline, task: TaskData, given: TaskInput, draw: int) -> Iterator[Answering]:
    """Estimators of scikit-learn's form, one a question."""
    train, questions = task.parts["train"], questions_of(task)
    vectors: NDArray[Any] = (
        standardised(clip_vectors(task, given), train)  # [clips, D]
        if baseline.layout == "vector"
        else standardised_frames(clip_frames(task, given), train)  # [clips] of [T, D]
    )
    for choice in range(questions[0].choices(baseline)):
        estimators = [question.fitted(baseline, choice, vectors, train, draw) for question in questions]

        def answered(clips: NDArray[np.int64], estimators: list[Any] = estimators) -> ClipOutputs:
            return ClipOutputs.one_each(answer_questions(questions, estimators, vectors[clips]))

        yield answered


def _in_time(baseline: Baseline, task: TaskData, kind: TimelineKind, given: TaskInput) -> Iterator[Answering]:
    """Detectors, of the frames of whole clips."""
    train = task.parts["train"]
    frames = standardised_frames(whole_clips(task, given), train)
    events, known = kind.timed_events(task.targets)
    frame_seconds = given.front_end.hop / given.front_end.rate
    for detector in baseline.detectors(StepInputs(frame_seconds, kind.step, len(task.labels))):
        own = train.tolist()
        detector.fit([frames[clip] for clip in own], [events[clip] for clip in own], known[train])
        yield partial(_steps, detector, task, frames, frame_seconds, kind.step)


def _steps(
    detector: Detector,
    task: TaskData,
    frames: NDArray[Any],
    frame_seconds: float,
    step: float,
    clips: NDArray[np.int64],
) -> ClipOutputs:
    """What a detector tells of clips, and in steps of silence that there is nothing."""
    told = [np.zeros((0, len(task.labels)), dtype=np.float32)]
    for clip in clips.tolist():
        said: Floats = detector.told(frames[clip])
        sounding = steps_of(np.flatnonzero(heard_of(task, clip)), frame_seconds, step)
        silent = np.ones(len(said), dtype=np.bool_)
        silent[np.minimum(sounding, len(said) - 1)] = False
        told.append(np.where(silent[:, None], np.float32(UNHEARD), said))
    return ClipOutputs(np.concatenate(told), np.array([len(said) for said in told[1:]], dtype=np.int64))
