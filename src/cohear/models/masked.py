"""Layers over sequences of unequal length: what lies beyond a row's length changes nothing.

A sequence is ``[B, C, T, D]`` (channels-last in memory) with zeros beyond each row's length. Statistics are taken
over the valid frames alone: in training they are gathered, normalised and put back.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Valid:
    """Which frames of a batch are real.

    Attributes:
        lengths: ``[B]`` frames.
        mask: bool ``[B, T]``.
    """

    lengths: Tensor
    mask: Tensor

    @cached_property
    def rows(self) -> Tensor:
        """``[V]`` positions of the valid frames in the flattened ``[B * T]``."""
        return self.mask.flatten().nonzero()[:, 0]

    @staticmethod
    def of(lengths: Tensor | None, time: int) -> Valid | None:
        """The valid frames of rows with these lengths, or None where all are full."""
        if lengths is None:
            return None
        mask = torch.arange(time, device=lengths.device)[None, :] < lengths[:, None]
        return Valid(lengths, mask)

    def halved(self, time: int) -> Valid:
        """The valid frames after a step of two in time that keeps a last odd frame; ``time`` is the new T."""
        halved = Valid.of((self.lengths + 1) // 2, time)
        assert halved is not None
        return halved


class MaskedNorm(nn.BatchNorm1d):
    """Batch norm (Ioffe & Szegedy 2015) whose statistics are those of the valid frames.

    Args:
        channels: of the sequence.
        rectify: whether a ReLU follows; done here it reads memory once less.
    """

    def __init__(self, channels: int, *, rectify: bool = True) -> None:
        super().__init__(channels)
        self._rectify = rectify

    def forward(self, input: Tensor, valid: Valid | None = None) -> Tensor:  # noqa: A002 - torch's name
        """Normalise ``[B, C, T, D]``; zeros beyond each row's length."""
        batch, channels, time, width = input.shape
        frames = input.permute(0, 2, 3, 1).reshape(batch * time, width * channels)  # a view when channels-last
        if valid is None:
            normal = self._normalise(frames, channels)
        elif self.training:
            normal = self._normalise(frames[valid.rows], channels)
            normal = torch.zeros_like(frames, dtype=normal.dtype).index_copy_(0, valid.rows, normal)
        else:  # no statistics are taken: the same numbers from plain products, which a graph of fixed shapes can hold
            normal = self._normalise(frames, channels) * valid.mask.view(-1, 1)
        return normal.view(batch, time, width, channels).permute(0, 3, 1, 2)

    def _normalise(self, frames: Tensor, channels: int) -> Tensor:
        normal = F.batch_norm(
            frames.reshape(-1, channels),
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training,
            self.momentum or 0.1,
            self.eps,
        )
        return (F.relu(normal) if self._rectify else normal).view(frames.shape)


class BandNorm(nn.Module):
    """Batch norm of each band over the valid frames: an encoder's input norm."""

    def __init__(self, bands: int) -> None:
        super().__init__()
        self.norm = MaskedNorm(bands, rectify=False)

    def forward(self, features: Tensor, valid: Valid | None) -> Tensor:
        """``[B, T, D]`` to a sequence ``[B, 1, T, D]``; zeros beyond each row's length."""
        bands_as_channels = features.transpose(1, 2)[..., None].contiguous(memory_format=torch.channels_last)
        normal: Tensor = self.norm(bands_as_channels, valid)  # [B, D, T, 1]
        return normal.permute(0, 3, 2, 1)


def halve(sequence: Tensor) -> Tensor:
    """Max-pool ``[B, C, T, D]`` by 2 in time and bands, a last odd frame kept.

    The input must be non-negative with zeros beyond the lengths (it comes out of a ReLU), so that a pooled frame
    which straddles the end is the maximum of its valid part.
    """
    return F.max_pool2d(sequence, 2, ceil_mode=True)
