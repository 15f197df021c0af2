"""The probe ``transfer``: what the partner's encoder already knows of the task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np

from cohear.baselines.questions import answer_questions, questions_of, why_not
from cohear.baselines.svm import Svm
from cohear.baselines.vectors import standardised
from cohear.probes.probe import PROBES, Left, Measured, Probe, ProbeInputs
from cohear.runs.predictions import Predictions
from cohear.tasks import ClipOutputs


@PROBES.register("transfer")
class Transfer(Probe):
    """A linear head for the task on the partner's frozen encoder (Alain & Bengio 2017), scored on validation.

    How well one task's encoder serves another is the affinity of Zamir et al. 2018 (Taskonomy); whether it goes with
    gains by sharing is another matter (Standley et al. 2020).

    Args:
        cost: of the head, a linear support vector machine.
    """

    on_validation: ClassVar[bool] = True
    packages: ClassVar[tuple[str, ...]] = ("scikit-learn",)
    needs: ClassVar[Mapping[str, Left]] = {"partner": Left("partner")}
    measures: ClassVar[tuple[str, ...]] = ("transfer",)

    def __init__(self, *, cost: float = 0.01) -> None:
        self.head = Svm(cost=cost)

    def measure(self, given: ProbeInputs) -> Iterable[Measured]:
        """The task's primary metric, the larger the better or the smaller, as the metric has it."""
        yield given.measured("transfer", self._score(given))

    def _score(self, given: ProbeInputs) -> float:
        task = given.task
        if why_not(self.head, task.kind):
            return np.nan
        train, validation = task.parts["train"], task.parts["validation"]
        vectors = standardised(given.networks["partner"].vectors(task), train)
        questions = questions_of(task)
        heads = [question.fitted(self.head, 0, vectors, train, given.draw) for question in questions]
        answered = ClipOutputs.one_each(answer_questions(questions, heads, vectors[validation]))
        return Predictions(validation, answered).scores(task)[task.metric.name]
