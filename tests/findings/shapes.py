"""Every shape that a simulated study has here, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from studies import Effects, Setting, SimulatedStudy, Task, everything, pairs, singles, tasks_named

from cohear.base.streams import stream

NAMES = (
    *("digit", "keyword", "emotion", "event", "scene", "speaker", "accent"),
    *("urban", "chord", "tempo", "genre", "insect", "engine", "bird"),
)
ODD = ("a b", "ä ö", "<i>x</i>", "quote'\"", "50 %", "no", "|pipe|", "shalom שלום", "[red]x", "01")

Shape = Callable[[int], SimulatedStudy]
SHAPES: dict[str, Shape] = {}


def shape(make: Callable[[str, int, np.random.Generator], SimulatedStudy]) -> Shape:
    """Enter a shape under the name of its function."""
    name = make.__name__.replace("_", " ")

    def study(number: int) -> SimulatedStudy:
        return make(name, number, stream("shape", name, number))

    SHAPES[name] = study
    return study


def studies(each: int) -> list[SimulatedStudy]:
    """So many of every shape."""
    return [make(number) for number in range(each) for make in SHAPES.values()]


def study_named(name: str) -> SimulatedStudy:
    """The study that :attr:`SimulatedStudy.name` names."""
    shape_name, _, number = name.rpartition("-")
    return SHAPES[shape_name](int(number))


def plain_study(name: str, number: int, rng: np.random.Generator, tasks: int = 0) -> SimulatedStudy:
    """Singles, pairs and all in one network."""
    names = NAMES[: tasks or int(rng.integers(3, 6))]
    return SimulatedStudy(
        name,
        number,
        tasks_named(*names),
        (Setting(everything(names)),),
        seeds=int(rng.integers(1, 3)),
        effects=Effects(share=float(rng.choice([0.0, 0.3, 0.6])), size=float(rng.choice([0.02, 0.04, 0.08]))),
    )


def names_of(study: SimulatedStudy) -> tuple[str, ...]:
    """Of its tasks."""
    return tuple(task.name for task in study.tasks)


@shape
def plain(name, number, rng):
    return plain_study(name, number, rng)


@shape
def one_fold(name, number, rng):
    return replace(plain_study(name, number, rng), folds=1, seeds=int(rng.integers(2, 9)))


@shape
def one_repeat(name, number, rng):
    return replace(plain_study(name, number, rng), folds=1, seeds=1, folder=bool(number % 2))


@shape
def one_seed(name, number, rng):
    return replace(plain_study(name, number, rng), folds=int(rng.integers(5, 8)), seeds=1)


@shape
def few_repeats(name, number, rng):
    return replace(plain_study(name, number, rng), folds=int(rng.integers(2, 5)), seeds=1)


@shape
def two_folds(name, number, rng):
    return replace(plain_study(name, number, rng), folds=2, seeds=int(rng.integers(2, 5)))


@shape
def many_seeds(name, number, rng):
    return replace(plain_study(name, number, rng, 4), folds=3, seeds=6)


@shape
def singles_only(name, number, rng):
    study = plain_study(name, number, rng)
    return replace(study, settings=(Setting(singles(names_of(study))),), folder=bool(number % 2))


@shape
def one_task(name, number, rng):
    return plain_study(name, number, rng, 1)


@shape
def failed_runs(name, number, rng):
    return replace(plain_study(name, number, rng), failed=float(rng.choice([0.05, 0.2, 0.5])))


@shape
def unfinished(name, number, rng):
    return replace(plain_study(name, number, rng), left=float(rng.choice([0.1, 0.4, 0.8])), failed=0.05)


@shape
def nothing_done(name, number, rng):
    return replace(plain_study(name, number, rng, 3), left=1.0)


@shape
def huge_effects(name, number, rng):
    return replace(plain_study(name, number, rng), effects=Effects(share=0.7, size=0.25))


@shape
def all_helped(name, number, rng):
    return replace(plain_study(name, number, rng), effects=Effects(share=0.3, size=0.02, all_same=0.06))


@shape
def all_hurt(name, number, rng):
    return replace(plain_study(name, number, rng), effects=Effects(share=0.5, size=0.02, all_same=-0.05))


@shape
def a_little_hurt(name, number, rng):
    return replace(
        plain_study(name, number, rng), seeds=2, effects=Effects(share=0.8, size=0.02, all_same=-0.015, in_groups=0.2)
    )


@shape
def ties(name, number, rng):
    study = plain_study(name, number, rng)
    tasks = tuple(replace(task, noise=0.0, rounded=True, clips=int(rng.choice([0, 40]))) for task in study.tasks)
    return replace(study, tasks=tasks, effects=Effects(share=float(rng.choice([0.0, 0.5]))))


@shape
def small_tests(name, number, rng):
    study = plain_study(name, number, rng)
    return replace(study, tasks=tuple(replace(task, noise=0.3, rounded=True, clips=20) for task in study.tasks))


@shape
def at_the_ceiling(name, number, rng):
    study = plain_study(name, number, rng)
    return replace(study, tasks=tuple(replace(task, level=0.995) for task in study.tasks))


@shape
def quiet(name, number, rng):
    study = plain_study(name, number, rng)
    return replace(study, seeds=2, tasks=tuple(replace(task, noise=0.15) for task in study.tasks))


@shape
def loud(name, number, rng):
    study = plain_study(name, number, rng)
    return replace(study, tasks=tuple(replace(task, noise=3.0) for task in study.tasks))


@shape
def two_tasks(name, number, rng):
    return plain_study(name, number, rng, 2)


@shape
def three_tasks(name, number, rng):
    return plain_study(name, number, rng, 3)


@shape
def above_twelve_tasks(name, number, rng):
    return replace(plain_study(name, number, rng, int(rng.integers(13, 15))), seeds=1, folder=False)


@shape
def adaptive(name, number, rng):
    return replace(plain_study(name, number, rng, int(rng.integers(3, 5))), folds=5, seeds=3, looks=(5, 10, 15))


@shape
def adaptive_with_failed_runs(name, number, rng):
    return replace(adaptive_like(name, number, rng), failed=0.1)


@shape
def adaptive_unfinished(name, number, rng):
    return replace(adaptive_like(name, number, rng), left=0.3)


def adaptive_like(name: str, number: int, rng: np.random.Generator) -> SimulatedStudy:
    """Looks from the fifth repeat on."""
    study = replace(plain_study(name, number, rng, 3), folds=5, seeds=2, looks=tuple(range(5, 11)))
    return replace(study, effects=Effects(share=0.6, size=0.06))


@shape
def pairs_alone(name, number, rng):
    """The second encoder has pairs and no single run."""
    study = plain_study(name, number, rng, 4)
    names = names_of(study)
    more = Setting(pairs(names), encoder="large", parameters=400_000)
    return replace(study, settings=(*study.settings, more), seeds=1)


@shape
def an_encoder_with_pairs_only(name, number, rng):
    """The second encoder has singles and pairs, and no larger group."""
    study = plain_study(name, number, rng, 4)
    names = names_of(study)
    more = Setting((*singles(names), *pairs(names)), encoder="large", parameters=400_000)
    return replace(study, settings=(*study.settings, more), seeds=1)


@shape
def an_encoder_with_singles_only(name, number, rng):
    study = plain_study(name, number, rng, 3)
    more = Setting(singles(names_of(study)), encoder="large", parameters=400_000)
    return replace(study, settings=(*study.settings, more), seeds=1)


@shape
def all_with_a_larger_encoder(name, number, rng):
    study = plain_study(name, number, rng, 4)
    names = names_of(study)
    more = Setting((*singles(names), names), encoder="large", parameters=400_000)
    return replace(study, settings=(*study.settings, more), seeds=1)


@shape
def two_encoders_of_three_tasks(name, number, rng):
    study = plain_study(name, number, rng, 3)
    return replace(study, settings=two_encoders(names_of(study)))


@shape
def two_encoders_of_four_tasks(name, number, rng):
    study = plain_study(name, number, rng, 4)
    effects = replace(study.effects, persistent=float(rng.choice([0.0, 0.5, 1.0])))
    return replace(study, settings=two_encoders(names_of(study)), effects=effects)


@shape
def two_encoders_of_other_tasks(name, number, rng):
    """No pair is in both."""
    study = plain_study(name, number, rng, 6)
    first, second = names_of(study)[:3], names_of(study)[3:]
    return replace(study, settings=(Setting(everything(first)), Setting(everything(second), encoder="large")))


@shape
def two_encoders_of_partly_other_tasks(name, number, rng):
    """Three tasks of four are in both, so that one of them has two partners in common."""
    study = plain_study(name, number, rng, 5)
    names = names_of(study)
    return replace(study, settings=(Setting(everything(names[:4])), Setting(everything(names[1:]), encoder="large")))


def two_encoders(names: tuple[str, ...]) -> tuple[Setting, ...]:
    """The same with an encoder four times as large."""
    return Setting(everything(names)), Setting(everything(names), encoder="large", parameters=400_000)


@shape
def two_front_ends(name, number, rng):
    study = plain_study(name, number, rng, 3)
    groups = everything(names_of(study))
    settings = [Setting(groups, features=f, encoder=e) for f in ("logmel", "summary") for e in ("small", "dnn")]
    return replace(study, settings=tuple(settings), seeds=1)


@shape
def arms(name, number, rng):
    study = plain_study(name, number, rng, 3)
    groups = everything(names_of(study))
    return replace(study, settings=(Setting(groups), Setting(groups, arm="adapters", same_singles_as="base")))


@shape
def groups_of_three_and_four(name, number, rng):
    study = plain_study(name, number, rng, 5)
    names = names_of(study)
    some = [names[:3], names[1:4], names[2:], names[:4], names]
    return replace(study, settings=(Setting((*singles(names), *pairs(names), *some)),))


@shape
def groups_without_pairs(name, number, rng):
    study = plain_study(name, number, rng, 4)
    names = names_of(study)
    return replace(study, settings=(Setting((*singles(names), names[:3], names[1:])),))


@shape
def one_network_only(name, number, rng):
    """All tasks in one network beside their singles, and no pair."""
    study = plain_study(name, number, rng)
    names = names_of(study)
    return replace(study, settings=(Setting((*singles(names), names)),), folds=int(rng.integers(1, 6)))


@shape
def some_pairs(name, number, rng):
    study = plain_study(name, number, rng, 5)
    names = names_of(study)
    some = [pair for pair in pairs(names) if rng.random() < 0.5]
    return replace(study, settings=(Setting((*singles(names), *some)),))


@shape
def without_a_single(name, number, rng):
    study = plain_study(name, number, rng, 4)
    names = names_of(study)
    return replace(study, settings=(Setting((*singles(names[1:]), *pairs(names), names)),))


@shape
def without_any_single(name, number, rng):
    study = plain_study(name, number, rng, 3)
    return replace(study, settings=(Setting(pairs(names_of(study))),))


@shape
def uneven_repeats(name, number, rng):
    study = replace(plain_study(name, number, rng, 4), seeds=3)
    groups = [study.combination(group) for group in study.settings[0].groups if len(group) > 1]
    return replace(study, fewer={group: int(rng.integers(0, 4)) for group in groups})


@shape
def several_metrics(name, number, rng):
    study = plain_study(name, number, rng, 4)
    one, two, three, four = study.tasks
    changed = (
        one,
        replace(two, metric="map"),
        replace(three, metric="eer", higher_is_better=False),
        replace(four, metric="dB", scale=10.0, margin=0.05),
    )
    return replace(
        study, tasks=changed[: 2 + number % 3], settings=(Setting(everything(names_of(study)[: 2 + number % 3])),)
    )


@shape
def less_is_better(name, number, rng):
    study = plain_study(name, number, rng)
    return replace(study, tasks=tuple(replace(t, metric="eer", higher_is_better=False) for t in study.tasks))


@shape
def errors_above_one(name, number, rng):
    """A word error rate may be above one."""
    study = plain_study(name, number, rng)
    tasks = tuple(replace(t, metric="wer", higher_is_better=False, level=0.05, chance=None) for t in study.tasks)
    return replace(study, tasks=tasks)


@shape
def per_cent(name, number, rng):
    study = plain_study(name, number, rng)
    tasks = tuple(replace(task, scale=100.0, margin=None, metric="acc") for task in study.tasks)
    return replace(study, tasks=tasks, folder=False, facts=False)


@shape
def uar_in_per_cent(name, number, rng):
    study = plain_study(name, number, rng)
    return replace(study, tasks=tuple(replace(task, scale=100.0, metric="score") for task in study.tasks))


@shape
def own_margins(name, number, rng):
    study = plain_study(name, number, rng)
    margins = (0.03, None, 0.001, 0.05, 0.2, 0.01)
    tasks = [replace(task, margin=margin) for task, margin in zip(study.tasks, margins, strict=False)]
    return replace(study, tasks=tuple(tasks), seeds=2)


@shape
def odd_names(name, number, rng):
    names = tuple(rng.permutation(ODD)[:4].tolist())
    setting = Setting(everything(names), encoder="dnn(layers=1)", arm="base")
    return replace(plain_study(name, number, rng, 4), tasks=tasks_named(*names), settings=(setting,))


@shape
def controls(name, number, rng):
    study = plain_study(name, number, rng, 3)
    made = Setting(everything(names_of(study)), controls=("shuffled", "unlabelled", "wide"))
    return replace(study, settings=(made,), effects=Effects(share=0.8, size=0.1))


@shape
def controls_of_losses(name, number, rng):
    study = plain_study(name, number, rng, 3)
    made = Setting(everything(names_of(study)), controls=("shuffled", "duplicate", "long"))
    return replace(study, settings=(made,), effects=Effects(share=0.3, size=0.02, all_same=-0.08))


@shape
def bare_tables(name, number, rng):
    return replace(plain_study(name, number, rng), folder=False, bare=True)


@shape
def tables(name, number, rng):
    return replace(plain_study(name, number, rng), folder=False)


@shape
def official_folds(name, number, rng):
    """One task has fewer official folds than the study has repeats."""
    study = plain_study(name, number, rng, 4)
    first, *others = study.tasks
    return replace(study, tasks=(replace(first, official=int(rng.integers(1, 4))), *others))


@shape
def one_test_part(name, number, rng):
    study = plain_study(name, number, rng, 3)
    return replace(study, tasks=tuple(replace(task, official=1) for task in study.tasks))


@shape
def folds_without_a_score(name, number, rng):
    return replace(plain_study(name, number, rng, 4), unscored=0.2)


@shape
def more_metrics(name, number, rng):
    study = plain_study(name, number, rng, 3)
    first, *others = study.tasks
    return replace(study, more_metrics=True, tasks=(first, *(replace(task, metric="accuracy") for task in others)))


@shape
def with_curves(name, number, rng):
    return replace(plain_study(name, number, rng, 3), curves=True)


@shape
def related_tasks(name, number, rng):
    return replace(plain_study(name, number, rng, 4), related=True)


@shape
def no_gap(name, number, rng):
    return replace(plain_study(name, number, rng, 3), gap=0.0)


@shape
def one_task_not_learnt(name, number, rng):
    study = plain_study(name, number, rng, 4)
    return replace(study, seeds=2, tasks=at_chance(study.tasks, 1), effects=Effects(share=0.6, size=0.06))


@shape
def one_task_learnt(name, number, rng):
    study = plain_study(name, number, rng, 4)
    return replace(study, seeds=2, tasks=at_chance(study.tasks, 3), effects=Effects(share=0.6, size=0.06))


@shape
def nothing_learnt(name, number, rng):
    study = plain_study(name, number, rng, 3)
    return replace(study, tasks=at_chance(study.tasks, 3), folder=bool(number % 2))


@shape
def learnt_together_alone(name, number, rng):
    """Two tasks score by chance alone, and far above it beside any other."""
    study = plain_study(name, number, rng, 4)
    return replace(study, seeds=2, tasks=at_chance(study.tasks, 2), effects=Effects(share=0.2, all_same=0.3))


@shape
def errors_by_chance(name, number, rng):
    """Less is better, and one task is not learnt."""
    study = plain_study(name, number, rng, 4)
    tasks = (replace(task, metric="eer", higher_is_better=False) for task in at_chance(study.tasks, 1))
    return replace(study, seeds=2, tasks=tuple(tasks), effects=Effects(share=0.6, size=0.06))


@shape
def wild_singles(name, number, rng):
    """Scores alone are far above chance on average, and lie so far apart that this may be luck."""
    study = plain_study(name, number, rng, 4)
    first, *others = study.tasks
    return replace(study, folds=3, seeds=1, tasks=(replace(first, noise=20.0), *others))


@shape
def chance_not_told(name, number, rng):
    """Of one task; whether it is learnt is then open."""
    study = plain_study(name, number, rng, 3)
    first, *others = at_chance(study.tasks, 2)
    return replace(study, seeds=2, tasks=(replace(first, chance=None), *others))


@shape
def not_learnt_by_two_encoders(name, number, rng):
    study = plain_study(name, number, rng, 4)
    return replace(study, seeds=2, tasks=at_chance(study.tasks, 1), settings=two_encoders(names_of(study)))


def at_chance(tasks: tuple[Task, ...], number: int) -> tuple[Task, ...]:
    """Tasks of which the first score as answers that ignore the sound do."""
    level = 0.25
    return (*(replace(task, level=level, chance=level) for task in tasks[:number]), *tasks[number:])


@shape
def six_tasks(name, number, rng):
    """As many cells as a usual study has."""
    return plain_study(name, number, rng, 6)


@shape
def anything(name, number, rng):
    """All of it by chance."""
    names = tuple(rng.permutation(NAMES)[: int(rng.integers(2, 6))].tolist())
    metrics = [("uar", True, 1.0), ("uar", True, 1.0), ("map", True, 1.0), ("eer", False, 1.0), ("mos", True, 5.0)]
    chosen = [metrics[int(place)] for place in rng.integers(0, len(metrics), len(names))]
    tasks = tuple(
        Task(
            task,
            *metric,
            level=float(rng.uniform(0.4, 0.95)),
            margin=[None, 0.01, 0.03][int(rng.integers(3))],
            official=[None, None, 2][int(rng.integers(3))],
            clips=int(rng.choice([0, 30, 300])),
            rounded=bool(rng.integers(2)),
            noise=float(rng.choice([0.3, 1.0, 2.0])),
            parts=made.parts,
        )
        for task, metric, made in zip(names, chosen, tasks_named(*names), strict=True)
    )
    every = everything(names)
    settings = [Setting(tuple(group for group in every if rng.random() < rng.choice([0.7, 1.0])) or every)]
    if rng.random() < 0.4:
        settings.append(Setting(every[: int(rng.integers(1, len(every) + 1))], encoder="large", parameters=300_000))
    return SimulatedStudy(
        name,
        number,
        tasks,
        tuple(settings),
        folds=int(rng.integers(1, 7)),
        seeds=int(rng.integers(1, 4)),
        effects=Effects(float(rng.random()), float(rng.choice([0.01, 0.05, 0.15])), float(rng.normal(0, 0.02))),
        failed=float(rng.choice([0, 0, 0.1])),
        left=float(rng.choice([0, 0, 0.2])),
        unscored=float(rng.choice([0, 0, 0.1])),
        folder=bool(rng.integers(2)),
        more_metrics=bool(rng.integers(2)),
    )


ONE_EACH = [
    f"{shape}-0"
    for shape in (
        *("plain", "one fold", "one repeat", "few repeats", "two tasks", "three tasks", "singles only", "ties"),
        *("failed runs", "unfinished", "uneven repeats", "folds without a score", "official folds", "one test part"),
        *("huge effects", "a little hurt", "at the ceiling", "groups of three and four", "groups without pairs"),
        *("one network only", "pairs alone", "without a single", "without any single", "two encoders of three tasks"),
        *("two encoders of partly other tasks", "adaptive", "adaptive with failed runs", "adaptive unfinished"),
        *("controls", "several metrics", "less is better", "per cent", "errors above one", "odd names"),
        *("bare tables", "anything", "one task not learnt", "one task learnt", "nothing learnt", "wild singles"),
    )
]
"""Studies in which whatever does not hold shows."""
