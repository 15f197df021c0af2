"""A small fully connected network, as it is put on features that were learnt elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar

from torch import nn

from cohear.base.layout import Layout
from cohear.models.encoder import ENCODERS, Encoder, one_width
from cohear.models.norms import Norms
from cohear.models.vectors import AsVector, Rectified


@ENCODERS.register("mlp")
class Mlp(Encoder):
    """Input norm, then hidden layers with ReLU and dropout; no norm between them, unlike in ``dnn``.

    Args:
        input_widths: numbers of a window, as many for all tasks.
        hidden: units of each hidden layer.
        layers: how many hidden layers.
        dropout: share of units dropped in training.
        norm: whose statistics the input norm takes, see :class:`cohear.models.norms.Norms`.
    """

    layout: ClassVar[Layout] = "vector"
    widths: ClassVar[Mapping[str, float]] = {"hidden": 1}

    def __init__(
        self,
        input_widths: Mapping[str, int],
        hidden: int = 256,
        layers: int = 1,
        dropout: float = 0.2,
        norm: str = "shared",
    ) -> None:
        super().__init__()
        if layers < 1:
            raise ValueError(f"layers must be at least 1, not {layers}; 'linear' has no hidden layer")
        given = one_width(input_widths)
        self.input_norm = Norms(norm, input_widths).of_numbers(given)
        widths = [given] + [hidden] * layers
        self.layers = nn.ModuleList(Rectified(before, after, dropout) for before, after in pairwise(widths))
        self.gives = {"vector": hidden}

    def stages(self) -> Sequence[nn.Module]:
        """``[B, D]`` to ``[B, hidden]`` after each layer."""
        return (self.input_norm, *self.layers, AsVector())
