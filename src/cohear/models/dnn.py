"""A fully connected network on summaries of windows (Georgiev et al. 2017: shared 3 x 512)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar

from torch import nn

from cohear.models.encoder import ENCODERS, Encoder, Layout
from cohear.models.vectors import AsVector, Hidden, VectorNorm


@ENCODERS.register("dnn")
class Dnn(Encoder):
    """Input norm, then hidden layers with batch norm, ReLU and dropout.

    Args:
        input_width: numbers of a window.
        hidden: units of each hidden layer.
        layers: how many hidden layers.
        dropout: share of units dropped in training.
    """

    layout: ClassVar[Layout] = "vector"
    widths: ClassVar[Mapping[str, float]] = {"hidden": 1}

    def __init__(self, input_width: int, hidden: int = 512, layers: int = 3, dropout: float = 0.2) -> None:
        super().__init__()
        self.input_norm = VectorNorm(input_width)
        widths = [input_width] + [hidden] * layers
        self.layers = nn.ModuleList(Hidden(before, after, dropout) for before, after in pairwise(widths))
        self.gives = {"vector": hidden}

    def stages(self) -> Sequence[nn.Module]:
        """``[B, D]`` to ``[B, hidden]`` after each layer; a summary has no length left in it."""
        return (self.input_norm, *self.layers, AsVector())
