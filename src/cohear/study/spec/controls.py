"""Mistakes in the controls of a study file."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean
from cohear.study.controls import CONTROLS
from cohear.study.spec.parts import ControlSettings
from cohear.study.spec.settings import StudySettings
from cohear.study.spec.task_sets import task_sets


def mistakes_in_controls(settings: StudySettings, folder: Path | None, spoilt: Collection[str] = ()) -> list[str]:
    """Unknown names, choices that a control does not have, and pairs that the study does not train.

    Args:
        settings: the study.
        folder: where an encoder's module is looked for; None where that is not known.
        spoilt: keys that hold a stand-in or a default for what is not valid.
    """
    known = not {"datasets", "tasks", "combinations"} & set(spoilt)
    pairs = {frozenset(tasks) for tasks in task_sets(settings) if len(tasks) == 2} if known else set()
    names = [control.name for control in settings.controls]
    mistakes = []
    for number, control in enumerate(settings.controls):
        place = f"controls.{number}"
        if control.name not in CONTROLS:
            mistakes.append(f"{place}: unknown control {control.name!r}{did_you_mean(control.name, CONTROLS)}")
            continue
        if control.name in names[:number]:
            mistakes.append(
                f"{place}: {control.name!r} is there twice; name it once, with all the partners or pairs it is for"
            )
        mistakes += _choice(place, control)
        mistakes += _pairs(place, control, settings, pairs) if known else []
        if not {"encoders", "features"} & set(spoilt):
            mistakes += _encoders(place, control, settings, folder)
    if settings.controls and known and not pairs:
        mistakes.append("controls: they explain what pairs do, and the study trains none; add pairs to combinations")
    return list(dict.fromkeys(mistakes))


def _choice(place: str, control: ControlSettings) -> list[str]:
    """Choices that contradict each other, or that a control does not have."""
    mistakes = []
    if control.partners is not None and control.pairs:
        mistakes.append(f"{place}: give partners (how many a task) or pairs (which ones), not both")
    if (control.partners is not None or control.pairs) and not CONTROLS[control.name].has_partner:
        mistakes.append(
            f"{place}: {control.name!r} has no partner and is run once a task; leave out partners and pairs"
        )
    return mistakes


def _pairs(
    place: str, control: ControlSettings, settings: StudySettings, pairs: Collection[frozenset[str]]
) -> list[str]:
    """Pairs of unknown tasks, or that the study does not train."""
    mistakes = []
    for pair in control.pairs:
        unknown = [task for task in pair if task not in settings.tasks]
        mistakes += [
            f"{place}.pairs: there is no task {task!r}{did_you_mean(task, settings.tasks)}" for task in unknown
        ]
        if pairs and not unknown and frozenset(pair) not in pairs:
            mistakes.append(
                f"{place}.pairs: the study trains no pair {'+'.join(pair)} to compare with; add it to combinations"
            )
    return mistakes


def _encoders(place: str, control: ControlSettings, settings: StudySettings, folder: Path | None) -> list[str]:
    """Encoders that a control cannot do with; what is wrong with an encoder itself is told at its own place."""
    found = {}
    for encoder in settings.encoder_choices(None if folder is None else str(folder)):
        if encoder.module is not None and folder is None:
            continue
        try:
            encoder.key()
        except UserError:
            continue
        found[encoder.name] = encoder
    return [f"{place}: {mistake}" for mistake in CONTROLS[control.name]().mistakes(found)]
