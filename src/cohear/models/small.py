"""The default encoder: learns in a tenth of the processor time that ``cnn`` takes (``benchmarks/encoders.py``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from cohear.models.encoder import ENCODERS, Encoder, Layout
from cohear.models.masked import BandNorm, MaskedNorm, Valid


class MaskedConvolution(nn.Module):
    """Convolution, batch norm over valid frames, ReLU; ``[B, C, T, D]`` in and out.

    Args:
        before, after: channels.
        kernel: frames, bands.
        stride: frames, bands.
        padding: frames, bands.
        groups: of channels.
    """

    def __init__(
        self,
        before: int,
        after: int,
        kernel: tuple[int, int],
        stride: tuple[int, int] = (1, 1),
        padding: tuple[int, int] = (1, 1),
        groups: int = 1,
    ) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(before, after, kernel, stride, padding, groups=groups, bias=False)
        self.norm = MaskedNorm(after)

    def forward(self, sequence: Tensor, valid: Valid | None) -> Tensor:
        """The new sequence; ``valid`` are its frames, and beyond them it is zero."""
        normal: Tensor = self.norm(self.convolution(sequence), valid)
        return normal


@ENCODERS.register("small")
class Small(Encoder):
    """Strided convolutions, one residual block, a merge of all bands; then mean and maximum over time.

    The merge keeps which band something was in, where pooling over bands would lose it.

    Args:
        input_width: bands of a frame.
        width: factor on all channels.
        dropout: share of the embedding dropped in training.
        merged: a further factor on the channels of the merge alone.
    """

    layout: ClassVar[Layout] = "sequence"
    widths: ClassVar[Mapping[str, float]] = {"width": 1 / 16, "merged": 1 / 64}

    def __init__(self, input_width: int, width: float = 1.0, dropout: float = 0.2, merged: float = 1.0) -> None:
        super().__init__()
        first, second, third, last = (8 * max(1, round(width * channels / 8)) for channels in (16, 48, 64, 128))
        last = 2 * max(1, round(merged * last / 2))  # the merge is in two groups
        self.input_norm = BandNorm(input_width)
        self.first = MaskedConvolution(1, first, (5, 5), (2, 2), (2, 2))
        self.second = MaskedConvolution(first, second, (3, 3), (2, 2))
        self.third = MaskedConvolution(second, third, (3, 3), (1, 2))  # keeps the frames
        self.residual = MaskedConvolution(third, third, (3, 3))
        bands = -(-input_width // 8)
        self.merge = MaskedConvolution(third, last, (1, bands), padding=(0, 0), groups=2)
        self.dropout = nn.Dropout(dropout)
        self.embedding_width = 2 * last

    def forward(self, features: Tensor, lengths: Tensor | None) -> Tensor:
        """``[B, T, D]`` to ``[B, embedding_width]``."""
        valid = Valid.of(lengths, features.shape[1])
        sequence = self.input_norm(features, valid)  # [B, 1, T, D]
        for layer in (self.first, self.second):
            valid = valid and valid.halved(-(-sequence.shape[2] // 2))
            sequence = layer(sequence, valid)  # [B, C, T / 4, D / 4] in the end
        sequence = self.third(sequence, valid)  # [B, C, T / 4, D / 8]
        sequence = sequence + self.residual(sequence, valid)
        frames = self.merge(sequence, valid).flatten(2).float()  # [B, merged, T / 4]
        count = frames.shape[2] if valid is None else valid.lengths[:, None]
        # The maximum may see the zeros beyond the end: after a ReLU no frame is smaller.
        embedding: Tensor = self.dropout(torch.cat([frames.sum(2) / count, frames.amax(2)], dim=1))
        return embedding
