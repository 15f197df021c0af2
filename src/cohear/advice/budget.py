"""What a grouping may cost, and what it must reach."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean

LIMITED = ("parameters", "milliseconds", "bytes")
"""Costs that add up over networks and may have a limit."""


@dataclass(frozen=True)
class GroupingBudget:
    """Limits of a grouping; None where there is none.

    Attributes:
        networks: how many there may be.
        parameters: of all of them.
        milliseconds: that they take together for a second of audio, as `cohear bench` measures it.
        bytes: of their files.
        floors: the worst score that a task may be expected to have, in its metric's own unit.
    """

    networks: int | None = None
    parameters: float | None = None
    milliseconds: float | None = None
    bytes: float | None = None
    floors: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises UserError where a limit is no positive number."""
        for name in ("networks", *LIMITED):
            limit = getattr(self, name)
            if limit is not None and not (isfinite(limit) and limit > 0):
                raise UserError(f"--{name} {limit:g}: a limit is a number above 0; leave it out where there is none")

    @property
    def limits(self) -> dict[str, float]:
        """Of costs that have one."""
        given = {name: getattr(self, name) for name in LIMITED}
        return {name: float(limit) for name, limit in given.items() if limit is not None}

    def check_tasks(self, tasks: Collection[str]) -> None:
        """Raises UserError where a floor is of a task that there is not."""
        for name in self.floors:
            if name not in tasks:
                raise UserError(f"--floor {name}: there is no task {name!r}{did_you_mean(name, tasks)}")


def read_floors(given: Sequence[str]) -> dict[str, float]:
    """Floors as the command line has them, ``task=.5`` each; raises UserError where one is none."""
    floors = {}
    for text in given:
        name, between, number = text.rpartition("=")
        try:
            floors[name] = float(number)
        except ValueError:
            between = ""
        if not between or not name or not isfinite(floors[name]):
            raise UserError(f"--floor {text}: give a task and the score that it must reach, as in --floor digit=.5")
    return floors
