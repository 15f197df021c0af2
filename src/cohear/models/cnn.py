"""The network of the thesis that this project began as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar

from torch import nn

from cohear.base.layout import Layout
from cohear.models.encoder import ENCODERS, Encoder, one_width
from cohear.models.masked import BandNorm, MaskedConvolution, MaxPool
from cohear.models.norms import Norms
from cohear.models.windows import Embedding, Windows

LAYERS = 4


@ENCODERS.register("cnn")
class Cnn(Encoder):
    """Four times convolution 5x5, batch norm, ReLU and max-pool; then the maximum over time and bands.

    Args:
        input_widths: bands of a frame, the same for all tasks.
        channels: of every convolution.
        norm: whose statistics norms take, see :class:`cohear.models.norms.Norms`.
    """

    layout: ClassVar[Layout] = "sequence"
    widths: ClassVar[Mapping[str, float]] = {"channels": 1}
    stride = 2**LAYERS

    def __init__(self, input_widths: Mapping[str, int], channels: int = 64, norm: str = "shared") -> None:
        super().__init__()
        norms = Norms(norm, input_widths)
        bands = one_width(input_widths)
        self.input_norm = BandNorm(bands, norms.of_bands(bands))
        self.convolutions = nn.ModuleList(
            nn.Sequential(
                MaskedConvolution(before, after, (5, 5), padding=(2, 2), norm=norms.of_sequence(after)), MaxPool(2, 2)
            )
            for before, after in pairwise([1] + [channels] * LAYERS)
        )
        self.pool = Maximum()
        self.gives = {"vector": channels, "frames": channels}

    def stages(self) -> Sequence[nn.Module]:
        """``[B, T, D]`` to ``[B, channels, T / 16, D / 16]`` by halves, then the embedding."""
        return (self.input_norm, *self.convolutions, self.pool)


class Maximum(nn.Module):
    """A sequence ``[B, C, T, D]``, not negative, to its maximum; that of each frame is given too."""

    def forward(self, windows: Windows) -> Embedding:
        """``[B, C]`` and ``[B, T, C]``."""
        sequence = windows.features.float()
        return Embedding(sequence.amax(dim=(2, 3)), sequence.amax(dim=3).transpose(1, 2), windows.lengths)
