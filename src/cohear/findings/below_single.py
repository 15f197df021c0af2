"""What does a task alone better than what is recommended for it, or exported: nothing of that goes unsaid."""

from __future__ import annotations

from dataclasses import dataclass

from cohear.analysis.answers.above import BetterSingle
from cohear.base.setting import setting_of
from cohear.base.units import Unit
from cohear.findings.best_single import way_of
from cohear.findings.figures import Estimate, are
from cohear.findings.words import Name, Words, words


@dataclass(frozen=True)
class BelowSingle:
    """The single that is furthest above what serves a task.

    Attributes:
        way: front-end and encoder, or baseline, in words.
        features, encoder, arm: the same as the tables name them.
        score, served: of the single, and of what serves, on the repeats that both have.
        ahead: how far it is above, the number of singles allowed for.
        more: how many others are above too.
        repeats: on how many that is measured.
        on_these: whether it is of these clips alone, since there is one test part.
    """

    way: str
    features: str
    encoder: str
    arm: str
    score: float
    served: float
    ahead: Estimate
    more: int
    repeats: int
    on_these: bool

    @classmethod
    def of(cls, line: BetterSingle, unit: Unit) -> BelowSingle:
        """From the statistics."""
        features, encoder, arm = setting_of(line)
        return cls(
            way=way_of(line),
            features=features,
            encoder=encoder,
            arm=arm,
            score=line["here"],
            served=line["served"],
            ahead=Estimate(line["ahead"], line["ahead_low"], line["ahead_high"], unit),
            more=line["more"],
            repeats=line["repeats"],
            on_these=line["parts"] == 1,
        )

    @property
    def words(self) -> Words:
        """``logmel / small (88.9 beside 74.1; +14.8 points (+10.1 to +19.5) above it)``."""
        unit = self.ahead.unit
        where = " on these clips" if self.on_these else ""
        more = f"; {are(self.more)} above it too" if self.more else ""
        beside = f"{unit.level(self.score)} beside {unit.level(self.served)}"
        return words(Name(self.way), f" ({beside}, {self.ahead}{where}{more})")
