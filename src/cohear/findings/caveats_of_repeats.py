"""What the design of the repeats does not let anyone conclude."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from cohear.analysis.gains.verdicts import FEWEST_REPEATS
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import SETTING
from cohear.base.counting import counted
from cohear.findings.caveats import Caveat, some_names
from cohear.findings.cures import Cure
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Said
from cohear.findings.missing import NO_GAIN, Compare, Missing
from cohear.findings.sentences import setting_name
from cohear.findings.words import NOTHING, Words, words


@dataclass(frozen=True)
class SeedAFold(Cure):
    """A second seed in every fold, as the caveat asks for it."""

    kind: ClassVar[str] = "a second seed"
    promise: ClassVar[str] = "the part of the folds in the spread is measured"

    @property
    def words(self) -> Words:
        """What it tells."""
        return words("A second seed a fold tells them apart (repeats: {seeds: 2}).")


@dataclass(frozen=True)
class SeedAndCells(Cure):
    """The same where too few cells are judged together to tell anything."""

    kind: ClassVar[str] = "more combinations"
    promise: ClassVar[str] = "with two seeds a fold the part of the folds in the spread is measured"

    @property
    def words(self) -> Words:
        """What it tells."""
        return words("A second seed a fold (repeats: {seeds: 2}) and four cells judged together tell them apart.")


class NothingCompared(Caveat):
    """Where there is no gain."""

    code: ClassVar[str] = "nothing-compared"
    lacks: ClassVar[Mapping[str, Missing]] = {"gains": NO_GAIN}

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, where no task was trained both ways."""
        if statistics.pairs.empty:
            yield StudyFinding(code=self.code, missing="gains", settles=(Compare(),), rows=(TableRows("results.csv"),))

    def said(self, finding: StudyFinding) -> Said:
        """All of it is what is missing."""
        return Said(NOTHING)


class StoppedEarly(Caveat):
    """What a study that looks at its verdicts while it runs does to its figures."""

    code: ClassVar[str] = "stopped-early"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of a study that looks."""
        if statistics.design.looks and len(statistics.pairs):
            looks = list(statistics.design.looks)
            yield StudyFinding(code=self.code, figures={"looks": looks}, rows=(TableRows("gains.csv"),))

    def said(self, finding: StudyFinding) -> Said:
        """What allows for it, and what does not; a verdict stays that of the look that decided it."""
        looks = ", ".join(map(str, finding.figures["looks"]))
        return Said(
            words(
                f"Repeats stopped where verdicts were decided (looks at {looks} repeats): p-values, "
                "verdicts and intervals allow for it; gains of cells that stopped early are a little too large. A "
                "verdict stays that of the look that decided it, the interval is that of all repeats and may hold zero."
            )
        )


class FewRepeats(Caveat):
    """Tasks with cells of fewer than two paired repeats."""

    code: ClassVar[str] = "few-repeats"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, where there are such cells."""
        cells = statistics.cells
        return _of_tasks(self.code, cells[cells["repeats"] < 2])

    def said(self, finding: StudyFinding) -> Said:
        """Whose."""
        tasks = some_names(finding.figures["tasks"])
        return Said(words("Fewer than two paired repeats (", tasks, "): nothing can be decided there."))


class OneTestPart(Caveat):
    """Tasks that are tested on one part, whose gains are those of that part."""

    code: ClassVar[str] = "one-test-part"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, where there are such tasks; those without a verdict are told apart."""
        one = statistics.on_one_part
        one = one[one["repeats"] > 1]
        judged = set(one.loc[one["repeats"] >= FEWEST_REPEATS, "task"])
        tasks = sorted(one["task"].unique())
        if tasks:
            figures = {"judged": sorted(judged), "others": [task for task in tasks if task not in judged]}
            yield StudyFinding(code=self.code, figures=figures, rows=(TableRows("results.csv"),))

    def said(self, finding: StudyFinding) -> Said:
        """What holds for this split alone."""
        sentences = [
            words("One test part only (", some_names(tasks), f"): the {what} hold for this split, not for other data.")
            for what, tasks in (("verdicts", finding.figures["judged"]), ("intervals", finding.figures["others"]))
            if tasks
        ]
        return Said(NOTHING, details=tuple(("", one) for one in sentences))


class OneSeed(Caveat):
    """Cells with one seed a fold."""

    code: ClassVar[str] = "one-seed-a-fold"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, where there are such cells; a study that looks gives more seeds by itself, and stopped there."""
        cells = statistics.judged.cells
        alone = (cells["parts"] > 1) & (cells["repeats"] == cells["parts"])
        if not alone.any():
            return
        few = (cells.loc[alone, "share_assumed"] == "few").any()
        settings = sorted({setting_name(names) for names in cells.loc[alone, list(SETTING)].itertuples(index=False)})
        yield StudyFinding(
            code=self.code,
            figures={
                "cells": int(alone.sum()),
                "settings": [] if alone.all() else settings,
                "stopped": bool(statistics.design.looks),
            },
            settles=() if statistics.design.looks else (SeedAndCells() if few else SeedAFold(),),
            rows=(TableRows("results.csv"),),
        )

    def said(self, finding: StudyFinding) -> Said:
        """What cannot be told apart there."""
        figures = finding.figures
        if figures["stopped"]:
            return Said(
                words(
                    f"{counted(figures['cells'], 'cell')} stopped with one seed a fold, where chance and the choice of "
                    "data cannot be told apart; most is taken for the data's."
                )
            )
        where = words(" (", some_names(figures["settings"]), ")") if figures["settings"] else NOTHING
        return Said(
            words(
                "With one seed a fold",
                where,
                ", chance and the choice of data cannot be told apart; most is taken for the data's.",
            )
        )


class NoVerdict(Caveat):
    """Tasks with cells of two repeats or more, and fewer than a verdict needs."""

    code: ClassVar[str] = "no-verdict"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, where there are such cells."""
        cells = statistics.cells
        return _of_tasks(self.code, cells[cells["repeats"].between(2, FEWEST_REPEATS - 1)])

    def said(self, finding: StudyFinding) -> Said:
        """Whose."""
        tasks = some_names(finding.figures["tasks"])
        return Said(
            words(f"Fewer than {FEWEST_REPEATS} paired repeats (", tasks, "): no verdict there, intervals alone.")
        )


def _of_tasks(code: str, cells: pd.DataFrame) -> Iterable[StudyFinding]:
    tasks = sorted(map(str, cells["task"].unique()))
    return [StudyFinding(code=code, figures={"tasks": tasks}, rows=(TableRows("gains.csv"),))] if tasks else []


for _kind in (NothingCompared, StoppedEarly, FewRepeats, OneTestPart, OneSeed, NoVerdict):
    FINDINGS.register(_kind.code)(_kind())
