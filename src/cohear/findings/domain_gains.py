"""What partners of the same domain did, beside those of another: speech beside speech, speech beside music."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.base.counting import counted
from cohear.findings.figures import Estimate
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.pairs import NO_MEAN_GAIN, counts, of_pairs, of_which_tasks
from cohear.findings.sentences import listed
from cohear.findings.typed_figures import TypedFigures
from cohear.findings.words import Name, Words, joined, words


@dataclass(frozen=True)
class DomainGain:
    """Cells of pairs whose tasks are of one domain, or of two.

    Attributes:
        cells, helps, hurts: how many.
        of_learnt: how many are of a task that is learnt.
        mean: of their gains, with an interval from the tasks.
    """

    cells: int
    helps: int
    hurts: int
    of_learnt: int
    mean: Estimate


@dataclass(frozen=True)
class DomainGainsFigures(TypedFigures):
    """What is found.

    Attributes:
        domains: of the tasks whose domain is known.
        within, between: pairs of one domain and of two.
        not_known: how many cells are of a task whose domain nobody states.
    """

    domains: Mapping[str, str]
    within: DomainGain
    between: DomainGain
    not_known: int


class DomainGains(Kind):
    """The mean gain of pairs within a domain, and of pairs of two domains."""

    code: ClassVar[str] = "domain-gains"
    question: ClassVar[StudyQuestion] = "improve"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of the whole study, where two tasks that were paired are of known domains, and not all are of one."""
        pairs = statistics.between_scored(of_pairs(statistics.gains))
        known = {str(task): domain for task in pairs["task"].unique() if (domain := statistics.domain_of(str(task)))}
        if len(set(known.values())) < 2:
            return
        domains = [[known.get(task, "") for task in str(names).split("+")] for names in pairs["combination"]]
        told = pd.Series([all(each) for each in domains], index=pairs.index, dtype=bool)
        within = pd.Series([len(set(each)) == 1 for each in domains], index=pairs.index, dtype=bool)
        yield StudyFinding(
            code=self.code,
            figures=DomainGainsFigures(
                domains=known,
                within=_gain(statistics, pairs[told & within]),
                between=_gain(statistics, pairs[told & ~within]),
                not_known=int((~told).sum()),
            ),
            rows=(TableRows("gains.csv"),),
        )

    def said(self, finding: StudyFinding) -> Said:
        """Both means; cells of tasks whose domain nobody states are counted."""
        figures = DomainGainsFigures.of(finding)
        names = listed(sorted(set(figures.domains.values())))
        parts = [words("Tasks are of the domains ", Name(names), ".")]
        parts += [_told("within a domain", figures.within), _told("of two domains", figures.between)]
        if figures.not_known:
            unknown = counted(figures.not_known, "cell")
            parts.append(words(f"Of {unknown} the domain of a task is not stated (`domain` in dataset.yaml)."))
        return Said(joined(parts))


def _gain(statistics: Statistics, pairs: pd.DataFrame) -> DomainGain:
    found = counts(pairs, statistics)
    mean = Estimate(found["mean"], found["low"], found["high"], statistics.unit_over(pairs))
    return DomainGain(found["cells"], found["helps"], found["hurts"], found["of_learnt"], mean)


def _told(which: str, gain: DomainGain) -> Words:
    if not gain.cells:
        return words(f"No pair {which} was compared.")
    cells = counted(gain.cells, "cell")
    average = f"mean{of_which_tasks(gain.cells, gain.of_learnt)} {gain.mean}" if gain.of_learnt else NO_MEAN_GAIN
    return words(f"Pairs {which}: {gain.helps} of {cells} helped, {gain.hurts} hurt, {average}.")


FINDINGS.register(DomainGains.code)(DomainGains())
