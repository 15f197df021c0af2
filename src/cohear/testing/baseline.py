"""The contract of every baseline, as tests to inherit; of one that answers in time ``DetectorContract``.

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
from cohear.base.timeline import step_count
from cohear.baselines.baseline import BASELINES, Baseline, BaselineInputs, StepInputs
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


class DetectorContract(NamedPartContract):
    """What must hold for a baseline that answers in time; pytest runs it as it does ``BaselineContract``."""

    def registry(self) -> Registry[type[Baseline]]:
        """Baselines."""
        return BASELINES

    def make(self) -> Baseline:
        """The baseline."""
        baseline: Baseline = self.made()
        return baseline

    def given(self) -> StepInputs:
        """Frames of 10 ms, and steps of ten of them."""
        return StepInputs(0.01, 0.1, 2)

    def clips(self) -> list[Floats]:
        """Frames ``[205, 6]`` each, of noise, in which one of the first two numbers is high where a label sounds."""
        noise = np.random.default_rng(0)
        found = []
        for events in self.events():
            frames = noise.normal(0, 0.1, (205, 6))
            for label, onset, offset in events:
                frames[round(onset * 100) : round(offset * 100), label] += 4
            found.append(frames.astype(np.float32))
        return found

    def events(self) -> list[list[tuple[int, float, float]]]:
        """Label, onset and offset of what sounds in each of 20 clips: 0.2 s of both labels, somewhere."""
        draw = np.random.default_rng(1)
        begins = [draw.permutation(9)[:4] * 0.2 + draw.uniform(0, 0.02) for _ in range(20)]
        return [[(number % 2, begin, begin + 0.2) for number, begin in enumerate(own)] for own in begins]

    def truth(self, clip: int) -> NDArray[np.bool_]:
        """What sounds in a clip's steps for half of each at least, ``[20, labels]``."""
        found = np.zeros((20, 2), np.bool_)
        for label, onset, _ in self.events()[clip]:
            found[round(onset / 0.1) : round(onset / 0.1) + 2, label] = True
        return found

    def answers(self, choice: int = 0, known: NDArray[np.bool_] | None = None, spoilt: int = 0) -> list[Floats]:
        """What is told of the last five clips after a fit to the others, the first of them with labels exchanged."""
        events = self.events()[:15]
        for clip in range(spoilt):
            events[clip] = [(1 - label, onset, offset) for label, onset, offset in events[clip]]
        detector = self.make().detectors(self.given())[choice]
        detector.fit(self.clips()[:15], events, np.ones((15, 2), np.bool_) if known is None else known)
        return [detector.told(frames) for frames in self.clips()[15:]]

    def test_each_choice_answers_every_step(self) -> None:
        """With a finite number for each label, of clips of any length."""
        choices = len(self.make().detectors(self.given()))
        assert choices >= 1
        for choice in range(choices):
            detector = self.make().detectors(self.given())[choice]
            detector.fit(self.clips(), self.events(), np.ones((20, 2), np.bool_))
            for frames in (self.clips()[0], self.clips()[0][:7], self.clips()[0][:1]):
                told = detector.told(frames)
                assert told.shape == (step_count(len(frames), 0.01, 0.1), 2)
                assert told.dtype == np.float32 and np.isfinite(told).all()

    def test_the_usual_choice_learns(self) -> None:
        """What is plain to hear is told, when it sounds."""
        right = np.mean([(told > 0) == self.truth(15 + clip) for clip, told in enumerate(self.answers())])
        assert right > 0.9

    def test_the_same_fit_gives_the_same(self) -> None:
        """To the bit."""
        assert all(np.array_equal(one, other) for one, other in zip(self.answers(), self.answers(), strict=True))

    def test_what_is_not_known_is_not_learnt(self) -> None:
        """Whatever events are said where it is not known when a label sounds."""
        known = np.arange(15) >= 4
        known = np.stack([known, known], axis=1)
        pairs = zip(self.answers(known=known), self.answers(known=known, spoilt=4), strict=True)
        assert all(np.array_equal(one, other) for one, other in pairs)

    def test_a_label_that_training_lacks_is_never_told(self) -> None:
        """Nor is any, where nothing sounds."""
        for kept in ((0,), ()):
            events = [[event for event in own if event[0] in kept] for own in self.events()]
            detector = self.make().detectors(self.given())[0]
            detector.fit(self.clips(), events, np.ones((20, 2), np.bool_))
            for label in {0, 1} - set(kept):
                assert all((detector.told(frames)[:, label] < 0).all() for frames in self.clips())

    def test_few_clips_will_do(self) -> None:
        """One, or none that is known."""
        for known in (True, False):
            detector = self.make().detectors(self.given())[0]
            detector.fit(self.clips()[:1], self.events()[:1], np.full((1, 2), known))
            assert np.isfinite(detector.told(self.clips()[0])).all()
