"""Ways to serve all tasks with some networks, of which no other is both cheaper and better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Grouping:
    """Networks that serve every task once.

    Attributes:
        groups: their combinations.
        cost: sum over networks.
        gain: sum over tasks.
    """

    groups: tuple[str, ...]
    cost: float
    gain: float


def front(price: Mapping[str, float], gain: Mapping[str, float], tasks: Sequence[str]) -> list[Grouping]:
    """Groupings of measured combinations that no other beats in both cost and gain, cheapest first.

    Costs and gains add up over networks, so of two ways to serve the same tasks the one that is dearer and
    worse is never part of a better whole: dynamic programming over sets of tasks.

    Args:
        price: cost of each combination, singles included.
        gain: sum of the gains of its tasks, 0 for a single.
        tasks: all tasks, each of which every grouping serves once.
    """
    place = {task: 1 << number for number, task in enumerate(tasks)}
    masks = {name: sum(place[task] for task in name.split("+")) for name in price if set(name.split("+")) <= set(place)}
    best: dict[int, list[Grouping]] = {0: [Grouping((), 0.0, 0.0)]}
    for served in range(1, 1 << len(tasks)):
        lowest = served & -served
        grown = [
            Grouping((*rest.groups, name), rest.cost + price[name], rest.gain + gain[name])
            for name, mask in masks.items()
            if mask & lowest and not mask & ~served
            for rest in best[served ^ mask]
        ]
        best[served] = _unbeaten(grown)
    return best[(1 << len(tasks)) - 1]


def _unbeaten(groupings: list[Grouping]) -> list[Grouping]:
    kept: list[Grouping] = []
    for one in sorted(groupings, key=lambda g: (g.cost, -g.gain, g.groups)):
        if not kept or one.gain > kept[-1].gain:
            kept.append(one)
    return kept
