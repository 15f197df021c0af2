"""The partner's audio in the batch without its loss."""

from __future__ import annotations

from typing import ClassVar

from cohear.study.controls.control import CONTROLS, Control, ControlInputs
from cohear.study.controls.with_partner import pair_with_partner
from cohear.training.spec import RunSpec


@CONTROLS.register("unlabelled")
class Unlabelled(Control):
    """The same windows as in the pair, and no head for them: they reach batch statistics alone.

    An effect that this has too is one of the partner's sounds, not of what is learnt of them: a change of domain
    (Li et al. 2017, "Revisiting batch normalization for practical domain adaptation").
    """

    has_partner: ClassVar[bool] = True

    def make(self, given: ControlInputs) -> RunSpec:
        """The pair, with nothing learnt of the partner."""
        return pair_with_partner(given, "none")
