"""From the numbers of windows to those of the clip, as the model pools them: over what is heard, or all if none is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.base.timeline import StepMeans
from cohear.runtime.card import Windowing


@dataclass(frozen=True)
class WindowLogits:
    """Windows of an input that lie one after the other.

    Attributes:
        starts: first frame of each of the N windows.
        logits: calibrated ``[N, columns]``, by task that hears these windows; of a time line ``[N, frames, columns]``.
        heard: ``[N]``, which are more than digital silence.
        samples: of the waveform that have come so far; all of them with the last windows.
        hears: number of the input.
    """

    starts: list[int]
    logits: dict[str, Floats]
    heard: NDArray[np.bool_]
    samples: int
    hears: int = 0


class ClipPooling(ABC):
    """What a task's windows say of their clip."""

    @abstractmethod
    def add(self, windows: WindowLogits, logits: Floats) -> None:
        """Take in windows, and what the task says of them."""

    @abstractmethod
    def pooled(self) -> Floats | None:
        """What is said of all that has come, before the activation; None before the first window."""


class MeanPooling(ClipPooling):
    """The mean over windows, ``[columns]``.

    Args:
        columns: how many there are.
    """

    def __init__(self, columns: int) -> None:
        self._sums = np.zeros((2, columns))
        self._counts = np.zeros(2, np.int64)  # windows of silence, windows heard

    def add(self, windows: WindowLogits, logits: Floats) -> None:
        """Windows ``[N, columns]``."""
        for side in (0, 1):
            chosen = windows.heard == bool(side)
            self._counts[side] += int(chosen.sum())
            self._sums[side] += logits[chosen].sum(axis=0, dtype=np.float64)

    def pooled(self) -> Floats | None:
        """The mean."""
        if not self._counts.any():
            return None
        side = 1 if self._counts[1] else 0
        return np.asarray(self._sums[side] / self._counts[side], dtype=np.float32)


class StepPooling(ClipPooling):
    """The mean over the frames in each step, ``[steps, columns]``.

    Args:
        columns: how many there are.
        windowing: of the task's input.
        step: seconds.
        stride: frames of the input from one frame of a window's numbers to the next.
    """

    def __init__(self, columns: int, windowing: Windowing, step: float, stride: int) -> None:
        self._windowing, self._stride = windowing, stride
        self._sides = [StepMeans(columns, windowing.hop / windowing.rate, step) for _ in range(2)]
        self._any = [False, False]  # of silence, heard
        self._frames = 0

    def add(self, windows: WindowLogits, logits: Floats) -> None:
        """Windows ``[N, frames, columns]``."""
        self._frames = -(-windows.samples // self._windowing.hop)
        for start, heard, frames in zip(windows.starts, windows.heard.tolist(), logits, strict=True):
            places = frame_places(start, frames, self._stride)
            inside = places < self._frames
            self._sides[heard].add(frames[inside], places[inside])
            self._any[heard] = True

    def pooled(self) -> Floats | None:
        """The means."""
        return self._sides[self._any[1]].means(self._frames) if any(self._any) else None


def frame_places(start: int, frames: Floats, stride: int) -> NDArray[np.int64]:
    """Where in the clip the frames ``[F, columns]`` of a window begin, in frames of the input."""
    return start + np.arange(len(frames), dtype=np.int64) * stride
