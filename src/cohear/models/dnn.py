"""A fully connected network on summaries of windows (Georgiev et al. 2017: shared 3 x 512)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar

from torch import nn

from cohear.base.layout import Layout
from cohear.models.encoder import ENCODERS, Encoder, one_width
from cohear.models.norms import Norms
from cohear.models.vectors import AsVector, Hidden


@ENCODERS.register("dnn")
class Dnn(Encoder):
    """Input norm, then hidden layers with a norm, ReLU and dropout.

    Args:
        input_widths: numbers of a window, as many for all tasks.
        hidden: units of each hidden layer.
        layers: how many hidden layers.
        dropout: share of units dropped in training.
        norm: whose statistics norms take, see :class:`cohear.models.norms.Norms`.
    """

    layout: ClassVar[Layout] = "vector"
    widths: ClassVar[Mapping[str, float]] = {"hidden": 1}

    def __init__(
        self,
        input_widths: Mapping[str, int],
        hidden: int = 512,
        layers: int = 3,
        dropout: float = 0.2,
        norm: str = "shared",
    ) -> None:
        super().__init__()
        given, norms = one_width(input_widths), Norms(norm, input_widths)
        self.input_norm = norms.of_numbers(given)
        self.layers = nn.ModuleList(
            Hidden(before, after, dropout, norms.of_vector(after))
            for before, after in pairwise([given] + [hidden] * layers)
        )
        self.gives = {"vector": hidden}

    def stages(self) -> Sequence[nn.Module]:
        """``[B, D]`` to ``[B, hidden]`` after each layer; a summary has no length left in it."""
        return (self.input_norm, *self.layers, AsVector())
