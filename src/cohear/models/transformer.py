"""A small transformer on patches of the spectrogram (as Gong et al. 2021, but learnt from nothing)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cohear.base.layout import Layout
from cohear.models.encoder import ENCODERS, Encoder, one_width
from cohear.models.masked import BandNorm, UnitDropout, Valid, masked_frames, masked_sequence, steps
from cohear.models.norms import Norms
from cohear.models.over_time import Mean
from cohear.models.windows import Embedding, Windows

SLOWEST = 10_000.0
"""Patches of the slowest wave that tells a place in time (Vaswani et al. 2017)."""


@ENCODERS.register("transformer")
class Transformer(Encoder):
    """Patches of some frames and bands, each told where it lies; layers of attention among them; then their mean.

    Places in time are told by waves, so that windows may have any length; places in frequency are learnt. A patch that
    begins beyond a row's length is seen by no other.

    Args:
        input_widths: bands of a frame, the same for all tasks.
        width: numbers of a patch.
        layers: of attention.
        heads: of each; they share the width.
        hidden: units between the two layers on each patch.
        frames, bands: of a patch.
        dropout: share of numbers dropped in training behind each half of a layer, each in all patches of a window.
        norm: whose statistics the input norm takes, see :class:`cohear.models.norms.Norms`; within the layers each
            patch has its own.
    """

    layout: ClassVar[Layout] = "sequence"
    widths: ClassVar[Mapping[str, float]] = {"hidden": 1}

    def __init__(
        self,
        input_widths: Mapping[str, int],
        width: int = 64,
        layers: int = 4,
        heads: int = 4,
        hidden: int = 128,
        frames: int = 8,
        bands: int = 16,
        dropout: float = 0.1,
        norm: str = "shared",
    ) -> None:
        super().__init__()
        if min(width, layers, heads, hidden, frames, bands) < 1:
            raise ValueError("width, layers, heads, hidden, frames and bands must be at least 1")
        if width % (2 * heads):
            raise ValueError(f"width must be a multiple of twice the heads ({2 * heads}), not {width}")
        given = one_width(input_widths)
        self.stride = frames
        self.input_norm = BandNorm(given, Norms(norm, input_widths).of_bands(given))
        self.patches = Patches(given, width, (frames, bands))
        self.layers = nn.ModuleList(Layer(width, heads, hidden, dropout) for _ in range(layers))
        self.pool = OverPatches(width)
        self.gives = {"vector": width, "frames": width}

    def stages(self) -> Sequence[nn.Module]:
        """``[B, T, D]`` to ``[B, width, T / frames, D / bands]``, after each layer too, then the embedding."""
        return (self.input_norm, self.patches, *self.layers, self.pool)


class Patches(nn.Module):
    """A layer on each patch, to which its place is added.

    Args:
        bands: of a frame.
        width: numbers of a patch.
        size: frames and bands of a patch; zeros fill up those at the end.
    """

    def __init__(self, bands: int, width: int, size: tuple[int, int]) -> None:
        super().__init__()
        self.size = size
        self.layer = nn.Conv2d(1, width, size, size)
        self.in_frequency = nn.Parameter(0.02 * torch.randn(width, 1, -(-bands // size[1])))

    def forward(self, windows: Windows) -> Windows:
        """``[B, 1, T, D]`` to ``[B, width, T / frames, D / bands]``; zeros beyond each row's length."""
        missing = [-size % step for size, step in zip(windows.features.shape[2:], self.size, strict=True)]
        made: Tensor = self.layer(F.pad(windows.features, (0, missing[1], 0, missing[0])))
        made = made + self.in_frequency + waves(made.shape[2], made.shape[1], made.device)[:, :, None]
        return masked_sequence(Windows(made, steps(windows.lengths, self.size[0]), windows.spans))


class Layer(nn.Module):
    """Attention of each patch to all, then two layers on each; a norm before each half, what goes in added behind it.

    Args:
        width: numbers of a patch.
        heads: of the attention.
        hidden: units between the two layers on each patch.
        dropout: share of numbers dropped in training behind each half, each in all patches of a window.
    """

    def __init__(self, width: int, heads: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention, self.before_layers = nn.LayerNorm(width), nn.LayerNorm(width)
        self.asked, self.told = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.dropout = UnitDropout(dropout)

    def forward(self, windows: Windows) -> Windows:
        """``[B, width, T, D]``, the same shape; zeros beyond each row's length."""
        time, bands = windows.features.shape[2:]
        patches = windows.features.flatten(2).transpose(1, 2).float()  # [B, T * D, width]
        valid = Valid.of(windows.lengths, time)
        seen = None if valid is None else valid.mask.repeat_interleave(bands, dim=1)[:, None, None, :]
        patches = patches + self.dropout(self._attention(self.before_attention(patches), seen))
        patches = patches + self.dropout(self.narrow(F.gelu(self.wide(self.before_layers(patches)))))
        return masked_sequence(windows.holding(patches.transpose(1, 2).unflatten(2, (time, bands))))

    def _attention(self, patches: Tensor, seen: Tensor | None) -> Tensor:
        """What each patch ``[B, N, width]`` takes of those that are ``seen`` ``[B, 1, 1, N]``."""
        width = patches.shape[2]
        parts = self.asked(patches).unflatten(2, (3, self.heads, width // self.heads))
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)  # each [B, heads, N, width / heads]
        scores = query @ key.transpose(2, 3) * (width // self.heads) ** -0.5
        if seen is not None:
            scores = torch.where(seen, scores, torch.finfo(scores.dtype).min)
        told: Tensor = self.told((scores.softmax(dim=3) @ value).transpose(1, 2).flatten(2))
        return told


class OverPatches(Mean):
    """A norm of each patch and their mean over bands; then over time.

    Args:
        width: numbers of a patch.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)

    def forward(self, windows: Windows) -> Embedding:
        """``[B, width, T, D]`` to ``[B, width]`` and ``[B, T, width]``."""
        frames: Tensor = self.norm(windows.features.permute(0, 2, 3, 1).float()).mean(dim=2)  # [B, T, width]
        return super().forward(masked_frames(windows.holding(frames)))


def waves(time: int, width: int, device: torch.device | None = None) -> Tensor:
    """Sines and cosines that tell so many places in time, ``[width, time]``, made where they are wanted."""
    pace = SLOWEST ** (-torch.arange(width // 2, device=device) / (width // 2))
    angles = torch.arange(time, device=device)[None, :] * pace[:, None]
    return torch.cat([angles.sin(), angles.cos()])
