"""What a baseline is: estimators of scikit-learn's form, of which the validation part chooses one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.base.layout import Layout
from cohear.base.registry import Registry


class Estimator(Protocol):
    """A classifier or regressor of scikit-learn, or what behaves like one."""

    def fit(self, vectors: NDArray[Any], truth: NDArray[Any], /) -> object:
        """Learn from vectors ``[N, D]``, or the frames of N clips, and what is true ``[N]``.

        That is numbers of classes, int64, or numbers, float64.
        """

    def predict(self, vectors: NDArray[Any], /) -> NDArray[Any]:
        """What is true of vectors ``[N]``; a classifier has ``decision_function`` or ``predict_proba`` too."""


@dataclass(frozen=True)
class BaselineInputs:
    """What estimators may be fitted to before they see a vector.

    Attributes:
        clips: how many they will learn from.
        draw: seeds what they draw, where they draw anything.
    """

    clips: int
    draw: int


@dataclass(frozen=True)
class StepInputs:
    """What detectors may be made for before they hear a clip.

    Attributes:
        frame_seconds: from one frame of a clip to the next.
        step: seconds of a step that is answered.
        labels: how many there are.
    """

    frame_seconds: float
    step: float
    labels: int


class Detector(Protocol):
    """Tells when labels sound in a clip."""

    def fit(
        self, clips: Sequence[Floats], events: Sequence[Sequence[tuple[int, float, float]]], known: NDArray[np.bool_], /
    ) -> object:
        """Learn from the frames ``[T, D]`` of N clips.

        Args:
            clips: frames of each, standardised.
            events: of each clip the number of the label, onset and offset (seconds).
            known: ``[N, labels]``, of which labels of each clip it is known when they sound.
        """

    def told(self, frames: Floats, /) -> Floats:
        """Logits of a clip's steps ``[steps, labels]``, as many as `cohear.base.timeline.step_count` says."""


class Baseline(ABC):
    """A plain way to answer a task from a vector a clip, or from its frames.

    Keyword-only arguments of the constructor, with defaults, are settings of the study file. Vectors come standardised
    by the training clips, and so do numbers to foretell. Inherit `cohear.testing.baseline.BaselineContract` to test
    one of your own.
    """

    version: ClassVar[int] = 1
    """Raise it when the numbers change."""
    layout: ClassVar[Layout] = "vector"
    """What it is given of a clip: a vector; or the frames of a front-end that gives a sequence, ``[T, D]`` each."""

    @abstractmethod
    def classifiers(self, given: BaselineInputs) -> Sequence[Estimator]:
        """To tell two or more classes apart; a task of several labels a clip asks for each label whether it is there.

        Returns:
            New ones, always as many: the usual one first, which is taken where validation prefers none. None of a
            baseline that answers in time alone.
        """

    def regressors(self, given: BaselineInputs) -> Sequence[Estimator]:
        """The same for tasks whose targets are numbers; here none, and such tasks are refused."""
        return ()

    def detectors(self, given: StepInputs) -> Sequence[Detector]:
        """To tell when labels sound, for tasks that are answered in time; here none, and such tasks are refused."""
        return ()


BASELINES: Registry[type[Baseline]] = Registry(
    "baseline",
    {name: f"cohear.baselines.{name}" for name in ("svm", "ridge", "forest", "gmm", "nearest", "majority", "onsets")},
)
