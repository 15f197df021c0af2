"""Which two tasks help each other most, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from cohear.analysis.gains.verdicts import FEWEST_REPEATS
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import CELL, VERDICTS
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.counting import counted
from cohear.base.setting import Setting
from cohear.findings.below_single import BETTER_ALONE, BelowSingle, below_singles, below_words
from cohear.findings.cures import Cure
from cohear.findings.deciding import cures_of
from cohear.findings.figures import Estimate
from cohear.findings.finding import StudyFinding, Sureness, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, Section, StudyQuestion
from cohear.findings.missing import NO_PAIR, Compare, Missing
from cohear.findings.pairs import LEARNT_TASKS, of_pairs, partner_of, settings_in
from cohear.findings.typed_figures import TypedFigures
from cohear.findings.words import Name, Words, words

Effect = Mapping[str, Any]
"""A row of ``gains.csv``."""


@dataclass(frozen=True)
class ShownEffect:
    """What a partner did to one of the two tasks."""

    task: str
    gain: Estimate
    verdict: str
    repeats: int


@dataclass(frozen=True)
class BestPairFigures(TypedFigures):
    """What is known of the best pair of a setting.

    Attributes:
        between: the two tasks, who surely helps or else gains most first; none where no pair gains.
        effects: what happened to them, the larger gain first.
        pairs, family: pairs that were compared, and their effects, which are judged together.
        verdicts: how many of these have which.
        free_pairs: pairs whose both effects are harmless.
        of_learnt: whether pairs were passed over that hold a task that is not learnt; ``pairs`` and ``verdicts`` are
            then of the others.
        better_alone: what does the two tasks better alone than the pair; the repeats that tell chose the pair.
    """

    between: Sequence[str]
    effects: Sequence[ShownEffect]
    pairs: int
    family: int
    verdicts: Mapping[str, int]
    free_pairs: int
    of_learnt: bool = False
    better_alone: Mapping[str, BelowSingle] = field(default_factory=dict)


class BestPair(Kind):
    """The pair of the best kind that there is, and of these the one with the largest sum of gains.

    The kinds: both tasks are surely helped; one is and the other is not surely hurt; both gain, though not surely; the
    sum is above nothing. Pairs with a task that is not learnt are passed over.
    """

    code: ClassVar[str] = "best-pair"
    question: ClassVar[StudyQuestion] = "improve"
    part: ClassVar[Section] = "page"
    lacks: ClassVar[Mapping[str, Missing]] = {
        "pairs": Missing("", NO_PAIR.text),
        "untried": Missing("", "No pair was tried with this front-end and encoder so far."),
        "learnt": Missing("", "In every pair that was compared, a task is not learnt."),
    }

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One a setting."""
        ordinary = statistics.results[statistics.results["control"] == ""]
        for setting in settings_in(ordinary):
            yield _found(statistics, setting)

    def said(self, finding: StudyFinding) -> Said:
        """Headline, and how sure it is."""
        figures = BestPairFigures.of(finding)
        if not figures.effects:
            return _nothing(figures)
        aside = (
            f"The best of {counted(figures.pairs, 'pair')} was chosen on the repeats that measure it, so new "
            "repeats will tend to show less."
        )
        below = below_words(figures.better_alone, chose=True)
        details = ((BETTER_ALONE, below),) if below else ()
        first, second = (Name(name) for name in figures.between)
        if finding.sureness == "sure":
            return Said(
                words(_SURE),
                words(first, " and ", second, " help each other most."),
                aside=words(aside),
                details=details,
            )
        if finding.sureness == "partly":
            head = words(first, " helps ", second, " most.")
            return Said(_one_way(figures), head, "What would decide the other way?", words(aside), details)
        seem = "seem to help each other most." if _all_gain(figures) else "come closest to helping each other."
        return Said(_open(figures), words(first, " and ", second, f" {seem}"), aside=words(aside), details=details)


_SURE = "Sure. Both gains are beyond chance."


def _found(statistics: Statistics, setting: Setting) -> StudyFinding:
    every = statistics.between_scored(of_pairs(in_setting(statistics.gains, setting)))
    pairs = statistics.advisable(every)
    counted_verdicts = {name: int((pairs["verdict"] == name).sum()) for name in VERDICTS}
    by_pair: dict[str, list[Effect]] = {}
    for row in pairs.to_dict("records"):
        by_pair.setdefault(str(row["combination"]), []).append({str(name): cell for name, cell in row.items()})
    best = sorted(_best(list(by_pair.values())), key=lambda row: -row["gain"])
    helped = [row for row in best if row["verdict"] == "helps"]
    sureness: Sureness = "none"
    if best:
        sureness = "sure" if len(helped) == len(best) == 2 else "partly" if helped else "open"
    return StudyFinding(
        code=BestPair.code,
        setting=setting,
        combination=str(best[0]["combination"]) if best else "",
        sureness=sureness,
        missing="" if by_pair else "learnt" if len(every) else _not_compared(statistics),
        figures=BestPairFigures(
            between=_between(best, helped),
            effects=[_effect(row, statistics) for row in best],
            pairs=len(by_pair),
            family=len(every),
            verdicts=counted_verdicts,
            free_pairs=sum({row["verdict"] for row in both} == {"harmless"} for both in by_pair.values()),
            of_learnt=len(pairs) < len(every),
            better_alone=below_singles(statistics, {row["task"]: row["combination"] for row in best}, setting),
        ),
        settles=_cures(statistics, best, bool(len(every))),
        rows=(TableRows("gains.csv", tuple({name: row[name] for name in CELL} for row in best)),),
    )


