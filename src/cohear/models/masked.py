"""Layers over sequences of unequal length: what lies beyond a row's length changes nothing.

A sequence is ``[B, C, T, D]`` (channels-last in memory) with zeros beyond each row's length. Statistics are taken
over the valid frames alone: they are gathered, normalised and put back.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Valid:
    """Which frames of a batch are real.

    Attributes:
        lengths: ``[B]`` frames.
        frames: ``[V]`` positions of the valid frames in the flattened ``[B * T]``.
    """

    lengths: Tensor
    frames: Tensor

    @staticmethod
    def of(lengths: Tensor | None, time: int) -> Valid | None:
        """The valid frames of rows with these lengths, or None where all are full."""
        if lengths is None:
            return None
        mask = torch.arange(time, device=lengths.device)[None, :] < lengths[:, None]
        return Valid(lengths, mask.flatten().nonzero()[:, 0])


class MaskedBatchNorm(nn.BatchNorm2d):
    """Batch norm (Ioffe & Szegedy 2015) whose statistics are those of the valid frames."""

    def forward(self, input: Tensor, valid: Valid | None = None) -> Tensor:  # noqa: A002 - torch's name
        """Normalise ``[B, C, T, D]``; zeros beyond each row's length."""
        batch, channels, time, width = input.shape
        rows = input.permute(0, 2, 3, 1).reshape(batch * time, width, channels)
        if valid is None:
            return self._normalise(rows).view(batch, time, width, channels).permute(0, 3, 1, 2)
        normal = self._normalise(rows[valid.frames])
        result = torch.zeros_like(rows).index_copy(0, valid.frames, normal)
        return result.view(batch, time, width, channels).permute(0, 3, 1, 2)

    def _normalise(self, frames: Tensor) -> Tensor:
        flat = frames.reshape(-1, frames.shape[-1])
        training = self.training or not self.track_running_stats
        normal = F.batch_norm(
            flat, self.running_mean, self.running_var, self.weight, self.bias, training, self.momentum or 0.1, self.eps
        )
        return normal.view(frames.shape)


class BandNorm(nn.Module):
    """Batch norm of each band of ``[B, T, D]`` over the valid frames: an encoder's input norm."""

    def __init__(self, bands: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(bands)

    def forward(self, features: Tensor, lengths: Tensor | None) -> Tensor:
        """Normalise; zeros beyond each row's length. ``[B, T, D]`` in and out."""
        batch, time, bands = features.shape
        flat = features.reshape(batch * time, bands)
        valid = Valid.of(lengths, time)
        if valid is None:
            normal: Tensor = self.norm(flat)
            return normal.view(batch, time, bands)
        normal = self.norm(flat[valid.frames])
        return torch.zeros_like(flat).index_copy(0, valid.frames, normal).view(batch, time, bands)


def halve(sequence: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Max-pool ``[B, C, T, D]`` by 2 in time and bands, a last odd frame kept.

    The input must be non-negative with zeros beyond the lengths (it comes out of a ReLU), so that a pooled frame
    which straddles the end is the maximum of its valid part.
    """
    pooled = F.max_pool2d(sequence, 2, ceil_mode=True)
    return pooled, None if lengths is None else (lengths + 1) // 2
