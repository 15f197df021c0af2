"""What estimators are asked of a clip: which class it is, whether it has a label, or a number."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import ConvergenceWarning

from cohear.base.arrays import Floats
from cohear.baselines.baseline import Baseline, BaselineInputs, Estimator, StepInputs
from cohear.runs.task_data import TaskData
from cohear.tasks import LabelFree, TargetKind, TimelineKind

LEAST = 1e-6
"""No class is less probable, so that its logarithm is a number."""


@dataclass(frozen=True)
class Question:
    """One thing that a single estimator answers.

    Attributes:
        form: what its answer is.
        outputs: how many of the task's outputs it gives: one a class, else one.
        truth: ``[N]`` of all clips.
        known: ``[N]`` whether it is known.
    """

    form: Literal["class", "label", "number"]
    outputs: int
    truth: NDArray[Any]
    known: NDArray[np.bool_]

    def choices(self, baseline: Baseline) -> int:
        """How many estimators there are to choose from."""
        return len(self._estimators(baseline, BaselineInputs(1, 0)))

    def fitted(
        self, baseline: Baseline, choice: int, vectors: NDArray[Any], train: NDArray[np.int64], draw: int
    ) -> Estimator:
        """The estimator of a choice, fitted to the training clips of which the answer is known.

        Where these are all of one class there is nothing to tell apart, and every clip is said to be of it. Numbers are
        foretold on their usual scale, so that a setting means the same in any unit.
        """
        clips = train[self.known[train]]
        estimator = self._estimators(baseline, BaselineInputs(len(clips), draw))[choice]
        if self.form == "number":
            estimator = UsualScale(estimator)
        elif len(np.unique(self.truth[clips])) < 2:
            estimator = DummyClassifier(strategy="prior")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # validation judges what came of it
            estimator.fit(vectors[clips], self.truth[clips])
        return estimator

    def answered(self, estimator: Estimator, vectors: NDArray[Any]) -> Floats:
        """What a fitted estimator says, ``[N, outputs]``: logits, or the number."""
        if self.form == "number":
            return np.asarray(estimator.predict(vectors), dtype=np.float32).reshape(-1, 1)
        logits = _logits(estimator, vectors, 2 if self.form == "label" else self.outputs)
        return logits[:, 1:] - logits[:, :1] if self.form == "label" else logits

    def _estimators(self, baseline: Baseline, given: BaselineInputs) -> Sequence[Estimator]:
        return baseline.regressors(given) if self.form == "number" else baseline.classifiers(given)


class UsualScale:
    """A regressor of numbers that are given mean 0 and deviation 1 for it, and told in their unit.

    Args:
        regressor: to be fitted; where nothing is known to fit it to, 0 is told.
    """

    def __init__(self, regressor: Estimator) -> None:
        self._regressor, self._mean, self._deviation = regressor, 0.0, 0.0

    def fit(self, vectors: NDArray[Any], truth: NDArray[Any], /) -> UsualScale:
        """To vectors ``[N, D]`` and numbers ``[N]``."""
        if len(truth):
            self._mean, self._deviation = float(truth.mean()), float(truth.std()) or 1.0
            self._regressor.fit(vectors, (truth - self._mean) / self._deviation)
        return self

    def predict(self, vectors: NDArray[Any], /) -> NDArray[Any]:
        """Numbers ``[N]``."""
        if not self._deviation:
            return np.zeros(len(vectors))
        return np.asarray(self._regressor.predict(vectors)) * self._deviation + self._mean


def questions_of(task: TaskData) -> list[Question]:
    """What is asked for each output of a task, in their order."""
    truth, classes = task.kind.truth(task.targets, task.labels), task.kind.classes(task.targets)
    if classes is not None:
        return [Question("class", len(task.labels), classes, np.asarray(truth.known.any(axis=1)))]
    form: Literal["label", "number"] = "label" if task.kind.has_labels else "number"
    kind = np.int64 if form == "label" else np.float64
    columns = zip(truth.values.T, truth.known.T, strict=True)
    return [Question(form, 1, np.asarray(values).astype(kind), known) for values, known in columns]


def answer_questions(questions: Sequence[Question], estimators: Sequence[Estimator], vectors: NDArray[Any]) -> Floats:
    """All outputs of a task for vectors, ``[N, outputs]``; without a vector there is nothing to ask."""
    if not len(vectors):
        return np.zeros((0, sum(question.outputs for question in questions)), dtype=np.float32)
    each = zip(questions, estimators, strict=True)
    return np.concatenate([question.answered(estimator, vectors) for question, estimator in each], axis=1)


def why_not(baseline: Baseline, kind: TargetKind) -> str:
    """Why a baseline cannot answer tasks of a kind; empty where it can."""
    if isinstance(kind, LabelFree):
        return "has no labels, and so there is nothing to answer"
    if kind.reads != "vector":
        in_time = isinstance(kind, TimelineKind) and baseline.detectors(StepInputs(0.01, kind.step, 1))
        return "" if in_time else "is answered frame by frame, and this baseline answers clips"
    if not (baseline.classifiers(BaselineInputs(1, 0)) or baseline.regressors(BaselineInputs(1, 0))):
        return "is answered by clip, and this baseline answers in time"
    if not kind.has_labels and not baseline.regressors(BaselineInputs(1, 0)):
        return "holds numbers, which this baseline does not foretell"
    return ""


def _logits(classifier: Any, vectors: NDArray[Any], classes: int) -> Floats:  # noqa: ANN401 - of scikit-learn's form
    """Logits ``[N, classes]``; a class that was not among the training clips is below all others."""
    if hasattr(classifier, "decision_function"):
        scores = np.asarray(classifier.decision_function(vectors), dtype=np.float64)
        scores = np.stack([-scores / 2, scores / 2], axis=1) if scores.ndim == 1 else scores
    else:
        scores = np.log(np.clip(classifier.predict_proba(vectors), LEAST, 1))
    logits = np.repeat(np.minimum(scores.min(axis=1, keepdims=True), np.log(LEAST)), classes, axis=1)
    logits[:, classifier.classes_] = scores
    return logits.astype(np.float32)
