"""The baseline ``onsets``: events where something begins, each told by what is heard there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter
from sklearn.linear_model import LogisticRegression

from cohear.base.arrays import Floats
from cohear.base.layout import Layout
from cohear.base.timeline import ROUNDING, step_count
from cohear.baselines.baseline import BASELINES, Baseline, BaselineInputs, Detector, Estimator, StepInputs
from cohear.baselines.questions import LEAST

THRESHOLDS = (0.1, 0.03, 0.06, 0.2, 0.4)
"""Rise of a frame's numbers above the median around it, their mean; validation chooses, the usual one stands first."""
NEAR = 0.05
"""Seconds that a detected onset may be off the event that it is taught."""
APART, BEHIND, AROUND = 0.03, 0.08, 0.5
"""Seconds: no two onsets are nearer, what of an onset is told by, and what its rise is compared with."""
NOTHING = float(np.log(LEAST))


@BASELINES.register("onsets")
class Onsets(Baseline):
    """Spectral flux (Bello et al. 2005, IEEE Trans. Speech Audio Process. 13), and a logistic regression a label.

    An onset is a local maximum of the rise from frame to frame, summed over what rises, that is far enough above the
    median around it. Each is told by the frames just before and behind it; a label lasts as long as the training events
    of it do in the mean.

    Args:
        threshold: how far is far enough, in deviations of the training frames; validation chooses where it is None.
    """

    layout: ClassVar[Layout] = "sequence"

    def __init__(self, *, threshold: float | None = None) -> None:
        if threshold is not None and not threshold > 0:
            raise ValueError(f"threshold is more than 0, not {threshold}")
        self.thresholds = THRESHOLDS if threshold is None else (threshold,)

    def classifiers(self, given: BaselineInputs) -> Sequence[Estimator]:
        """None: it answers in time."""
        return ()

    def detectors(self, given: StepInputs) -> Sequence[Detector]:
        """One a threshold."""
        return [OnsetDetector(given, threshold) for threshold in self.thresholds]


class OnsetDetector:
    """Onsets of one threshold, and what tells their labels.

    Args:
        given: how clips are heard and answered.
        threshold: that the rise is compared with.
    """

    def __init__(self, given: StepInputs, threshold: float) -> None:
        self._given, self._threshold = given, threshold
        self._models: dict[int, LogisticRegression] = {}
        self._lengths: dict[int, float] = {}

    def fit(
        self, clips: Sequence[Floats], events: Sequence[Sequence[tuple[int, float, float]]], known: NDArray[np.bool_]
    ) -> OnsetDetector:
        """A regression for each label of which some onsets are and some are not."""
        found = [self._onsets(frames) for frames in clips]
        heard = [self._vectors(frames, onsets) for frames, onsets in zip(clips, found, strict=True)]
        for label in range(self._given.labels):
            chosen = np.flatnonzero(known[:, label])
            own = [[event for event in events[clip] if event[0] == label] for clip in chosen.tolist()]
            if lengths := [offset - onset for each in own for _, onset, offset in each]:
                self._lengths[label] = float(np.mean(lengths))
            true = [self._are_of(found[clip], each) for clip, each in zip(chosen.tolist(), own, strict=True)]
            truth = np.concatenate([np.zeros(0, np.bool_), *true])
            if len(np.unique(truth)) == 2:
                model = LogisticRegression(C=0.01, max_iter=500)
                self._models[label] = model.fit(np.concatenate([heard[clip] for clip in chosen.tolist()]), truth)
        return self

    def told(self, frames: Floats) -> Floats:
        """In each step the largest logit of the onsets whose label reaches into it; nothing where there is none."""
        given = self._given
        steps = step_count(len(frames), given.frame_seconds, given.step)
        said = np.full((steps, given.labels), NOTHING, dtype=np.float32)
        onsets = self._onsets(frames)
        for label, model in self._models.items() if len(onsets) else ():
            logits = model.decision_function(self._vectors(frames, onsets))
            begins = onsets * given.frame_seconds
            first = np.minimum((begins / given.step + ROUNDING).astype(np.int64), steps - 1)
            ends = np.ceil((begins + self._lengths[label]) / given.step - ROUNDING).astype(np.int64)
            for begin, end, logit in zip(first.tolist(), ends.tolist(), logits.tolist(), strict=True):
                reached = slice(begin, max(end, begin + 1))
                said[reached, label] = np.maximum(said[reached, label], logit)
        return said

    def _onsets(self, frames: Floats) -> NDArray[np.int64]:
        """Frames ``[T, D]`` in which something begins."""
        flux = np.maximum(np.diff(frames, axis=0, prepend=frames[:1]), 0).mean(axis=1)
        peaks = flux >= maximum_filter1d(flux, 2 * self._frames(APART) + 1)
        return np.flatnonzero(peaks & (flux > median_filter(flux, self._frames(AROUND)) + self._threshold))

    def _vectors(self, frames: Floats, onsets: NDArray[np.int64]) -> Floats:
        """What is heard just before and behind some frames, ``[onsets, numbers]``."""
        places = onsets[:, None] + np.arange(-self._frames(APART), self._frames(BEHIND))
        return np.asarray(frames[places.clip(0, len(frames) - 1)].reshape(len(onsets), -1))

    def _are_of(self, onsets: NDArray[np.int64], events: Sequence[tuple[int, float, float]]) -> NDArray[np.bool_]:
        """Which onsets are near that of an event."""
        begins = np.array([onset for _, onset, _ in events])
        apart = np.abs(onsets[:, None] * self._given.frame_seconds - begins)
        return np.asarray((apart <= NEAR).any(axis=1))

    def _frames(self, seconds: float) -> int:
        return max(1, round(seconds / self._given.frame_seconds))
