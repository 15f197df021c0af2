"""Whether a larger encoder restores what a task lost beside others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from cohear.analysis.answers.larger_encoders import EncoderChange
from cohear.analysis.statistics import Statistics
from cohear.base.units import Unit
from cohear.findings.cures import Cure
from cohear.findings.figures import Estimate
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.missing import Missing
from cohear.findings.words import Name, Words, joined, words


@dataclass(frozen=True)
class Widths(Cure):
    """Encoders of several sizes.

    Attributes:
        lack: ``encoders``, ``parameters`` or ``groups``.
    """

    kind: ClassVar[str] = "encoders of several widths"
    promise: ClassVar[str] = "two encoders are compared"

    lack: str

    @property
    def words(self) -> Words:
        """What is lacking."""
        end = "would tell whether a larger one loses less."
        if self.lack == "parameters":
            return words(f"The number of `parameters` of every run {end}")
        if self.lack == "groups":
            return words(f"The same groups, beside the same singles, in encoders of several widths {end}")
        return words(f"Encoders of several widths {end}")


class LargerEncoder(Kind):
    """What a larger encoder changes of the mean gain of the largest networks that two encoders have."""

    code: ClassVar[str] = "larger-encoder"
    question: ClassVar[StudyQuestion] = "combining"
    lacks: ClassVar[Mapping[str, Missing]] = dict.fromkeys(("encoders", "parameters", "groups"), Missing(""))

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of the whole study, where a larger group was measured."""
        if not any(line["size"] > 2 for line in statistics.sizes):
            return
        grown = [line for line in statistics.encoders if line["size"] > 2]
        unit = statistics.unit_over(statistics.results)
        yield StudyFinding(
            code=self.code,
            missing="" if grown else (lack := _lack(statistics)),
            figures={"encoders": [_figures(line, unit) for line in grown if line["size"] == grown[-1]["size"]]},
            settles=() if grown else (Widths(lack),),
            rows=(TableRows("results.csv"),),
        )

    def said(self, finding: StudyFinding) -> Said:
        """The change of the gain, and what one larger network gains over smaller single ones."""
        return Said(joined(_in_the_larger(one) for one in finding.figures["encoders"]))


def _lack(statistics: Statistics) -> str:
    """Why no two encoders could be compared."""
    ordinary = statistics.of_learnt(statistics.results[statistics.results["control"] == ""])
    groups = ordinary[ordinary["combination"].str.count(r"\+") > 1]
    if groups.groupby(["features", "arm"])["encoder"].nunique().max() < 2:
        return "encoders"
    sizes = groups.groupby(["features", "arm", "encoder"])["parameters"].mean().astype(float)
    if sizes.isna().any():
        return "parameters"
    return "groups" if sizes.groupby(level=["features", "arm"]).nunique().max() > 1 else "encoders"


def _figures(line: EncoderChange, unit: Unit) -> dict[str, Any]:
    return {
        "smaller": line["smaller"],
        "larger": line["larger"],
        "size": line["size"],
        "parameters_ratio": line["parameters_ratio"],
        "change": Estimate.of(line["change"], line["change_low"], line["change_high"], unit),
        "gain": Estimate.of(line["gain"], line["gain_low"], line["gain_high"], unit),
    }


def _in_the_larger(one: Mapping[str, Any]) -> Words:
    smaller, larger = Name(one["smaller"]), Name(one["larger"])
    return words(
        *("In ", larger, f", with {one['parameters_ratio']:.1f} times the parameters of ", smaller),
        f", the mean gain of {one['size']} tasks differs by {one['change']}; beside singles of ",
        *(smaller, f" this one network has {one['gain']}."),
    )


FINDINGS.register(LargerEncoder.code)(LargerEncoder())
