"""A copy of the task as its own partner, on other clips."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np

from cohear.base.errors import UserError
from cohear.data.folds.partition import TaskSplit
from cohear.data.folds.parts import Part
from cohear.study.controls.control import CONTROLS, Control, ControlInputs
from cohear.training.spec import RunSpec

COPY = "+copy"
"""Ends the copy's name; no task of a study has a '+' in its name."""


@CONTROLS.register("duplicate")
class Duplicate(Control):
    """The pair's run with more clips of the task itself in the partner's place, behind a head of their own.

    Other clips are those that the task does not train on and whose recordings no task tests: its validation part, and
    what ``limit`` left out. The task keeps its training part, so that the run is paired with its single run; it
    loses its validation part, which the shared encoder now learns from.
    """

    has_partner: ClassVar[bool] = False

    def __init__(self) -> None:
        self._splits: dict[tuple[str, str], tuple[str, str]] = {}

    def make(self, given: ControlInputs) -> RunSpec:
        """The task and its copy."""
        place = (given.focal, given.single.tasks[0].split)
        if place not in self._splits:  # the same in all seeds, and settings of as many labels
            self._splits[place] = self._cut(given)
        own, copy = self._splits[place]
        reference = given.single.tasks[0]
        tasks = (
            reference.model_copy(update={"split": own}),
            reference.model_copy(update={"name": given.focal + COPY, "split": copy, "scored": False}),
        )
        # both have the task's own input, which may be another than that of most tasks
        own_input = {"front_end": given.single.front_end, "window": given.single.window}
        return given.pair.model_copy(update={"tasks": tasks, **own_input})

    def _cut(self, given: ControlInputs) -> tuple[str, str]:
        """Digests of the splits of the task and of its copy."""
        fold = given.pair.fold
        split = given.clips.of(given.focal, fold, given.single.tasks[0].split)
        own, copy = parts_of_both(split, given.clips.all_of(given.focal, fold))
        if copy.count(Part.TRAIN) == 0:
            raise UserError(
                f"'duplicate' needs other clips of task {given.focal!r} than it trains on, and fold {fold} has none: "
                "no validation part and nothing left out by limit; set validation (0.15, say) or a limit"
            )
        return given.clips.add(own), given.clips.add(copy)


def parts_of_both(split: TaskSplit, whole: TaskSplit) -> tuple[TaskSplit, TaskSplit]:
    """The task without validation, and its copy.

    Args:
        split: of the task.
        whole: the same fold with the clips that ``limit`` leaves out; the leakage rule has been over both.
    """
    parts = split.cleared.parts
    own = np.where(parts == Part.VALIDATION, int(split.set_apart), parts)
    may_be_learnt = np.isin(whole.cleared.parts, (Part.TRAIN, Part.VALIDATION))
    other = may_be_learnt & ~np.isin(whole.rows, split.rows[parts == Part.TRAIN])
    left = np.where(whole.cleared.parts == Part.NONE, int(Part.NONE), int(split.set_apart))
    copied = np.where(other, int(Part.TRAIN), left)
    return (
        replace(split, cleared=replace(split.cleared, parts=own)),
        replace(
            whole,
            scored=split.scored,
            cleared=replace(whole.cleared, parts=copied),
            tells_groups=split.tells_groups,
        ),
    )
