"""Which of several candidates is best by scores on validation: on repeats that all have, whatever their units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, variance

from cohear.base.counting import counted
from cohear.base.units import Unit

ScoresByRepeat = Mapping[tuple[int, int], float]
"""Scores of a task by fold and seed; larger is better."""


@dataclass(frozen=True)
class Ranking:
    """Candidates by their places.

    Attributes:
        order: the places, the best first; equal candidates keep their order.
        how: what the best is the best in.
        behind: how far each other one is behind it, by place.
    """

    order: Sequence[int]
    how: str
    behind: Mapping[int, str]


def rank(candidates: Sequence[Mapping[str, ScoresByRepeat]], units: Mapping[str, Unit]) -> Ranking | None:
    """The order of candidates for the same tasks.

    Scores of one unit are averaged over the tasks. Those of several do not add up: each is then counted in how far the
    repeats of a candidate lie apart in its task (root of the mean variance), and where nothing tells that, as of a
    single repeat, it is counted in how many tasks a candidate is the best.

    Args:
        candidates: scores by task, of two candidates or more.
        units: of each task's scores.

    Returns:
        None where there is no task of which all have a repeat in common.
    """
    common = {task: set.intersection(*(set(each.get(task, {})) for each in candidates)) for task in units}
    tasks = [task for task, repeats in common.items() if repeats]
    if not tasks:
        return None
    scores = [{task: [each[task][at] for at in sorted(common[task])] for task in tasks} for each in candidates]
    means = [{task: fmean(values) for task, values in each.items()} for each in scores]
    where = _where([len(common[task]) for task in tasks], "" if len(tasks) == len(units) else ", ".join(tasks))
    of = f"on validation of {len(candidates)}"
    if len({units[task] for task in tasks}) == 1:
        unit = units[tasks[0]]
        return _ranked(
            [fmean(mean.values()) for mean in means],
            lambda best: f"best mean {of}, {unit.level(abs(best))} {where}",
            lambda own, best: f"{unit.level(abs(own))}, {unit.size(best - own).strip()} behind",
        )
    spreads = {task: sqrt(fmean(variance(each[task]) for each in scores)) for task in tasks if len(common[task]) > 1}
    if len(spreads) == len(tasks) and all(spreads.values()):
        return _ranked(
            [fmean(mean[task] / spreads[task] for task in tasks) for mean in means],
            lambda best: f"best {of}, each task's score counted in its spread, {where}",
            lambda own, best: f"{best - own:.2g} spreads behind",
        )
    best_of = {task: max(mean[task] for mean in means) for task in tasks}
    number = counted(len(tasks), "task")
    return _ranked(
        [sum(mean[task] == best_of[task] for task in tasks) for mean in means],
        lambda best: f"best {of} in {best:.0f} of {number}, {where}",
        lambda own, best: f"best in {own:.0f} of {number}",
    )


def _ranked(totals: Sequence[float], how: Callable[[float], str], behind: Callable[[float, float], str]) -> Ranking:
    order = sorted(range(len(totals)), key=lambda place: -totals[place])
    best = totals[order[0]]
    return Ranking(order, how(best), {place: behind(totals[place], best) for place in order[1:]})


def _where(repeats: Sequence[int], tasks: str) -> str:
    """``on the 10 repeats that all have``; of some tasks alone, where others have none."""
    fewest, most = min(repeats), max(repeats)
    number = "one repeat" if most == 1 else f"{most} repeats" if fewest == most else f"{fewest} to {most} repeats"
    return f"on the {number} that all have" + (f" of {tasks}, of other tasks they share none" if tasks else "")
