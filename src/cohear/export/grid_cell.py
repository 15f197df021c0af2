"""Which cell of a study is exported: tasks, front-end, encoder and arm, and the runs that it was scored by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean
from cohear.study.file import StudySettings
from cohear.study.folder.folder import StudyFolder
from cohear.study.plan.row import PlanRow


@dataclass(frozen=True)
class GridCell:
    """A cell of the grid, as the tables name it; ``why`` says how it came to be this one, where it was chosen."""

    features: str
    encoder: str
    arm: str
    tasks: tuple[str, ...]
    why: str = ""

    @property
    def combination(self) -> str:
        """The combination's name."""
        return "+".join(self.tasks)

    def holds(self, row: PlanRow) -> bool:
        """Whether a row of the plan is of this cell; controls never are, nor a network for one of its tasks alone."""
        named = (row.features, row.encoder, row.arm, row.combination, row.control, row.focal)
        return row.is_network and named == (self.features, self.encoder, self.arm, self.combination, "", "")


def tasks_asked(settings: StudySettings, asked: Sequence[str] | None) -> tuple[str, ...]:
    """The tasks to export, in the study's order; all of them without a wish.

    Raises:
        UserError: the study has no such task.
    """
    for name in asked or ():
        if name not in settings.tasks:
            raise UserError(f"--tasks: the study has no task {name!r}{did_you_mean(name, settings.tasks)}")
    return tuple(task for task in settings.tasks if not asked or task in asked)


def choose_cell(
    folder: StudyFolder,
    settings: StudySettings,
    tasks: tuple[str, ...],
    *,
    features: str | None = None,
    encoder: str | None = None,
    arm: str | None = None,
) -> GridCell:
    """The cell to export.

    Where the study trains these tasks with several front-ends or encoders and none is asked for, the one with the best
    mean score on validation is taken, so that the test scores which the card promises took no part in the choice.

    Raises:
        UserError: the study planned no such cell, or nothing of it is done that could be compared.
    """
    arm = arm or ("base" if "base" in settings.arms else next(iter(settings.arms)))
    rows = [row for row in folder.read_plan() if row.is_network]
    if not rows:
        raise UserError(f"{folder.root} has no plan yet; run the study first: cohear run")
    planned = list(dict.fromkeys((row.features, row.encoder, row.arm) for row in rows))
    for option, place, wanted in (("features", 0, features), ("encoder", 1, encoder), ("arm", 2, arm)):
        names = list(dict.fromkeys(cell[place] for cell in planned))
        if wanted is not None and wanted not in names:
            raise UserError(f"--{option}: the study has no {wanted!r}{did_you_mean(wanted, names)}")
    found = [
        GridCell(*cell, tasks)
        for cell in planned
        if all(wanted in (None, name) for wanted, name in zip((features, encoder, arm), cell, strict=True))
    ]
    if not found:
        raise UserError("the study has no runs with these features, this encoder and this arm together")
    trained = [cell for cell in found if any(cell.holds(row) for row in rows)]
    found = trained or found  # an encoder that is trained on few combinations is none for the others
    if len(found) == 1:
        return found[0]
    scores = {cell: score for cell in found if (score := _validation(folder, rows, cell)) is not None}
    named = ", ".join(f"{cell.features} with {cell.encoder}" for cell in found)
    if len(scores) < len(found):
        raise UserError(
            f"the study has several encoders for these tasks ({named}) and not all of them are done; "
            "name one with --features and --encoder"
        )
    best = max(scores, key=lambda cell: scores[cell])
    return GridCell(best.features, best.encoder, best.arm, tasks, f"best mean on validation of {len(found)} ({named})")


def _validation(folder: StudyFolder, rows: Sequence[PlanRow], cell: GridCell) -> float | None:
    """Mean score on validation over tasks and repeats, larger is better; None where there is none."""
    values = []
    for row in rows:
        record = folder.record(row.run) if cell.holds(row) else None
        for task in record.tasks.values() if record else ():
            value = task.score("validation")
            if value is not None:
                values.append(value if task.higher_is_better else -value)
    return fmean(values) if values else None
