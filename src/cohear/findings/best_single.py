"""Which front-end and encoder, or which baseline, does each task best alone: what sharing has to be held against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from cohear.analysis.answers.best_singles import BestSingle, OtherSingle, Single
from cohear.analysis.statistics import Statistics
from cohear.base.counting import counted
from cohear.base.setting import setting_of
from cohear.base.units import Unit
from cohear.findings.figures import Estimate
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.sentences import setting_name
from cohear.findings.typed_figures import TypedFigures
from cohear.findings.words import Name, Words, joined, words


@dataclass(frozen=True)
class BestOfTask:
    """The best way to do one task alone.

    Attributes:
        way: front-end and encoder, or baseline.
        score: of it, with its unit.
        ways: how many were compared, itself among them.
        next: the next best one.
        ahead: how far that is behind.
        open: those that it is not surely ahead of.
    """

    way: str
    score: str
    ways: int
    next: str
    ahead: Estimate
    open: Sequence[str]


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
        best = {task: line for task, line in statistics.best_singles.items() if line["others"]}
        if not best:
            return
        tasks = {task: _of_task(line, statistics.units[line["metric"]]) for task, line in best.items()}
        clear = sum(not one.open for one in tasks.values())
        yield StudyFinding(
            code=self.code,
            sureness="sure" if clear == len(tasks) else "partly" if clear else "open",
            figures=BestSingleFigures(tasks=tasks),
            rows=(TableRows("singles.csv", tuple(_row(line) for line in best.values())),),
        )

    def said(self, finding: StudyFinding) -> Said:
        """Task by task."""
        each = joined((_told(task, one) for task, one in BestSingleFigures.of(finding).tasks.items()), "; ")
        return Said(words("Alone, each task is done best: ", each, "."), details=(("", words(_CHOSEN)),))


_CHOSEN = (
    "The best is chosen by the scores that it is shown with, so that it looks a little better than it is; it is called "
    "surely ahead where chance does not make such a difference between any two."
)


def way_of(candidate: Single) -> str:
    """``logmel / small``, ``the baseline summary / svm``."""
    name = setting_name(setting_of(candidate))
    return f"the baseline {name}" if candidate["baseline"] else name


def _row(line: BestSingle) -> Mapping[str, str]:
    features, encoder, arm = setting_of(line)
    return {"task": line["task"], "features": features, "encoder": encoder, "arm": arm}


def _of_task(line: BestSingle, unit: Unit) -> BestOfTask:
    second: OtherSingle = line["others"][0]
    return BestOfTask(
        way=way_of(line),
        score=unit.level(line["value"]),
        ways=1 + len(line["others"]),
        next=way_of(second),
        ahead=Estimate(second["ahead"], second["ahead_low"], second["ahead_high"], unit),
        open=[way_of(other) for other in line["others"] if not other["surely"]],
    )


def _told(task: str, one: BestOfTask) -> Words:
    """``digit by logmel / small (88.9, +20.1 points (+15.0 to +25.2) ahead of …; 2 of 3 others surely behind)``."""
    behind = f"{one.ways - 1 - len(one.open)} of {counted(one.ways - 1, 'other')} surely behind"
    score = f" ({one.score}, {one.ahead} ahead of "
    return words(Name(task), " by ", Name(one.way), score, Name(one.next), f"; {behind})")


FINDINGS.register(BestSingles.code)(BestSingles())
