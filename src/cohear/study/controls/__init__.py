"""Controls: runs whose answer is known, trained beside the runs that they explain; a file each."""

from cohear.study.controls import duplicate, long, norm, shuffled, unlabelled, wide  # noqa: F401 - enters them
from cohear.study.controls.control import CONTROLS, Control, ControlInputs

__all__ = ["CONTROLS", "Control", "ControlInputs"]
