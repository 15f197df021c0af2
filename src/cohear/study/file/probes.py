"""Mistakes in the probes of a study file."""

from __future__ import annotations

from collections.abc import Collection

from cohear.base.errors import UserError
from cohear.base.named import make
from cohear.probes.probe import PROBES
from cohear.study.file.grid import mistakes_of_twice
from cohear.study.file.settings import StudySettings


def mistakes_in_probes(settings: StudySettings, spoilt: Collection[str] = ()) -> list[str]:
    """Unknown names and settings, and a study without a pair to measure.

    Args:
        settings: the study.
        spoilt: keys that hold a stand-in or a default for what is not valid.
    """
    mistakes = []
    for number, probe in enumerate(settings.probes):
        try:
            make(PROBES, probe)
        except UserError as error:
            mistakes.append(f"probes.{number}: {error}")
    if settings.probes and "tasks" not in spoilt and len(settings.tasks) < 2:
        mistakes.append("probes: they measure a task beside another, and the study has one task; leave them out")
    return mistakes + mistakes_of_twice("probes", settings.probes)
