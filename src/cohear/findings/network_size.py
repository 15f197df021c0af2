"""How many tasks can be combined: the mean gain against the number of tasks in the network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from cohear.analysis.answers.combining import GainOfSize
from cohear.analysis.gains.pairs import halved_by
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.setting import setting_of
from cohear.base.units import NONE
from cohear.findings.cures import Cure
from cohear.findings.figures import Estimate
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.missing import Missing
from cohear.findings.sentences import listed, setting_name
from cohear.findings.verdict_counts import MOST
from cohear.findings.words import Name, Words, joined, words


@dataclass(frozen=True)
class LargerGroups(Cure):
    """Networks of three tasks or more.

    Attributes:
        tasks: that there are.
    """

    kind: ClassVar[str] = "larger groups"
    promise: ClassVar[str] = "the mean gain of larger networks is told"

    tasks: int

    @property
    def words(self) -> Words:
        """Which."""
        lack = 3 - self.tasks
        first = "" if lack <= 0 else "With a third task, " if lack == 1 else "With three tasks, "
        which = "three tasks or more in one network" if lack <= 0 else "all in one network"
        said = f"{first}{which} (`combinations: [singles, pairs, all]`) would begin to answer this."
        return words(said[0].upper() + said[1:])


@dataclass(frozen=True)
class GroupsBetween(Cure):
    """Groups of sizes between those measured.

    Attributes:
        sizes: that are missing.
    """

    kind: ClassVar[str] = "groups of sizes between"
    promise: ClassVar[str] = "every size is measured"

    sizes: tuple[int, ...]

    @property
    def words(self) -> Words:
        """Which sizes."""
        first, last = self.sizes[0], self.sizes[-1]
        in_a_row = len(self.sizes) > 2 and last - first == len(self.sizes) - 1
        span = f"{first} to {last}" if in_a_row else listed([str(size) for size in self.sizes])
        return words(f"Groups of {span} tasks would tell where it turns.")


@dataclass(frozen=True)
class Narrower(Cure):
    """More repeats, where nothing else is missing."""

    kind: ClassVar[str] = "narrower intervals"

    @property
    def words(self) -> Words:
        """What they do."""
        return words("More repeats would narrow the intervals.")


class NetworkSize(Kind):
    """The mean gain of the largest networks, beside that of smaller ones and of their worst task."""

    code: ClassVar[str] = "network-size"
    question: ClassVar[StudyQuestion] = "combining"
    lacks: ClassVar[Mapping[str, Missing]] = {
        "groups": Missing("No combination of more than two tasks was measured beside its singles."),
        "learnt": Missing("No task that is learnt was measured beside more than one other."),
    }

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of the whole study."""
        larger = [line for line in statistics.sizes if line["size"] > 2]
        tasks = int(statistics.results["task"].nunique())
        if not larger:
            if (statistics.pairs["combination"].str.count(r"\+") > 1).any():
                yield StudyFinding(code=self.code, missing="learnt")
            else:
                yield StudyFinding(code=self.code, missing="groups", settles=(LargerGroups(tasks),))
            return
        most = max(line["size"] for line in larger)
        there = {line["size"] for line in statistics.sizes}
        between = tuple(size for size in range(3, most) if size not in there)
        yield StudyFinding(
            code=self.code,
            figures={
                "size": most,
                "settings": [_figures(line, statistics) for line in larger if line["size"] == most],
            },
            settles=(GroupsBetween(between),) if between else (Narrower(),),
            rows=(TableRows("gains.csv"),),
        )

    def said(self, finding: StudyFinding) -> Said:
        """The mean gain of each setting."""
        settings = finding.figures["settings"]
        shown = [_with_many(one) for one in settings[:MOST]]
        more = [words(f"{len(settings) - MOST} more")] if len(settings) > MOST else []
        return Said(
            words(
                f"With {finding.figures['size']} tasks in the network the mean gain (intervals over the repeats, for "
                "these tasks) is ",
                joined([*shown, *more], "; "),
                ".",
            )
        )


def _figures(line: GainOfSize, statistics: Statistics) -> dict[str, Any]:
    setting = setting_of(line)
    here = in_setting(statistics.pairs, setting)
    unit = statistics.unit_over(here)
    of_task = {
        str(task): statistics.units[str(metric)] for task, metric in zip(here["task"], here["metric"], strict=True)
    }
    fewer = [
        {"size": one["size"], "mean": Estimate.of(one["mean"], one["low"], one["high"], unit)}
        for one in statistics.sizes
        if setting_of(one) == setting and one["size"] < line["size"]
    ]
    errors = [
        one["mean_error"]
        for one in statistics.foretelling
        if one["way"] == "mean_of_pairs" and one["cells"] and setting_of(one) == setting
    ]
    return {
        "setting": setting_name(setting),
        "mean": Estimate.of(line["mean"], line["low"], line["high"], unit),
        "fewer": fewer,
        "lowest task": line["lowest_task"],
        "lowest": Estimate.of(line["lowest"], None, None, of_task[str(line["lowest_task"])]),
        "halves": halved_by(here),
        "worst task": line["worst_task"],
        "worst": Estimate.of(
            line["worst"], line["worst_low"], line["worst_high"], of_task.get(str(line["worst_task"]), unit)
        ),
        "pairs miss by": errors[0] if errors else None,
    }


def _with_many(one: Mapping[str, Any]) -> Words:
    """What one setting has with many tasks in the network: mean, that of fewer tasks, worst task, and its pairs."""
    more: list[Words] = [words(f"with {few['size']} tasks {_from_to(few['mean'])}") for few in one["fewer"]]
    lowest: Estimate = one["lowest"]
    more.append(words("lowest: ", Name(one["lowest task"]), f" with {lowest.unit.signed(lowest.value)}"))
    if one["worst task"]:
        worst = _from_to(one["worst"])
        more.append(
            words(f"lowest on every other {one['halves']}: ", Name(one["worst task"]), f", with {worst} on the others")
        )
    if one["pairs miss by"] is not None:
        off = one["mean"].unit.signed(one["pairs miss by"]).lstrip("+-")
        more.append(words(f"the mean of its pairs misses a task's gain by {off}"))
    mean: Estimate = one["mean"]
    return words(f"{mean} in ", Name(one["setting"]), " (", joined(more, "; "), ")")


def _from_to(estimate: Estimate) -> str:
    """A gain and its interval inside brackets, where another pair of brackets would not read."""
    within = estimate.unit.interval(estimate.low, estimate.high)
    return f"{estimate.unit.signed(estimate.value)}{'' if within == NONE else f', from {within}'}"


FINDINGS.register(NetworkSize.code)(NetworkSize())
