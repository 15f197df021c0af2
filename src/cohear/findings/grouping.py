"""Which tasks to train together, what that gains, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from cohear.analysis.answers.groupings import MOST_TASKS
from cohear.analysis.answers.recommended import NoGrouping, Recommended, Serving
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import VERDICTS
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.counting import counted
from cohear.base.setting import Setting
from cohear.base.units import Unit
from cohear.findings.below_single import BETTER_ALONE, BelowSingle, below_singles, below_words
from cohear.findings.cures import Cure
from cohear.findings.decision import decision
from cohear.findings.figures import Estimate
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.missing import NO_PAIR, Compare, Missing
from cohear.findings.not_learnt import are_not_learnt
from cohear.findings.pairs import LEARNT_TASKS, in_one_network, of_pairs
from cohear.findings.sentences import setting_name
from cohear.findings.typed_figures import TypedFigures
from cohear.findings.words import NOTHING, Name, Strong, Words, names, words

_WHY_NONE: Mapping[NoGrouping, str] = {
    "pairs": "Nothing was compared here: that takes single runs and combinations on the same repeats.",
    "learnt": "Of tasks that are learnt, no two were compared.",
    "units": "The gains of tasks are in several units, which do not add up.",
    "tasks": f"So many tasks have more groupings than can be gone through; of {MOST_TASKS} all are.",
    "cost": "The parameters of some networks are not known, so that groupings have no price.",
    "singles": "No task has a single run, so that separate networks have no price.",
    "repeats": "A grouping is chosen on half of the repeats and estimated on the others; that takes two repeats of "
    "combinations.",
    "focal": "Each of these networks is for one of its tasks alone, which has few labels there: none serves several.",
}


@dataclass(frozen=True)
class MoreRepeatsToChoose(Cure):
    """Repeats that choose a grouping, and others that estimate it."""

    kind: ClassVar[str] = "repeats that choose"
    promise: ClassVar[str] = "a grouping is recommended"

    @property
    def words(self) -> Words:
        """How many."""
        return words("A second repeat of every combination (`repeats: {folds: 2}`) begins to tell.")


@dataclass(frozen=True)
class GroupingFigures(TypedFigures):
    """What is known of the grouping to train.

    Attributes:
        recommended: it, and the others that no other beats.
        gain: what it gains on average, with its interval.
        smallest: the same of the one with the fewest parameters.
        verdicts: how many of the tasks that share have which, of those that there are.
        pairs, losses: effects of pairs that were compared, and those that are losses beyond chance.
        helped: effects, of pairs and of larger groups, that are gains beyond chance.
        sure_pair: two tasks that surely help each other, if there are.
        not_learnt: tasks that are in no grouping, since they are not learnt.
        better_alone: what does tasks better alone than the grouping, on the repeats that did not choose it.
    """

    recommended: Recommended
    gain: Estimate
    smallest: Estimate
    verdicts: Mapping[str, int]
    pairs: int
    losses: int
    helped: int
    sure_pair: Sequence[str]
    not_learnt: Sequence[str] = ()
    better_alone: Mapping[str, BelowSingle] = field(default_factory=dict)


class RecommendedGrouping(Kind):
    """The grouping to train in each setting, and of the study the one that gains most where it was chosen."""

    code: ClassVar[str] = "grouping"
    question: ClassVar[StudyQuestion] = "savings"
    lacks: ClassVar[Mapping[str, Missing]] = {
        str(reason): Missing(why, NO_PAIR.text if reason == "pairs" else "Not known yet.")
        for reason, why in _WHY_NONE.items()
    }

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """The study's where one can be told, then every setting's."""
        every = statistics.recommended.values()
        known: list[Recommended] = [
            recommendation for recommendation in every if isinstance(recommendation, Recommended)
        ]
        measured: list[Recommended] = [one for one in known if one.best.shared]
        if measured:
            most = max(measured, key=lambda one: one.picked.chosen)
            yield _found(statistics, most, None)
        for setting, recommendation in statistics.recommended.items():
            yield _found(statistics, recommendation, setting)

    def said(self, finding: StudyFinding) -> Said:
        """What to do, what it gains and how sure that is, and its size."""
        figures = GroupingFigures.of(finding)
        recommended = figures.recommended
        if finding.setting is None:
            below = below_words(figures.better_alone)
            return Said(words(_in_the_study(figures), f" {BETTER_ALONE} " if below else "", below))
        head = decision(recommended, figures.gain, figures.verdicts, figures.helped, bool(figures.not_learnt))
        if not recommended.best.shared:
            return Said(
                _apart(figures),
                head,
                details=(*_better(figures), *_smallest(figures), *_left_out(figures)),
            )
        return Said(
            NOTHING,
            head,
            aside=_aside(figures),
            details=(
                ("Gain to expect:", _gain(figures)),
                ("Size:", _size(figures)),
                *_alone(recommended.best),
                *_better(figures),
                *_smallest(figures),
                *_left_out(figures),
            ),
        )


def _found(statistics: Statistics, recommendation: Recommended | NoGrouping, setting: Setting | None) -> StudyFinding:
    if not isinstance(recommendation, Recommended):
        cures: dict[NoGrouping, Cure] = {"pairs": Compare(), "repeats": MoreRepeatsToChoose()}
        settles = tuple(cure for reason, cure in cures.items() if reason == recommendation)
        return StudyFinding(code=RecommendedGrouping.code, setting=setting, missing=recommendation, settles=settles)
    cells = statistics.advisable(in_setting(statistics.gains, recommendation.setting))
    best, cheapest, unit = recommendation.best, recommendation.every[0], statistics.unit_over(cells)
    verdicts = Counter(cells.loc[cells["combination"].isin(best.groups), "verdict"])
    losses = of_pairs(cells)
    return StudyFinding(
        code=RecommendedGrouping.code,
        setting=setting,
        sureness="none" if not best.shared else "open" if best.verdict == "undecided" else "sure",
        figures=GroupingFigures(
            recommended=recommendation,
            gain=_estimate(best, unit),
            smallest=_estimate(cheapest, unit),
            verdicts={name: verdicts[name] for name in VERDICTS if verdicts[name]},
            pairs=len(losses),
            losses=int((losses["verdict"] == "hurts").sum()),
            helped=int((cells["verdict"] == "helps").sum()),
            sure_pair=_sure_pair(losses),
            not_learnt=sorted(statistics.not_learnt.get(recommendation.setting, ())),
            better_alone=below_singles(
                statistics,
                {task: name for name in best.groups for task in name.split("+")},
                recommendation.setting,
                None if best.on_all else statistics.judging(recommendation.setting),
            ),
        ),
        rows=(TableRows("results.csv"), TableRows("gains.csv", tuple({"combination": name} for name in best.shared))),
    )


def _estimate(serving: Serving, unit: Unit) -> Estimate:
    return Estimate.of(serving.gain, serving.low, serving.high, unit)


def _sure_pair(pairs: pd.DataFrame) -> list[str]:
    """Two tasks that surely help each other, if there are."""
    helped = pairs[pairs["verdict"] == "helps"]["combination"]
    both = helped[helped.duplicated()]
    return str(both.iloc[0]).split("+") if len(both) else []


def _alone(best: Serving) -> tuple[tuple[str, Words], ...]:
    """Tasks that share no network, where others do."""
    own = "In a network of its own:" if len(best.alone) == 1 else "In networks of their own:"
    return ((own, words(names(best.alone), ".")),) if best.alone else ()


def _in_one(figures: GroupingFigures) -> str:
    return in_one_network(len(figures.recommended.best.tasks), LEARNT_TASKS if figures.not_learnt else "tasks")


def _better(figures: GroupingFigures) -> tuple[tuple[str, Words], ...]:
    """Tasks that something does better alone."""
    below = below_words(figures.better_alone)
    return ((BETTER_ALONE, below),) if below else ()


def _left_out(figures: GroupingFigures) -> tuple[tuple[str, Words], ...]:
    """Tasks that no grouping serves."""
    return (("Left out:", words(are_not_learnt(figures.not_learnt), ".")),) if figures.not_learnt else ()


def _in_the_study(figures: GroupingFigures) -> Words:
    """The answer's sentence."""
    recommended, gain = figures.recommended, figures.gain
    setting = Name(setting_name(recommended.setting))
    if recommended.best.on_all:
        return words(
            _in_one(figures),
            " (",
            setting,
            f") have a mean gain of {gain} over all repeats, of which none chose it.",
        )
    groups = Name(", ".join(recommended.best.groups))
    return words(
        f"The grouping that gains most on every other {recommended.halves}, ",
        groups,
        " (",
        setting,
        f"), has a mean gain of {gain} on the others, which did not choose it.",
    )


