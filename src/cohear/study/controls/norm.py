"""The pair with norms of its own for each task: what is then no more was no relation but mixed batch statistics."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from cohear.base.errors import UserError
from cohear.models.choice import EncoderChoice
from cohear.study.controls.control import CONTROLS, Control, ControlInputs
from cohear.training.spec import RunSpec

SETTING = "norm"


@CONTROLS.register("norm")
class NormControl(Control):
    """Both tasks learn in one batch, each with statistics of its own rows (``norm: task``).

    Two datasets in one batch norm are a mixture that neither task has alone (Bilen & Vedaldi 2017, section 3.2).
    """

    has_partner: ClassVar[bool] = True

    def mistakes(self, encoders: Mapping[str, EncoderChoice]) -> list[str]:
        """Encoders whose norms cannot be a task's own, or are already."""
        mistakes = []
        for label, encoder in encoders.items():
            if not _has_norms(encoder):
                mistakes.append(
                    f"'norm' gives each task norms of its own, and {label!r} has no setting norm; give its class one "
                    "(cohear.models.norms), or leave 'norm' out"
                )
            elif encoder.settings.get(SETTING, "shared") != "shared":
                mistakes.append(f"'norm' is about norms that tasks share, and those of {label!r} are not; leave it out")
        return mistakes

    def make(self, given: ControlInputs) -> RunSpec:
        """The pair, with another norm."""
        encoder = replace(given.encoder, settings={**given.encoder.settings, SETTING: "task"})
        return given.pair.model_copy(
            update={
                "encoder": encoder.key(),
                "tasks": tuple(
                    task if task.name == given.focal else task.model_copy(update={"scored": False})
                    for task in given.pair.tasks
                ),
            }
        )


def _has_norms(encoder: EncoderChoice) -> bool:
    try:
        return SETTING in inspect.signature(encoder.constructor()).parameters
    except UserError:  # told where encoders are checked
        return True
