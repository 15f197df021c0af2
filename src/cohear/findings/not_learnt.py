"""Tasks that are not learnt: alone, they score no better than an answer that ignores the sound could by chance.

It is no verdict, and no row is dropped for it. Such tasks are in no advice and in no gain to expect: those are made of
:meth:`cohear.analysis.statistics.Statistics.advisable` rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.setting import Setting
from cohear.base.tables import NOT_LEARNT
from cohear.base.units import Unit
from cohear.findings.caveats import MOST_LEFT_OUT, MOST_NAMES, Caveat
from cohear.findings.cures import Cure
from cohear.findings.figures import bracket_of
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Said
from cohear.findings.pairs import settings_in
from cohear.findings.sentences import setting_name
from cohear.findings.typed_figures import TypedFigures
from cohear.findings.words import NOTHING, Name, Words, joined, names, words

MARK = "not learnt"
"""What stands beside such a task's score, where there is room for two words."""


@dataclass(frozen=True)
class LearnFirst(Cure):
    """What may make a task learnt, or show that it is."""

    kind: ClassVar[str] = "learning"

    @property
    def words(self) -> Words:
        """More of everything."""
        return words(
            "More clips, more steps or a larger encoder may change that, and more repeats where the interval is wide."
        )


@dataclass(frozen=True)
class ScoreAlone:
    """A task's score alone, beside chance.

    Attributes:
        score, low, high, chance: in the unit of the metric.
    """

    task: str
    score: float
    low: float
    high: float
    chance: float
    unit: Unit


@dataclass(frozen=True)
class NotLearntFigures(TypedFigures):
    """Tasks that are not learnt.

    Attributes:
        alone: of each setting that has such tasks, its name and their scores.
    """

    alone: Sequence[tuple[str, Sequence[ScoreAlone]]]


class NotLearnt(Caveat):
    """Tasks whose interval alone reaches chance, of the whole study and of every setting that has such."""

    code: ClassVar[str] = "not-learnt"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """None where every task is learnt, or nothing tells whether it is."""
        table = statistics.singles[statistics.singles["learnt"] == NOT_LEARNT]
        if table.empty:
            return
        yield _found(statistics, table, None)
        for setting in settings_in(table):
            yield _found(statistics, in_setting(table, setting), setting)

    def said(self, finding: StudyFinding) -> Said:
        """A sentence a setting."""
        every = NotLearntFigures.of(finding).alone
        more = len(every) - MOST_LEFT_OUT
        rest = words(f"So it is in {more} more of the settings.") if more > 0 else NOTHING
        return Said(NOTHING, aside=rest, details=tuple(("", _sentence(where, scores)) for where, scores in every))


def are_not_learnt(tasks: Sequence[str]) -> Words:
    """``a is not learnt``, ``a and b are not learnt``; nothing where there are none."""
    return words(names(tasks), f" {'is' if len(tasks) == 1 else 'are'} {MARK}") if tasks else NOTHING


def unlearnt_in(statistics: Statistics, setting: Setting, combination: str) -> list[str]:
    """The tasks of a combination that are not learnt."""
    unlearnt = statistics.not_learnt.get(setting, frozenset())
    return [task for task in combination.split("+") if task in unlearnt]


def _found(statistics: Statistics, table: pd.DataFrame, setting: Setting | None) -> StudyFinding:
    alone = [(setting_name(one), _scores(statistics, in_setting(table, one))) for one in settings_in(table)]
    tasks = sorted(map(str, table["task"].unique()))
    columns = ("task", "features", "encoder", "arm")
    return StudyFinding(
        code=NotLearnt.code,
        setting=setting,
        task=tasks[0] if len(tasks) == 1 else "",
        figures=NotLearntFigures(alone),
        settles=(LearnFirst(),),
        rows=(
            TableRows(
                "singles.csv",
                tuple({name: str(row[name]) for name in columns} for row in table.to_dict("records")),
            ),
        ),
    )


def _scores(statistics: Statistics, rows: pd.DataFrame) -> list[ScoreAlone]:
    return [
        ScoreAlone(
            task=str(row["task"]),
            score=float(row["value"]),
            low=float(row["low"]),
            high=float(row["high"]),
            chance=float(row["chance"]),
            unit=statistics.units[str(row["metric"])],
        )
        for row in rows.sort_values("task").to_dict("records")
    ]


def _sentence(setting: str, scores: Sequence[ScoreAlone]) -> Words:
    """``Not learnt in logmel / small: a scores 31.2 (26.0 to 36.4) alone, where guessing scores 33.3; …``."""
    told = [_told(one) for one in scores[:MOST_NAMES]]
    more = len(scores) - MOST_NAMES
    told += [words(f"{more} more")] if more > 0 else []
    they = "it is" if len(scores) == 1 else "they are"
    return words(
        *("Not learnt in ", Name(setting), ": ", joined(told, "; ")),
        f"; so {they} in no advice, and in no gain to expect.",
    )


def _told(one: ScoreAlone) -> Words:
    within = bracket_of(one.low, one.high, one.unit.level)
    return words(
        *(Name(one.task), f" scores {one.unit.level(one.score)}{within} alone, where guessing scores "),
        one.unit.level(one.chance),
    )


FINDINGS.register(NotLearnt.code)(NotLearnt())
