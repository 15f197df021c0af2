"""The runs of a study's baselines: one a task, front-end and fold."""

from __future__ import annotations

from collections.abc import Mapping

from cohear.base.errors import StudyError
from cohear.base.named import make, name_of, part_label, settings_of
from cohear.base.plugins import versions_of_plugins
from cohear.baselines.baseline import BASELINES
from cohear.baselines.questions import why_not
from cohear.baselines.spec import BaselineSpec, baseline_versions
from cohear.runs.spec import TaskReference
from cohear.study.file import BASE, BaselineSettings, StudySettings
from cohear.study.plan.labels import FrontEndLabels
from cohear.study.plan.plan import CutSplit, PlannedRun
from cohear.tasks import TARGET_KINDS


def baseline_runs(
    settings: StudySettings,
    kinds: Mapping[str, str],
    splits: Mapping[tuple[int, str], str],
    stores: Mapping[tuple[str, str], str],
    cut: CutSplit,
) -> list[PlannedRun[BaselineSpec]]:
    """All runs of baselines, in the first repeat of each fold: more seeds would give the same again.

    Args:
        settings: the study.
        kinds: target kind of each task.
        splits: digest of each task's split, by (fold, task).
        stores: key of each feature store, by (front-end label, dataset).
        cut: gives the digest of a split with groups that features are normalised by.

    Raises:
        StudyError: a baseline cannot answer a task that it is asked for; all mistakes at once. Without ``tasks`` it
            answers those that it can.
    """
    if mistakes := _unanswered(settings, kinds):
        raise StudyError(mistakes)
    plugins, front_end_label = versions_of_plugins(settings.plugins), FrontEndLabels(settings)
    plan = []
    for seed, fold in settings.repeats.order():
        for baseline in settings.baselines if seed == 0 else ():
            part = baseline.part()
            label = part_label(name_of(part), settings_of(part))
            for front_end, task, heard, window in settings.inputs_of_baseline(baseline):
                if _why_not(baseline, kinds[task]):
                    continue
                store = stores[front_end_label(heard), settings.tasks[task].dataset_name]
                by_group = settings.normalise_of_baselines(task) == "group"  # at its dataset's scale it is anyhow
                reference = TaskReference(
                    name=task,
                    split=cut(fold, task, 1.0, groups=True) if by_group else splits[fold, task],
                    store=store,
                    normalise="group" if by_group else "none",
                )
                spec = BaselineSpec(
                    tasks=(reference,),
                    baseline=part,
                    front_end=heard.key(),
                    window=window,
                    study_seed=settings.seed,
                    fold=fold,
                    seed=seed,
                    versions={**baseline_versions(name_of(part)), **plugins},
                )
                plan.append(PlannedRun(spec, front_end_label(front_end), label, BASE, task, "", fold, seed))
    return plan


def _unanswered(settings: StudySettings, kinds: Mapping[str, str]) -> list[str]:
    """Tasks that baselines are asked for by name and cannot answer."""
    return [
        f"baselines.{number}: task {task!r} {why}; leave the task out of the baseline's tasks"
        for number, baseline in enumerate(settings.baselines)
        for task in baseline.tasks
        if (why := _why_not(baseline, kinds[task]))
    ]


def _why_not(baseline: BaselineSettings, kind: str) -> str:
    return why_not(make(BASELINES, baseline.part()), TARGET_KINDS[kind])
