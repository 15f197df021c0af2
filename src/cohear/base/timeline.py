"""The decoding of a time line: when each label sounds in a clip, in steps of equal length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, cast

import numpy as np
from numpy.typing import NDArray

from cohear.base.decoding import DECODINGS, Activation, Decoding, check_different, check_thresholds, numbers, texts

UNHEARD = -1000.0
"""Logit of every label in a step of silence, whatever a model makes of it: nothing sounds there."""


@DECODINGS.register("timeline")
@dataclass(frozen=True)
class TimelineDecoding(Decoding):
    """Labels of each step of a clip, any number of them, each with a probability.

    What a model gives of a clip is ``[steps, labels]``, as ``StepMeans`` takes them; the last step lasts to the clip's
    end.

    Attributes:
        kind: ``timeline``.
        labels: in the order of the probabilities.
        step: seconds.
        stride: frames of the front-end from one frame that the model gives of a window to the next.
        thresholds: one a label: probability from which on it sounds.
        filters: one a label: steps whose median is compared with the threshold, as ``medians`` takes it; 1 is the step
            alone, and so it is for all labels where there are none.

    Raises:
        ValueError: labels are not different texts, thresholds are missing, or a step, a stride or a filter is none.
    """

    form: ClassVar[str] = "timeline"
    kind: Literal["timeline"]
    labels: tuple[str, ...]
    step: float
    stride: int
    thresholds: tuple[float, ...]
    filters: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check_different(self.name, "labels", self.labels)
        check_thresholds(self.name, self.labels, self.thresholds)
        if not (0 < self.step < float("inf") and self.stride >= 1):
            raise ValueError(f"task {self.name!r} has steps of {self.step!r} s, and every {self.stride!r}th frame")
        if self.filters and len(self.filters) != len(self.labels):
            raise ValueError(f"task {self.name!r} has {len(self.filters)} filters for {len(self.labels)} labels")
        if not all(width >= 1 and width % 2 == 1 for width in self.filters):
            raise ValueError(
                f"task {self.name!r} has filters of {self.filters!r} steps, and a median is of an odd number"
            )

    @classmethod
    def of_entry(cls, name: str, entry: Mapping[str, object]) -> TimelineDecoding:
        """Filters may be missing."""
        labels, thresholds = texts(entry["labels"]), numbers(entry["thresholds"])
        step, stride = cast(float, entry["step"]), cast(int, entry["stride"])
        filters = tuple(int(width) for width in numbers(entry.get("filters")))
        return cls(name, "timeline", labels, step, stride, thresholds, filters)

    @property
    def columns(self) -> tuple[str, ...]:
        """A label each."""
        return self.labels

    @property
    def activation(self) -> Activation:
        """Labels do not exclude each other."""
        return "sigmoid"

    @property
    def widths(self) -> tuple[int, ...]:
        """Steps that each label's median is taken over."""
        return self.filters or (1,) * len(self.labels)

    def meaning(self) -> TimelineDecoding:
        """With thresholds of one half, and of steps alone."""
        return replace(self, thresholds=(0.5,) * len(self.labels), filters=())


def medians(steps: NDArray[Any], widths: Sequence[int], silence: float = 0.0) -> NDArray[Any]:
    """Of each label the median over the steps around each one; the first and the last step go on beyond their ends.

    A step that is silence for a label stays that. A median goes with every rising function of what it is taken of, so
    that it is the same of logits and of probabilities.

    Args:
        steps: ``[S, labels]`` of a clip.
        widths: ``[labels]``, an odd number of steps each.
        silence: what a label is in a step of silence.

    >>> medians(np.array([[0.9], [0.2], [0.8], [0.0], [0.7]]), [3]).ravel().tolist()
    [0.9, 0.8, 0.2, 0.0, 0.7]
    """
    found = np.array(steps)
    for label, width in enumerate(widths):
        if width > 1 and len(steps):
            padded = np.pad(steps[:, label], width // 2, mode="edge")
            found[:, label] = np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1)
    return np.where(steps == silence, steps, found)


