"""What clips and windows should become, as arrays that target kinds alone look into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Targets:
    """Encoded labels of N clips.

    Attributes:
        values: ``[N, ...]``, float32 or int64, whatever the kind's loss reads.
        known: ``[N, ...]`` bool, what of it is known; the rest never enters a loss or a score.
    """

    values: NDArray[Any]
    known: NDArray[np.bool_]

    def take(self, rows: NDArray[np.int64]) -> Targets:
        """The targets of some clips, in the order asked for."""
        return Targets(self.values[rows], self.known[rows])

    def in_score(self, scored: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """``[N]``, the clips whose one label is known and is among those that enter the score, ``[labels]``."""
        found: NDArray[np.bool_] = self.known & scored[self.values]
        return found

    @classmethod
    def joined(cls, parts: Sequence[Targets]) -> Targets:
        """One after the other."""
        return cls(np.concatenate([part.values for part in parts]), np.concatenate([part.known for part in parts]))


@dataclass(frozen=True)
class ClipOutputs:
    """What is said of N clips: a row of numbers each, or several, one after the other in time.

    Attributes:
        values: ``[R, outputs]``, clip by clip; float32 as a network gives them.
        rows: ``[N]``, how many of them each clip has.
    """

    values: NDArray[Any]
    rows: NDArray[np.int64]

    @classmethod
    def one_each(cls, values: NDArray[Any]) -> ClipOutputs:
        """Of clips ``[N, outputs]`` that have a row each."""
        return cls(values, np.ones(len(values), dtype=np.int64))

    @property
    def clips(self) -> NDArray[np.int64]:
        """``[R]``, the clip of each row, as a position in 0..N-1."""
        return np.repeat(np.arange(len(self.rows), dtype=np.int64), self.rows)

    def by_clip(self) -> list[NDArray[Any]]:
        """The rows of each clip."""
        return np.split(self.values, np.cumsum(self.rows)[:-1]) if len(self.rows) else []


@dataclass(frozen=True)
class WindowTargets:
    """What B windows should become, as a loss reads it.

    Attributes:
        values: ``[B, ...]``.
        known: ``[B, ...]`` bool, what of it is known.
    """

    values: Tensor
    known: Tensor

    @classmethod
    def of(cls, targets: Targets) -> WindowTargets:
        """Of arrays."""
        import torch  # noqa: PLC0415 - keeps torch out of commands that never train

        return cls(torch.from_numpy(targets.values), torch.from_numpy(targets.known))

    def sent(self, send: Callable[[Tensor], Tensor]) -> WindowTargets:
        """The same with every tensor sent somewhere."""
        return WindowTargets(send(self.values), send(self.known))


@dataclass(frozen=True)
class WindowPlaces:
    """Where B windows lie in their clips.

    Frame ``t`` of a window is at ``(start + t) * tempo`` frames of its clip. Frame ``k`` of an embedding, and of what
    a head makes of it, is about frames of the window from ``k * stride`` on.

    Attributes:
        clips: ``[B]`` which clip, as a position among those that are spoken of.
        starts: ``[B]`` first frame.
        lengths: ``[B]`` frames that the clip fills; the rest of a window is beyond its end.
        tempo: ``[B]`` how much faster than the clip a window is played, 1 where nothing is augmented.
        frame_seconds: from one frame of a clip to the next.
        stride: of the encoder, where it gives frames.
        heard: ``[B, W]`` bool, in which of their W frames there is more than silence; None where that is in all.
    """

    clips: NDArray[np.int64]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    tempo: NDArray[np.float64]
    frame_seconds: float
    stride: int = 1
    heard: NDArray[np.bool_] | None = None

    def heard_places(self, window: int) -> NDArray[np.int64]:
        """The frames of the clip in which a window, by its number, holds more than silence."""
        length = int(self.lengths[window])
        own = np.arange(length) if self.heard is None else np.flatnonzero(self.heard[window, :length])
        return np.asarray(self.starts[window] + own)
