"""From a plan of ordinary runs to the control runs that belong to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cohear.base.errors import StudyError, UserError
from cohear.base.named import name_of
from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.heads import Head, head_of
from cohear.models.sharing import SHARING
from cohear.runs.scaled_task import unmeasured
from cohear.study.controls import CONTROLS, ControlInputs
from cohear.study.controls.clips import Clips
from cohear.study.file import ControlSettings, StudySettings
from cohear.study.file.task_sets import task_sets
from cohear.study.plan.control_partners import focal_and_partner
from cohear.study.plan.plan import PlannedRun
from cohear.tasks import TARGET_KINDS
from cohear.training.sources import inputs_of
from cohear.training.spec import RunSpec


def control_runs(
    settings: StudySettings,
    plan: Sequence[PlannedRun[RunSpec]],
    encoders: Sequence[EncoderChoice],
    clips: Clips,
) -> list[PlannedRun[RunSpec]]:
    """The control runs of a study, in every setting and repeat that has the pairs they are for.

    Args:
        settings: the study.
        plan: its ordinary runs, which this leaves as they are.
        encoders: of the grid.
        clips: of all folds; takes the splits that controls make.

    Raises:
        StudyError: data or encoders do not allow a control; all mistakes at once.
    """
    datasets = {name: task.dataset_name for name, task in settings.tasks.items()}
    # what a partner's labels do in a network that begins with another one is not in the run that a control changes
    joint = {arm for arm in settings.arms if SHARING[name_of(settings.arm(arm)[0].sharing)].begins_with is None}
    ordinary = {_place(run, run.combination, run.focal): run for run in plan}
    found, mistakes = [], []
    for encoder, asked, pairs in _asked(settings, encoders):
        control = CONTROLS[asked.name]()
        partners: dict[str, list[str]] = {}
        without = settings.label_free if control.of_labels else frozenset[str]()
        own = {pair for pair in pairs if without.isdisjoint(pair)}
        chosen = focal_and_partner(
            asked, datasets, own, has_partner=control.has_partner, label_free=settings.label_free
        )
        for focal, partner in chosen:
            partners.setdefault(focal, []).append(partner)
        for single in [run for run in plan if run.encoder == encoder.label and run.arm in joint]:
            focal = single.combination  # a task's name, where it has partners here
            for partner in partners.get(focal, ()):
                names = "+".join(task for task in datasets if task in (focal, partner))
                pair = ordinary.get(_place(single, names, focal)) or ordinary[_place(single, names)]
                inputs = inputs_of(pair.spec)
                given = ControlInputs(
                    focal=focal,
                    partner=partner,
                    single=single.spec,
                    pair=pair.spec,
                    encoder=encoder,
                    inputs={task: each.width for task, each in inputs.items()},
                    heads={task: _head(clips, task, single.fold, inputs[task]) for task in (focal, partner)},
                    clips=clips,
                )
                try:
                    spec = control.make(given)
                except UserError as error:
                    mistakes.append(f"controls: {error}")
                    continue
                found.append(single.as_control(asked.name, focal, names if control.has_partner else focal, spec))
    if mistakes:
        raise StudyError(list(dict.fromkeys(mistakes)))
    return found


def _asked(
    settings: StudySettings, encoders: Sequence[EncoderChoice]
) -> Iterator[tuple[EncoderChoice, ControlSettings, set[frozenset[str]]]]:
    """Each encoder's controls, with the pairs that it is trained on."""
    for number, encoder in enumerate(encoders):
        own = settings.of_encoder(number)
        pairs = {frozenset(tasks) for tasks in task_sets(own) if len(tasks) == 2}
        for asked in own.controls:
            yield encoder, asked, pairs


def _place(run: PlannedRun[RunSpec], combination: str, focal: str = "") -> tuple[str, str, str, str, str, int, int]:
    return run.features, run.encoder, run.arm, combination, focal, run.fold, run.seed


def _head(clips: Clips, task: str, fold: int, given: TaskInput) -> Head:
    split = clips.of(task, fold)
    return head_of(unmeasured(TARGET_KINDS[split.kind], given), split.labels)
