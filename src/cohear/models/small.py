"""The default encoder: the most accuracy that a second of CPU buys (``benchmarks/``)."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cohear.models.encoder import ENCODERS, Encoder, Layout
from cohear.models.masked import BandNorm, MaskedBatchNorm, Valid


class MaskedConvolution(nn.Module):
    """Convolution, batch norm over valid frames, ReLU; ``[B, C, T, D]`` in and out.

    Args:
        before, after: channels.
        kernel: frames, bands.
        stride: frames (1 or 2), bands.
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
        self.norm = MaskedBatchNorm(after)
        self._halves_time = stride[0] == 2

    def forward(self, sequence: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """The new sequence and its lengths; zeros beyond them."""
        sequence = self.convolution(sequence)
        if lengths is not None and self._halves_time:
            lengths = (lengths + 1) // 2
        return F.relu(self.norm(sequence, Valid.of(lengths, sequence.shape[2]))), lengths


@ENCODERS.register("small")
class Small(Encoder):
    """Strided convolutions, one residual block, a merge of all bands; then mean and maximum over time.

    The merge keeps which band something was in, where pooling over bands would lose it.

    Args:
        input_width: bands of a frame.
        width: factor on all channels.
        dropout: share of the embedding dropped in training.
    """

    layout: ClassVar[Layout] = "sequence"

    def __init__(self, input_width: int, width: float = 1.0, dropout: float = 0.2) -> None:
        super().__init__()
        first, second, third, merged = (8 * max(1, round(width * channels / 8)) for channels in (16, 48, 64, 128))
        self.input_norm = BandNorm(input_width)
        self.begin = nn.ModuleList(
            [
                MaskedConvolution(1, first, (5, 5), (2, 2), (2, 2)),
                MaskedConvolution(first, second, (3, 3), (2, 2)),
                MaskedConvolution(second, third, (3, 3), (1, 2)),
            ]
        )
        self.residual = MaskedConvolution(third, third, (3, 3))
        bands = -(-input_width // 8)
        self.merge = MaskedConvolution(third, merged, (1, bands), (1, 1), (0, 0), groups=2)
        self.dropout = nn.Dropout(dropout)
        self.embedding_width = 2 * merged

    def forward(self, features: Tensor, lengths: Tensor | None) -> Tensor:
        """``[B, T, D]`` to ``[B, embedding_width]``."""
        sequence = self.input_norm(features, lengths)[:, None]  # [B, 1, T, D]
        for layer in self.begin:
            sequence, lengths = layer(sequence, lengths)  # [B, C, T / 4, D / 8] in the end
        sequence = sequence + self.residual(sequence, lengths)[0]
        frames = self.merge(sequence, lengths)[0].flatten(2).float()  # [B, merged, T / 4]
        count = frames.shape[2] if lengths is None else lengths[:, None]
        # The maximum may see the zeros beyond the end: after a ReLU no frame is smaller.
        embedding: Tensor = self.dropout(torch.cat([frames.sum(2) / count, frames.amax(2)], dim=1))
        return embedding
