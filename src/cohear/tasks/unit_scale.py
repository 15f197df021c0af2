"""From the usual scale of a layer to the unit of the data."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class UnitScale(nn.Module):
    """Numbers of mean 0 and deviation 1 to those of the data; what it takes from training is kept with the weights.

    Args:
        mean: one a number.
        deviation: the same.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, mean: Sequence[float], deviation: Sequence[float]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32))
        self.register_buffer("deviation", torch.tensor(deviation, dtype=torch.float32))

    def forward(self, values: Tensor) -> Tensor:
        """``[B, numbers]``, float32 whatever the layer before computes in."""
        return values.float() * self.deviation + self.mean
