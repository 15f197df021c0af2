"""Mistakes in the controls of a study file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean
from cohear.models.choice import EncoderChoice
from cohear.study.controls import CONTROLS
from cohear.study.file.parts import ControlSettings
from cohear.study.file.settings import StudySettings
from cohear.study.file.task_sets import task_sets


def mistakes_in_controls(settings: StudySettings, folder: Path | None, spoilt: Collection[str] = ()) -> list[str]:
    """Unknown names, choices that a control does not have, and pairs that the study does not train.

    Args:
        settings: the study.
        folder: where an encoder's module is looked for; None where that is not known.
        spoilt: keys that hold a stand-in or a default for what is not valid.
    """
    at_top = [number for number, encoder in enumerate(settings.encoders) if encoder.controls is None]
    mistakes = _mistakes_in_list("controls", settings.controls, settings, at_top, folder, spoilt)
    if settings.controls and not at_top:
        mistakes.append("controls: no encoder takes them, since each has controls of its own; leave these out")
    for number, encoder in enumerate(settings.encoders):
        place = f"encoders.{number}.controls"
        mistakes += _mistakes_in_list(place, encoder.controls or [], settings, [number], folder, spoilt)
    return list(dict.fromkeys(mistakes))


def _mistakes_in_list(
    place: str,
    controls: Sequence[ControlSettings],
    settings: StudySettings,
    encoders: Sequence[int],
    folder: Path | None,
    spoilt: Collection[str],
) -> list[str]:
    """Mistakes in the controls of some of the study's encoders, which are given by their numbers."""
    known = encoders and not {"datasets", "tasks", "combinations"} & set(spoilt)
    sets = [tasks for number in encoders for tasks in task_sets(settings.of_encoder(number))] if known else []
    pairs = {frozenset(tasks) for tasks in sets if len(tasks) == 2}
    names = [control.name for control in controls]
    mistakes = []
    for number, control in enumerate(controls):
        at = f"{place}.{number}"
        if control.name not in CONTROLS:
            mistakes.append(f"{at}: unknown control {control.name!r}{did_you_mean(control.name, CONTROLS)}")
            continue
        if control.name in names[:number]:
            mistakes.append(
                f"{at}: {control.name!r} is there twice; name it once, with all the partners or pairs it is for"
            )
        mistakes += _choice(at, control)
        mistakes += _pairs(at, control, settings, pairs) if known else []
        if not {"encoders", "features"} & set(spoilt):
            choices = settings.encoder_choices(None if folder is None else str(folder))
            mistakes += _encoders(at, control, [choices[encoder] for encoder in encoders], folder)
    if controls and known and not pairs:
        mistakes.append(f"{place}: they explain what pairs do, and no pair is trained; add pairs to combinations")
    return mistakes


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
        without = [task for task in pair if task in settings.label_free]
        if without and CONTROLS[control.name].of_labels:
            mistakes.append(
                f"{place}.pairs: {control.name!r} changes a partner's labels, and task {without[0]!r} has none; leave "
                "the pair out"
            )
        if pairs and not unknown and frozenset(pair) not in pairs:
            mistakes.append(
                f"{place}.pairs: the study trains no pair {'+'.join(pair)} to compare with; add it to combinations"
            )
    return mistakes


def _encoders(place: str, control: ControlSettings, choices: Sequence[EncoderChoice], folder: Path | None) -> list[str]:
    """Encoders that a control cannot do with; what is wrong with an encoder itself is told at its own place."""
    found = {}
    for encoder in choices:
        if encoder.module is not None and folder is None:
            continue
        try:
            encoder.key()
        except UserError:
            continue
        found[encoder.name] = encoder
    return [f"{place}: {mistake}" for mistake in CONTROLS[control.name]().mistakes(found)]
