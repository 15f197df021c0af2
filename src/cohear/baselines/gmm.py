"""The baseline ``gmm``: a mixture of Gaussians a class, on frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.mixture import GaussianMixture

from cohear.base.arrays import Floats
from cohear.base.layout import Layout
from cohear.baselines.baseline import BASELINES, Baseline, BaselineInputs, Estimator
from cohear.baselines.vectors import FramesOfClips, evenly_spaced

COMPONENTS = (8, 2, 24)
"""Gaussians of a mixture that validation chooses from, the usual number first."""
DIRECTIONS = 20
"""Principal directions of frames that are kept: along them, diagonal covariances lose little."""
MOST_FRAMES = 5000
"""Of a class that a mixture is fitted to, evenly spaced."""


@BASELINES.register("gmm")
class Gmm(Baseline):
    """Which class makes a clip's frames most probable (Reynolds & Rose 1995, IEEE Trans. Speech Audio Process. 3).

    Classes are equally probable beforehand. Frames are rotated into their principal directions, in which covariances
    are diagonal.
    """

    layout: ClassVar[Layout] = "sequence"

    def classifiers(self, given: BaselineInputs) -> Sequence[Estimator]:
        """Of frames that come standardised."""
        return [MixtureOfEachClass(number, given.draw) for number in COMPONENTS]


class MixtureOfEachClass:
    """A classifier of clips in scikit-learn's form.

    Args:
        components: of a mixture; fewer where a class has few frames.
        draw: seeds where they begin.

    Attributes:
        classes_: those of the clips that it was fitted to, ascending.
    """

    def __init__(self, components: int, draw: int) -> None:
        self.components, self.draw = components, draw
        self.classes_: NDArray[Any] = np.zeros(0)

    def fit(self, clips: FramesOfClips, truth: NDArray[Any], /) -> MixtureOfEachClass:
        """Fit a mixture to the frames of each class."""
        self.classes_ = np.unique(truth)
        frames = [evenly_spaced(np.concatenate(list(clips[truth == each])), MOST_FRAMES) for each in self.classes_]
        together = np.concatenate(frames)
        self._directions = PCA(min(DIRECTIONS, *together.shape), random_state=self.draw).fit(together)
        self._mixtures = [self._mixture(self._directions.transform(each)) for each in frames]
        return self

    def _mixture(self, frames: Floats) -> GaussianMixture:
        components = max(1, min(self.components, len(frames) // 10))
        mixture = GaussianMixture(
            components, covariance_type="diag", reg_covar=1e-2, max_iter=50, random_state=self.draw
        )
        return mixture.fit(np.repeat(frames, 2, axis=0) if len(frames) < 2 else frames)

    def decision_function(self, clips: FramesOfClips, /) -> NDArray[np.float64]:
        """Mean log likelihood of a frame under each class, ``[N, classes]``."""
        lengths = [len(frames) for frames in clips]
        frames = self._directions.transform(np.concatenate(list(clips)))
        each = np.stack([mixture.score_samples(frames) for mixture in self._mixtures], axis=1)
        firsts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        return np.asarray(np.add.reduceat(each, firsts, axis=0) / np.array(lengths)[:, None])

    def predict(self, clips: FramesOfClips, /) -> NDArray[Any]:
        """The most probable class of each clip."""
        return np.asarray(self.classes_[self.decision_function(clips).argmax(axis=1)])