def _apart(figures: GroupingFigures) -> Words:
    """What is known where no grouping gains."""
    chosen = figures.recommended
    said = words(f"No grouping has a higher mean score on the {counted(chosen.chose, 'repeat')} that chose.")
    if chosen.picked.shared:
        unit = figures.gain.unit
        gains = f"gained {unit.signed(chosen.picked.chosen)} there and {unit.signed(chosen.picked.gain)} on the others"
        picked = words("The best grouping of the repeats that chose, ", Name(", ".join(chosen.picked.groups)))
        said = words(picked, f", {gains}: the choice is not confirmed.")
    if figures.sure_pair:
        pair = words(" Over all repeats ", names(figures.sure_pair), " surely help each other all the same.")
        return words(said, pair)
    losses = figures.losses
    if losses:
        are = "is a loss" if losses == 1 else "are losses"
        return words(said, f" Of the effects of pairs, {losses} {are} beyond chance.")
    proof = "none of the losses of pairs is beyond chance" if figures.pairs else "no pair was compared"
    return words(said, f" That is no proof: {proof}.")


def _gain(figures: GroupingFigures) -> Words:
    best, gain = figures.recommended.best, figures.gain
    within = f" (95 % interval {gain.unit.interval(gain.low, gain.high)})" if gain.bracket else ""
    open_still = "which could be chance" if gain.bracket else "and how sure that is, is not known"
    chance = "beyond chance" if best.verdict != "undecided" else open_still
    number = Strong(gain.unit.signed(gain.value))
    return words(number, f" {gain.unit.name} a task, mean of all {len(best.tasks)}{within}, {chance}.")


