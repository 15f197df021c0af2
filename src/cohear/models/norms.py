"""Which statistics a norm takes: those of the batch, those of each task's rows in it, or those of each row alone.

Datasets that learn in one batch differ in level, noise and rate. Statistics over all of them are a mixture that no
task has alone, so that a gain or a loss may be theirs and no relation between tasks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Literal, get_args

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cohear.models.masked import MaskedNorm, Valid
from cohear.models.per_task import PerTask
from cohear.models.vectors import VectorNorm
from cohear.models.windows import Windows

NormStatistics = Literal["shared", "task", "group"]
CHANNELS_A_GROUP = 8
FLOOR = 1.0
"""Variance of an input below which it is not stretched: rounding errors of a silent one would be all that is left."""
INNER_FLOOR = 1e-3
"""The same of what lies between layers, which is about 1 in size."""


class Norms:
    """Makes the norms of an encoder.

    Args:
        statistics: ``shared``: batch norm (Ioffe & Szegedy 2015) over the rows of all tasks; ``task``: a batch norm of
            its own for each task, weights too; ``group``: group norm (Wu & He 2018), without statistics of a batch.
        tasks: behind the encoder.

    Raises:
        ValueError: none of these.
    """

    def __init__(self, statistics: str, tasks: Iterable[str]) -> None:
        if statistics not in get_args(NormStatistics):
            raise ValueError(f"norm is one of {', '.join(get_args(NormStatistics))}, not {statistics!r}")
        self._statistics, self._tasks = statistics, list(tasks)

    def of_bands(self, bands: int) -> nn.Module:
        """Of an input, bands as channels ``[B, D, T, 1]``, over valid frames; all bands are one group."""
        if self._statistics == "group":
            return MaskedGroupNorm(bands, groups=1, rectify=False, eps=FLOOR)
        return self._batch(lambda: MaskedNorm(bands, rectify=False))

    def of_sequence(self, channels: int, *, rectify: bool = True) -> nn.Module:
        """Of ``[B, C, T, D]``, over valid frames, with the ReLU that mostly follows."""
        if self._statistics == "group":
            return MaskedGroupNorm(channels, rectify=rectify)
        return self._batch(lambda: MaskedNorm(channels, rectify=rectify))

    def of_numbers(self, width: int) -> nn.Module:
        """Of an input ``[B, D]``; all numbers are one group."""
        if self._statistics == "group":
            return VectorGroupNorm(1, width, eps=FLOOR)
        return self._batch(lambda: VectorNorm(width))

    def of_vector(self, width: int) -> nn.Module:
        """Of ``[B, D]``."""
        if self._statistics == "group":
            return VectorGroupNorm(_groups(width), width, eps=INNER_FLOOR)
        return self._batch(lambda: VectorNorm(width))

    def _batch(self, make: Callable[[], nn.Module]) -> nn.Module:
        """A batch norm for all, or one for each task."""
        return PerTask(self._tasks, lambda task: make()) if self._statistics == "task" else make()


class MaskedGroupNorm(nn.Module):
    """Group norm of a sequence whose statistics are those of a row's valid frames.

    Args:
        channels: of the sequence.
        groups: of channels, equally many each; some of about :data:`CHANNELS_A_GROUP` where it is not given.
        rectify: whether a ReLU follows.
        eps: added to variances.
    """

    def __init__(
        self, channels: int, groups: int | None = None, *, rectify: bool = True, eps: float = INNER_FLOOR
    ) -> None:
        super().__init__()
        self.groups, self.rectify, self.eps = groups or _groups(channels), rectify, eps
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))

    def forward(self, windows: Windows) -> Windows:
        """Normalise ``[B, C, T, D]``; zeros beyond each row's length."""
        batch, channels, time, width = windows.features.shape
        groups = windows.features.float().view(batch, self.groups, channels // self.groups, time, width)
        valid = Valid.of(windows.lengths, time)
        mask = None if valid is None else valid.mask.view(batch, 1, 1, time, 1).to(groups.dtype)
        centred = groups - _mean(groups, mask)
        scaled = (centred * torch.rsqrt(_mean(centred.square(), mask) + self.eps)).view(windows.features.shape)
        normal = scaled * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)
        normal = F.relu(normal) if self.rectify else normal
        normal = normal if mask is None else normal * mask.view(batch, 1, time, 1)
        return windows.holding(normal.to(windows.features.dtype))


class VectorGroupNorm(nn.GroupNorm):
    """Group norm of vectors."""

    def forward(self, windows: Windows) -> Windows:  # type: ignore[override]
        """``[B, D]``."""
        return windows.holding(super().forward(windows.features))


def _mean(groups: Tensor, mask: Tensor | None) -> Tensor:
    """Over what of each group is valid, ``[B, G, 1, 1, 1]``."""
    if mask is None:
        return groups.mean(dim=(2, 3, 4), keepdim=True)
    numbers = mask.sum(dim=3, keepdim=True) * (groups.shape[2] * groups.shape[4])
    return (groups * mask).sum(dim=(2, 3, 4), keepdim=True) / numbers


def _groups(channels: int) -> int:
    """Of about :data:`CHANNELS_A_GROUP` channels each, all equally many."""
    return math.gcd(channels, max(1, channels // CHANNELS_A_GROUP))
