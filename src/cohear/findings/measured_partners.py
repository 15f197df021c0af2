"""What the measured partners of each task did to it, for who is told to try one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.in_setting import in_setting
from cohear.findings.below_single import BETTER_ALONE, below_singles, below_words
from cohear.findings.figures import Estimate
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, Section, StudyQuestion
from cohear.findings.pairs import named, of_pairs, partner_of, settings_in
from cohear.findings.verdict_words import when_decided
from cohear.findings.words import NOTHING, Name, Words, joined, words


class MeasuredPartners(Kind):
    """Of each task the partner that helps most, or the best of those that do not; both are learnt."""

    code: ClassVar[str] = "measured-partners"
    question: ClassVar[StudyQuestion] = "improve"
    part: ClassVar[Section] = "page"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One a setting in which a task was trained beside one partner."""
        pairs = of_pairs(statistics.gains[statistics.gains["gain"].notna()])
        for setting in settings_in(pairs):
            every = in_setting(pairs, setting)
            here = statistics.advisable(every)
            of_task = {str(task): cells for task, cells in here.groupby("task", sort=True)}
            unlearnt = statistics.not_learnt.get(setting, frozenset())
            best = {task: _best(cells) for task, cells in of_task.items()}
            served = {task: str(row["combination"]) for task, row in best.items()}
            below = below_singles(statistics, served, setting)
            yield StudyFinding(
                code=self.code,
                setting=setting,
                figures={
                    "best": {
                        task: {
                            **_figures(row, statistics),
                            "partners": len(of_task[task]),
                            "passed over": int((every["task"] == task).sum()) - len(of_task[task]),
                            "better alone": below.get(task),
                        }
                        for task, row in best.items()
                    },
                    "none": {
                        str(task): "task" if task in unlearnt else "partners"
                        for task in sorted(set(every["task"]) - set(of_task))
                    },
                },
                rows=(TableRows("gains.csv", named(pd.DataFrame(list(best.values()), columns=list(pairs.columns)))),),
            )

    def said(self, finding: StudyFinding) -> Said:
        """Who it is of each task, and what it did."""
        best = finding.figures["best"]
        if not best:
            return Said(words("No partner was measured of which task and partner are learnt."))
        each = [words(Name(task), " beside ", Name(one["partner"]), f", {_figure(one)}") for task, one in best.items()]
        below = {task: one["better alone"] for task, one in best.items() if one["better alone"]}
        better = words(f" {BETTER_ALONE} ", below_words(below, chose=True)) if below else NOTHING
        return Said(words("The best partner of each task that was measured: ", joined(each, "; "), ".", better))


def partner_advice(finding: StudyFinding) -> Mapping[str, str]:
    """By task, what is to be said to somebody who is told to try a partner."""
    told = {task: words(_told(best), _better(best)).plain for task, best in finding.figures["best"].items()}
    return {**told, **{task: _NONE[who] for task, who in finding.figures["none"].items()}}


_NONE = {
    "task": "No partner task is advised: alone, the task is not learnt.",
    "partners": "No partner task is advised: of those that were measured none is learnt.",
}


def _best(cells: pd.DataFrame) -> pd.Series[Any]:
    """Of those that surely help, if there are, the one with the largest gain."""
    helps = cells[cells["verdict"] == "helps"]
    best: pd.Series[Any] = (helps if len(helps) else cells).sort_values("gain", ascending=False).iloc[0]
    return best


def _figures(row: pd.Series[Any], statistics: Statistics) -> dict[str, Any]:
    gain = Estimate.of(row["gain"], row["low"], row["high"], statistics.units[str(row["metric"])])
    return {"partner": partner_of(row["task"], row["combination"]), "gain": gain, "verdict": str(row["verdict"])}


def _figure(best: Mapping[str, Any]) -> str:
    """``+3.1 points (+1.0 to +5.2), beyond chance``."""
    gain: Estimate = best["gain"]
    sure = "beyond chance" if best["verdict"] == "helps" else ""
    return ", ".join(filter(None, (str(gain), sure, when_decided(best["verdict"], gain.low, gain.high))))


def _told(best: Mapping[str, Any]) -> Words:
    number = best["partners"]
    if best["verdict"] == "helps":
        return words("Or a partner task: beside ", Name(best["partner"]), f" the gain is {_figure(best)}.")
    among = f", the best of {number}," if number > 1 else ""
    beside = words("beside ", Name(best["partner"]), f"{among} the gain is {_figure(best)}.")
    if best["gain"].value > 0 and best["verdict"] != "hurts":
        return words("Whether a partner task helps is open: ", beside)
    measured = "learnt partner task that was measured" if best["passed over"] else "partner task that was measured"
    return words(f"No {measured} helps: ", beside)


def _better(best: Mapping[str, Any]) -> Words:
    """What does the task better alone than beside the partner."""
    better = best["better alone"]
    return words(f" {BETTER_ALONE} by ", better.words, ".") if better else NOTHING


FINDINGS.register(MeasuredPartners.code)(MeasuredPartners())
