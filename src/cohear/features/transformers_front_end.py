"""The transformers front-end: a layer of a network that Hugging Face's library has saved into a folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from cohear.base.assets import Asset
from cohear.features.front_end import FRONT_ENDS, demand
from cohear.features.learnt_network import LearntNetwork
from cohear.features.made_for import Scale, refuse_wrong_scale
from cohear.features.pooling import FramePooling

if TYPE_CHECKING:
    from cohear.features.learnt_module import LearntModule


@FRONT_ENDS.register("transformers")
@dataclass(frozen=True)
class Transformers(LearntNetwork):
    """Frames that a layer of a network gives; nothing is ever fetched from anywhere.

    Args:
        path: folder that ``save_pretrained`` wrote the model into, and its feature extractor beside it.
        layer: 0 is what enters the first, -1 what the network gives in the end.
        window, hop_samples: of an excerpt and from one to the next; without them it is given whole clips.
        pool: over the frames of a window.
        sampling_rate: in Hz that it was made for, where there is no feature extractor that states it.
        scale: of the samples that it was made for, likewise.
    """

    name: ClassVar[str] = "transformers"
    version: ClassVar[int] = 1
    libraries: ClassVar[tuple[str, ...]] = ("torch", "transformers")
    libraries_if_there: ClassVar[tuple[str, ...]] = ("torchaudio",)
    """Some feature extractors make spectrograms with it."""
    extra: ClassVar[str] = "transformers"

    path: Asset
    layer: int = -1
    window: int | None = None
    hop_samples: int | None = None
    pool: FramePooling = "none"
    sampling_rate: int | None = None
    scale: Scale | None = None

    def __post_init__(self) -> None:
        demand({"sampling_rate must be positive": self.sampling_rate is None or self.sampling_rate > 0}, self)
        super().__post_init__()
        if self.scale is not None:
            refuse_wrong_scale(self.name, self.scale, lambda clip, factor: self._of_clip(clip * factor))

    @cached_property
    def network(self) -> LearntModule:
        """The network up to the layer."""
        from cohear.features.learnt_transformer import learnt_transformer  # noqa: PLC0415 - torch, and an extra

        return learnt_transformer(self.path, self.layer, self.window, self.sampling_rate, self.scale)
