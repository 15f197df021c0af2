"""The network of the thesis that this project began as."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import ClassVar

from torch import Tensor, nn

from cohear.models.encoder import ENCODERS, Encoder, Layout
from cohear.models.masked import BandNorm, MaskedNorm, Valid, halve

LAYERS = 4


@ENCODERS.register("cnn")
class Cnn(Encoder):
    """Four times convolution 5x5, batch norm, ReLU and max-pool; then the maximum over time and bands.

    Args:
        input_width: bands of a frame.
        channels: of every convolution.
    """

    layout: ClassVar[Layout] = "sequence"
    widths: ClassVar[Mapping[str, float]] = {"channels": 1}

    def __init__(self, input_width: int, channels: int = 64) -> None:
        super().__init__()
        self.input_norm = BandNorm(input_width)
        widths = [1] + [channels] * LAYERS
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, 5, padding=2, bias=False) for before, after in pairwise(widths)
        )
        self.norms = nn.ModuleList(MaskedNorm(channels) for _ in range(LAYERS))
        self.embedding_width = channels

    def forward(self, features: Tensor, lengths: Tensor | None) -> Tensor:
        """``[B, T, D]`` to ``[B, channels]``."""
        valid = Valid.of(lengths, features.shape[1])
        sequence = self.input_norm(features, valid)
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            sequence = halve(norm(convolution(sequence), valid))
            valid = valid and valid.halved(sequence.shape[2])
        embedding: Tensor = sequence.float().amax(dim=(2, 3))
        return embedding
