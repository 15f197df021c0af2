"""Which way of sharing a study speaks for: what ``cohear export`` recommends, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from cohear.analysis.answers.best_way import BestWay
from cohear.analysis.statistics import Statistics
from cohear.base.units import Unit
from cohear.findings.figures import Estimate
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.typed_figures import TypedFigures
from cohear.findings.words import Name, Words, joined, words


@dataclass(frozen=True)
class WayOfSharing:
    """The recommended one of a front-end and an encoder.

    Attributes:
        features, encoder, arm: what is recommended.
        plain: the arm that others are held against.
        ways: how many were compared.
        size: tasks in the network.
        leader: the best where it was chosen.
        halved_by: ``fold`` or ``seed``.
        gain: of what is recommended.
        lead: of the leader over the plain way; None where that leads itself.
        parameters, leader_parameters: of what is recommended, and of the leader.
    """

    features: str
    encoder: str
    arm: str
    plain: str
    ways: int
    size: int
    leader: str
    halved_by: str
    gain: Estimate
    lead: Estimate | None
    parameters: float | None
    leader_parameters: float | None

    @classmethod
    def of(cls, found: BestWay, unit: Unit) -> WayOfSharing:
        """From the statistics."""
        lead = None
        if found["lead"] is not None:
            lead = Estimate.of(found["lead"], found["lead_low"], found["lead_high"], unit)
        return cls(
            features=found["features"],
            encoder=found["encoder"],
            arm=found["arm"],
            plain=found["arms"][0],
            ways=len(found["arms"]),
            size=found["combination"].count("+") + 1,
            leader=found["leader"],
            halved_by=found["halved_by"],
            gain=Estimate.of(found["gain"], found["low"], found["high"], unit),
            lead=lead,
            parameters=found["parameters"],
            leader_parameters=found["leader_parameters"],
        )

    @property
    def words(self) -> Words:
        """Which, and why."""
        others = f"on the {self.halved_by}s that did not choose"
        sizes = _parameters(self.parameters)
        recommended = words(
            f"Of {self.ways} ways to share that were compared with {self.size} tasks in one network (",
            *(Name(self.features), ", ", Name(self.encoder), "), "),
            *(Name(self.arm), f" is recommended: mean gain {self.gain} {others}{sizes}."),
        )
        if self.lead is None:
            return joined([recommended, words("No other was better where it was chosen.")])
        leader = words("It") if self.arm == self.leader else Name(self.leader)
        other = "" if self.arm == self.leader else _parameters(self.leader_parameters)
        sure = "" if self.lead.without_zero else ", which could be chance"
        beside = words(f"{self.lead} beside ", Name(self.plain), f" there{other}{sure}.")
        return joined([recommended, words(leader, " was the best where it was chosen, and has ", beside)])


def _parameters(number: float | None) -> str:
    """How large a network is; nothing where nobody counted."""
    return "" if number is None else f", in {number:,.0f} parameters"


@dataclass(frozen=True)
class BestWayFigures(TypedFigures):
    """One a front-end and encoder."""

    ways: list[WayOfSharing]


class BestWayOfSharing(Kind):
    """The arm that serves the largest network best, of those that differ in how its tasks share it."""

    code: ClassVar[str] = "best-way"
    question: ClassVar[StudyQuestion] = "savings"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of a study that shares in several ways."""
        ways = recommended_ways(statistics)
        if ways:
            sure = all(one.lead is not None and one.lead.without_zero for one in ways)
            yield StudyFinding(
                code=self.code,
                sureness="sure" if sure else "open",
                figures=BestWayFigures(ways),
                rows=(TableRows("results.csv"),),
            )

    def said(self, finding: StudyFinding) -> Said:
        """Each of them."""
        return Said(joined(one.words for one in BestWayFigures.of(finding).ways))


def recommended_ways(statistics: Statistics) -> list[WayOfSharing]:
    """The recommended way of each front-end and encoder that shares in several."""
    unit = statistics.unit_over(statistics.pairs) if statistics.best_ways else None
    return [WayOfSharing.of(found, unit) for found in statistics.best_ways if unit is not None]


FINDINGS.register(BestWayOfSharing.code)(BestWayOfSharing())
