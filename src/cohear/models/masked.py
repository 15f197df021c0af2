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

from cohear.models.windows import Windows


@dataclass(frozen=True)
class Valid:
    """Which frames of a batch are real.

    Attributes:
        mask: bool ``[B, T]``.
    """

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
        return Valid(torch.arange(time, device=lengths.device)[None, :] < lengths[:, None])


class MaskedNorm(nn.BatchNorm1d):
    """Batch norm (Ioffe & Szegedy 2015) whose statistics are those of the valid frames.

    Args:
        channels: of the sequence.
        rectify: whether a ReLU follows; done here it reads memory once less.
    """

    def __init__(self, channels: int, *, rectify: bool = True) -> None:
        super().__init__(channels)
        self.rectify = rectify

    def forward(self, windows: Windows) -> Windows:  # type: ignore[override]
        """Normalise ``[B, C, T, D]``; zeros beyond each row's length."""
        batch, channels, time, width = windows.features.shape
        valid = Valid.of(windows.lengths, time)
        # a view when channels-last
        frames = windows.features.permute(0, 2, 3, 1).reshape(batch * time, width * channels)
        if valid is None:
            normal = self._normalise(frames, channels)
        elif self.training:
            normal = self._normalise(frames[valid.rows], channels)
            normal = torch.zeros_like(frames, dtype=normal.dtype).index_copy_(0, valid.rows, normal)
        else:  # no statistics are taken: the same numbers from plain products, which a graph of fixed shapes can hold
            normal = self._normalise(frames, channels) * valid.mask.view(-1, 1)
        return windows.holding(normal.view(batch, time, width, channels).permute(0, 3, 1, 2))

    def plain(self, task: str) -> PlainNorm:
        """The same numbers for all tasks, in a form that an exported graph computes fast."""
        return PlainNorm(self)

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
        return (F.relu(normal) if self.rectify else normal).view(frames.shape)


class PlainNorm(nn.Module):
    """A masked norm as it is in evaluation: fixed statistics on every frame, then zeros beyond the lengths.

    Picking the valid frames, as training does, has no fixed shape; a convolution and a norm in this form become one
    step in onnxruntime.
    """

    def __init__(self, norm: MaskedNorm) -> None:
        super().__init__()
        self.norm = norm

    def forward(self, windows: Windows) -> Windows:
        """Normalise ``[B, C, T, D]``."""
        norm, sequence = self.norm, windows.features
        normal = F.batch_norm(
            sequence, norm.running_mean, norm.running_var, norm.weight, norm.bias, training=False, eps=norm.eps
        )
        if norm.rectify:
            normal = normal.relu()
        valid = Valid.of(windows.lengths, sequence.shape[2])
        if valid is not None:
            normal = torch.where(valid.mask[:, None, :, None], normal, 0.0)
        return windows.holding(normal)


class BandNorm(nn.Module):
    """An encoder's input norm: bands as channels.

    Args:
        bands: of a frame.
        norm: of them, over the valid frames; batch norm where none is given.
    """

    def __init__(self, bands: int, norm: nn.Module | None = None) -> None:
        super().__init__()
        self.norm = norm or MaskedNorm(bands, rectify=False)

    def forward(self, windows: Windows) -> Windows:
        """``[B, T, D]`` to a sequence ``[B, 1, T, D]``; zeros beyond each row's length."""
        bands_as_channels = windows.features.transpose(1, 2)[..., None].contiguous(memory_format=torch.channels_last)
        normal: Windows = self.norm(windows.holding(bands_as_channels))  # [B, D, T, 1]
        return windows.holding(normal.features.permute(0, 3, 2, 1))


class MaskedConvolution(nn.Module):
    """Convolution and a norm over valid frames, mostly with a ReLU; ``[B, C, T, D]`` in and out.

    A step of several frames keeps a last incomplete one.

    Args:
        before, after: channels.
        kernel: frames, bands.
        stride: frames, bands.
        padding: frames, bands.
        groups: of channels.
        norm: of the channels that come out; batch norm, which rectifies, where none is given.
        dilation: frames, bands, from one weight of the kernel to the next.
    """

    def __init__(
        self,
        before: int,
        after: int,
        kernel: tuple[int, int],
        stride: tuple[int, int] = (1, 1),
        padding: tuple[int, int] = (1, 1),
        groups: int = 1,
        norm: nn.Module | None = None,
        dilation: tuple[int, int] = (1, 1),
    ) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(before, after, kernel, stride, padding, dilation, groups=groups, bias=False)
        self.norm = norm or MaskedNorm(after)
        self._step = stride[0]

    def forward(self, windows: Windows) -> Windows:
        """The new sequence, zero beyond the new lengths."""
        lengths = steps(windows.lengths, self._step)
        convolved = Windows(self.convolution(windows.features), lengths, windows.spans)
        normal: Windows = self.norm(convolved)
        return normal


class MaxPool(nn.Module):
    """Max-pool in time and bands, a last incomplete frame and band kept.

    The input must be non-negative with zeros beyond the lengths (it comes out of a ReLU), so that a pooled frame
    which straddles the end is the maximum of its valid part.

    Args:
        frames, bands: that become one.
    """

    def __init__(self, frames: int, bands: int) -> None:
        super().__init__()
        self.size = (frames, bands)

    def forward(self, windows: Windows) -> Windows:
        """``[B, C, T, D]`` to ``[B, C, ceil(T / frames), ceil(D / bands)]``."""
        pooled = F.max_pool2d(windows.features, self.size, ceil_mode=True)
        return Windows(pooled, steps(windows.lengths, self.size[0]), windows.spans)


class UnitDropout(nn.Dropout):
    """Dropout of a unit in all frames of a window, so that what is drawn does not depend on how many there are."""

    def forward(self, frames: Tensor) -> Tensor:
        """``[B, T, D]``."""
        return frames * super().forward(torch.ones_like(frames[:, :1]))


def masked_sequence(windows: Windows) -> Windows:
    """``[B, C, T, D]`` with zeros beyond each row's length."""
    valid = Valid.of(windows.lengths, windows.features.shape[2])
    if valid is None:
        return windows
    return windows.holding(torch.where(valid.mask[:, None, :, None], windows.features, 0.0))


def masked_frames(windows: Windows) -> Windows:
    """``[B, T, D]`` with zeros beyond each row's length."""
    valid = Valid.of(windows.lengths, windows.features.shape[1])
    return windows if valid is None else windows.holding(torch.where(valid.mask[..., None], windows.features, 0.0))


def steps(lengths: Tensor | None, size: int) -> Tensor | None:
    """How many steps of so many frames hold rows of these lengths."""
    return lengths if lengths is None or size == 1 else (lengths + size - 1) // size
