"""Frames pooled over time: layers on each frame alone, then attention or the mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar, Literal

from torch import nn

from cohear.base.layout import Layout
from cohear.models.encoder import ENCODERS, Encoder, one_width
from cohear.models.masked import BandNorm, UnitDropout, masked_frames
from cohear.models.norms import Norms
from cohear.models.over_time import Attention, Mean
from cohear.models.vectors import Weights
from cohear.models.windows import Windows

POOLINGS = ("attention", "mean")


@ENCODERS.register("pooled")
class Pooled(Encoder):
    """Input norm, hidden layers on each frame, then pooling over time: for frames that were learnt elsewhere.

    Attention weighs the frames of a window by a softmax of what a linear layer says of each (Ilse et al. 2018); each
    head has weights of its own, and the vector is those of all heads side by side.

    Args:
        input_widths: numbers of a frame, as many for all tasks.
        hidden: units of each hidden layer.
        layers: how many hidden layers; 0 pools what the front-end gives.
        dropout: share of units dropped in training.
        pooling: ``attention`` or ``mean``.
        heads: of the attention.
        norm: whose statistics the input norm takes, see :class:`cohear.models.norms.Norms`.
    """

    layout: ClassVar[Layout] = "sequence"
    widths: ClassVar[Mapping[str, float]] = {"hidden": 1}

    def __init__(
        self,
        input_widths: Mapping[str, int],
        hidden: int = 128,
        layers: int = 1,
        dropout: float = 0.2,
        pooling: Literal["attention", "mean"] = "attention",
        heads: int = 2,
        norm: str = "shared",
    ) -> None:
        super().__init__()
        if pooling not in POOLINGS:
            raise ValueError(f"pooling must be {' or '.join(POOLINGS)}, not {pooling!r}")
        if heads < 1:
            raise ValueError(f"heads must be at least 1, not {heads}")
        given = one_width(input_widths)
        self.input_norm = FrameNorm(given, Norms(norm, input_widths).of_bands(given))
        widths = [given] + [hidden] * layers
        self.layers = nn.ModuleList(FrameLayer(before, after, dropout) for before, after in pairwise(widths))
        self.pool = Attention(widths[-1], heads) if pooling == "attention" else Mean()
        self.gives = {"vector": widths[-1] * (heads if pooling == "attention" else 1), "frames": widths[-1]}

    def stages(self) -> Sequence[nn.Module]:
        """``[B, T, D]`` to ``[B, T, hidden]`` after each layer, then the embedding."""
        return (self.input_norm, *self.layers, self.pool)


class FrameNorm(BandNorm):
    """An input norm of the numbers of a frame, over the valid frames."""

    def forward(self, windows: Windows) -> Windows:
        """``[B, T, D]``; zeros beyond each row's length."""
        normal = super().forward(windows)
        return normal.holding(normal.features[:, 0])


class FrameLayer(Weights):
    """A layer on each frame, with ReLU and dropout: a unit that is dropped is so in all frames of a window.

    Args:
        before, after: units.
        dropout: share of units dropped in training.
    """

    def __init__(self, before: int, after: int, dropout: float) -> None:
        super().__init__(before, after)
        self.dropout = UnitDropout(dropout)

    def forward(self, windows: Windows) -> Windows:
        """``[B, T, before]`` to ``[B, T, after]``; zeros beyond each row's length."""
        made = super().forward(windows)
        return masked_frames(made.holding(self.dropout(made.features.relu())))
