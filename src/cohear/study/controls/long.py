"""The single run with the pair's compute."""

from __future__ import annotations

from typing import ClassVar

from cohear.study.controls.control import CONTROLS, Control, ControlInputs
from cohear.training.spec import RunSpec


@CONTROLS.register("long")
class Long(Control):
    """A pair's step sees a batch of each task, so its encoder sees twice the windows: here in twice the steps."""

    has_partner: ClassVar[bool] = False

    def make(self, given: ControlInputs) -> RunSpec:
        """The single run with as many windows in all as the pair's, steps × batch over its tasks."""
        single, pair = given.single.training, given.pair
        steps = single.steps * len(pair.tasks)
        return given.single.model_copy(update={"training": single.model_copy(update={"steps": steps})})
