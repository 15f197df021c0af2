"""BC-ResNet: few weights for much (Kim et al. 2021, Broadcasted residual learning for efficient keyword spotting)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, NamedTuple

from torch import Tensor, nn
from torch.nn import functional as F

from cohear.base.layout import Layout
from cohear.models.encoder import ENCODERS, Encoder, one_width
from cohear.models.masked import BandNorm, MaskedConvolution
from cohear.models.norms import Norms
from cohear.models.over_time import MeanAndMaximum
from cohear.models.windows import Windows


class BlockGroup(NamedTuple):
    """Blocks of the same channels.

    Attributes:
        blocks: how many.
        channels: at width 1.
        stride: in bands, of the first block.
    """

    blocks: int
    channels: int
    stride: int


FIRST, LAST = 16, 32
"""Channels before and behind the blocks, at width 1."""
GROUPS = (BlockGroup(2, 8, 1), BlockGroup(2, 12, 2), BlockGroup(4, 16, 2), BlockGroup(4, 20, 1))
"""The blocks of one group are dilated in time by twice as much as those of the group before."""
MOST_PARTS = 5
"""Of the bands, which are normalised apart."""


@ENCODERS.register("bcresnet")
class BcResNet(Encoder):
    """A convolution, twelve blocks with broadcasted residuals, a merge of all bands; then mean and maximum over time.

    A width of 1 is the paper's BC-ResNet-1, of 8 its BC-ResNet-8. There every frame is kept, which takes twice as long,
    and the mean is all that is pooled.

    Args:
        input_widths: bands of a frame, the same for all tasks.
        width: factor on all channels.
        every: of so many frames one is kept.
        dropout: share of channels dropped in each block in training, and of the embedding.
        norm: whose statistics norms take, see :class:`cohear.models.norms.Norms`.
    """

    layout: ClassVar[Layout] = "sequence"
    widths: ClassVar[Mapping[str, float]] = {"width": 1 / 32}

    def __init__(
        self,
        input_widths: Mapping[str, int],
        width: float = 2.0,
        every: int = 2,
        dropout: float = 0.1,
        norm: str = "shared",
    ) -> None:
        super().__init__()
        if every < 1:
            raise ValueError(f"every must be at least 1, not {every}")
        self.stride = every
        bands, norms = one_width(input_widths), Norms(norm, input_widths)
        before, last = (max(1, round(width * channels)) for channels in (FIRST, LAST))
        self.input_norm = BandNorm(bands, norms.of_bands(bands))
        self.first = MaskedConvolution(1, before, (5, 5), (every, 2), (2, 2), norm=norms.of_sequence(before))
        bands = halved(bands)
        self.blocks = nn.ModuleList()
        for number, group in enumerate(GROUPS):
            for block in range(group.blocks):
                after, stride = max(1, round(width * group.channels)), group.stride if block == 0 else 1
                self.blocks.append(Broadcast(before, after, bands, stride, 2**number, dropout, norms))
                before, bands = after, halved(bands) if stride == 2 else bands
        self.merge = Merge(before, last, bands, norms)
        self.pool = MeanAndMaximum(dropout)
        self.gives = {"vector": 2 * last, "frames": last}

    def stages(self) -> Sequence[nn.Module]:
        """``[B, T, D]`` to ``[B, C, T / every, D / 2]``, ``[B, C, T / every, D / 8]``, then all bands merged."""
        return (self.input_norm, self.first, *self.blocks, self.merge, self.pool)


class Broadcast(nn.Module):
    """What is found in bands, and what is found in time of their mean, which is added to every band.

    Args:
        before, after: channels; where they are the same, and the bands too, what goes in is added as well.
        bands: that go in.
        stride: in bands.
        dilation: in time.
        dropout: share of channels dropped in training.
        norms: makes the norms.
    """

    def __init__(
        self, before: int, after: int, bands: int, stride: int, dilation: int, dropout: float, norms: Norms
    ) -> None:
        super().__init__()
        self.residual = before == after and stride == 1
        self.change = None
        if before != after:
            self.change = MaskedConvolution(before, after, (1, 1), padding=(0, 0), norm=norms.of_sequence(after))
        self.in_bands = MaskedConvolution(
            after,
            after,
            (1, 3),
            (1, stride),
            (0, 1),
            groups=after,
            norm=SubSpectralNorm(after, halved(bands) if stride == 2 else bands, norms),
        )
        self.in_time = MaskedConvolution(
            after,
            after,
            (3, 1),
            padding=(dilation, 0),
            groups=after,
            norm=norms.of_sequence(after, rectify=False),
            dilation=(dilation, 1),
        )
        self.mix = nn.Conv2d(after, after, 1, bias=False)
        self.dropout = nn.Dropout2d(dropout)

    def forward(self, windows: Windows) -> Windows:
        """``[B, before, T, D]`` to ``[B, after, T, ceil(D / stride)]``, not negative."""
        changed = windows if self.change is None else self.change(windows)
        found: Windows = self.in_bands(changed)
        timed = self.in_time(found.holding(found.features.mean(dim=3, keepdim=True)))
        mixed: Tensor = self.dropout(self.mix(F.silu(timed.features)))  # [B, after, T, 1]
        total = found.features + mixed
        return found.holding(F.relu(total + windows.features if self.residual else total))


class SubSpectralNorm(nn.Module):
    """Norms that part the bands: low and high ones have statistics and weights of their own (Chang et al. 2021).

    Args:
        channels: of the sequence.
        bands: of it; as many parts as divide them, :data:`MOST_PARTS` at most.
        norms: makes the norm.
    """

    def __init__(self, channels: int, bands: int, norms: Norms) -> None:
        super().__init__()
        self.parts = max(parts for parts in range(1, MOST_PARTS + 1) if bands % parts == 0)
        self.norm = norms.of_sequence(channels * self.parts, rectify=False)

    def forward(self, windows: Windows) -> Windows:
        """Normalise ``[B, C, T, D]``; zeros beyond each row's length."""
        batch, channels, time, bands = windows.features.shape
        apart = windows.features.reshape(batch, channels, time, self.parts, bands // self.parts)
        apart = apart.permute(0, 3, 1, 2, 4).flatten(1, 2)  # [B, parts * C, T, D / parts]
        normal: Windows = self.norm(windows.holding(apart))
        together = normal.features.reshape(batch, self.parts, channels, time, bands // self.parts)
        return windows.holding(together.permute(0, 2, 3, 1, 4).flatten(3))


class Merge(MaskedConvolution):
    """All bands of five frames to one number a channel, then a layer over channels.

    Args:
        before, after: channels.
        bands: that go in.
        norms: makes the norm.
    """

    def __init__(self, before: int, after: int, bands: int, norms: Norms) -> None:
        super().__init__(before, after, (1, 1), padding=(0, 0), norm=norms.of_sequence(after))
        self.bands = nn.Conv2d(before, before, (5, bands), padding=(2, 0), groups=before, bias=False)

    def forward(self, windows: Windows) -> Windows:
        """``[B, before, T, D]`` to ``[B, after, T, 1]``."""
        return super().forward(windows.holding(self.bands(windows.features)))


def halved(bands: int) -> int:
    """Bands behind a stride of two."""
    return -(-bands // 2)
