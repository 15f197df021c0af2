"""Mistakes in the grid of front-ends, encoders and combinations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from cohear.base.errors import UserError
from cohear.base.named import WithSettings, check_named
from cohear.base.registry import did_you_mean
from cohear.features.front_end import FRONT_ENDS, FrontEnd
from cohear.models.encoder import ENCODERS
from cohear.models.sharing import SHARING
from cohear.study.file.networks import mistakes_in_encoders, mistakes_in_sharing
from cohear.study.file.parts import CombinationSettings, free_settings
from cohear.study.file.settings import StudySettings
from cohear.study.file.task_sets import every_task_set


def mistakes_in_grid(settings: StudySettings, folder: Path | None, spoilt: Collection[str] = ()) -> list[str]:
    """Mistakes in the grid of front-ends and encoders, and in combinations.

    Args:
        settings: the study.
        folder: where an encoder's module is looked for; None where that is not known.
        spoilt: keys that hold a stand-in or a default for what is not valid.
    """
    mistakes = []
    front_ends = []
    for number, feature in enumerate(settings.features):
        try:
            front_ends.append(feature.build())
        except UserError as error:
            mistakes.append(f"features.{number}: {error}")
    mistakes += mistakes_of_twice("features", front_ends)
    mistakes += mistakes_of_twice("encoders", [(encoder.name, free_settings(encoder)) for encoder in settings.encoders])
    misheard = _mistakes_in_own_features(settings)
    mistakes += misheard
    mistakes += _mistakes_in_names(settings)
    can_be_made = not {"features", "encoders"} & set(spoilt)
    for number, encoder in enumerate(settings.encoders if can_be_made else []):
        choice = encoder.choice(None)
        if choice.module is None and choice.name not in ENCODERS:
            mistakes.append(f"encoders.{number}: unknown encoder {choice.name!r}{did_you_mean(choice.name, ENCODERS)}")
        elif len(front_ends) == len(settings.features) and not any(choice.fits(f.layout) for f in front_ends):
            named = ", ".join(f.name for f in front_ends)
            always = {name: FRONT_ENDS[name].always_gives() for name in FRONT_ENDS}
            fitting = ", ".join(name for name, layout in always.items() if layout and choice.fits(layout))
            mistakes.append(
                f"encoders.{number}: encoder {choice.name!r} fits none of the features ({named}); "
                f"add one that it takes ({fitting}) to features"
            )
    if can_be_made:
        choices = settings.encoder_choices(None if folder is None else str(folder))
        schemes = _schemes(settings)
        mistakes += [] if misheard else mistakes_in_encoders(settings, choices, front_ends, schemes)
        if not mistakes and folder is not None and not {"tasks", "training", "arms"} & set(spoilt):
            mistakes += mistakes_in_sharing(settings, choices, front_ends, schemes)
    if "tasks" not in spoilt:
        mistakes += _mistakes_in_related(settings.related, settings.tasks)
    if {"datasets", "tasks", "combinations"} & set(spoilt):
        return mistakes
    mistakes += _mistakes_in_combinations("combinations", settings.combinations, settings.tasks)
    for number, encoder in enumerate(settings.encoders):
        if encoder.combinations is not None:
            place = f"encoders.{number}.combinations"
            mistakes += _mistakes_in_combinations(place, encoder.combinations, settings.tasks)
    if settings.repeats.until and all(len(tasks) < 2 for tasks in every_task_set(settings)):
        mistakes.append("repeats.until: no tasks are trained together, so no verdict can be waited for; give seeds")
    return mistakes


def _mistakes_in_names(settings: StudySettings) -> list[str]:
    """Different encoders with one name in the tables, and a front-end with two."""
    choices, called = settings.encoder_choices(None), dict[FrontEnd, str]()
    twice = []
    for each in settings.written_front_ends():
        with suppress(UserError):  # told where it stands
            name = each.called and called.setdefault(each.build(), each.called)
            if name != each.called:
                twice.append(f"features: one front-end is called {name!r} and {each.called!r}; give it one name")
    return twice + [
        f"encoders.{number}: it would be called {each.label!r} in the tables as another is; give it another name "
        "(`called`)"
        for number, each in enumerate(choices)
        if any(each.label == other.label and each != other for other in choices[:number])
    ]


def _mistakes_in_own_features(settings: StudySettings) -> list[str]:
    """Front-ends of single tasks that cannot be made."""
    mistakes = []
    for name, task in settings.tasks.items():
        try:
            _ = task.features and task.features.build()
        except UserError as error:
            mistakes.append(f"tasks.{name}.features: {error}")
    return mistakes


def _schemes(settings: StudySettings) -> dict[str, str | WithSettings]:
    """Sharing schemes of the arms, those that are known, by their places."""
    found = {}
    for arm in settings.arms:
        with suppress(ValidationError, UserError):  # told where names are checked
            sharing = settings.arm(arm)[0].sharing
            check_named(SHARING, sharing)
            found["training.sharing" if arm == "base" else f"arms.{arm}.training.sharing"] = sharing
    return found


def _mistakes_in_combinations(place: str, chosen: CombinationSettings, tasks: Collection[str]) -> list[str]:
    """Unknown tasks, sets larger than the study, and nothing at all."""
    mistakes = [
        f"{place}: there is no task {task!r}{did_you_mean(task, tasks)}"
        for listed in chosen.lists
        for task in listed
        if task not in tasks
    ]
    too_large = [size for size in chosen.sizes if size > len(tasks)]
    if too_large:
        mistakes.append(f"{place}.sizes: {too_large[0]} tasks asked for, the study has {len(tasks)}")
    if not any((chosen.named, chosen.sizes, chosen.lists)):
        mistakes.append(f"{place}: is empty; name singles, pairs, all, sizes or lists of tasks")
    return mistakes


def _mistakes_in_related(pairs: Sequence[Sequence[str]], tasks: Collection[str]) -> list[str]:
    """Unknown tasks, and what is no pair."""
    mistakes = []
    for number, pair in enumerate(pairs):
        mistakes += [
            f"related.{number}: there is no task {task!r}{did_you_mean(task, tasks)}"
            for task in pair
            if task not in tasks
        ]
        if len(set(pair)) != 2 or len(pair) != 2:
            mistakes.append(f"related.{number}: holds {', '.join(pair) or 'nothing'}; name two tasks")
    return mistakes + mistakes_of_twice("related", [frozenset(pair) for pair in pairs])


def mistakes_of_twice(place: str, items: Sequence[object]) -> list[str]:
    """Mistakes in a list whose items name cells of the grid: two cells of one name would be one in the tables."""
    return [
        f"{place}.{number}: the same as {place}.{items.index(item)}; leave one out, or give it another name or setting"
        for number, item in enumerate(items)
        if items.index(item) < number
    ]
