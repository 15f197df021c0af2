"""Repeats that stop when a cell's verdict is decided: which runs of the plan are wanted.

The plan lists every run that there can be. A combination begins with the repeats of the first look; after a look it
goes on to the next where a cell of it is open. All is a function of the plan and of the results of the repeats
that were looked at, so a study that was killed finds its way again, and never needs to remember it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal, TypedDict, cast

from cohear.base.study_facts import StudyFacts
from cohear.base.tables import Row
from cohear.study.plan.row import PlanRow

Group = tuple[str, str, str, str]
"""features, encoder, arm and combination: what gets a repeat or does not."""

STATES = ("decided", "open", "given up")


class RepeatsOfGroup(TypedDict):
    """How many repeats a combination gets, as JSON."""

    features: str
    encoder: str
    arm: str
    combination: str
    repeats: int


class CellAsData(TypedDict):
    """A `CellState`, as JSON."""

    task: str
    combination: str
    features: str
    encoder: str
    arm: str
    repeats: int
    verdict: str
    state: Literal["decided", "open", "given up"]


class RepeatsAsData(TypedDict):
    """The content of ``repeats.json``: looks, repeats of each combination, and the cells at the last look."""

    looks: list[int]
    repeats: list[RepeatsOfGroup]
    cells: list[CellAsData]


@dataclass(frozen=True)
class CellState:
    """Where a cell stands at the last look.

    Attributes:
        task, combination, features, encoder, arm: the cell.
        repeats: paired repeats that it has.
        verdict: as the table of gains has it.
        state: ``decided``, ``open``, or ``given up`` (undecided, and more repeats would hardly change that).
    """

    task: str
    combination: str
    features: str
    encoder: str
    arm: str
    repeats: int
    verdict: str
    state: Literal["decided", "open", "given up"]

    @property
    def group(self) -> Group:
        """What gets the cell's repeats."""
        return self.features, self.encoder, self.arm, self.combination


Judge = Callable[[Sequence[Row], Sequence[int], StudyFacts], list[CellState]]
"""Judges cells: rows of results (all columns of ``results.csv``), the looks, and facts of the study."""


class Repeats:
    """The repeats that each combination gets.

    Args:
        plan: rows of ``plan.json``, every run that there can be.
        looks: numbers of repeats after which verdicts are looked at.
    """

    def __init__(self, plan: Sequence[PlanRow], looks: Sequence[int]) -> None:
        self._plan, self._looks = plan, tuple(looks)
        order = sorted({(row.seed, row.fold) for row in plan})
        self._number = {repeat: number for number, repeat in enumerate(order)}
        groups = dict.fromkeys(_group(row) for row in plan if len(row.tasks) > 1 and not row.control and row.is_network)
        self.limits: dict[Group, int] = dict.fromkeys(groups, looks[0])

    @classmethod
    def from_json(cls, plan: Sequence[PlanRow], content: RepeatsAsData) -> tuple[Repeats, list[CellState]]:
        """What ``repeats.json`` tells: the repeats, and the cells at the last look."""
        repeats = cls(plan, content["looks"])
        for row in content["repeats"]:
            if (group := (row["features"], row["encoder"], row["arm"], row["combination"])) in repeats.limits:
                repeats.limits[group] = int(row["repeats"])
        return repeats, [CellState(**cell) for cell in content["cells"]]

    def to_json(self, cells: Sequence[CellState]) -> RepeatsAsData:
        """The content of ``repeats.json``."""
        limits: list[RepeatsOfGroup] = [
            {"features": features, "encoder": encoder, "arm": arm, "combination": combination, "repeats": number}
            for (features, encoder, arm, combination), number in self.limits.items()
        ]
        return {
            "looks": list(self._looks),
            "repeats": limits,
            "cells": [cast(CellAsData, asdict(cell)) for cell in cells],
        }

    def wanted(self, limits: Mapping[Group, int] | None = None) -> set[str]:
        """Keys of the runs within the limits: of combinations, of what they are compared with, and of what these need.

        Single runs and controls of a task alone are wanted in every repeat of a combination that holds the task,
        controls of a combination with the combination.
        """
        limits = self.limits if limits is None else limits
        alone: dict[Group, int] = {}
        for (*setting, combination), limit in limits.items():
            for task in combination.split("+"):
                group = (setting[0], setting[1], setting[2], task)
                alone[group] = max(limit, alone.get(group, 0))
        within = {
            row.run
            for row in self._plan
            if self._number[row.seed, row.fold] < limits.get(_group(row), alone.get(_group(row), self._looks[-1]))
        }
        return self._with_needs(within)

    def _with_needs(self, runs: set[str]) -> set[str]:
        """Runs, those of the plan that they need, and so on."""
        needs = {row.run: row.needs for row in self._plan}
        found, new = set(runs), set(runs)
        while new:
            new = {need for run in new for need in needs[run] if need in needs} - found
            found |= new
        return found

    def go_on(self, cells: Sequence[CellState], held: Collection[Group] = ()) -> bool:
        """Give combinations with an open cell the repeats of the next look; whether there is any.

        Args:
            cells: states at this look.
            held: combinations that must wait, because a run of theirs failed.
        """
        more = {cell.group for cell in cells if cell.state == "open"} - set(held)
        before = dict(self.limits)
        for group in more & set(before):
            self.limits[group] = next((look for look in self._looks if look > before[group]), before[group])
        return self.limits != before

    def at_most(self, cells: Sequence[CellState]) -> set[str]:
        """Keys of the runs that are wanted now, or would be if every open cell stayed open to the end."""
        going = {cell.group for cell in cells if cell.state == "open"} if cells else set(self.limits)
        return self.wanted({g: self._looks[-1] if g in going else limit for g, limit in self.limits.items()})

    def of_runs(self, runs: Collection[str]) -> set[Group]:
        """Combinations whose gains need one of these runs; measurements are no part of a gain."""
        rows = [row for row in self._plan if row.run in runs and row.is_network]
        return {
            group
            for group in self.limits
            if any(group[:3] == _group(row)[:3] and _within(row.combination, group[3]) for row in rows)
        }


def states_of(cells: Sequence[CellState]) -> dict[str, int]:
    """How many cells are in each state."""
    return {state: sum(cell.state == state for cell in cells) for state in STATES}


def _group(row: PlanRow) -> Group:
    return row.features, row.encoder, row.arm, row.combination


def _within(combination: str, of: str) -> bool:
    return combination == of or combination in of.split("+")
