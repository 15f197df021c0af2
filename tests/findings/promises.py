"""What cures promise, kept or not: each is followed on the study that it was told to."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from said import Said
from shapes import NAMES
from studies import SimulatedStudy, everything, pairs, singles, tasks_named

Cure = Mapping[str, Any]
"""As JSON has it: ``kind``, its figures, and its ``promise``."""


@dataclass(frozen=True)
class Promise:
    """What a kind of cure asks for, and what is the case once it is done.

    Attributes:
        follow: the study with what the cure asks for; None where this study cannot be followed here.
        kept: whether what is said of that study keeps the promise.
    """

    follow: Callable[[SimulatedStudy, Cure], SimulatedStudy | None]
    kept: Callable[[Said, Cure], bool]


def done(study: SimulatedStudy) -> SimulatedStudy:
    """The study with all its runs."""
    return replace(study, failed=0.0, left=0.0, fewer={}, unscored=0.0)


def with_tasks(study: SimulatedStudy, number: int) -> SimulatedStudy:
    """The study with at least so many tasks, all of them in singles, pairs and one network in every setting."""
    known = {task.name for task in study.tasks}
    new = [task for task in tasks_named(*NAMES) if task.name not in known][: max(0, number - len(known))]
    like = study.tasks[0]
    alike = {"metric": like.metric, "higher_is_better": like.higher_is_better, "scale": like.scale}
    tasks = (*study.tasks, *(replace(task, **alike) for task in new))
    groups = everything(tuple(task.name for task in tasks))
    settings = tuple(replace(setting, groups=groups) for setting in study.settings)
    return replace(study, tasks=tasks, settings=settings)


def names_of(study: SimulatedStudy) -> tuple[str, ...]:
    """Of its tasks."""
    return tuple(task.name for task in study.tasks)


def _persistence(study: SimulatedStudy, cure: Cure) -> SimulatedStudy | None:
    study, lack = done(study), cure["lack"]
    groups = (*singles(names_of(study)), *pairs(names_of(study)))
    first, *others = study.settings
    if lack == "setting":
        return replace(study, settings=(first, replace(first, encoder="second")))
    if lack == "tasks and setting":
        study = with_tasks(study, 4)
        first, *others = study.settings
        return replace(study, settings=(first, *(others or [replace(first, encoder="second")])))
    if lack in ("singles", "pairs"):
        return replace(study, settings=tuple(replace(setting, groups=groups) for setting in study.settings))
    if lack == "task":
        return with_tasks(study, 4)
    return replace(study, seeds=study.seeds + 1) if lack == "spread" else None


def _widths(study: SimulatedStudy, cure: Cure) -> SimulatedStudy | None:
    study = replace(done(study), bare=False)
    first, *others = study.settings
    second = replace(others[0] if others else replace(first, encoder="wider"), groups=first.groups)
    return replace(study, settings=(first, replace(second, parameters=3 * first.parameters)))


def _sizes_between(study: SimulatedStudy, cure: Cure) -> SimulatedStudy:
    groups = tuple(names_of(study)[:size] for size in cure["sizes"])
    settings = tuple(replace(one, groups=tuple(dict.fromkeys((*one.groups, *groups)))) for one in study.settings)
    return replace(done(study), settings=settings)


def _more_repeats(study: SimulatedStudy, cure: Cure) -> SimulatedStudy | None:
    """Those that there are, again: the gains and the spread of those seen."""
    return None if study.folder else study


def _compared(said: Said, cure: Cure) -> bool:
    return bool(said.answers["improve"]["counts"]["all"]["cells"])


def _ranked(said: Said, cure: Cure) -> bool:
    return any(one["within"] is not None for one in said.answers["persistence"]["agreements"])


def _measured(said: Said, cure: Cure) -> bool:
    return all(row["share_assumed"] == "" for row in said.power["cells"])


PROMISES = {
    "singles and a pair": Promise(
        lambda study, cure: replace(with_tasks(done(study), 2), settings=(with_tasks(done(study), 2).settings[0],)),
        _compared,
    ),
    "persistence": Promise(_persistence, _ranked),
    "a second seed": Promise(lambda study, cure: replace(done(study), seeds=max(2, study.seeds)), _measured),
    "repeats that a verdict needs": Promise(
        lambda study, cure: replace(done(study), seeds=study.seeds + math.ceil(cure["repeats"] / study.folds)),
        lambda said, cure: not any(row["repeats"] < 5 for row in said.power["cells"]),
    ),
    "more combinations": Promise(lambda study, cure: replace(with_tasks(done(study), 5), seeds=2), _measured),
    "the number of test clips": Promise(
        lambda study, cure: replace(
            done(study), bare=False, tasks=tuple(replace(task, clips=task.clips or 100) for task in study.tasks)
        ),
        lambda said, cure: all(row["error"] is not None for row in said.power["cells"]),
    ),
    "repeats that choose": Promise(
        lambda study, cure: replace(done(study), folds=max(2, study.folds)),
        lambda said, cure: not any(one["missing"] for one in said.findings("grouping")),
    ),
    "encoders of several widths": Promise(_widths, lambda said, cure: bool(said.answers["combining"]["encoders"])),
    "larger groups": Promise(
        lambda study, cure: with_tasks(done(study), 3),
        lambda said, cure: any(line["size"] > 2 for line in said.answers["combining"]["sizes"]),
    ),
    "groups of sizes between": Promise(
        _sizes_between,
        lambda said, cure: set(cure["sizes"]) <= {line["size"] for line in said.answers["combining"]["sizes"]},
    ),
    "a shared network": Promise(
        lambda study, cure: with_tasks(done(study), 2), lambda said, cure: bool(said.answers["savings"]["costs"])
    ),
}
"""By kind of cure."""

NOT_FOLLOWED = ("cohear bench", "more repeats")
"""Kinds whose promise is checked elsewhere: audio is needed for the one, and many repeats for the other."""
