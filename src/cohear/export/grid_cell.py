"""A cell of a study's grid that can be exported: tasks, front-end, encoder and arm, and the runs that are of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean
from cohear.study.file import StudySettings
from cohear.study.plan.row import PlanRow


@dataclass(frozen=True)
class NotTaken:
    """A front-end and an encoder that were not chosen.

    Attributes:
        reason: why not.
    """

    features: str
    encoder: str
    reason: str


@dataclass(frozen=True)
class GridCell:
    """A cell of the grid, as the tables name it.

    Attributes:
        why: how it came to be this one, where it was chosen.
        left_out: the others, and why.
    """

    features: str
    encoder: str
    arm: str
    tasks: tuple[str, ...]
    why: str = ""
    left_out: tuple[NotTaken, ...] = ()

    @property
    def combination(self) -> str:
        """The combination's name."""
        return "+".join(self.tasks)

    @property
    def way(self) -> str:
        """Front-end and encoder in words."""
        return f"{self.features} with {self.encoder}"

    @property
    def told(self) -> list[str]:
        """Where it was chosen, why, and why not each of the others."""
        others = [f"not taken: {each.features} with {each.encoder}, {each.reason}" for each in self.left_out]
        return [f"taken: {self.way}, {self.why}", *others] if self.why else []

    def holds(self, row: PlanRow) -> bool:
        """Whether a row of the plan is of this cell; controls never are, nor a network for one of its tasks alone."""
        named = (row.features, row.encoder, row.arm, row.combination, row.control, row.focal)
        return row.is_network and named == (self.features, self.encoder, self.arm, self.combination, "", "")


def tasks_asked(settings: StudySettings, asked: Sequence[str] | None) -> tuple[str, ...]:
    """The tasks to export, in the study's order; without a wish all that have labels.

    Raises:
        UserError: the study has no such task, or none of them has labels.
    """
    for name in asked or ():
        if name not in settings.tasks:
            raise UserError(f"--tasks: the study has no task {name!r}{did_you_mean(name, settings.tasks)}")
    if asked and settings.label_free.issuperset(asked):
        raise UserError(
            f"--tasks: {', '.join(asked)} has no labels and answers nothing; name the tasks too that a network "
            "beside it should answer"
        )
    return tuple(task for task in settings.tasks if (task in asked if asked else task not in settings.label_free))
