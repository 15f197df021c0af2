"""Networks of the grid are made once before any data are read: a setting that is misspelt shows at once."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from cohear.base.errors import UserError
from cohear.base.layout import Layout
from cohear.base.named import WithSettings, make
from cohear.features.front_end import FrontEnd
from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.encoder import ENCODERS
from cohear.models.heads import head_of, layer
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.runs.scaled_task import unmeasured
from cohear.study.file.settings import StudySettings
from cohear.study.file.task_sets import task_sets
from cohear.tasks import TARGET_KINDS, LabelFree, TargetKind

Schemes = Mapping[str, str | WithSettings]
"""Sharing schemes by their places in the study file."""

GIVES: Mapping[Layout, str] = {"vector": "a vector a window", "sequence": "a sequence", "samples": "samples"}
"""What front-ends of each layout give, in words."""


def mistakes_in_encoders(
    settings: StudySettings, encoders: Sequence[EncoderChoice], front_ends: Sequence[FrontEnd], schemes: Schemes
) -> list[str]:
    """Why encoders cannot be made for the front-ends they fit, each with its place in the study file.

    One whose name is unknown, and a module that nobody knows where to look for, are not judged.

    Args:
        settings: the study.
        encoders: of the grid.
        front_ends: of the grid.
        schemes: of the arms, which say what tasks stand behind one encoder.
    """
    mistakes = []
    for number, encoder in enumerate(encoders):
        if encoder.name not in ENCODERS if encoder.module is None else encoder.folder is None:
            continue
        place = f"encoders.{number}"
        for front_end in front_ends:
            if not encoder.fits(front_end.layout):
                continue
            own = settings.inputs(front_end, settings.window)
            if misfits := [task for task, (heard, _) in own.items() if not encoder.fits(heard.layout)]:
                mistakes += [_misfit(task, own[task][0], encoder) for task in misfits]
                continue
            mistakes += _nothing_to_hear(settings.of_encoder(number), own)
            for widths in _different_widths(settings.of_encoder(number), own):
                if len(set(widths.values())) == 1:
                    reasons = [_why_not(encoder, partial(encoder.build, widths))]
                else:
                    reasons = [_why_not(encoder, partial(_network, each, widths, encoder)) for each in schemes.values()]
                mistakes += [f"{place}: {why}" for why in reasons if why]
    return list(dict.fromkeys(mistakes))


def mistakes_in_heads(
    settings: StudySettings,
    encoders: Sequence[EncoderChoice],
    front_ends: Sequence[FrontEnd],
    kinds: Mapping[str, TargetKind],
) -> list[str]:
    """Why encoders that can be made do not give what the kinds of their tasks read; the data tell a task's kind."""
    mistakes = []
    for number, encoder in enumerate(encoders):
        trained = {task for tasks in task_sets(settings.of_encoder(number)) for task in tasks}
        for front_end in front_ends:
            own = settings.inputs(front_end, settings.window)
            for task, its_kind in kinds.items():
                heard = own[task][0]
                kind = unmeasured(its_kind, TaskInput.of(*own[task]))
                if kind.reads == "vector":
                    continue
                if task in trained and encoder.fits(front_end.layout) and encoder.fits(heard.layout):
                    why = _why_not(encoder, partial(_headed, encoder, kind, task, heard.input_width))
                    mistakes += [f"encoders.{number}: {why}"] if why else []
    return list(dict.fromkeys(mistakes))


def mistakes_in_sharing(
    settings: StudySettings, encoders: Sequence[EncoderChoice], front_ends: Sequence[FrontEnd], schemes: Schemes
) -> list[str]:
    """Why sharing schemes with settings cannot be made of all tasks, with encoders that can."""
    mistakes = []
    for place, scheme in schemes.items():
        if isinstance(scheme, str) and SHARING[scheme].begins_with is None:
            continue
        for encoder in encoders:
            for front_end in front_ends:
                if encoder.fits(front_end.layout):
                    own = settings.inputs(front_end, settings.window)
                    widths = {task: heard.input_width for task, (heard, _) in own.items()}
                    if why := _why_not(encoder, partial(_network, scheme, widths, encoder)):
                        mistakes.append(f"{place}: {why}")
    return list(dict.fromkeys(mistakes))


def _misfit(task: str, front_end: FrontEnd, encoder: EncoderChoice) -> str:
    gives = GIVES[front_end.layout]
    return (
        f"tasks.{task}.features: front-end {front_end.name!r} gives {gives}, which encoder {encoder.name!r} does not "
        "take; give the task features that every encoder of the study takes, or leave that encoder out"
    )


def _nothing_to_hear(settings: StudySettings, own: Mapping[str, tuple[FrontEnd, float]]) -> Iterator[str]:
    """Tasks without labels that an encoder is trained on, and that learn nothing from what a front-end gives."""
    trained = {task for tasks in task_sets(settings) for task in tasks}
    for task in sorted(settings.label_free & trained):
        kind, front_end = TARGET_KINDS[settings.tasks[task].kind or ""], own[task][0]
        if isinstance(kind, LabelFree) and front_end.layout not in kind.takes:
            taken = " or ".join(GIVES[layout] for layout in kind.takes)
            yield (
                f"tasks.{task}.kind: {kind.name!r} learns from {taken}, and front-end {front_end.name!r} gives "
                f"{GIVES[front_end.layout]}; leave the task out of the encoder's combinations, or take another kind"
            )


def _different_widths(settings: StudySettings, own: Mapping[str, tuple[FrontEnd, float]]) -> Iterator[dict[str, int]]:
    """Widths of the inputs of each combination of an encoder that has others than those before."""
    seen = set()
    for tasks in task_sets(settings):
        widths = {task: own[task][0].input_width for task in tasks}
        if widths and frozenset(widths.values()) not in seen:
            seen.add(frozenset(widths.values()))
            yield widths


def _network(scheme: str | WithSettings, widths: Mapping[str, int], encoder: EncoderChoice) -> object:
    return make(SHARING, scheme, NetworkParts(widths, dict.fromkeys(widths, layer(2)), encoder.build, Draws((0, 0, 0))))


def _headed(encoder: EncoderChoice, kind: TargetKind, task: str, width: int) -> object:
    return head_of(kind, [task]).behind(encoder.build({task: width}).gives, task)


def _why_not(encoder: EncoderChoice, attempt: Callable[[], object]) -> str:
    """Why an encoder, or a network with it, cannot be made; empty where it can."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's, of layers that hold nothing
            attempt()
    except UserError as error:
        return str(error)
    except (RuntimeError, ArithmeticError) as error:  # torch's own, for sizes that no layer has
        return f"encoder {encoder.name!r} cannot be made with its settings: {error}"
    return ""
