"""The default encoder: learns in a tenth of the processor time that ``cnn`` takes (``benchmarks/encoders.py``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from torch import nn

from cohear.base.layout import Layout
from cohear.models.encoder import ENCODERS, Encoder, one_width
from cohear.models.masked import BandNorm, MaskedConvolution
from cohear.models.norms import Norms
from cohear.models.over_time import MeanAndMaximum
from cohear.models.windows import Windows


@ENCODERS.register("small")
class Small(Encoder):
    """Strided convolutions, one residual block, a merge of all bands; then mean and maximum over time.

    The merge keeps which band something was in, where pooling over bands would lose it.

    Args:
        input_widths: bands of a frame, the same for all tasks.
        width: factor on all channels.
        dropout: share of the embedding dropped in training.
        merged: a further factor on the channels of the merge alone.
        norm: whose statistics norms take, see :class:`cohear.models.norms.Norms`.
    """

    layout: ClassVar[Layout] = "sequence"
    widths: ClassVar[Mapping[str, float]] = {"width": 1 / 16, "merged": 1 / 64}
    stride = 4

    def __init__(
        self,
        input_widths: Mapping[str, int],
        width: float = 1.0,
        dropout: float = 0.2,
        merged: float = 1.0,
        norm: str = "shared",
    ) -> None:
        super().__init__()
        bands, norms = one_width(input_widths), Norms(norm, input_widths)
        first, second, third, last = (8 * max(1, round(width * channels / 8)) for channels in (16, 48, 64, 128))
        last = 2 * max(1, round(merged * last / 2))  # the merge is in two groups
        self.input_norm = BandNorm(bands, norms.of_bands(bands))
        self.first = MaskedConvolution(1, first, (5, 5), (2, 2), (2, 2), norm=norms.of_sequence(first))
        self.second = MaskedConvolution(first, second, (3, 3), (2, 2), norm=norms.of_sequence(second))
        # keeps the frames
        self.third = MaskedConvolution(second, third, (3, 3), (1, 2), norm=norms.of_sequence(third))
        self.residual = Residual(third, third, (3, 3), norm=norms.of_sequence(third))
        left = -(-bands // 8)
        self.merge = MaskedConvolution(third, last, (1, left), padding=(0, 0), groups=2, norm=norms.of_sequence(last))
        self.pool = MeanAndMaximum(dropout)
        self.gives = {"vector": 2 * last, "frames": last}

    def stages(self) -> Sequence[nn.Module]:
        """``[B, T, D]`` to ``[B, C, T / 4, D / 8]``, then ``[B, merged, T / 4, 1]``, then the embedding."""
        return (self.input_norm, self.first, self.second, self.third, self.residual, self.merge, self.pool)


class Residual(MaskedConvolution):
    """What goes in is added to what the convolution makes of it."""

    def forward(self, windows: Windows) -> Windows:
        """``[B, C, T, D]``, the same shape."""
        return windows.holding(windows.features + super().forward(windows).features)
