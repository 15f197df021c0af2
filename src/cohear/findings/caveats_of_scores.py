"""What scores do not let anyone conclude, and which repeats could not be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from cohear.analysis.gains.design import MARGIN
from cohear.analysis.gains.pairs import left_out
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import CELL
from cohear.analysis.tables.units import above_one
from cohear.base.counting import counted
from cohear.base.units import POINTS
from cohear.findings.caveats import MOST_LEFT_OUT, Caveat, some_names
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Said
from cohear.findings.tables import json_rows
from cohear.findings.words import NOTHING, Name, Words, words


class ScoresAboveOne(Caveat):
    """Metrics that are taken for shares, or of which no unit is stated, and whose scores are none."""

    code: ClassVar[str] = "scores-above-one"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, where there are such metrics."""
        stated = {metric for metric, unit in statistics.design.units.items() if unit != POINTS.name}
        if large := [metric for metric in above_one(statistics.pairs) if metric not in stated]:
            yield StudyFinding(code=self.code, figures={"metrics": large}, rows=(TableRows("results.csv"),))

    def said(self, finding: StudyFinding) -> Said:
        """In which unit gains stand."""
        return Said(
            words(
                "Scores of ",
                some_names(finding.figures["metrics"]),
                " are not all between 0 and 1: gains stand in the unit of the scores, and so does the margin of "
                f"`harmless` ({MARGIN} where none is given). If they are per cent, divide them by 100.",
            )
        )


class SeveralMetrics(Caveat):
    """Tasks with metrics of their own."""

    code: ClassVar[str] = "several-metrics"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, where there are several."""
        metrics = sorted(map(str, statistics.pairs["metric"].unique()))
        if len(metrics) > 1:
            yield StudyFinding(code=self.code, figures={"metrics": metrics}, rows=(TableRows("results.csv"),))

    def said(self, finding: StudyFinding) -> Said:
        """What means over tasks are."""
        metrics = some_names(finding.figures["metrics"])
        return Said(words("Tasks have different metrics (", metrics, "): means over tasks put them into one figure."))


class EqualRepeats(Caveat):
    """Cells with the same gain in all repeats, and nothing that tells how sure that is."""

    code: ClassVar[str] = "equal-repeats"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, where there are such cells."""
        cells = statistics.cells
        equal = (cells["between"] == 0) & (cells["within"] == 0) & cells["step"].isna()
        number = int(((cells["repeats"] > 1) & equal).sum())
        if number:
            yield StudyFinding(code=self.code, figures={"cells": number}, rows=(TableRows("results.csv"),))

    def said(self, finding: StudyFinding) -> Said:
        """What would tell."""
        return Said(
            words(
                f"All repeats of {counted(finding.figures['cells'], 'cell')} have the same gain: how sure it is can "
                "only be told with `test_clips`, or from other cells of the family."
            )
        )


class LeftOut(Caveat):
    """Repeats without a single run, or without a score."""

    code: ClassVar[str] = "left-out"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of all cells with such repeats."""
        cells = json_rows(left_out(statistics.results))
        if cells:
            yield StudyFinding(code=self.code, figures={"cells": cells}, rows=(TableRows("results.csv"),))

    def said(self, finding: StudyFinding) -> Said:
        """A sentence a cell, and how many there are beyond those that a terminal has room for."""
        cells = finding.figures["cells"]
        more = len(cells) - MOST_LEFT_OUT
        rest = words(f"Repeats of {counted(more, 'more cell')} were left out.") if more > 0 else NOTHING
        return Said(NOTHING, aside=rest, details=tuple(("", _left_out(cell)) for cell in cells))


def _left_out(cell: Mapping[str, Any]) -> Words:
    task, combination, features, encoder, arm = (Name(str(cell[name])) for name in CELL)
    why = [f"{cell['lonely']} without a single run to compare with"] if cell["lonely"] else []
    why += [f"{cell['unscored']} without a score on one of the sides"] if cell["unscored"] else []
    return words(
        f"Left out: {cell['lonely'] + cell['unscored']} of {cell['repeats']} repeats of '",
        *(task, "' in '", combination, "' (", features, ", ", encoder, ", ", arm),
        f") ({', '.join(why)}).",
    )


for _kind in (ScoresAboveOne, SeveralMetrics, EqualRepeats, LeftOut):
    FINDINGS.register(_kind.code)(_kind())
