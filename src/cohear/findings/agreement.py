"""Whether gains persist with another classifier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from cohear.analysis.answers.persistence import SettingsAgreement
from cohear.analysis.gains.cell_tests import LEVEL
from cohear.analysis.statistics import Statistics
from cohear.base.counting import counted
from cohear.findings.cures import Cure
from cohear.findings.figures import bracket_of, correlation, probability
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Kind, Said, StudyQuestion
from cohear.findings.missing import Missing
from cohear.findings.pairs import of_pairs, settings_in
from cohear.findings.sentences import listed, setting_name
from cohear.findings.verdict_counts import MOST
from cohear.findings.words import Name, Words, joined, words

LOW_CEILING = 0.7
"""Below this, half of what a correlation could show, or more, is lost to chance between repeats."""


@dataclass(frozen=True)
class Persistence(Cure):
    """What would tell whether gains persist, or tell it better.

    Attributes:
        lack: a second ``setting`` with pairs, or with it more ``tasks and setting``; ``singles`` beside the pairs that
            were trained; the same ``pairs`` in two settings; a fourth ``task``; another ``spread`` of their gains;
            ``repeats``, where they hardly agree with themselves; the ``ceilings``, which one repeat does not tell; or
            only ``tasks``.
        where: settings without single runs.
    """

    kind: ClassVar[str] = "persistence"
    promise: ClassVar[str] = "a task's partners are ranked in two settings"

    lack: str
    where: tuple[str, ...] = ()

    @property
    def words(self) -> Words:
        """What it takes."""
        if self.lack == "singles":
            return words("Single runs on the same repeats in ", Name(listed(self.where)), " would tell.")
        return words(_CURES[self.lack])


_PARTNERS = 3
"""Of a task, that can be ranked."""
_RANKS = "Ranks need three partners of a task in both settings"
_CURES = {
    "setting": "Pairs of the same tasks with a second encoder, front-end or arm would tell.",
    "tasks and setting": f"{_RANKS}: pairs of four tasks or more, and the same with a second encoder, front-end or "
    "arm, would tell.",
    "pairs": f"{_RANKS}: pairs of the same tasks in both would tell.",
    "task": f"{_RANKS}: a fourth task, in pairs with the others in both, would tell.",
    "spread": f"{_RANKS} whose gains differ: more repeats would tell.",
    "repeats": "Repeats hardly agree with themselves (the ceilings are low): more repeats would tell more, and more "
    "tasks.",
    "ceilings": "How well repeats agree with themselves takes two of them in every setting: more repeats would tell.",
    "tasks": "Repeats agree with themselves, so more of them would change little; more tasks would narrow the "
    "intervals.",
}


_OPEN = "so whether gains persist with another is open."


class Agreement(Kind):
    """Gains of each two settings beside each other, and beside how well each agrees with itself."""

    code: ClassVar[str] = "agreement"
    question: ClassVar[StudyQuestion] = "persistence"
    lacks: ClassVar[Mapping[str, Missing]] = {
        "singles": Missing(f"Pairs were compared with single runs in fewer than two settings, {_OPEN}"),
        "setting": Missing(f"Pairs were measured in fewer than two settings, {_OPEN}"),
    }

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of the whole study."""
        lines = statistics.agreements
        ranked = sorted((one for one in lines if one["within"] is not None), key=lambda one: -one["cells"])
        few = [one for one in lines if one["within"] is None]
        sure = [one for one in ranked if _is_sure(one)]
        lonely = _without_singles(statistics)
        yield StudyFinding(
            code=self.code,
            sureness="none" if not ranked else "sure" if len(sure) == len(ranked) else "partly" if sure else "open",
            missing="" if lines else "singles" if lonely else "setting",
            figures={"ranked": ranked, "few": few, "without singles": lonely},
            settles=(_cure(ranked, few, lonely, statistics),),
            rows=(TableRows("gains.csv"),),
        )

    def said(self, finding: StudyFinding) -> Said:
        """The agreements of most cells first, then those that have too few."""
        figures = finding.figures
        ranked, few = figures["ranked"], figures["few"]
        sentences = [_agreement(one) for one in ranked[:MOST]]
        if len(ranked) > MOST:
            sentences.append(words(f"{counted(len(ranked) - MOST, 'more agreement')} of settings: see --json."))
        sentences += [_too_few(one) for one in few[:MOST]]
        if len(few) > MOST:
            sentences.append(words(f"{len(few) - MOST} more have too few cells in common as well."))
        return Said(joined(sentences))


