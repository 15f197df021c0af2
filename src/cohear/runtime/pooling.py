"""From the numbers of windows to those of the clip, as the model pools them; and what of the clip is heard.

Windows of silence (`cohear.audio.silence`) are left out, unless there are no others: so does the evaluation that scores
a study. A clip without any other has numbers, and is answered with no label; a step of silence has neither.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.base.errors import DataError
from cohear.base.timeline import StepMeans
from cohear.runtime.card import Windowing


@dataclass(frozen=True)
class WindowLogits:
    """Windows of an input that lie one after the other.

    Attributes:
        starts: first frame of each of the N windows.
        logits: calibrated ``[N, columns]``, by task that hears these windows; of a time line ``[N, frames, columns]``.
        pooled: ``[N]``, which are more than digital silence.
        heard: ``[N, frames]``, in which of their frames there is more than silence.
        samples: of the waveform that have come so far; all of them with the last windows.
        hears: number of the input.
    """

    starts: list[int]
    logits: dict[str, Floats]
    pooled: NDArray[np.bool_]
    heard: NDArray[np.bool_]
    samples: int
    hears: int = 0


def check_finite(windows: WindowLogits) -> None:
    """Whether the model answers all windows that are more than digital silence, which pooling leaves out.

    Raises:
        DataError: it gives NaN or infinity, of which the most probable label would be the first one.
    """
    for task, logits in windows.logits.items():
        if not np.isfinite(logits[windows.pooled]).all():
            raise DataError(
                f"the model's answer of task {task!r} is no finite number: this sound is more than it can take; "
                "export it again from runs that did not diverge"
            )


class ClipPooling(ABC):
    """What a task's windows say of their clip."""

    @abstractmethod
    def add(self, windows: WindowLogits, logits: Floats) -> None:
        """Take in windows, and what the task says of them."""

    @abstractmethod
    def pooled(self) -> Floats | None:
        """What is said of all that has come, before the activation; None before the first window."""

    @abstractmethod
    def heard(self) -> NDArray[np.bool_]:
        """Whether there is more than silence in what ``pooled`` tells: ``[1]``, or ``[steps]``."""


class MeanPooling(ClipPooling):
    """The mean over windows, ``[columns]``.

    Args:
        columns: how many there are.
    """

    def __init__(self, columns: int) -> None:
        self._sums = np.zeros((2, columns))
        self._counts = np.zeros(2, np.int64)  # windows of digital silence, and the others
        self._heard = np.zeros(1, np.bool_)

    def add(self, windows: WindowLogits, logits: Floats) -> None:
        """Windows ``[N, columns]``."""
        self._heard |= windows.heard.any()
        for side in (0, 1):
            chosen = windows.pooled == bool(side)
            self._counts[side] += int(chosen.sum())
            self._sums[side] += logits[chosen].sum(axis=0, dtype=np.float64)

    def pooled(self) -> Floats | None:
        """The mean."""
        if not self._counts.any():
            return None
        side = 1 if self._counts[1] else 0
        return np.asarray(self._sums[side] / self._counts[side], dtype=np.float32)

    def heard(self) -> NDArray[np.bool_]:
        """Of all windows together."""
        return self._heard


class StepPooling(ClipPooling):
    """The mean over the frames in each step that is heard, ``[steps, columns]``.

    Args:
        columns: how many there are.
        windowing: of the task's input.
        step: seconds.
        stride: frames of the input from one frame of a window's numbers to the next.
    """

    def __init__(self, columns: int, windowing: Windowing, step: float, stride: int) -> None:
        self._windowing, self._stride = windowing, stride
        self._means = StepMeans(columns, windowing.frame_seconds, step)
        self._frames = 0

    def add(self, windows: WindowLogits, logits: Floats) -> None:
        """Windows ``[N, frames, columns]``."""
        self._frames = self._windowing.frames_in(windows.samples)
        for row in np.flatnonzero(windows.pooled).tolist():
            frames, places = frames_inside(windows, row, logits, self._windowing, self._stride)
            self._means.add(frames, places, heard_places(windows, row))

    def pooled(self) -> Floats | None:
        """The means."""
        return self._means.means(self._frames) if self._frames else None

    def heard(self) -> NDArray[np.bool_]:
        """Each step."""
        return self._means.heard(self._frames)


def frames_inside(
    windows: WindowLogits, row: int, logits: Floats, windowing: Windowing, stride: int
) -> tuple[Floats, NDArray[np.int64]]:
    """The frames ``[F, columns]`` of a window that begin before the clip's end, and their places in the clip.

    Args:
        windows: of which it is one.
        row: its number among them.
        logits: of all of them, ``[N, frames, columns]``.
        windowing: of the input.
        stride: frames of the input from one frame of the logits to the next.
    """
    places = windows.starts[row] + np.arange(logits.shape[1], dtype=np.int64) * stride
    inside = places < windowing.frames_in(windows.samples)
    return logits[row, inside], places[inside]


def heard_places(windows: WindowLogits, row: int) -> NDArray[np.int64]:
    """The frames of the clip in which there is more than silence, as far as a window reaches."""
    return np.asarray(windows.starts[row] + np.flatnonzero(windows.heard[row]))
