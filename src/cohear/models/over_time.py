"""Frames pooled over time to a vector a window."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cohear.models.masked import Valid
from cohear.models.windows import Embedding, Windows


class MeanAndMaximum(nn.Module):
    """Frames ``[B, C, T, 1]``, not negative, to their mean and maximum; the frames are given too.

    Args:
        dropout: share of the vector dropped in training.
    """

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)

    def forward(self, windows: Windows) -> Embedding:
        """``[B, 2 * C]`` and ``[B, T, C]``."""
        frames = windows.features.flatten(2).float()  # [B, C, T]
        count = frames.shape[2] if windows.lengths is None else windows.lengths[:, None]
        # The maximum may see the zeros beyond the end: after a ReLU no frame is smaller.
        vector = self.dropout(torch.cat([frames.sum(2) / count, frames.amax(2)], dim=1))
        return Embedding(vector, frames.transpose(1, 2), windows.lengths)


class Attention(nn.Module):
    """Frames to their weighted means, the weights by a softmax over time.

    Args:
        width: of a frame.
        heads: weighted means.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.score = nn.Linear(width, heads, bias=False)  # a bias would shift all scores alike

    def forward(self, windows: Windows) -> Embedding:
        """``[B, T, D]`` to ``[B, heads * D]``; the frames are given too."""
        frames = windows.features.float()
        scores: Tensor = self.score(frames)  # [B, T, heads]
        valid = Valid.of(windows.lengths, frames.shape[1])
        if valid is not None:
            scores = torch.where(valid.mask[..., None], scores, torch.finfo(scores.dtype).min)
        means = scores.softmax(dim=1).transpose(1, 2) @ frames  # [B, heads, D]
        return Embedding(means.flatten(1), frames, windows.lengths)


class Mean(nn.Module):
    """Frames to their mean."""

    def forward(self, windows: Windows) -> Embedding:
        """``[B, T, D]`` to ``[B, D]``; the frames are given too."""
        frames = windows.features.float()
        count = frames.shape[1] if windows.lengths is None else windows.lengths[:, None]
        return Embedding(frames.sum(1) / count, frames, windows.lengths)