def _is_sure(one: SettingsAgreement) -> bool:
    return one["p"] is not None and one["p"] <= LEVEL


def _without_singles(statistics: Statistics) -> tuple[str, ...]:
    """Settings in which pairs were trained and could not be compared."""
    compared = set(settings_in(of_pairs(statistics.gains)))
    trained = of_pairs(statistics.results[statistics.results["control"] == ""])
    return tuple(sorted({setting_name(one) for one in settings_in(trained) if one not in compared}))


def _cure(
    ranked: Sequence[SettingsAgreement],
    few: Sequence[SettingsAgreement],
    lonely: tuple[str, ...],
    statistics: Statistics,
) -> Persistence:
    if not ranked and not few:
        if lonely:
            return Persistence("singles", lonely)
        return Persistence("setting" if len(_tasks_in_pairs(statistics)) > _PARTNERS else "tasks and setting")
    if not ranked:
        return Persistence(_lack(few, statistics))
    ceilings = [ceiling for one in ranked for ceiling in (one["ceiling_first"], one["ceiling_second"])]
    known = [value for value in ceilings if value is not None]
    if not known:
        return Persistence("ceilings")
    return Persistence("repeats" if min(known) < LOW_CEILING else "tasks")


def _lack(few: Sequence[SettingsAgreement], statistics: Statistics) -> str:
    """Why no task's partners could be ranked in two settings."""
    pairs = of_pairs(statistics.gains)
    by_setting: dict[tuple[str, ...], set[tuple[str, str]]] = {setting: set() for setting in settings_in(pairs)}
    for row in pairs.to_dict("records"):
        by_setting[row["features"], row["encoder"], row["arm"]].add((row["task"], row["combination"]))
    tasks = _tasks_in_pairs(statistics)
    common = [by_setting[tuple(one["first"])] & by_setting[tuple(one["second"])] for one in few]
    partners = [sum(task == name for task, _ in cells) for cells in common for name in tasks]
    if max(partners, default=0) >= _PARTNERS:
        return "spread"
    return "pairs" if len(tasks) > _PARTNERS else "task"


def _tasks_in_pairs(statistics: Statistics) -> set[str]:
    combinations = of_pairs(statistics.gains)["combination"].unique()
    return {name for combination in combinations for name in str(combination).split("+")}


def _agreement(one: SettingsAgreement) -> Words:
    first, second = Name(setting_name(one["first"])), Name(setting_name(one["second"]))
    chance = "" if one["p"] is None else f", p {probability(one['p'])}"
    said = words(
        *("Gains in ", first, " and ", second),
        f" {'agree more than chance has it' if _is_sure(one) else 'are not shown to agree'}: rank correlation within "
        f"tasks {correlation(one['within'])}{bracket_of(one['low'], one['high'], correlation)}{chance}",
    )
    ceilings = [(first, one["ceiling_first"]), (second, one["ceiling_second"])]
    known = [words(f"{float(value):.2f} in ", name) for name, value in ceilings if value is not None]
    if known:
        said = words(said, "; repeats agree with themselves at ", joined(known, " and "))
    if one["corrected"] is not None:
        said = words(said, f", and corrected for that it is {correlation(one['corrected'])}")
    return joined([words(said, "."), _signs(one)])


def _signs(one: SettingsAgreement) -> str:
    if one["signs"] is None:
        return ""
    same = round(one["signs"] * one["cells"])
    return f"The sign is the same in {same} of {counted(one['cells'], 'cell')}."


def _too_few(one: SettingsAgreement) -> Words:
    both = words(Name(setting_name(one["first"])), " and ", Name(setting_name(one["second"])))
    if not one["cells"]:
        return words(both, " have no cell in common.")
    return joined([words(both, " have too few cells in common to rank a task's partners."), _signs(one)])


FINDINGS.register(Agreement.code)(Agreement())
