"""The module front-end: a network in PyTorch that was learnt elsewhere, in the forms of X-ARES and HEAR."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from cohear.base.assets import Asset
from cohear.features.code_file import CodeFile
from cohear.features.front_end import FRONT_ENDS
from cohear.features.learnt_network import LearntNetwork
from cohear.features.pooling import FramePooling

if TYPE_CHECKING:
    from cohear.features.learnt_module import LearntModule


@FRONT_ENDS.register("module")
@dataclass(frozen=True)
class Module(LearntNetwork):
    """Frames of a network whose code is given.

    Args:
        module: code of the network: a class in the form of X-ARES (waveforms ``[B, S]`` to frames ``[B, T, D]``, with
            ``sampling_rate``, ``output_dim`` and ``hop_size_in_ms``), or a file in the form of HEAR (``load_model``,
            ``get_timestamp_embeddings``, ``get_scene_embeddings``).
        weights: for it, in safetensors; a file in the form of HEAR is given the path.
        window, hop_samples: of an excerpt and from one to the next; without them it is given whole clips.
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

    @cached_property
    def network(self) -> LearntModule:
        """The network, whatever form it has."""
        from cohear.features.learnt_module import learnt_module  # noqa: PLC0415 - torch

        return learnt_module(self.module, self.weights, of_excerpts=self.window is not None)
