"""What a study can answer before anything of it is trained: smallest gains, and what each question needs."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TypedDict

from cohear.analysis.answers.label_worth import FEWEST_BUDGETS
from cohear.analysis.answers.related_partners import as_many_or_more
from cohear.analysis.gains.cell_tests import LEVEL
from cohear.analysis.gains.verdicts import FEWEST_REPEATS
from cohear.analysis.looking.foreseen import LeastGain, RepeatsPlanned, Sample, smallest_gain
from cohear.base.counting import counted
from cohear.base.setting import InSetting, Setting
from cohear.base.study_facts import StudyFacts
from cohear.base.units import POINTS, Unit

BITS = "bits a clip"
PARTNERS_TO_RANK = 3
"""Partners of a task whose order in two settings can be compared; so many has each of four tasks in all pairs."""
SAMPLES: tuple[Sample, ...] = ("new clips", "these clips")
MANY_SEEDS = 1000
"""Stands for as many as one likes."""


@dataclass(frozen=True)
class PlannedCells:
    """What a setting of a plan trains.

    Attributes:
        setting: features, encoder and arm.
        combinations: of two tasks and more, each with its tasks in the study's order.
        controls: names of those that it has.
    """

    setting: Setting
    combinations: Sequence[tuple[str, ...]]
    controls: Sequence[str] = ()

    @property
    def pairs(self) -> list[tuple[str, ...]]:
        """Combinations of two tasks."""
        return [tasks for tasks in self.combinations if len(tasks) == 2]

    @property
    def groups(self) -> list[tuple[str, ...]]:
        """Combinations of more."""
        return [tasks for tasks in self.combinations if len(tasks) > 2]


class SmallestOfFamily(InSetting):
    """What a family of cells (``pairs`` or ``groups``) would find with 80 % power.

    ``score``: ``metric`` or ``nll``; ``sample``: what a verdict is for, ``new clips`` or ``these clips``; ``repeats``
    of each cell; ``alone``: by a test of one cell; ``family``: at the level of the first that is called; ``settles``:
    what would find less.
    """

    score: str
    sample: Sample
    cells: str
    number: int
    repeats: int
    unit: str
    alone: LeastGain | None
    family: LeastGain | None
    settles: str


class QuestionForeseen(TypedDict):
    """A question, whether the plan can answer it, and what it has and lacks."""

    question: str
    answerable: bool
    words: str


class Foreseen(TypedDict):
    """Smallest gains and questions; the keys are always there."""

    smallest: list[SmallestOfFamily]
    questions: list[QuestionForeseen]


def foreseen(facts: StudyFacts, planned: Sequence[PlannedCells]) -> Foreseen:
    """What a plan can find and answer.

    Args:
        facts: of the study's data.
        planned: what each setting trains.
    """
    repeats = _repeats(facts)
    return {
        "smallest": [row for cells in planned for row in _families(facts, cells, repeats)],
        "questions": list(_questions(facts, planned, repeats)),
    }


def _repeats(facts: StudyFacts) -> RepeatsPlanned:
    """Of the middle task; where repeats stop when verdicts are decided, as many as there can be."""
    folds = [task.folds for name, task in facts.tasks.items() if name not in facts.label_free]
    parts = median(len({fold.test_part for fold in of_task}) for of_task in folds)
    ratio = median(sum(f.test for f in of_task) / max(sum(f.train for f in of_task), 1) for of_task in folds)
    number = facts.repeats.looks[-1] if facts.repeats.looks else max(map(len, folds)) * (facts.repeats.seeds or 1)
    return RepeatsPlanned(int(parts), number / parts, ratio)


def _families(facts: StudyFacts, planned: PlannedCells, repeats: RepeatsPlanned) -> Iterator[SmallestOfFamily]:
    features, encoder, arm = planned.setting
    in_points = {name for name, task in facts.tasks.items() if task.units.get(task.metric, POINTS.name) == POINTS.name}
    for name, combinations in (("pairs", planned.pairs), ("groups", planned.groups)):
        tasks = [task for tasks in combinations for task in tasks if task not in facts.label_free]
        for score, unit in (("metric", POINTS.name), ("nll", BITS)):
            number = sum(task in in_points for task in tasks) if score == "metric" else len(tasks)
            if not number:
                continue
            for sample in SAMPLES:
                if sample == "these clips" and facts.repeats.looks:
                    continue  # looks are spent on the other question
                yield {
                    "features": features,
                    "encoder": encoder,
                    "arm": arm,
                    "score": score,
                    "sample": sample,
                    "cells": name,
                    "number": number,
                    "repeats": round(repeats.number),
                    "unit": unit,
                    "alone": smallest_gain(encoder, score, sample, repeats, number, in_family=False),
                    "family": smallest_gain(encoder, score, sample, repeats, number, in_family=True),
                    "settles": _settles(encoder, score, sample, repeats, number, Unit.named(unit)),
                }


def _settles(encoder: str, score: str, sample: Sample, repeats: RepeatsPlanned, cells: int, unit: Unit) -> str:
    """What would find a smaller gain."""

    def with_seeds(seeds: float) -> LeastGain | None:
        return smallest_gain(encoder, score, sample, replace(repeats, seeds=seeds), cells, in_family=True)

    now = with_seeds(repeats.seeds)
    if now is None:
        least = max(2 if sample == "these clips" else 1, math.ceil(FEWEST_REPEATS / repeats.parts))
        then = with_seeds(least)
        return f"{counted(least, 'seed')} a fold: {unit.size(then['middle'])}" if then else ""
    seeds = max(2, round(2 * repeats.seeds))
    then, limit = with_seeds(seeds), with_seeds(MANY_SEEDS)
    assert then is not None and limit is not None  # with fewer there was one
    more = f"{counted(seeds, 'seed')} a fold: {unit.size(then['middle'])}"
    if sample == "these clips":
        return more
    return f"{more}; however many: {unit.size(limit['middle'])}, below that more folds or clips"


def _questions(
    facts: StudyFacts, planned: Sequence[PlannedCells], repeats: RepeatsPlanned
) -> Iterator[QuestionForeseen]:
    number = round(repeats.number)
    scored = [replace(cells, combinations=_between(cells, facts.label_free)) for cells in planned]
    yield {
        "question": "Does a partner help, on new clips?",
        "answerable": number >= FEWEST_REPEATS and any(cells.combinations for cells in planned),
        "words": f"{counted(number, 'paired repeat')} on {counted(repeats.parts, 'test part')}; a verdict needs "
        f"{FEWEST_REPEATS}, and combinations beside singles.",
    }
    yield {
        "question": "Does it help on these clips?",
        "answerable": number >= FEWEST_REPEATS and repeats.seeds >= 2 and not facts.repeats.looks,
        "words": f"{repeats.seeds:g} {'seed' if repeats.seeds == 1 else 'seeds'} a test part; it takes two, "
        f"{FEWEST_REPEATS} repeats, and a number of repeats that is fixed.",
    }
    yield _related(facts, scored)
    yield _persistence(scored)
    controls = sorted({name for cells in planned for name in cells.controls})
    yield {
        "question": "Why does it help or hurt?",
        "answerable": bool(controls),
        "words": f"Controls: {', '.join(controls) or 'none'}; `shuffled` tells a relation, others their own cause.",
    }
    sizes = sorted({len(tasks) for cells in scored for tasks in cells.combinations})
    yield {
        "question": "How many tasks can share a network?",
        "answerable": any(size > 2 for size in sizes),
        "words": f"Tasks in a network: {', '.join(map(str, sizes)) or 'one'}; it takes pairs and larger combinations.",
    }
    budgets = len(facts.label_budgets)
    yield {
        "question": "How many labels is a partner worth?",
        "answerable": budgets >= FEWEST_BUDGETS,
        "words": f"{counted(budgets, 'label budget')}; it takes {FEWEST_BUDGETS}, arms that differ in `labels` alone.",
    }


def _between(planned: PlannedCells, label_free: Collection[str]) -> list[tuple[str, ...]]:
    """Combinations of tasks that all have labels, and so a score."""
    return [tasks for tasks in planned.combinations if not any(task in label_free for task in tasks)]


def _related(facts: StudyFacts, planned: Sequence[PlannedCells]) -> QuestionForeseen:
    """In the setting with the most tasks that have partners of both kinds."""
    related = {frozenset(pair) for pair in facts.related}
    shares = max((_shares(cells.pairs, related) for cells in planned), key=len, default=[])
    question = "Are related partners the best ones?"
    if not shares:
        lack = "No task has both related partners and others: name pairs in `related` of the study file, and train all."
        return {"question": question, "answerable": False, "words": lack}
    needed = next((hits for hits in range(len(shares) + 1) if as_many_or_more(hits, shares) <= LEVEL), None)
    chance = f"{counted(len(shares), 'task')} with partners of both kinds, of which {sum(shares):.1f} by chance"
    if needed is not None:
        return {"question": question, "answerable": True, "words": f"{chance}; {needed} or more would tell."}
    least = math.ceil(math.log(LEVEL) / math.log(sum(shares) / len(shares)))
    words = f"{chance}; not even all would tell. It takes {least} such tasks, or more partners that are not related."
    return {"question": question, "answerable": False, "words": words}


def _shares(pairs: Iterable[tuple[str, ...]], related: set[frozenset[str]]) -> list[float]:
    """Of each task that has partners of both kinds, how many of them are related ones."""
    partners: dict[str, list[bool]] = {}
    for pair in pairs:
        for task in pair:
            partners.setdefault(task, []).append(frozenset(pair) in related)
    return [sum(own) / len(own) for own in partners.values() if any(own) and not all(own)]


def _persistence(planned: Sequence[PlannedCells]) -> QuestionForeseen:
    """Between the two settings that have the most tasks with enough partners in common."""
    most = 0
    for number, one in enumerate(planned):
        for other in planned[number + 1 :]:
            both = set(one.pairs) & set(other.pairs)
            of_task = {task: sum(task in pair for pair in both) for pair in both for task in pair}
            most = max(most, sum(count >= PARTNERS_TO_RANK for count in of_task.values()))
    return {
        "question": "Do gains persist with another encoder, front-end or arm?",
        "answerable": most > 0,
        "words": f"{counted(most, 'task')} with {PARTNERS_TO_RANK} partners or more in two settings; it takes all "
        f"pairs of {PARTNERS_TO_RANK + 1} tasks in both, and more tasks for intervals that are narrow.",
    }
