"""A fully connected network on summaries of windows (Georgiev et al. 2017: shared 3 x 512)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import ClassVar

from torch import Tensor, nn

from cohear.models.encoder import ENCODERS, Encoder, Layout


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
        self.input_norm = nn.BatchNorm1d(input_width)
        widths = [input_width] + [hidden] * layers
        blocks: list[nn.Module] = []
        for before, after in pairwise(widths):
            blocks += [
                nn.Linear(before, after, bias=False),
                nn.BatchNorm1d(after),
                nn.ReLU(),
                nn.Dropout(dropout),
            ]
        self.layers = nn.Sequential(*blocks)
        self.embedding_width = hidden

    def forward(self, features: Tensor, lengths: Tensor | None) -> Tensor:
        """``[B, D]`` to ``[B, hidden]``; a summary has no length left in it."""
        embedding: Tensor = self.layers(self.input_norm(features))
        return embedding
