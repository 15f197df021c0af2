"""How many effects of pairs were found, and what their mean is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, NamedTuple

import pandas as pd

from cohear.analysis.gains.design import MARGIN
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import VERDICTS
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.counting import counted
from cohear.base.setting import Setting
from cohear.findings.figures import Estimate, are
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.missing import NO_PAIR, Compare, Missing
from cohear.findings.pairs import NO_MEAN_GAIN, counts, of_pairs, of_which_tasks, settings_in
from cohear.findings.sentences import listed, setting_name, shortened
from cohear.findings.verdict_words import SIGNS, meanings
from cohear.findings.words import Name, words

MOST = 3
"""Settings that a sentence names, before it counts the rest; the tables have them all."""

_DONE = ("helped", "hurt", "harmless", "undecided")


class VerdictLine(NamedTuple):
    """One verdict, of how many cells it is, and what it says."""

    verdict: str
    sign: str
    cells: int
    means: str


class VerdictCounts(Kind):
    """Verdicts over the cells of pairs: of the study, of pairs that are related or not, and of each setting."""

    code: ClassVar[str] = "verdict-counts"
    question: ClassVar[StudyQuestion] = "improve"
    lacks: ClassVar[Mapping[str, Missing]] = {"pairs": NO_PAIR}

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """The whole study, related and unrelated pairs, and every setting with pairs."""
        pairs = of_pairs(statistics.gains)
        yield _counted(statistics, pairs, "")
        if statistics.related:
            related = pairs["combination"].map(statistics.is_related).astype(bool)
            yield _counted(statistics, pairs[related], "related")
            yield _counted(statistics, pairs[~related], "unrelated")
        for setting in settings_in(pairs):
            yield _counted(statistics, in_setting(pairs, setting), "", setting)

    def said(self, finding: StudyFinding) -> Said:
        """Counts, and the mean gain."""
        figures = finding.figures
        mean: Estimate = figures["mean"]
        of = of_which_tasks(figures["cells"], figures["of_learnt"])
        if figures["kind"]:
            average = f"mean{of} {mean}" if figures["of_learnt"] else NO_MEAN_GAIN
            return Said(
                words(
                    f"{figures['kind'].capitalize()} pairs: {figures['helps']} of {counted(figures['cells'], 'cell')} "
                    f"helped, {figures['hurts']} hurt, {average}."
                )
            )
        within = f" ({mean.unit.interval(mean.low, mean.high)} over the tasks, for others like them)"
        interval = within if mean.bracket else _TOO_FEW
        value = f"the mean gain{of} is {mean.unit.signed(mean.value)} {mean.unit.name}{interval}"
        verdicts = how_many(figures)
        said = words(
            f"Of {counted(figures['cells'], 'cell')} (a task beside one partner, in ",
            Name(listed(shortened(figures["settings"], MOST))),
            f") {verdicts}; {value if figures['of_learnt'] else NO_MEAN_GAIN}.",
        )
        return Said(said, details=(("", words(_EXPECTED_WRONG)),))


def how_many(figures: Mapping[str, Any]) -> str:
    """``2 are helped, 1 is hurt, 4 are harmless and 3 are undecided``."""
    return listed([f"{are(figures[name])} {word}" for name, word in zip(VERDICTS, _DONE, strict=True)])


def verdict_lines(finding: StudyFinding) -> tuple[VerdictLine, ...]:
    """The counts of a finding one by one."""
    means = meanings(finding.figures["margin"])
    return tuple(VerdictLine(name, SIGNS[name], finding.figures[name], means[name]) for name in VERDICTS)


_TOO_FEW = " (too few tasks for an interval)"
_EXPECTED_WRONG = "Of those called “helps” or “hurts”, at most 5 % are expected to be wrong."


def _counted(statistics: Statistics, pairs: pd.DataFrame, kind: str, setting: Setting | None = None) -> StudyFinding:
    found = counts(pairs, statistics)
    mean = Estimate(found["mean"], found["low"], found["high"], statistics.unit_over(pairs))
    names = sorted({setting_name(one) for one in settings_in(pairs)})
    tally = {name: number for name, number in found.items() if name not in ("mean", "low", "high")}
    decided = found["helps"] + found["hurts"] + found["harmless"]
    return StudyFinding(
        code=VerdictCounts.code,
        setting=setting,
        sureness="none" if not decided else "sure" if not found["undecided"] else "partly",
        missing="" if found["cells"] else "pairs",
        figures={"kind": kind, "settings": names, "mean": mean, "margin": _margin(statistics, pairs), **tally},
        settles=() if found["cells"] else (Compare(),),
        rows=(TableRows("gains.csv"),),
    )


def _margin(statistics: Statistics, pairs: pd.DataFrame) -> str:
    """The one margin that all tasks have, as far as it has a unit that all metrics share."""
    margins = {statistics.design.margin_of(task) for task in pairs["task"].unique()}
    if not statistics.unit_over(pairs).points or len(margins) > 1:
        return "the task's margin"
    points = 100 * next(iter(margins), MARGIN)
    return f"{points:g} point{'' if points == 1 else 's'}"


FINDINGS.register(VerdictCounts.code)(VerdictCounts())
