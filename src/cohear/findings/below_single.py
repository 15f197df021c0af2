"""What does a task alone better than what is recommended for it, or exported: nothing of that goes unsaid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cohear.analysis.answers.above import BetterSingle, Judging
from cohear.analysis.statistics import Statistics
from cohear.base.setting import Setting, setting_of
from cohear.base.units import Unit
from cohear.findings.figures import Estimate
from cohear.findings.sentences import way_of
from cohear.findings.words import Name, Words, joined, words


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
        """``logmel / small (88.9, +14.8 points (+10.1 to +19.5), the best of 3)``."""
        where = " on these clips" if self.on_these else ""
        best = f", the best of {self.more + 1}" if self.more else ""
        return words(Name(self.way), f" ({self.ahead.unit.level(self.score)}, {self.ahead}{where}{best})")


def below_singles(
    statistics: Statistics, served: Mapping[str, str], setting: Setting, judging: Judging | None = None
) -> dict[str, BelowSingle]:
    """Of tasks that are recommended a combination the single that is furthest above it, where there is one.

    Args:
        statistics: of the study.
        served: the combination of each task.
        setting: of the combinations.
        judging: the repeats that did not choose them; None where all may judge, or all chose.
    """
    found = statistics.above(served, setting, judging)
    return {task: BelowSingle.of(line, statistics.units[line["metric"]]) for task, line in found.items()}


BETTER_ALONE = "Better alone:"
"""What stands before :func:`below_words`."""


def below_words(below: Mapping[str, BelowSingle], chose: bool = False) -> Words:
    """Task by task ``digit by logmel / small (…); event by …``, and on which repeats; nothing where no single is above.

    Args:
        below: by task.
        chose: whether the repeats that measured it chose what is recommended too.
    """
    each = joined((words(Name(task), " by ", one.words) for task, one in below.items()), "; ")
    return words(each, f". {_CHOSE if chose else _JUDGED}") if below else each


_JUDGED = "Measured on repeats that did not choose what is recommended; intervals allow for the number of singles."
_CHOSE = (
    "Measured on the repeats that chose what is recommended, which flatter it; intervals allow for the number of "
    "singles."
)
