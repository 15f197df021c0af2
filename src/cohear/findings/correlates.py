"""Which measurements of tasks go with gains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from cohear.analysis.answers.correlates import IDENTITY, RANDOM, Correlate
from cohear.analysis.gains.cell_tests import LEVEL
from cohear.analysis.statistics import Statistics
from cohear.base.counting import counted
from cohear.base.setting import Setting, setting_of
from cohear.findings.cures import Cure
from cohear.findings.figures import are, bracket_of, correlation, probability
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.missing import Missing
from cohear.findings.sentences import setting_name
from cohear.findings.words import Name, Words, words


@dataclass(frozen=True)
class MoreTasks(Cure):
    """More tasks, which are the sample of a measurement of tasks.

    Attributes:
        tasks: that there are; None where nothing could be held against gains.
    """

    kind: ClassVar[str] = "more tasks"

    tasks: int | None

    @property
    def words(self) -> Words:
        """What it takes."""
        if self.tasks is None:
            return words(
                "It takes pairs of at least three tasks, better of many more, and something measured in which they "
                "differ; what single runs score counts from the second repeat on, for a gain holds the score of its "
                "own repeat."
            )
        return words(
            f"A measurement of tasks is judged on as many values as there are tasks, here {self.tasks}: more tasks "
            "would change this, more repeats hardly."
        )


class Correlates(Kind):
    """The strongest rank correlation with gains, beside what it has to beat."""

    code: ClassVar[str] = "correlates"
    question: ClassVar[StudyQuestion] = "measurements"
    lacks: ClassVar[Mapping[str, Missing]] = {"measurements": Missing("Nothing was measured that could go with gains.")}

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """Of the whole study, and of every setting where something was measured."""
        lines = statistics.correlations
        tasks = int(statistics.gains["task"].nunique())
        measured = ("measurements.csv",) if len(statistics.tables.measurements) else ()
        rows = tuple(map(TableRows, ("gains.csv", "data.json", "metrics.csv", *measured)))
        yield _found(lines, tasks, rows)
        by_setting: dict[Setting, list[Correlate]] = {}
        for line in lines:
            by_setting.setdefault(setting_of(line), []).append(line)
        for setting, own in by_setting.items():
            if any(line["p_adjusted"] is not None for line in own):
                yield _found(own, tasks, rows, setting)

    def said(self, finding: StudyFinding) -> Said:
        """How many are sure, and the strongest."""
        figures = finding.figures
        tested, sure, best = figures["tested"], figures["sure"], figures["strongest"]
        of_these = " of these" if sure and sure < tested else ""
        said = words(
            f"Of {counted(tested, 'rank correlation')} of gains with measurements {are(sure)} sure, their number "
            f"allowed for. The strongest{of_these} is {correlation(best['pooled'])}"
            f"{bracket_of(best['low'], best['high'], correlation)} with ",
            Name(best["measurement"].replace("_", " ")),
            f" of the {best['side']}, in ",
            Name(figures["setting"]),
            f" (adjusted p {probability(best['p_adjusted'])})",
        )
        beside = []
        if figures["identity"] is not None:
            beside.append(f"knowing the task alone has {correlation(figures['identity'])}")
        if figures["random"] is not None:
            beside.append(f"one in twenty columns of random numbers goes beyond {figures['random']:.2f}")
        return Said(words(said, f"; there {', and '.join(beside)}" if beside else "", "."))


def _found(
    lines: Sequence[Correlate], tasks: int, rows: tuple[TableRows, ...], setting: Setting | None = None
) -> StudyFinding:
    tested = [line for line in lines if line["p_adjusted"] is not None]
    if not tested:
        return StudyFinding(code=Correlates.code, setting=setting, missing="measurements", settles=(MoreTasks(None),))
    sure = [line for line in tested if (line["p_adjusted"] or 0.0) <= LEVEL]
    best = max(sure or tested, key=lambda line: abs(line["pooled"] or 0.0))
    of_best = setting_of(best)
    beat = {line["measurement"]: line["pooled"] for line in lines if setting_of(line) == of_best}
    return StudyFinding(
        code=Correlates.code,
        setting=setting,
        sureness="sure" if sure else "open",
        figures={
            "tested": len(tested),
            "sure": len(sure),
            "strongest": dict(best),
            "setting": setting_name(of_best),
            "identity": beat.get(IDENTITY),
            "random": beat.get(RANDOM),
        },
        settles=(MoreTasks(tasks),),
        rows=rows,
    )


FINDINGS.register(Correlates.code)(Correlates())
