"""The smallest gain that a study could find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from cohear.analysis.statistics import Statistics
from cohear.base.counting import counted
from cohear.base.setting import setting_of
from cohear.base.units import Unit, known
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, Section, StudyQuestion
from cohear.findings.missing import Missing
from cohear.findings.pairs import of_pairs
from cohear.findings.sentences import listed, setting_name, shortened
from cohear.findings.verdict_counts import MOST
from cohear.findings.words import Name, words


class SmallestGain(Kind):
    """What is found with 80 % power among the cells of a family of pairs, and half of the gains seen beside it."""

    code: ClassVar[str] = "smallest-gain"
    question: ClassVar[StudyQuestion] = "improve"
    part: ClassVar[Section] = "change"
    lacks: ClassVar[Mapping[str, Missing]] = {
        "errors": Missing("No cell has an error that is known: that takes at least two repeats that differ."),
    }

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of the whole study, where a pair was compared."""
        power = of_pairs(statistics.power)
        if power.empty:
            return
        families = [line for line in statistics.families if line["cells"] == "pairs"]
        smallest = [
            (float(line["smallest_in_family"]), setting_name(setting_of(line)))
            for line in families
            if line["smallest_in_family"] is not None
        ]
        undecided = power[power["verdict"] == "undecided"]
        yield StudyFinding(
            code=self.code,
            missing="" if smallest else "errors",
            figures={
                "smallest": [{"gain": gain, "setting": name} for gain, name in sorted(smallest)],
                "half of the gains": known(power["gain"].abs().median()),
                "without an error": int(undecided["error"].isna().sum()),
                "unit": statistics.unit_over(of_pairs(statistics.gains)),
            },
            rows=(TableRows("gains.csv"),),
        )

    def said(self, finding: StudyFinding) -> Said:
        """The smallest of each setting."""
        figures = finding.figures
        unit, without = figures["unit"], figures["without an error"]
        smallest = [f"{unit.size(one['gain'])} in {one['setting']}" for one in figures["smallest"]]
        said = words(
            "The smallest gain that is found with 80 % power, among the cells of its family, is about ",
            Name(listed(shortened(smallest, MOST))),
            f"; half of the gains seen are {_below(unit, figures['half of the gains'])}.",
        )
        has = "has" if without == 1 else "have"
        return Said(words(said, f" {counted(without, 'cell')} {has} no error that is known." if without else ""))


def _below(unit: Unit, gain: float | None) -> str:
    """Below which size a gain is; none is below what rounds to nothing."""
    size = unit.size(gain)
    return f"below {size}" if unit.signed(gain)[:1] in ("+", "-") else f"nothing ({size})"


FINDINGS.register(SmallestGain.code)(SmallestGain())
