"""Mistakes in what a study file names: plugins, datasets, and parts that a registry knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cohear.base.errors import StudyError, UserError
from cohear.base.named import check_named, make, name_of
from cohear.base.plugins import load_plugin
from cohear.base.registry import Registry, did_you_mean
from cohear.base.yaml_text import YamlText
from cohear.data.tables.reader import READERS
from cohear.models.sharing import SHARING
from cohear.study.file.label_budget import EachInTurn
from cohear.study.file.parts import TaskSettings
from cohear.study.file.settings import StudySettings
from cohear.study.file.wording import told_by_pydantic
from cohear.tasks import METRICS, TARGET_KINDS, is_label_free
from cohear.training.objectives import OBJECTIVES
from cohear.training.optimiser import OPTIMISERS
from cohear.training.schedule import SCHEDULES
from cohear.training.settings import TrainingSettings
from cohear.training.teacher_choice import TEACHERS


def mistakes_in_plugins(settings: StudySettings, folder: Path) -> list[str]:
    """Import the plugins; mistakes in them."""
    mistakes = []
    for number, path in enumerate(settings.plugins):
        try:
            load_plugin(folder / path)
        except StudyError as error:
            mistakes += [f"plugins.{number}: {mistake}" for mistake in error.mistakes]
    return mistakes


def mistakes_in_names(settings: StudySettings, text: YamlText) -> list[str]:
    """Mistakes in names that refer to something."""
    mistakes = []
    if not Path(settings.study).name or Path(settings.study).name != settings.study or "\\" in settings.study:
        mistakes.append(f"study: the name is that of a folder too and has no slash in it, found {settings.study!r}")
    registries: list[tuple[str, str | None, Registry[Any]]] = []
    for name, dataset in settings.datasets.items():
        registries.append((f"datasets.{name}.reader", dataset.reader, READERS))
    for name, task in settings.tasks.items():
        if not name or "+" in name or name != name.strip():
            mistakes.append(f"tasks.{name}: a task's name has no '+' (it joins names) and no space around it")
        mistakes += _mistakes_in_datasets(name, task, list(settings.datasets))
        mistakes += _mistakes_in_target(name, task)
        registries += [
            (f"tasks.{name}.kind", task.kind, TARGET_KINDS),
            (f"tasks.{name}.metric", task.metric, METRICS),
            *((f"tasks.{name}.metrics", metric, METRICS) for metric in task.metrics),
        ]
    if settings.label_free == set(settings.tasks):
        mistakes.append("tasks: none has labels, so there is nothing to score; add one with a target")
    for arm, own in settings.arms.items():
        mistakes += [
            f"arms.{arm}.labels: there is no task {task!r}{did_you_mean(task, settings.tasks)}"
            for task in (own.labels if isinstance(own.labels, dict) else ())
            if task not in settings.tasks
        ]
        try:
            training, _ = settings.arm(arm)
        except ValidationError as error:
            mistakes += told_by_pydantic(error, text, ("arms", arm, "training"))
            continue
        place = "training" if arm == "base" else f"arms.{arm}.training"
        if training.teachers != "none" and isinstance(own.labels, EachInTurn):
            mistakes.append(
                f"{place}.teachers: in an arm with labels {{share, of: each}} partners have all their labels and their "
                "singles few, so there is nobody to learn from; give labels a share a task, or leave teachers out"
            )
        if isinstance(own.labels, EachInTurn) and _begins(training):
            mistakes.append(
                f"{place}.sharing: in an arm with labels {{share, of: each}} there is no network that one could begin "
                "with; give labels a share a task, or share otherwise"
            )
        mistakes += _mistakes_in_parts(place, training, list(settings.tasks))
    for place, value, registry in registries:
        if value is not None and value not in registry:
            mistakes.append(f"{place}: unknown {registry.what} {value!r}{did_you_mean(value, registry)}")
    return list(dict.fromkeys(mistakes))


def _begins(training: TrainingSettings) -> bool:
    """Whether networks of several tasks begin with others."""
    name = name_of(training.sharing)
    return name in SHARING and SHARING[name].begins_with is not None


def _mistakes_in_datasets(name: str, task: TaskSettings, known: list[str]) -> list[str]:
    """Datasets that are not there or there twice, and what is said of others than the task's."""
    mistakes = [
        f"tasks.{name}.dataset: there is no dataset {dataset!r}{did_you_mean(dataset, known)}"
        for dataset in task.datasets
        if dataset not in known
    ]
    if len(set(task.datasets)) < len(task.datasets):
        mistakes.append(f"tasks.{name}.dataset: names a dataset twice")
    by_dataset = {"target": task.target, "hold_out": task.hold_out, "rename": task.renames_by_dataset}
    for key, told in by_dataset.items():
        if not isinstance(told, dict):
            continue
        mistakes += [
            f"tasks.{name}.{key}: {dataset!r} is none of its datasets{did_you_mean(dataset, task.datasets)}"
            for dataset in told
            if dataset not in task.datasets
        ]
        if missing := [dataset for dataset in task.datasets if dataset not in told and key != "rename"]:
            mistakes.append(f"tasks.{name}.{key}: says nothing of dataset {missing[0]!r}; give a column of each")
    return mistakes


def _mistakes_in_target(name: str, task: TaskSettings) -> list[str]:
    """No target where labels are needed, and what a task without labels does not have."""
    if not is_label_free(task.kind):
        return [] if task.target else [f"tasks.{name}.target: is missing"]
    unused = ("target", "hold_out", "folds", "margin", "metric", "metrics", "unit", "only", "drop", "rename", "limit")
    return [
        f"tasks.{name}.{key}: a {task.kind} task needs nothing but audio, and has no labels, no folds of its own and "
        "no score; leave it out"
        for key in unused
        if getattr(task, key)
    ]


def _mistakes_in_parts(place: str, training: TrainingSettings, tasks: list[str]) -> list[str]:
    """Parts that are not known, or not with these settings; sharing schemes are made where encoders are."""
    attempts: dict[str, Callable[[], object]] = {
        "objective": lambda: _objective(training, tasks),
        "schedule": lambda: make(SCHEDULES, training.schedule),
        "teachers": lambda: make(TEACHERS, training.teachers),
        "optimiser": lambda: make(OPTIMISERS, training.optimiser),
        "sharing": lambda: check_named(SHARING, training.sharing),
    }
    mistakes = []
    for key, attempt in attempts.items():
        try:
            attempt()
        except UserError as error:
            mistakes.append(f"{place}.{key}: {error}")
    return mistakes


def _objective(training: TrainingSettings, tasks: list[str]) -> None:
    """Make it of all tasks, and see that it names no others."""
    try:
        make(OBJECTIVES, training.objective, tasks).knows(tasks)
    except ValueError as error:
        raise UserError(f"objective {name_of(training.objective)!r}: {error}") from error
