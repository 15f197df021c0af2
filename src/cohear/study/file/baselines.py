"""Mistakes in the baselines of a study file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from itertools import product

from cohear.base.errors import UserError
from cohear.base.layout import Layout
from cohear.base.named import WithSettings, make
from cohear.base.registry import did_you_mean
from cohear.baselines.baseline import BASELINES
from cohear.features.front_end import FrontEnd
from cohear.study.file.parts import BaselineSettings
from cohear.study.file.settings import StudySettings

_SEEN: Mapping[Layout, str] = {"vector": "a vector a window", "sequence": "a sequence"}


def mistakes_in_baselines(settings: StudySettings, spoilt: Collection[str] = ()) -> list[str]:
    """Unknown names, settings, front-ends and tasks, and front-ends that give no vector.

    Args:
        settings: the study.
        spoilt: keys that hold a stand-in or a default for what is not valid.
    """
    mistakes = []
    for number, baseline in enumerate(settings.baselines):
        place = f"baselines.{number}"
        try:
            make(BASELINES, baseline.part())
        except UserError as error:
            mistakes.append(f"{place}: {error}")
        mistakes += _features(f"{place}.features", baseline)
        unknown = [task for task in baseline.tasks if task not in settings.tasks]
        if "tasks" not in spoilt:
            mistakes += [
                f"{place}.tasks: there is no task {task!r}{did_you_mean(task, settings.tasks)}" for task in unknown
            ]
        if len(set(baseline.tasks)) < len(baseline.tasks):
            mistakes.append(f"{place}.tasks: names a task twice")
    return mistakes or _twice(settings)


def _twice(settings: StudySettings) -> list[str]:
    """Baselines that answer a task as one before them does: both would be one in the tables."""
    mistakes: list[str] = []
    first: dict[tuple[str | WithSettings, FrontEnd, str], int] = {}
    for number, baseline in enumerate(settings.baselines):
        with suppress(UserError):  # features of the grid that cannot be made are told there
            for front_end, task in product(settings.heard_by(baseline), baseline.tasks or settings.tasks):
                before = first.setdefault((baseline.part(), front_end, task), number)
                if before < number:
                    mistakes.append(
                        f"baselines.{number}: answers task {task!r} as baselines.{before} does; leave one out, or give "
                        "it another setting or other features"
                    )
                    break
    return mistakes


def _features(place: str, baseline: BaselineSettings) -> list[str]:
    """Why a baseline cannot hear what it is told to."""
    if baseline.features is None:
        return []
    try:
        front_end = baseline.features.build()
    except UserError as error:
        return [f"{place}: {error}"]
    if front_end.layout == baseline.layout:
        return []
    given, taken = (_SEEN[layout] for layout in (front_end.layout, baseline.layout))
    return [f"{place}: front-end {front_end.name!r} gives {given}, and baseline {baseline.name!r} takes {taken}"]
