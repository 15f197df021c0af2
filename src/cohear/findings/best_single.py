"""Which front-end and encoder, or which baseline, does each task best alone: what sharing has to be held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from cohear.analysis.answers.best_singles import BestSingle, OtherSingle
from cohear.analysis.statistics import Statistics
from cohear.base.counting import counted
from cohear.base.setting import setting_of
from cohear.base.tables import NOT_LEARNT
from cohear.base.units import Unit
from cohear.findings.figures import Estimate
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.not_learnt import MARK
from cohear.findings.sentences import way_of
from cohear.findings.typed_figures import TypedFigures
from cohear.findings.words import Name, Words, joined, words


@dataclass(frozen=True)
class BestOfTask:
    """The best way to do one task alone.

    Attributes:
        way: front-end and encoder, or baseline.
        score: of it.
        learnt: whether it is learnt, as far as that can be told.
        others: how many other ways there are.
        next: the next best one; empty where none could be compared.
        ahead: how far that is behind, the number of ways allowed for.
        surely_not: how many of the others are surely not the best.
        on_these: whether that is of these clips alone, since there is one test part.
    """

    way: str
    score: str
    learnt: bool
    others: int
    next: str
    ahead: Estimate
    surely_not: int
    on_these: bool

    @property
    def words(self) -> Words:
        """``logmel / small (88.9; +20.1 points (+15.0 to +25.2) ahead of …; 2 of 3 others are …)``."""
        mark = "" if self.learnt else f", {MARK}"
        if not self.next:
            return words(Name(self.way), f" ({self.score}{mark}; the others have no repeat in common with it)")
        rest = f"{self.surely_not} of {counted(self.others, 'other')} {'is' if self.surely_not == 1 else 'are'} surely"
        where = " on these clips" if self.on_these else ""
        ahead = words(f" ({self.score}{mark}; {self.ahead} ahead of ", Name(self.next))
        return words(Name(self.way), ahead, f"; {rest} not the best{where})")


@dataclass(frozen=True)
class BestSingleFigures(TypedFigures):
    """What is found.

    Attributes:
        tasks: those that were done in several ways.
    """

    tasks: Mapping[str, BestOfTask]


class BestSingles(Kind):
    """Of each task the best way to do it alone, and how far it is ahead of the next best one."""

    code: ClassVar[str] = "best-single"
    question: ClassVar[StudyQuestion] = "improve"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of the whole study, where a task was done alone in several ways."""
        tasks = best_ways(statistics)
        if not tasks:
            return
        clear = sum(one.surely_not == one.others for one in tasks.values())
        yield StudyFinding(
            code=self.code,
            sureness="sure" if clear == len(tasks) else "partly" if clear else "open",
            figures=BestSingleFigures(tasks=tasks),
            rows=(TableRows("singles.csv", tuple(_row(statistics.best_singles[task]) for task in tasks)),),
        )

    def said(self, finding: StudyFinding) -> Said:
        """Task by task."""
        tasks = BestSingleFigures.of(finding).tasks
        each = joined((words(Name(task), " by ", one.words) for task, one in tasks.items()), "; ")
        return Said(words("Alone, each task is done best: ", each, f". {_CHOSEN}"))


_CHOSEN = (
    "The best is chosen by the scores that it is shown with, so that it looks a little better than it is; intervals "
    "allow for the number of ways, a task at a time."
)


def best_ways(statistics: Statistics) -> dict[str, BestOfTask]:
    """The best way to do each task alone, of those that were done in several ways."""
    best = {task: line for task, line in statistics.best_singles.items() if line["others"]}
    return {task: _of_task(line, statistics.units[line["metric"]]) for task, line in best.items()}


def _row(line: BestSingle) -> Mapping[str, str]:
    features, encoder, arm = setting_of(line)
    return {"task": line["task"], "features": features, "encoder": encoder, "arm": arm}


def _of_task(line: BestSingle, unit: Unit) -> BestOfTask:
    second: OtherSingle = line["others"][0]
    return BestOfTask(
        way=way_of(line),
        score=unit.level(line["value"]),
        learnt=line["learnt"] != NOT_LEARNT,
        others=len(line["others"]),
        next=way_of(second) if second["ahead"] is not None else "",
        ahead=Estimate(second["ahead"], second["ahead_low"], second["ahead_high"], unit),
        surely_not=sum(other["surely"] for other in line["others"]),
        on_these=line["parts"] == 1,
    )


FINDINGS.register(BestSingles.code)(BestSingles())
