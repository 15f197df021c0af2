"""The contract of every baseline, as tests to inherit.

::

    class TestMine(BaselineContract):
        name = "mine"
        settings = {"trees": 20}
"""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.base.registry import Registry
from cohear.baselines.baseline import BASELINES, Baseline, BaselineInputs
from cohear.baselines.questions import Question
from cohear.testing.named import NamedPartContract

_TRAIN = np.arange(60, dtype=np.int64)
_TEST = np.arange(60, 90, dtype=np.int64)


class BaselineContract(NamedPartContract):
    """What must hold for a baseline; pytest runs it for each subclass whose name begins with ``Test``."""

    looks: ClassVar[bool] = True
    """Whether it looks at the clip."""

    def registry(self) -> Registry[type[Baseline]]:
        """Baselines."""
        return BASELINES

    def make(self) -> Baseline:
        """The baseline."""
        baseline: Baseline = self.made()
        return baseline

    def vectors(self) -> Floats:
        """Vectors ``[90, 6]``, of which one of the first three numbers is high: that of the clip's class."""
        noise = np.random.default_rng(0).normal(size=(90, 6))
        return (noise / 2 + 3 * np.eye(3, 6)[np.arange(90) % 3]).astype(np.float32)

    def questions(self) -> list[Question]:
        """A class, a label and, where it foretells them, a number; of some clips nothing is known."""
        classes, known = np.arange(90) % 3, np.arange(90) % 7 != 0
        asked = [Question("class", 3, classes, known), Question("label", 1, (classes == 2).astype(np.int64), known)]
        numbers = [Question("number", 1, classes - 0.5, known)] if self.make().regressors(BaselineInputs(1, 0)) else []
        return [*asked, *numbers]

    def answers(self, question: Question, choice: int = 0, draw: int = 1) -> NDArray[np.float32]:
        """What is said of the test clips after a fit to the training clips."""
        estimator = question.fitted(self.make(), choice, self.vectors(), _TRAIN, draw)
        return question.answered(estimator, self.vectors()[_TEST])

    def test_each_choice_answers_every_clip(self) -> None:
        """With a finite number for each output."""
        for question in self.questions():
            assert question.choices(self.make()) >= 1
            for choice in range(question.choices(self.make())):
                told = self.answers(question, choice)
                assert told.shape == (len(_TEST), question.outputs)
                assert told.dtype == np.float32
                assert np.isfinite(told).all()

    def test_choices_are_as_many_for_any_clips(self) -> None:
        """All outputs of a task take the same one."""
        for make in (self.make().classifiers, self.make().regressors):
            assert len({len(make(BaselineInputs(clips, draw))) for clips, draw in ((1, 0), (60, 1), (1000, 2))}) == 1

    def test_the_usual_choice_learns(self) -> None:
        """What is plain to see is seen; one that does not look says the same of every clip."""
        for question in self.questions():
            told, truth = self.answers(question), question.truth[_TEST]
            if not self.looks:
                assert (told == told[0]).all()
            elif question.form == "number":
                assert np.abs(told[:, 0] - truth).mean() < 0.5
            else:
                said = told.argmax(axis=1) if question.form == "class" else told[:, 0] > 0
                assert np.mean(said == truth) > 0.8

    def test_the_same_fit_gives_the_same(self) -> None:
        """Draws come from the stream that it is given alone."""
        for question in self.questions():
            assert np.array_equal(self.answers(question), self.answers(question))

    def test_what_is_not_known_is_not_learnt(self) -> None:
        """Whatever stands where the truth is not known."""
        for question in self.questions():
            spoilt = np.where(question.known, question.truth, question.truth[::-1])
            other = Question(question.form, question.outputs, spoilt, question.known)
            assert np.array_equal(self.answers(question), self.answers(other))

    def test_a_class_that_training_lacks_is_never_said(self) -> None:
        """Its logit is the lowest; where there is one class alone, it is said of all."""
        for present in ((0, 2), (1,)):
            classes = np.array(present)[np.arange(90) % len(present)]
            told = self.answers(Question("class", 3, classes, np.ones(90, dtype=np.bool_)))
            assert set(told.argmax(axis=1)) <= set(present)
            assert np.isfinite(told).all()

    def test_few_clips_will_do(self) -> None:
        """A task may have hardly more clips than classes."""
        for question in self.questions():
            for choice in range(question.choices(self.make())):
                for clips in (2, 3):
                    question.fitted(self.make(), choice, self.vectors(), _TRAIN[1 : 1 + clips], 0)
