"""The runs of a study's probes: one a subject, setting and repeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations

from cohear.base.errors import StudyError
from cohear.base.named import Named, make, name_of, part_label, settings_of
from cohear.base.plugins import versions_of_plugins
from cohear.probes.probe import PROBES, Probe, Role, Subject
from cohear.probes.spec import ProbeSpec, probe_versions
from cohear.runs.spec import Need, TaskReference
from cohear.study.file import StudySettings
from cohear.study.plan.plan import PlannedRun
from cohear.training.spec import RunSpec

Names = tuple[str, ...]
"""Tasks of a subject or of a combination."""


def probe_runs(settings: StudySettings, networks: Sequence[PlannedRun[RunSpec]]) -> list[PlannedRun[ProbeSpec]]:
    """The runs of a study's probes.

    Args:
        settings: the study.
        networks: its ordinary runs.

    Raises:
        StudyError: a probe has nothing to look at.
    """
    plan = planned_probes(settings, networks, settings.probes)
    if mistakes := [
        f"probes.{number}: probe {name_of(probe)!r} has nothing to look at: no tasks are trained as it needs them, "
        "alone and through the same front-end; give tasks the same features, or leave it out"
        for number, probe in enumerate(settings.probes)
        if not any(run.spec.probe == probe for run in plan)
    ]:
        raise StudyError(mistakes)
    return plan


def planned_probes(
    settings: StudySettings, networks: Sequence[PlannedRun[RunSpec]], probes: Sequence[Named]
) -> list[PlannedRun[ProbeSpec]]:
    """All measurements, in the cells and repeats that each probe asks for; once beside what its numbers stay the same.

    Args:
        settings: the study.
        networks: its ordinary runs.
        probes: with their settings.
    """
    plugins = versions_of_plugins(settings.plugins)
    cells: dict[tuple[str, str, str, int, int], dict[Names, RunSpec]] = {}
    for run in networks:
        if run.focal:  # of a network that knows one task alone by few labels nothing is measured
            continue
        cell = (run.features, run.encoder, run.arm, run.fold, run.seed)
        cells.setdefault(cell, {})[tuple(run.combination.split("+"))] = run.spec
    parts = [(probe, name_of(probe), make(PROBES, probe)) for probe in probes]
    plan, asked = [], set()
    for (features, encoder, arm, fold, seed), trained in cells.items():
        for probe, name, part in parts:
            once = {"arm": arm == next(iter(settings.arms)), "seed": seed == 0}
            if not all(first or what in part.each for what, first in once.items()):
                continue
            shown = {"data": ("", ""), "features": (features, ""), "networks": (features, encoder)}[part.rests_on]
            label = part_label(name, settings_of(probe))
            for tasks in _subjects(part, settings, trained):
                place = (label, *shown, arm, fold, seed, *tasks)
                if place in asked:
                    continue
                asked.add(place)
                needed = {each: trained[_tasks_of(left.by, tasks, settings)] for each, left in part.needs.items()}
                spec = ProbeSpec(
                    probe=probe,
                    tasks=tuple(_reference(trained[task,], part) for task in tasks),
                    networks=needed,
                    needs={each: Need(run=run.key, file=part.needs[each].file) for each, run in needed.items()},
                    study_seed=settings.seed,
                    fold=fold,
                    seed=seed,
                    versions={**probe_versions(name), **plugins},
                )
                combination = "+".join(_in_order(tasks, settings))
                focal = tasks[0] if part.subject in ("task", "ordered pair") else ""
                plan.append(PlannedRun(spec, *shown, arm, combination, "", fold, seed, focal, label))
    return plan


def _reference(alone: RunSpec, probe: Probe) -> TaskReference:
    """The task of a single run, as a probe is told of it."""
    [task] = alone.tasks
    if probe.rests_on != "features":
        return task
    return task.model_copy(update={"front_end": dict(alone.heard(task)), "window": alone.window_of(task)})


def _subjects(probe: Probe, settings: StudySettings, trained: Mapping[Names, RunSpec]) -> Iterator[Names]:
    """What a probe is asked of in a cell: tasks that were trained there, with all networks that it needs.

    Where it looks at networks of one task, or at features, tasks with different front-ends are not asked of each other:
    an encoder that never saw such features says nothing of them, and no distance leads from one kind to another.
    """
    labelled = [task for task in settings.tasks if task not in settings.label_free]
    tasks = [task for task in labelled if (task,) in trained]
    subjects: Mapping[Subject, Iterator[Names]] = {
        "task": permutations(tasks, 1),
        "ordered pair": permutations(tasks, 2),
        "pair": combinations(tasks, 2),
        "all": combinations(tasks, max(2, len(labelled))),
    }
    roles = {left.by for left in probe.needs.values()}
    for subject in subjects[probe.subject]:
        heard = {str(trained[task,].heard(trained[task,].tasks[0])) for task in subject}
        hears_alike = len(heard) == 1 or (roles <= {"joint"} and probe.rests_on != "features")
        if hears_alike and all(_tasks_of(role, subject, settings) in trained for role in roles):
            yield subject


def _tasks_of(role: Role, subject: Names, settings: StudySettings) -> Names:
    """The combination whose network has a role."""
    alone: Mapping[str, Names] = {"task": subject[:1], "partner": subject[1:2]}
    return alone.get(role) or _in_order(subject, settings)


def _in_order(tasks: Names, settings: StudySettings) -> Names:
    return tuple(task for task in settings.tasks if task in tasks)