def _not_compared(statistics: Statistics) -> str:
    """Whether pairs are still to come, as far as can be told, or were tried in other settings alone."""
    return "untried" if len(statistics.between_scored(of_pairs(statistics.gains))) else "pairs"


def _best(pairs: Sequence[list[Effect]]) -> list[Effect]:
    kinds: tuple[Callable[[Sequence[Effect]], bool], ...] = (
        lambda both: len(both) == 2 and all(row["verdict"] == "helps" for row in both),
        lambda both: _verdicts(both) >= {"helps"} and "hurts" not in _verdicts(both),
        lambda both: len(both) == 2 and all(row["gain"] > 0 and row["verdict"] != "hurts" for row in both),
        lambda both: _sum(both) > 0 and "hurts" not in _verdicts(both),
    )
    for kind in kinds:
        found = [both for both in pairs if kind(both)]
        if found:
            return max(found, key=_sum)
    return []


def _verdicts(both: Sequence[Effect]) -> set[str]:
    return {row["verdict"] for row in both}


def _sum(both: Sequence[Effect]) -> float:
    return float(sum(row["gain"] for row in both))


def _between(best: Sequence[Effect], helped: Sequence[Effect]) -> list[str]:
    """The two tasks: who surely helps comes first, else who gains most."""
    if not best:
        return []
    names = [str(best[0]["task"]), partner_of(best[0]["task"], best[0]["combination"])]
    return names if len(helped) != 1 or helped[0]["task"] != names[0] else names[::-1]


def _effect(row: Effect, statistics: Statistics) -> ShownEffect:
    gain = Estimate.of(row["gain"], row["low"], row["high"], statistics.units[str(row["metric"])])
    return ShownEffect(str(row["task"]), gain, str(row["verdict"]), int(row["repeats"]))


def _cures(statistics: Statistics, best: Sequence[Effect], compared: bool) -> tuple[Cure, ...]:
    if not compared:
        return (Compare(),)
    if not best:
        return ()
    cells = pd.DataFrame([{name: row[name] for name in CELL} for row in best])
    return cures_of(statistics.power.merge(cells, on=list(CELL)), of_a_pair=True)


def _all_gain(figures: BestPairFigures) -> bool:
    return len(figures.effects) == 2 and all((one.gain.value or 0.0) > 0 for one in figures.effects)


def _one_way(figures: BestPairFigures) -> Words:
    (helped,) = [one for one in figures.effects if one.verdict == "helps"]
    other = [one for one in figures.effects if one.verdict != "helps"]
    said = words("Sure one way. The gain of ", Name(helped.task), " is beyond chance; ")
    if not other:
        return words(said, "the other way was not measured.")
    return words(said, "that of ", Name(other[0].task), f" is {other[0].verdict}", _in_family(other, figures), ".")


def _open(figures: BestPairFigures) -> Words:
    effects = figures.effects
    few = min(one.repeats for one in effects)
    both, verb = len(effects) == 2, "is" if few == 1 else "are"
    rest = (
        ""
        if _all_gain(figures)
        else ", and only one of the two gains"
        if both
        else ", and the other way was not measured"
    )
    if few < FEWEST_REPEATS:
        return words(f"Not sure. A verdict needs {FEWEST_REPEATS} paired repeats, {few} of them {verb} done{rest}.")
    if not all(one.gain.bracket for one in effects):
        return words(f"Not sure. How sure {'both gains are' if both else 'the gain is'} is not known{rest}.")
    alone = [one for one in effects if one.gain.without_zero]  # harmless is no more sure to help than undecided is
    if not alone:
        return words(f"Not sure. {'Both gains' if both else 'The gain'} could be chance{rest}.")
    which = words(
        "both gains" if len(alone) == 2 else "the gain of ", *([] if len(alone) == 2 else [Name(alone[0].task)])
    )
    return words("Not sure. Alone, ", which, " would be beyond chance", f"; {_AMONG.format(figures.family)}{rest}.")


_AMONG = "among the {} effects of its family, of which some lie so far off by chance, that is open"


def _in_family(effects: Sequence[ShownEffect], figures: BestPairFigures) -> str:
    """Why an effect whose own interval has no zero is undecided."""
    alone = any(one.verdict == "undecided" and one.gain.without_zero for one in effects)
    return f" among the {figures.family} effects of its family, though alone it would not be" if alone else ""


def _nothing(figures: BestPairFigures) -> Said:
    """Where no pair gains: what is known of losses."""
    verdicts, tasks = figures.verdicts, LEARNT_TASKS if figures.of_learnt else "tasks"
    effects = f"{sum(figures.verdicts.values())} effects{' of learnt tasks' if figures.of_learnt else ''}"
    none = words(f"No two {tasks} help each other.")
    if verdicts["helps"]:  # of another pair it would be told
        none = words(f"No two {tasks} help each other: who surely gains does so at the partner's cost.")
        return Said(words(f"{verdicts['helps']} of {effects} are surely gains, their partners surely lose."), none)
    if figures.free_pairs:
        free = counted(figures.free_pairs, "pair")
        return Said(words(f"But {free} can share a network at no real cost."), none)
    if verdicts["hurts"]:
        return Said(words(f"{verdicts['hurts']} of {effects} are surely losses."), none)
    known = "Nothing is decided yet."
    if verdicts["harmless"]:
        known = f"{verdicts['harmless']} of {effects} are harmless, the others are open."
    return Said(words(f"Not sure. {known}"), words(f"No two {tasks} help each other, as far as this was measured."))


FINDINGS.register(BestPair.code)(BestPair())