def _aside(figures: GroupingFigures) -> Words:
    """On which repeats that was measured, and what is known of the tasks that share."""
    chosen = figures.recommended
    unit = figures.gain.unit
    if chosen.best.on_all:
        every = counted(chosen.chose + chosen.estimated, "repeat")
        how = f"The gain is that of all {every}."
        if chosen.best is not chosen.picked:
            how += " What several networks would gain is not sure."
    else:
        chose = f"Chosen on {counted(chosen.chose, 'repeat')}, where the gain was {unit.signed(chosen.best.chosen)}"
        how = f"{chose}; the gain to expect is that of the {chosen.estimated} others."
    verdicts = [f"{number} {name}" for name, number in sorted(figures.verdicts.items())]
    return words(f"{how} Of the tasks that share a network: {', '.join(verdicts)}.")


def _size(figures: GroupingFigures) -> Words:
    recommended = figures.recommended
    least = "; nothing that was measured is smaller" if recommended.best is recommended.every[0] else ""
    networks = f"{counted(len(recommended.best.groups), 'network')} instead of {len(recommended.best.tasks)}"
    parameters = f"{round(recommended.best.parameters):,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    of_all = f"{_share(recommended, recommended.best)} of what a network for each task has"
    return words(f"{networks}; {parameters} parameters, {of_all}{least}.")


def _smallest(figures: GroupingFigures) -> tuple[tuple[str, Words], ...]:
    """The cheapest grouping, where another one is recommended."""
    recommended = figures.recommended
    cheapest: Serving = recommended.every[0]
    gain = figures.smallest
    if not cheapest.shared or cheapest is recommended.best:
        return ()
    what = "all in one network" if cheapest.whole else counted(len(cheapest.groups), "network")
    chance = "which could be chance" if cheapest.verdict == "undecided" else "beyond chance"
    within = f" ({gain.unit.interval(gain.low, gain.high)}, {chance})" if gain.bracket else ""
    gains = f"{gain.unit.signed(gain.value)} {gain.unit.name} a task{within}"
    better = cheapest.gain > recommended.best.gain
    other = " Which of the two is better is open: they were measured on other repeats." if better else ""
    said = f"{what}, {_share(recommended, cheapest)} of the parameters, {gains}.{other}"
    return (("Smallest:", words(said)),)


def _share(recommended: Recommended, serving: Serving) -> str:
    return f"{round(100 * serving.parameters / recommended.apart) if recommended.apart else 100} %"


FINDINGS.register(RecommendedGrouping.code)(RecommendedGrouping())