ROUNDING = 1e-6
"""Of a step: a frame on the border of two, in floating point, is of the later one."""


def steps_of(frames: NDArray[np.int64], frame_seconds: float, step: float) -> NDArray[np.int64]:
    """The step that each frame of a clip begins in.

    >>> steps_of(np.array([0, 9, 10, 29]), 0.01, 0.1).tolist()
    [0, 0, 1, 2]
    """
    return np.asarray(np.floor(frames * (frame_seconds / step) + ROUNDING), dtype=np.int64)


def step_count(frames: int, frame_seconds: float, step: float) -> int:
    """How many steps a clip of so many frames has: whole ones, and at least one."""
    return max(int(steps_of(np.array([frames]), frame_seconds, step)[0]), 1)


class StepMeans:
    """Means over the frames in each step of a clip, of all windows that are heard, taken in window by window.

    A step is heard where a frame that begins in it is more than silence; another one has no label: ``UNHEARD``. So it
    is in scores, in an exported graph and in a runtime. What there is of a window beyond the last whole step is of that
    step. Memory grows with the clip, as its answer does.

    Args:
        columns: how many numbers a frame has.
        frame_seconds: from one frame of the clip to the next.
        step: seconds.
    """

    def __init__(self, columns: int, frame_seconds: float, step: float) -> None:
        self._frame_seconds, self._step = frame_seconds, step
        self._used = 0
        self._sums = np.zeros((0, columns))
        self._counts = np.zeros(0, dtype=np.int64)
        self._heard = np.zeros(0, dtype=np.int64)  # frames that are

    def add(self, out: NDArray[np.float32], frames: NDArray[np.int64], heard: NDArray[np.int64]) -> None:
        """Take in a window.

        Args:
            out: what is said of its frames, ``[F, columns]``.
            frames: their places in the clip, ``[F]``.
            heard: places of the frames of the front-end in it that are more than silence.
        """
        steps, sounding = (steps_of(places, self._frame_seconds, self._step) for places in (frames, heard))
        self._used = int(np.concatenate([steps, sounding]).max(initial=self._used - 1)) + 1
        if self._used > len(self._counts):
            more = 2 * self._used - len(self._counts)  # twice as much: a long stream is not copied at every window
            self._sums = np.concatenate([self._sums, np.zeros((more, self._sums.shape[1]))])
            self._counts = np.concatenate([self._counts, np.zeros(more, dtype=np.int64)])
            self._heard = np.concatenate([self._heard, np.zeros(more, dtype=np.int64)])
        np.add.at(self._sums, steps, out)
        np.add.at(self._counts, steps, 1)
        np.add.at(self._heard, sounding, 1)

    def means(self, frames: int) -> NDArray[np.float32]:
        """``[steps, columns]`` of the clip, which has so many frames; ``UNHEARD`` in a step that is not heard."""
        sums, counts = self._in_steps(self._sums, frames), self._in_steps(self._counts, frames)
        told = self.heard(frames) & (counts > 0)
        means = np.where(told[:, None], sums / np.maximum(counts, 1)[:, None], UNHEARD)
        return means.astype(np.float32)

    def heard(self, frames: int) -> NDArray[np.bool_]:
        """Which steps of the clip are heard, ``[steps]``."""
        return np.asarray(self._in_steps(self._heard, frames) > 0)

    def _in_steps(self, numbers: NDArray[Any], frames: int) -> NDArray[Any]:
        """Numbers of as many steps as the clip has, ``[steps, ...]``; what lies beyond the last one is added to it."""
        count = step_count(frames, self._frame_seconds, self._step)
        found = np.zeros((count, *numbers.shape[1:]), dtype=numbers.dtype)
        np.add.at(found, np.minimum(np.arange(self._used), count - 1), numbers[: self._used])
        return found
