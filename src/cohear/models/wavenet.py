"""A WaveNet trunk: gated convolutions over time whose view grows by powers of two, and which never look ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cohear.base.layout import Layout
from cohear.models.encoder import ENCODERS, Encoder, one_width
from cohear.models.masked import BandNorm, MaskedConvolution, masked_sequence
from cohear.models.norms import Norms
from cohear.models.over_time import MeanAndMaximum
from cohear.models.windows import Windows


@ENCODERS.register("wavenet")
class WaveNet(Encoder):
    """Dilated causal convolutions with gates, residuals and skips; then mean and maximum over time.

    They are those of van den Oord et al. (2016), on the frames of a front-end; Lee et al. (2019) share such a trunk. A
    frame of the embedding hears its own and ``stacks * (2 ** layers - 1)`` before it.

    Args:
        input_widths: bands of a frame, the same for all tasks.
        channels: of every convolution.
        stacks: how often dilations begin anew.
        layers: of a stack; their dilations are 1, 2, 4 and so on.
        dropout: share of the embedding dropped in training.
        norm: whose statistics the norms of the input and of the embedding take, see
            :class:`cohear.models.norms.Norms`.
    """

    layout: ClassVar[Layout] = "sequence"
    widths: ClassVar[Mapping[str, float]] = {"channels": 1}

    def __init__(
        self,
        input_widths: Mapping[str, int],
        channels: int = 40,
        stacks: int = 2,
        layers: int = 6,
        dropout: float = 0.2,
        norm: str = "shared",
    ) -> None:
        super().__init__()
        if min(stacks, layers) < 1:
            raise ValueError(f"stacks and layers must be at least 1, not {stacks} and {layers}")
        bands, norms = one_width(input_widths), Norms(norm, input_widths)
        self.input_norm = BandNorm(bands, norms.of_bands(bands))
        self.first = Entry(bands, channels)
        dilations = [2**layer for layer in range(layers)] * stacks
        self.layers = nn.ModuleList(Gated(channels, dilation) for dilation in dilations[:-1])
        self.layers.append(Gated(channels, dilations[-1], last=True))
        self.merge = MaskedConvolution(channels, channels, (1, 1), padding=(0, 0), norm=norms.of_sequence(channels))
        self.pool = MeanAndMaximum(dropout)
        self.gives = {"vector": 2 * channels, "frames": channels}

    def stages(self) -> Sequence[nn.Module]:
        """``[B, T, D]`` to ``[B, 2 * channels, T, 1]`` (what goes on, and skips), to the skips, to the embedding."""
        return (self.input_norm, self.first, *self.layers, self.merge, self.pool)


class Entry(nn.Module):
    """A layer on all bands of a frame, beside skips of nothing.

    Args:
        bands: of a frame.
        channels: that come out.
    """

    def __init__(self, bands: int, channels: int) -> None:
        super().__init__()
        self.layer = nn.Conv2d(bands, channels, 1, bias=False)

    def forward(self, windows: Windows) -> Windows:
        """``[B, 1, T, D]`` to ``[B, 2 * channels, T, 1]``."""
        made: Tensor = self.layer(windows.features.permute(0, 3, 2, 1))
        return windows.holding(torch.cat([made, torch.zeros_like(made)], dim=1))


class Gated(nn.Module):
    """A dilated causal convolution of two frames through a gate; it is added to what goes on, and to the skips.

    Args:
        channels: of each of the two.
        dilation: frames from the earlier one to this one.
        last: whether nothing goes on; the skips are then rectified.
    """

    def __init__(self, channels: int, dilation: int, *, last: bool = False) -> None:
        super().__init__()
        self.last, self._dilation = last, dilation
        self.convolution = nn.Conv2d(channels, 2 * channels, (2, 1), dilation=(dilation, 1))
        self.out = nn.Conv2d(channels, channels if last else 2 * channels, 1)

    def forward(self, windows: Windows) -> Windows:
        """``[B, 2 * channels, T, 1]``, the same shape; of the last one ``[B, channels, T, 1]``."""
        onwards, skips = windows.features.chunk(2, dim=1)
        value, gate = self.convolution(F.pad(onwards, (0, 0, self._dilation, 0))).chunk(2, dim=1)
        made: Tensor = self.out(value.tanh() * gate.sigmoid())
        return masked_sequence(windows.holding(F.relu(skips + made) if self.last else windows.features + made))
