"""The partner with shuffled labels: its audio and a loss, and no relation between the two."""

from __future__ import annotations

from typing import ClassVar

from cohear.study.controls.control import CONTROLS, Control, ControlInputs
from cohear.study.controls.with_partner import pair_with_partner
from cohear.training.spec import RunSpec


@CONTROLS.register("shuffled")
class Shuffled(Control):
    """Random labels are fitted, or not, without anything to learn of the sound (Zhang et al. 2017, section 2).

    An effect that this has too is that of a second loss on the shared encoder: regularisation (Tonami et al. 2022).
    """

    has_partner: ClassVar[bool] = True
    of_labels: ClassVar[bool] = True

    def make(self, given: ControlInputs) -> RunSpec:
        """The pair, with the partner's training labels shuffled."""
        return pair_with_partner(given, "shuffled")
