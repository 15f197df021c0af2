"""Which cell of a study is exported where none is named: the best on validation, and why not the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean
from cohear.export.choice import rank
from cohear.export.grid_cell import GridCell, NotTaken
from cohear.export.validation_scores import ScoresByTask, ValidationScores, alone
from cohear.study.file import StudySettings
from cohear.study.folder.folder import StudyFolder

_NAME_ONE = "name one with --features and --encoder"
_UNKNOWN = "not compared: the study trains it neither on these tasks together nor on each of them alone"


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

    Where the study has several front-ends or encoders and none is asked for, the one with the best scores on validation
    is taken, so that the test scores which the card promises took no part in the choice. One that the study does not
    train on these tasks together is judged by each of them alone, and by what sharing changes in those that it does.

    Raises:
        UserError: the study has no such cell, or too little of it is done to be compared.
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
    if len(found) == 1:
        return found[0]
    return _best(ValidationScores(folder, rows), found, [GridCell(*cell, tasks) for cell in planned if cell[2] == arm])


@dataclass(frozen=True)
class _Candidate:
    """A cell with its scores on validation.

    Attributes:
        foretold: how these are made where it was not trained on the tasks together; else empty.
    """

    cell: GridCell
    scores: ScoresByTask
    foretold: str = ""


def _best(known: ValidationScores, found: Sequence[GridCell], in_arm: Sequence[GridCell]) -> GridCell:
    several = f"the study has several encoders for these tasks ({', '.join(cell.way for cell in found)})"
    changes = known.changed_by_sharing(cell for cell in in_arm if len(cell.tasks) > 1)
    candidates, unknown, waiting = [], [], []
    for cell in found:
        trains = [cell] if known.is_planned(cell) else alone(cell)
        if not all(known.is_planned(one) for one in trains):
            unknown.append(cell)
        elif not all(known.is_begun(one) for one in trains):
            waiting.append(cell.way)
        elif trains == [cell]:
            candidates.append(_Candidate(cell, known.together(cell)))
        else:
            candidates.append(_foretold(cell, known.alone(cell), changes))
    if waiting:
        raise UserError(
            f"{several} and not all of them are done (not {', '.join(waiting)}): "
            f"run the study to its end, or {_NAME_ONE}"
        )
    if not candidates:
        raise UserError(f"{several}, and none of them is trained on the tasks, together or alone; {_NAME_ONE}")
    unscored = [one.cell.way for one in candidates if not one.scores]
    if unscored:
        raise UserError(
            f"{several}, and {', '.join(unscored)} has no scores on validation clips to choose by, "
            f"which test scores must not do; {_NAME_ONE}"
        )
    left_out = tuple(NotTaken(cell.features, cell.encoder, _UNKNOWN) for cell in unknown)
    if len(candidates) == 1:
        only = candidates[0]
        why = f"the only one of {len(found)} that the study trains on {'these tasks' if only.foretold else 'them'}"
        return replace(only.cell, why=why + only.foretold, left_out=left_out)
    units = known.units(cell for one in candidates for cell in (one.cell, *alone(one.cell)))
    ranking = rank([one.scores for one in candidates], {task: units[task] for task in found[0].tasks if task in units})
    if ranking is None:
        raise UserError(f"{several}, and they have no repeat in common: run the study to its end, or {_NAME_ONE}")
    best, *others = (candidates[place] for place in ranking.order)
    behind = [ranking.behind[place] for place in ranking.order[1:]]
    beaten = [
        NotTaken(other.cell.features, other.cell.encoder, how + other.foretold)
        for other, how in zip(others, behind, strict=True)
    ]
    return replace(best.cell, why=ranking.how + best.foretold, left_out=(*beaten, *left_out))


def _foretold(cell: GridCell, scores: ScoresByTask, changes: Mapping[str, float]) -> _Candidate:
    """Of a cell that was not trained what its tasks score alone, and what sharing changes in other cells."""
    told = {
        task: {repeat: value + changes.get(task, 0.0) for repeat, value in by_repeat.items()}
        for task, by_repeat in scores.items()
    }
    by = "and by what sharing changes in others" if changes else "for none shows what sharing changes"
    return _Candidate(cell, told, f"; not trained on these tasks together: judged by each task alone, {by}")
