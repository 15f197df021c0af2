"""A linear encoder: on features that were learnt, a linear probe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from torch import nn

from cohear.base.layout import Layout
from cohear.models.encoder import ENCODERS, Encoder, one_width
from cohear.models.norms import Norms
from cohear.models.vectors import AsVector, Weights


@ENCODERS.register("linear")
class Linear(Encoder):
    """Input norm, then one layer without a nonlinearity: tasks share a linear subspace (Ando & Zhang 2005).

    With the head behind it a single is a linear classifier, as long as ``hidden`` is not less than its outputs.

    Args:
        input_widths: numbers of a window, as many for all tasks.
        hidden: dimensions of the subspace.
        norm: whose statistics the input norm takes, see :class:`cohear.models.norms.Norms`.
    """

    layout: ClassVar[Layout] = "vector"
    widths: ClassVar[Mapping[str, float]] = {"hidden": 1}

    def __init__(self, input_widths: Mapping[str, int], hidden: int = 128, norm: str = "shared") -> None:
        super().__init__()
        given = one_width(input_widths)
        self.input_norm = Norms(norm, input_widths).of_numbers(given)
        self.layer = Weights(given, hidden)
        self.gives = {"vector": hidden}

    def stages(self) -> Sequence[nn.Module]:
        """``[B, D]`` to ``[B, hidden]``."""
        return (self.input_norm, self.layer, AsVector())
