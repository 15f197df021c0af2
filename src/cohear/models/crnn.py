"""Convolutions, then a recurrent layer in both directions: what a frame means depends on the frames around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn

from cohear.base.layout import Layout
from cohear.models.encoder import ENCODERS, Encoder, one_width
from cohear.models.masked import BandNorm, MaskedConvolution, MaxPool, UnitDropout, masked_frames
from cohear.models.norms import Norms
from cohear.models.over_time import Mean, MeanAndMaximum
from cohear.models.windows import Embedding, Windows

BRANCHES = ("recurrent", "convolutional")
POOLS = ((2, 4), (1, 4), (1, 2))
"""Frames and bands that become one behind each convolution."""


@ENCODERS.register("crnn")
class Crnn(Encoder):
    """Three convolutions 3x3, each with max-pool, then gated recurrent units in both directions (Tonami et al. 2019).

    Frames are what the recurrent layer says of each. The vector is their mean, or comes, as scenes do there beside
    events, of a convolutional branch of its own, which is not behind the recurrent layer.

    Args:
        input_widths: bands of a frame, the same for all tasks.
        channels: of each convolution.
        hidden: recurrent units in each direction.
        dropout: share of units dropped in training, each in all frames of a window.
        vector: of which branch the vector comes, ``recurrent`` or ``convolutional``.
        norm: whose statistics norms take, see :class:`cohear.models.norms.Norms`.
    """

    layout: ClassVar[Layout] = "sequence"
    widths: ClassVar[Mapping[str, float]] = {"channels": 1, "hidden": 1}
    stride = 2

    def __init__(
        self,
        input_widths: Mapping[str, int],
        channels: int = 48,
        hidden: int = 48,
        dropout: float = 0.2,
        vector: Literal["recurrent", "convolutional"] = "recurrent",
        norm: str = "shared",
    ) -> None:
        super().__init__()
        if vector not in BRANCHES:
            raise ValueError(f"vector must be {' or '.join(BRANCHES)}, not {vector!r}")
        norms, bands, before = Norms(norm, input_widths), one_width(input_widths), 1
        self.input_norm = BandNorm(bands, norms.of_bands(bands))
        self.convolutions = nn.ModuleList()
        for frames, width in POOLS:
            convolution = MaskedConvolution(before, channels, (3, 3), norm=norms.of_sequence(channels))
            self.convolutions.append(nn.Sequential(convolution, MaxPool(frames, width)))
            before, bands = channels, -(-bands // width)
        scene = Scene(channels, dropout, norms) if vector == "convolutional" else None
        self.branches = Branches(channels * bands, hidden, dropout, scene)
        self.gives = {"vector": 2 * channels if scene else 2 * hidden, "frames": 2 * hidden}

    def stages(self) -> Sequence[nn.Module]:
        """``[B, T, D]`` to ``[B, channels, T / 2, D / 32]`` by steps, then the embedding."""
        return (self.input_norm, *self.convolutions, self.branches)


class Branches(nn.Module):
    """The recurrent branch, and beside it perhaps one for scenes.

    Args:
        width: numbers of a frame that goes in, over all channels and bands.
        hidden: recurrent units in each direction.
        dropout: share of units dropped in training.
        scene: gives the vector; None where it is the mean of the frames.
    """

    def __init__(self, width: int, hidden: int, dropout: float, scene: nn.Module | None) -> None:
        super().__init__()
        self.recurrent, self.scene, self.mean = BothWays(width, hidden, dropout), scene, Mean()

    def forward(self, windows: Windows) -> Embedding:
        """``[B, C, T, D]`` to ``[B, width]`` and ``[B, T, 2 * hidden]``."""
        frames = windows.features.permute(0, 2, 1, 3).flatten(2)  # [B, T, C * D]
        behind: Embedding = self.mean(self.recurrent(windows.holding(frames)))
        if self.scene is None:
            return behind
        of_scene: Embedding = self.scene(windows)
        return Embedding(of_scene.vector, behind.frames, behind.lengths)


class BothWays(nn.Module):
    """Gated recurrent units (Cho et al. 2014) from the first frame on, and from each row's last one back.

    Args:
        width: of a frame.
        hidden: units in each direction.
        dropout: share of units dropped in training, each in all frames of a window.
    """

    def __init__(self, width: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.onwards = nn.GRU(width, hidden, batch_first=True)
        self.back = nn.GRU(width, hidden, batch_first=True)
        self.dropout = UnitDropout(dropout)

    def forward(self, windows: Windows) -> Windows:
        """``[B, T, width]`` to ``[B, T, 2 * hidden]``; zeros beyond each row's length."""
        frames = windows.features.float()  # what is added up over many frames is so in full precision
        with torch.autocast(frames.device.type, enabled=False):
            onwards: Tensor = self.onwards(frames)[0]
            back: Tensor = _turned(self.back(_turned(frames, windows.lengths))[0], windows.lengths)
        made = torch.cat([onwards, back], dim=2)
        return masked_frames(windows.holding(self.dropout(made)))


class Scene(nn.Module):
    """A convolution 3x3 with max-pool; the maximum over bands, then mean and maximum over time.

    Args:
        channels: that go in and come out.
        dropout: share of the vector dropped in training.
        norms: makes the norm.
    """

    def __init__(self, channels: int, dropout: float, norms: Norms) -> None:
        super().__init__()
        self.convolution = MaskedConvolution(channels, channels, (3, 3), norm=norms.of_sequence(channels))
        self.halve, self.pool = MaxPool(2, 1), MeanAndMaximum(dropout)

    def forward(self, windows: Windows) -> Embedding:
        """``[B, C, T, D]`` to ``[B, 2 * C]``."""
        halved: Windows = self.halve(self.convolution(windows))
        pooled: Embedding = self.pool(halved.holding(halved.features.amax(dim=3, keepdim=True)))
        return pooled


def _turned(frames: Tensor, lengths: Tensor | None) -> Tensor:
    """``[B, T, D]`` with the valid frames of each row in the opposite order, before what lies beyond."""
    if lengths is None:
        return frames.flip(1)
    time = torch.arange(frames.shape[1], device=frames.device)[None, :]
    places = torch.where(time < lengths[:, None], lengths[:, None] - 1 - time, time)  # [B, T]
    return frames.gather(1, places[..., None].expand(-1, -1, frames.shape[2]))
