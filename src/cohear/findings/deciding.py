"""What would decide cells that are open: the same cures for a pair, a setting and a whole study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from cohear.analysis.gains.verdicts import FEWEST_REPEATS
from cohear.analysis.tables.columns import SETTING
from cohear.base.counting import counted
from cohear.findings.cures import Cure
from cohear.findings.sentences import listed, setting_name
from cohear.findings.words import NOTHING, Name, Words, words

SEEDS = "`repeats: {seeds: 2}` in the study file"


@dataclass(frozen=True)
class ForCells(Cure):
    """A cure for some of the cells that are open.

    Attributes:
        cells: how many it is for.
        of: how many are open.
        tasks: whose they are, of the two of one pair; empty of many.
    """

    cells: int
    of: int
    tasks: tuple[str, ...] = ()

    @property
    def them(self) -> Words:
        """``it``, ``both``, ``the gain of a``, ``all 7 that are undecided`` or ``3 of the 7 that are undecided``."""
        if self.of == 1:
            return words("it")
        if self.cells < self.of:
            many = words(f"{self.cells} of the {self.of} that are undecided")
            return words("the gain of ", Name(self.tasks[0])) if len(self.tasks) == 1 else many
        return words("both" if self.of == 2 else f"all {self.of} that are undecided")

    @property
    def of_some(self) -> Words:
        """`` for 3 of the 7 that are undecided``, nothing where it is for all."""
        return NOTHING if self.cells == self.of else words(" for ", self.them)


@dataclass(frozen=True)
class MoreRepeats(ForCells):
    """So many more repeats on the same clips, for one or two cells, or for half of the cells."""

    kind: ClassVar[str] = "more repeats"
    promise: ClassVar[str] = (
        "after so many more repeats, with the gains and the spread of those seen, each is decided with 80 % power"
    )

    repeats: int = 0

    @property
    def words(self) -> Words:
        """How many, and for how many cells."""
        if self.cells > 2:
            return words(
                "More repeats on the same clips would decide ",
                self.them,
                f" with 80 % power, half of them after about {self.repeats} more, if gains are what they seem.",
            )
        if_so = "the gain is what it seems" if self.cells == 1 else "both gains are what they seem"
        many = counted(self.repeats, "more repeat")
        return words(f"About {many} on the same clips would decide ", self.them, f" with 80 % power, if {if_so}.")


@dataclass(frozen=True)
class FirstRepeats(ForCells):
    """As many repeats as a verdict needs."""

    kind: ClassVar[str] = "repeats that a verdict needs"
    promise: ClassVar[str] = "the cells are tested"

    repeats: int = 0

    @property
    def words(self) -> Words:
        """How many are missing."""
        many = counted(self.repeats, "more repeat")
        return words(f"At least {many}", self.of_some, f": with fewer than {FEWEST_REPEATS} nothing is decided.")


@dataclass(frozen=True)
class SecondSeed(ForCells):
    """A second seed in every fold, which tells the spread of the folds from that of training.

    Attributes:
        where: the settings that lack it, where others have it.
    """

    kind: ClassVar[str] = "a second seed"
    promise: ClassVar[str] = "the part of the folds in the spread is measured"
    why: ClassVar[str] = (
        "With one seed a fold, luck in training cannot be told from which clips are tested; a second one "
        f"({SEEDS}) tells."
    )

    where: tuple[str, ...] = ()

    @property
    def words(self) -> Words:
        """What cannot be told without it, and what it takes."""
        where = words(" in ", Name(listed(self.where))) if self.where else NOTHING
        cost = "as others have it here" if self.where else "it doubles the runs, and those that are done stay"
        return words(
            "With one seed a fold",
            where,
            ", luck in training cannot be told from which clips are tested, nor how many more repeats would decide ",
            self.them,
            f": a second seed in every fold ({SEEDS}; {cost}) tells, and may decide {'it' if self.of == 1 else 'some'} "
            "by itself.",
        )


@dataclass(frozen=True)
class LargerFamily(ForCells):
    """More cells in a family of which too few are there to tell the spread of the folds from that of training."""

    kind: ClassVar[str] = "more combinations"
    promise: ClassVar[str] = "with two seeds a fold the part of the folds in the spread is measured"
    why: ClassVar[str] = (
        "Where fewer than four cells are judged together, all of their spread is taken for that of the folds, which no "
        "number of repeats on the same clips makes smaller."
    )

    @property
    def words(self) -> Words:
        """Why repeats cannot be counted."""
        return words("More combinations of tasks", self.of_some, f" would tell more. {self.why}")


@dataclass(frozen=True)
class TestClips(ForCells):
    """The number of test clips, where all repeats are equal."""

    kind: ClassVar[str] = "the number of test clips"
    promise: ClassVar[str] = "the error of the cells is known"
    why: ClassVar[str] = "How sure a gain is that is the same in all repeats, only the column `test_clips` tells."

    @property
    def words(self) -> Words:
        """What it tells."""
        return words(
            f"All repeats of {counted(self.cells, 'cell')} have the same gain: how sure that is can only be told with "
            "the column `test_clips`."
        )


@dataclass(frozen=True)
class GoOn(ForCells):
    """The rest of a study that gives cells more repeats by itself."""

    kind: ClassVar[str] = "the rest of the study"

    @property
    def words(self) -> Words:
        """Which cells get more."""
        return words("The study itself: it gives more repeats to ", self.them, ", up to its last look.")


@dataclass(frozen=True)
class NewClips(ForCells):
    """Other clips: with those that there are, repeats would decide too seldom, or never."""

    kind: ClassVar[str] = "new clips"

    @property
    def words(self) -> Words:
        """That repeats would not do."""
        return words("More repeats on the same clips would hardly decide ", self.them, ": that takes new clips.")


def cures_of(cells: pd.DataFrame, among: pd.DataFrame | None = None, *, of_a_pair: bool = False) -> tuple[Cure, ...]:
    """What would decide the cells that are open, the cure for most of them first.

    Args:
        cells: rows of :func:`cohear.analysis.looking.power.power_table`.
        among: all of the study, where settings with one seed a fold are to be named beside others; None where not.
        of_a_pair: whether they are the two of one pair, which are told apart by their task.
    """
    undecided = cells[cells["way"] != ""]
    of, found = len(undecided), []
    for way, rows in undecided.groupby("way", sort=False):
        missing = FEWEST_REPEATS - rows["repeats"].astype(float)
        number, more = len(rows), sorted(missing if way == "fewest" else rows["more_repeats"])
        # two are told of together, of many the middle one
        middle = more[number // 2] if number > 2 and way == "repeats" else more[-1]
        repeats = max(1, round(middle)) if way in ("repeats", "fewest") else 0
        tasks = tuple(rows["task"]) if of_a_pair else ()
        made: dict[str, ForCells] = {
            "looks": GoOn(number, of, tasks),
            "fewest": FirstRepeats(number, of, tasks, repeats),
            "repeats": MoreRepeats(number, of, tasks, repeats),
            "still": TestClips(number, of, tasks),
            "cells": LargerFamily(number, of, tasks),
            "seed": SecondSeed(number, of, tasks, _with_one_seed(rows, among)),
            "clips": NewClips(number, of, tasks),
        }
        found.append(made[str(way)])
    return tuple(sorted(found, key=lambda cure: -cure.cells))


def _with_one_seed(rows: pd.DataFrame, among: pd.DataFrame | None) -> tuple[str, ...]:
    """Names of the settings that have one seed a fold, where others have more."""
    if among is None or not (among["share_assumed"] == "").any():
        return ()
    return tuple(dict.fromkeys(setting_name([row[name] for name in SETTING]) for row in rows.to_dict("records")))
