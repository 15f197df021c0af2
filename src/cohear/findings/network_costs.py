"""What sharing saves: size and training time of the largest networks, and what they take at work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import SETTING
from cohear.base.units import known
from cohear.findings.cures import Cure
from cohear.findings.figures import share
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.missing import Missing
from cohear.findings.sentences import setting_name
from cohear.findings.verdict_counts import MOST
from cohear.findings.words import Name, Words, joined, words

AT_WORK = {
    "cpu_milliseconds": "processor time",
    "multiply_adds": "multiply-adds",
    "bytes": "bytes",
    "peak_memory": "peak memory",
}
"""Costs of an answer, in words."""


@dataclass(frozen=True)
class SharedNetwork(Cure):
    """A network of several tasks."""

    kind: ClassVar[str] = "a shared network"
    promise: ClassVar[str] = "its costs are told"

    @property
    def words(self) -> Words:
        """Which."""
        return words("A network of two tasks or more beside its singles would tell.")


@dataclass(frozen=True)
class Bench(Cure):
    """The measurement of what networks take at work."""

    kind: ClassVar[str] = "cohear bench"
    promise: ClassVar[str] = "what it saves at work is told"

    @property
    def words(self) -> Words:
        """The command."""
        return words("What it saves at work was not measured: `cohear bench DIR` measures time, memory and bytes.")


class NetworkCosts(Kind):
    """Costs of one of the largest networks of each setting, beside those of its singles."""

    code: ClassVar[str] = "network-costs"
    question: ClassVar[StudyQuestion] = "savings"
    lacks: ClassVar[Mapping[str, Missing]] = {"networks": Missing("No shared network was measured.")}

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of the whole study."""
        table = statistics.costs
        if table.empty:
            yield StudyFinding(code=self.code, missing="networks", settles=(SharedNetwork(),))
            return
        # one of each setting stands for all of its size
        largest = table[table["size"] == table["size"].max()].drop_duplicates(list(SETTING)).to_dict("records")
        measured = next((row for row in largest if known(row["milliseconds"]) is not None), None)
        names = [f"{cost}{ending}_ratio" for cost in AT_WORK for ending in ("", "_common")]
        yield StudyFinding(
            code=self.code,
            figures={
                "size": int(largest[0]["size"]),
                "settings": [
                    {
                        "setting": setting_name([row[name] for name in SETTING]),
                        **{cost: known(row[f"{cost}_ratio"]) for cost in ("parameters", "seconds")},
                        "two clocks": known(row["seconds_ratio"]) is None
                        and known(row["seconds"] + row["seconds_singles"]) is not None,
                    }
                    for row in largest
                ],
                "at work": measured
                and {name: known(measured[name]) for name in ("milliseconds", "milliseconds_p95", *names)},
            },
            settles=() if measured else (Bench(),),
            rows=(TableRows("results.csv"), TableRows("costs.csv")),
        )

    def said(self, finding: StudyFinding) -> Said:
        """Shares of the costs, and what the figures are of."""
        figures = finding.figures
        settings = figures["settings"][:MOST]
        at_work = figures["at work"]
        seconds = "Seconds are those of the processor that trained, or of an accelerator."
        bench = "Those of an answer, and memory, are of the machine that `cohear bench` ran on."
        timed = any(one["seconds"] is not None for one in figures["settings"])
        apart = any(one["two clocks"] for one in figures["settings"])
        return Said(
            joined([*(_size_and_time(figures["size"], one) for one in settings), _at_work(at_work) if at_work else ""]),
            aside=joined([seconds if timed else "", _TWO_CLOCKS if apart else "", bench if at_work else ""]),
        )


_TWO_CLOCKS = (
    "Where training time is not compared, some runs were timed by the clock, as earlier versions did, and others by "
    "the processor."
)


def _size_and_time(size: int, one: Mapping[str, Any]) -> Words:
    said = [
        text.format(share(one[cost]))
        for cost, text in (
            ("parameters", "has {} of the parameters of its singles"),
            ("seconds", "took {} of their training time"),
        )
        if one[cost] is not None
    ]
    name = words(f"One network for {size} tasks (", Name(one["setting"]), ")")
    if not said:
        return words(name, " was trained, but its parameters and seconds are not known beside those of its singles.")
    return words(name, f" {' and '.join(said)}.")


def _at_work(row: Mapping[str, Any]) -> Words:
    """What one network costs when it answers, beside its singles with and without a common front-end."""
    shares = [
        f"{share(row[f'{cost}_ratio'])} of their {name} ({share(row[f'{cost}_common_ratio'])} behind one common "
        "front-end)"
        for cost, name in AT_WORK.items()
    ]
    return words(
        f"At work it takes {row['milliseconds']:.2f} ms a second of audio (95 % within "
        f"{row['milliseconds_p95']:.2f}): {', '.join(shares[:-1])} and {shares[-1]}."
    )


FINDINGS.register(NetworkCosts.code)(NetworkCosts())
