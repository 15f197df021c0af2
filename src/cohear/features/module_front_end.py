"""The module front-end: a network in PyTorch that was learnt elsewhere, in the forms of X-ARES and HEAR."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from cohear.base.arrays import Floats
from cohear.base.assets import Asset
from cohear.base.errors import UserError
from cohear.features.code_file import CodeFile
from cohear.features.excerpts import Excerpts
from cohear.features.front_end import FRONT_ENDS, demand
from cohear.features.learnt_frames import LearntFrames
from cohear.features.pooling import FramePooling

if TYPE_CHECKING:
    from cohear.features.learnt_module import LearntModule

AT_ONCE = 16
LEAST_SECONDS = 0.1
"""Of a waveform that a network is given as a whole; zeros follow a shorter one."""


@FRONT_ENDS.register("module")
@dataclass(frozen=True)
class Module(LearntFrames):
    """Frames of a network: one an excerpt, or those that it gives of whole clips.

    Args:
        module: code of the network: a class in the form of X-ARES (waveforms ``[B, S]`` to frames ``[B, T, D]``, with
            ``sampling_rate``, ``output_dim`` and ``hop_size_in_ms``), or a file in the form of HEAR (``load_model``,
            ``get_timestamp_embeddings``, ``get_scene_embeddings``).
        weights: for it, in safetensors; a file in the form of HEAR is given the path.
        window, hop: samples of an excerpt and from one to the next; without them it is given whole clips.
        pool: over the frames of a window.
    """

    name: ClassVar[str] = "module"
    version: ClassVar[int] = 1
    libraries: ClassVar[tuple[str, ...]] = ("torch",)

    module: CodeFile
    weights: Asset | None = None
    window: int | None = None
    hop_samples: int | None = None
    pool: FramePooling = "none"

    def __post_init__(self) -> None:
        sizes = self.window, self.hop_samples
        demand(
            {
                "window and hop_samples must be given together": (self.window is None) == (self.hop_samples is None),
                "window and hop_samples must be at least 1": all(size is None or size >= 1 for size in sizes),
            },
            self,
        )
        _ = self.frame_width  # a network that fails is told now

    @cached_property
    def network(self) -> LearntModule:
        """The network, whatever form it has."""
        from cohear.features.learnt_module import learnt_module  # noqa: PLC0415 - torch

        return learnt_module(self.module, self.weights, of_excerpts=self.window is not None)

    @property
    def excerpts(self) -> Excerpts | None:
        """How excerpts lie on samples; None where whole clips are given."""
        return None if self.window is None or self.hop_samples is None else Excerpts(self.window, self.hop_samples)

    @property
    def rate(self) -> int:
        """That the network states."""
        return self.network.rate

    @property
    def hop(self) -> int:
        """Samples from one frame to the next."""
        return self.hop_samples or self.network.hop

    @property
    def reach(self) -> int | None:
        """An excerpt; any sample, where whole clips are given."""
        return self.window

    @property
    def context(self) -> tuple[int, int]:
        """Frames whose excerpts reach over the edge, or are moved away from it; none, where whole clips are given."""
        return (0, 0) if self.excerpts is None else (self.excerpts.around, self.excerpts.around)

    @cached_property
    def frame_width(self) -> int:
        """That the network gives."""
        return int(self._of_clip(np.zeros(1, np.float32)).shape[1])

    def frames_of(self, samples: int) -> int:
        """``ceil(samples / hop)``."""
        return -(-samples // self.hop)

    def _of_clip(self, clip: Floats) -> Floats:
        if self.excerpts is not None:
            cut = self.excerpts.cut(clip, len(clip))
            parts = [self.network.run(cut[first : first + AT_ONCE]) for first in range(0, len(cut), AT_ONCE)]
            return np.concatenate([part.mean(axis=1, dtype=np.float32) for part in parts])
        least = round(LEAST_SECONDS * self.rate)
        (made,) = self.network.run(np.pad(clip, (0, max(least - len(clip), 0)))[None])
        if not len(made):
            raise UserError(f"front-end {self.name!r}: its network gives no frame of {len(clip)} samples; give window")
        frames: Floats = made[np.minimum(np.arange(self.frames_of(len(clip))), len(made) - 1)]
        return frames
