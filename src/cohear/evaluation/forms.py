"""What is counted of answers of each form, beside the metrics: the twin that every decoding has in an evaluation."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Array, Integers
from cohear.base.decoding import Decoding, LabelDecoding, NumberDecoding, activated
from cohear.base.registry import Registry
from cohear.base.timeline import UNHEARD, TimelineDecoding
from cohear.evaluation.told import ToldOfClips
from cohear.export.calibrate import calibration_error
from cohear.tasks.decisions import Decisions
from cohear.tasks.targets import Targets

D = TypeVar("D", bound=Decoding)


@dataclass(frozen=True)
class LabelAnswered:
    """A label in what was answered: clips, or steps of a time line.

    Attributes:
        label: which.
        right: that have it and were answered with it.
        missed: that have it and were not.
        false: that were answered with it and are known not to have it.
    """

    label: str
    right: int
    missed: int
    false: int


@dataclass(frozen=True)
class Confusion:
    """What was answered in place of what.

    Attributes:
        labels: counts of each; none of a task of numbers.
        matrix: of each label (row) how often each label (column) was answered, where an answer is one label.
    """

    labels: list[LabelAnswered]
    matrix: list[list[int]]


@dataclass(frozen=True)
class CalibrationFound:
    """How far answers can be believed.

    Attributes:
        what: ``calibration error`` of probabilities, or ``share of truths within the spread``.
        value: of the clips; NaN where nothing tells it.
    """

    what: str
    value: float


class AnswersJudged(ABC, Generic[D]):
    """What is done with answers of a form."""

    card_key: ClassVar[str]
    """Under which the ``calibration`` of a card tells what is promised of ``calibration``."""

    def decided(self, told: ToldOfClips, decoding: D) -> ToldOfClips:
        """What is said of clips as metrics read it; here as it is."""
        return told

    @abstractmethod
    def confusion(self, told: ToldOfClips, decoding: D) -> Confusion:
        """Of all clips, as the bundle answers them."""

    def recalls(self, told: ToldOfClips, decoding: D) -> list[tuple[str, Integers, Integers]]:
        """Of each label the clips that have it, and those of them that were answered with it; here there is none."""
        return []

    @abstractmethod
    def calibration(self, told: ToldOfClips, decoding: D) -> CalibrationFound:
        """Of all clips."""


class LabelsJudged(AnswersJudged[LabelDecoding]):
    """Labels of a clip."""

    card_key: ClassVar[str] = "error_after"

    def confusion(self, told: ToldOfClips, decoding: LabelDecoding) -> Confusion:
        """Of the most probable label, or of all from their threshold on."""
        given, truth = self._given(told, decoding), told.truth
        if not decoding.exclusive:
            return Confusion(_counted(given, truth, told), [])
        rows = truth.known.any(axis=1)
        matrix = (truth.values[rows] > 0.5).T.astype(np.int64) @ given[rows].astype(np.int64)  # [truth, answered]
        return Confusion(_counted(given, truth, told), matrix.tolist())

    def recalls(self, told: ToldOfClips, decoding: LabelDecoding) -> list[tuple[str, Integers, Integers]]:
        """As they are answered."""
        given, truth = self._given(told, decoding), told.truth
        has = (truth.values > 0.5) & truth.known
        both = has & given
        return [
            (label, np.flatnonzero(has[:, place]), np.flatnonzero(both[:, place]))
            for place, label in enumerate(decoding.labels)
        ]

    def calibration(self, told: ToldOfClips, decoding: LabelDecoding) -> CalibrationFound:
        """Of the probabilities."""
        return _calibration(_chances(told), told.truth, exclusive=decoding.exclusive)

    def _given(self, told: ToldOfClips, decoding: LabelDecoding) -> NDArray[np.bool_]:
        """Which labels each clip is answered with, ``[N, labels]``."""
        chances = _chances(told)
        if decoding.exclusive:
            return np.asarray(np.eye(len(decoding.labels), dtype=np.bool_)[chances.argmax(axis=1)])
        return np.asarray(chances >= np.array(decoding.thresholds))


class NumbersJudged(AnswersJudged[NumberDecoding]):
    """Numbers of a clip."""

    card_key: ClassVar[str] = "covered"

    def confusion(self, told: ToldOfClips, decoding: NumberDecoding) -> Confusion:
        """None: no number is another one."""
        return Confusion([], [])

    def calibration(self, told: ToldOfClips, decoding: NumberDecoding) -> CalibrationFound:
        """Of the spread, where the bundle tells one."""
        truth, value = told.truth, float("nan")
        if decoding.spread and truth.known.any():
            inside = np.abs(told.outputs.values - truth.values) <= np.array(decoding.spread)
            value = float(inside[truth.known].mean())
        return CalibrationFound("share of truths within the spread", value)


class TimelineJudged(AnswersJudged[TimelineDecoding]):
    """Labels of a clip's steps."""

    card_key: ClassVar[str] = "error_after"

    def decided(self, told: ToldOfClips, decoding: TimelineDecoding) -> ToldOfClips:
        """With the bundle's filters and thresholds, which tell where an event is."""
        decisions = Decisions(decoding.thresholds, tuple(decoding.widths))
        return replace(told, outputs=told.kind.decided(told.outputs, decisions))

    def confusion(self, told: ToldOfClips, decoding: TimelineDecoding) -> Confusion:
        """Of steps, those of silence among them, in which no label is told."""
        decided = self.decided(told, decoding)
        return Confusion(_counted(decided.outputs.values >= 0, decided.truth, told), [])

    def calibration(self, told: ToldOfClips, decoding: TimelineDecoding) -> CalibrationFound:
        """Of the steps that are heard."""
        truth, heard = told.truth, np.flatnonzero((told.outputs.values > UNHEARD).all(axis=1))
        return _calibration(_chances(told)[heard], Targets(truth.values[heard], truth.known[heard]), exclusive=False)


def _chances(told: ToldOfClips) -> Array:
    """Probabilities ``[R, labels]``."""
    return activated(told.decoding.activation, told.outputs.values.astype(np.float64))


def _calibration(chances: Array, truth: Targets, *, exclusive: bool) -> CalibrationFound:
    return CalibrationFound("calibration error", calibration_error(chances, truth, exclusive=exclusive))


def _counted(given: NDArray[np.bool_], truth: Targets, told: ToldOfClips) -> list[LabelAnswered]:
    """Rows ``[R, labels]`` in which each label is given, beside those in which it is true."""
    has = (truth.values > 0.5) & truth.known
    lacks = (truth.values <= 0.5) & truth.known
    counts = [(has & given).sum(axis=0), (has & ~given).sum(axis=0), (lacks & given).sum(axis=0)]
    return [LabelAnswered(label, *map(int, row)) for label, *row in zip(told.labels, *counts, strict=True)]


ANSWERS_JUDGED: Registry[AnswersJudged] = Registry("form of an answer that is judged")  # type: ignore[type-arg]
"""By ``Decoding.form``."""
ANSWERS_JUDGED.register(LabelDecoding.form)(LabelsJudged())
ANSWERS_JUDGED.register(NumberDecoding.form)(NumbersJudged())
ANSWERS_JUDGED.register(TimelineDecoding.form)(TimelineJudged())
