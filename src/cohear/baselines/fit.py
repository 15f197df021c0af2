"""The fit of a baseline, from specification to scores, top to bottom."""

from __future__ import annotations

import time

import numpy as np

from cohear.base.memory import peak_memory
from cohear.base.named import make, name_of
from cohear.base.streams import stream_seed
from cohear.base.tables import PREDICTIONS_CSV
from cohear.baselines.answering import answers_of_choices
from cohear.baselines.baseline import BASELINES
from cohear.baselines.spec import BaselineSpec, check_baseline_versions
from cohear.features.build import front_end_of
from cohear.features.task_input import TaskInput
from cohear.runs.decisions import decisions_of, told_of, with_decided
from cohear.runs.finite import BASELINE_CURE, check_answers
from cohear.runs.job import Result
from cohear.runs.log_losses import NOT_TRAINED_ON, log_losses_of
from cohear.runs.pack import Pack
from cohear.runs.predictions import Predictions, part_of, predictions_text
from cohear.runs.record import Record, Scores, TaskRecord
from cohear.runs.scaled_task import with_scale
from cohear.runs.task_data import load_task


def fit_baseline(spec: BaselineSpec, pack: Pack, files: frozenset[str]) -> Result:
    """Fit each of a baseline's estimators to the training clips, keep the best on validation, and score that one.

    Args:
        spec: of the run.
        pack: what it reads from.
        files: those that are wanted.

    Raises:
        OtherVersions: the specification was planned for other code than there is here.
        DataError: the split is not there.
        FolderError: the feature store is not there.
        RunFailed: an answer is not a finite number.
    """
    began = time.process_time()
    check_baseline_versions(spec)
    [reference] = spec.tasks
    given = input_of(spec)
    task = with_scale(load_task(reference, pack), given, reference.normalise)
    baseline, validation = make(BASELINES, spec.baseline), task.parts["validation"]
    draw = stream_seed(spec.study_seed, spec.fold, "task", task.name, "baseline", name_of(spec.baseline)) % 2**32

    sign = 1 if task.metric.higher_is_better else -1
    best, best_score = None, -np.inf
    for answered in answers_of_choices(baseline, task, given, draw):
        score = sign * Predictions(validation, answered(validation)).scores(task)[task.metric.name]
        if best is None or score > best_score:  # the first of the best; the first of all where nothing can be scored
            best, best_score = answered, score
    assert best is not None  # a baseline that offers none is refused before

    predictions = {part: Predictions(clips, best(clips)) for part, clips in task.parts.items()}
    for part, said in predictions.items():
        check_answers(task.name, part, None, said.logits, cure=BASELINE_CURE)
    scores: Scores = {part: {"last": each.scores(task)} for part, each in predictions.items()}
    decisions = decisions_of(task, predictions)
    record = TaskRecord(
        metric=task.metric.name,
        higher_is_better=task.metric.higher_is_better,
        test_clips=predictions["test"].scored_clips(task),
        test_part=task.test_part,
        scores={**with_decided(scores, task, predictions, decisions)}
        | {part_of(name): {"last": found} for name, found in predictions["test"].scores_by_dataset(task).items()},
        log_losses=log_losses_of(task, predictions),
        decisions=told_of(task, decisions),
    )
    text = predictions_text({task.name: task}, {task.name: predictions}, NOT_TRAINED_ON)
    made = {PREDICTIONS_CSV.file: text.encode("utf-8")}
    return Result(
        Record(
            run=spec.key,
            specification=spec.model_dump(mode="json"),
            tasks={task.name: record},
            seconds=round(time.process_time() - began, 3),
            peak_memory_bytes=peak_memory(),
        ),
        {name: content for name, content in made.items() if name in files},
    )


def input_of(spec: BaselineSpec) -> TaskInput:
    """Its front-end and window."""
    return TaskInput.of(front_end_of(spec.front_end), spec.window)
