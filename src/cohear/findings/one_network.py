"""One network for all tasks: what it has of the cost of separate ones, and what it gains."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

import numpy as np
import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.setting import Setting
from cohear.base.tables import SHARED
from cohear.base.units import known
from cohear.findings.below_single import BETTER_ALONE, below_singles, below_words
from cohear.findings.figures import Estimate, share
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, Section, StudyQuestion
from cohear.findings.pairs import LEARNT_TASKS
from cohear.findings.words import words

TIME = "cpu_milliseconds"
"""What shares of time are of: other work on the machine does not count."""


class OneNetwork(Kind):
    """Cost and gain of one network for all tasks that are learnt, in every setting where it was measured."""

    code: ClassVar[str] = "one-network"
    question: ClassVar[StudyQuestion] = "savings"
    part: ClassVar[Section] = "page"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One a setting."""
        costs = statistics.costs
        at_work = statistics.tables.costs
        for setting, network in statistics.one_network.items():
            here = in_setting(costs, setting)
            cost = here[here["combination"] == network.groups[0]].iloc[0]
            yield StudyFinding(
                code=self.code,
                setting=setting,
                combination=network.groups[0],
                sureness="open" if network.verdict == "undecided" else "sure",
                figures={
                    "of": LEARNT_TASKS if setting in statistics.not_learnt else "tasks",
                    "parameters share": known(cost["parameters_ratio"]),
                    "time share": _time_share(at_work, setting, network.groups[0]),
                    "gain": Estimate.of(
                        network.gain,
                        network.low,
                        network.high,
                        statistics.unit_over(in_setting(statistics.pairs, setting)),
                    ),
                    "better alone": below_singles(
                        statistics,
                        dict.fromkeys(network.tasks, network.groups[0]),
                        setting,
                        None if network.on_all else statistics.judging(setting),
                    ),
                },
                rows=(
                    TableRows("results.csv"),
                    TableRows("costs.csv", ({"combination": network.groups[0], "setup": SHARED},)),
                ),
            )

    def said(self, finding: StudyFinding) -> Said:
        """Shares and gain."""
        figures = finding.figures
        of, time = figures["parameters share"], figures["time share"]
        parts = [] if of is None else [f"has {share(of)} of the parameters of a network for each task"]
        parts += [] if time is None else [f"takes {share(time)} of their processor time"]
        gain = f"a mean gain of {figures['gain']}"
        said = f"{', '.join(parts)}, and {gain}" if parts else f"has {gain}"
        below = below_words(figures["better alone"])
        better = words(f" {BETTER_ALONE} ", below) if below else below
        return Said(words(f"One network for all {figures['of']} {said}.", better))


def _time_share(at_work: pd.DataFrame, setting: Setting, combination: str) -> float | None:
    """Processor time beside that of a network for each task; None where one was not measured."""
    here = in_setting(at_work[at_work["setup"] == SHARED], setting)
    time = here.drop_duplicates("combination").set_index("combination")[TIME].astype(float)
    apart = time.reindex(combination.split("+")).sum(skipna=False)
    return known(time.get(combination, np.nan) / apart)


FINDINGS.register(OneNetwork.code)(OneNetwork())
