"""A good way to divide many tasks among networks: climbing from several beginnings, which may miss the best."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Division = tuple[tuple[int, ...], ...]
"""Networks by the numbers of their tasks, each sorted, in the order of their first tasks."""

Rank = tuple[float, float]
"""How far limits are passed, and minus the value; less is better."""


class Climb:
    """Climbing by moving a task, or by joining two networks, while that does better.

    Args:
        value: of a network; minus infinity where it may not be.
        costs: of a network.
        limits: what each cost may come to over all networks.
        most: networks.
    """

    def __init__(
        self,
        value: Callable[[tuple[int, ...]], float],
        costs: Mapping[str, Callable[[tuple[int, ...]], float]],
        limits: Mapping[str, float],
        most: int,
    ) -> None:
        self._value, self._costs, self._limits, self._most = value, costs, limits, most
        self._known: dict[tuple[int, ...], tuple[float, ...]] = {}

    def best(self, beginnings: Iterable[Division]) -> Division | None:
        """The best division that climbing comes to; None where none of them holds the limits."""
        found = [self._climbed(beginning) for beginning in beginnings]
        rank, best = min((self._rank(one), one) for one in found)
        return None if rank[0] > 0 else best

    def _climbed(self, division: Division) -> Division:
        rank = self._rank(division)
        while True:
            better = min((self._rank(one), one) for one in _beside(division))
            if better[0] >= rank:
                return division
            rank, division = better

    def _rank(self, division: Division) -> Rank:
        told = [self._of(network) for network in division]
        passed = max(0.0, len(division) / self._most - 1)
        for number, limit in enumerate(self._limits.values()):
            passed += max(0.0, sum(one[1 + number] for one in told) / (limit * (1 + 1e-9)) - 1)
        barred = sum(one[0] == -float("inf") for one in told)
        return passed + barred, -sum(one[0] for one in told if one[0] != -float("inf"))

    def _of(self, network: tuple[int, ...]) -> tuple[float, ...]:
        if network not in self._known:
            self._known[network] = (self._value(network), *(self._costs[name](network) for name in self._limits))
        return self._known[network]


def _beside(division: Division) -> Iterator[Division]:
    """Every division that is one move away, and the division itself."""
    yield division
    for place, network in enumerate(division):
        others = [*division[:place], *division[place + 1 :]]
        for other in range(place, len(others)):
            yield as_division([*others[:other], (*network, *others[other]), *others[other + 1 :]])
        if len(network) == 1:
            continue
        for task in network:
            rest = tuple(name for name in network if name != task)
            yield as_division([*others, rest, (task,)])
            for other, joined in enumerate(others):
                yield as_division([*others[:other], (*joined, task), *others[other + 1 :], rest])


def as_division(networks: Iterable[Sequence[int]]) -> Division:
    """Networks as a division."""
    return tuple(sorted(tuple(sorted(network)) for network in networks))
