"""Mistakes in the probes of a study file."""

from __future__ import annotations

from collections.abc import Collection

from cohear.base.errors import UserError
from cohear.base.named import make, name_of
from cohear.data.folds.splits import VALIDATION_SHARE
from cohear.probes.probe import PROBES, Probe
from cohear.study.file.grid import mistakes_of_twice
from cohear.study.file.settings import StudySettings
from cohear.study.file.task_sets import every_task_set


def mistakes_in_probes(settings: StudySettings, spoilt: Collection[str] = ()) -> list[str]:
    """Unknown names and settings, and a study without what there is to measure.

    Args:
        settings: the study.
        spoilt: keys that hold a stand-in or a default for what is not valid.
    """
    mistakes = []
    for number, named in enumerate(settings.probes):
        try:
            probe = make(PROBES, named)
        except UserError as error:
            mistakes.append(f"probes.{number}: {error}")
            continue
        if probe.on_validation and not settings.validation:
            mistakes.append(
                f"probes.{number}: probe {name_of(named)!r} measures on validation parts, and validation: 0 leaves "
                f"none; set validation: {VALIDATION_SHARE}, or leave the probe out"
            )
        if probe.asks_origin:
            mistakes.append(
                f"probes.{number}: probe {name_of(named)!r} asks where clips come from, which runs are not told; leave "
                "it out, and let `cohear measure` ask it"
            )
        if "tasks" in spoilt or probe.subject == "task":
            continue
        if len(settings.tasks) < 2:
            mistakes.append("probes: they measure a task beside another, and the study has one task; leave them out")
        elif not {"combinations", "encoders"} & set(spoilt) and (needed := _never_trained(probe, settings)):
            mistakes.append(
                f"probes.{number}: probe {name_of(named)!r} looks at networks of {needed} tasks, and the study trains "
                "none; add pairs or all to combinations, or leave it out"
            )
    return [*dict.fromkeys(mistakes), *mistakes_of_twice("probes", settings.probes)]


def _never_trained(probe: Probe, settings: StudySettings) -> int:
    """Of how many tasks a network is that a probe needs and the study trains nowhere; 0 where there is none."""
    if not any(left.by == "joint" for left in probe.needs.values()):
        return 0
    size = len(settings.tasks) if probe.subject == "all" else 2
    return 0 if any(len(tasks) == size for tasks in every_task_set(settings)) else size
