"""What to do, in a sentence that somebody who has read nothing else can act on."""

from __future__ import annotations

from collections.abc import Mapping

from cohear.analysis.answers.recommended import Recommended, Serving
from cohear.findings.figures import Estimate
from cohear.findings.pairs import LEARNT_TASKS
from cohear.findings.words import Words, names, words

MOST_NETWORKS = 3
MOST_TASKS = 8
"""That a sentence names, before it counts the networks; the picture beside it has them all."""


def decision(
    recommended: Recommended, gain: Estimate, verdicts: Mapping[str, int], helped: int, some_left_out: bool
) -> Words:
    """Which tasks to train together and why, or to keep them apart.

    Args:
        recommended: the grouping to train.
        gain: of it, a task.
        verdicts: how many of the tasks that share have which.
        helped: effects of the setting that are gains beyond chance.
        some_left_out: whether tasks are in no grouping, since they are not learnt.
    """
    best = recommended.best
    shown = "no grouping is shown to help" if helped else "nothing is shown to help"
    if not best.shared:
        return words(f"Keep all {LEARNT_TASKS if some_left_out else 'tasks'} apart: {shown}.")
    rest = "; keep the rest apart." if best.alone else "."
    who = _all(best, some_left_out) if best.whole else _networks(best)
    if best.verdict == "helps":
        gained = f"{gain.unit.signed(gain.value)} {gain.unit.name} a task"
        how = "together" if len(best.shared) == 1 else "in a network each"
        return words("Train ", who, f" {how}: {gained}, beyond chance, {_of_parameters(recommended)}", rest)
    can = "can share one network" if len(best.shared) == 1 else "can share a network each"
    return words(f"{shown[0].upper()}{shown[1:]}; ", who, f" {can}, {_saves(recommended, verdicts)}", rest)


def _all(best: Serving, some_left_out: bool) -> Words:
    return words(f"all {len(best.tasks)} {LEARNT_TASKS if some_left_out else 'tasks'}")


def _networks(best: Serving) -> Words:
    """``a + b and c + d``, or of many how many they are."""
    groups = [name.replace("+", " + ") for name in best.shared]
    tasks = sum(name.count("+") + 1 for name in best.shared)
    if len(groups) > MOST_NETWORKS or tasks > MOST_TASKS:
        return words(f"{len(groups)} groups of {tasks} tasks in all")
    return names(groups)


def _saved(recommended: Recommended) -> int:
    """Percent of the parameters of separate networks that are not needed."""
    return round(100 * (1 - recommended.best.parameters / recommended.apart)) if recommended.apart else 0


def _of_parameters(recommended: Recommended) -> str:
    return f"with {100 - _saved(recommended)} % of the parameters"


def _saves(recommended: Recommended, verdicts: Mapping[str, int]) -> str:
    """What sharing saves where it is not shown to gain, and what that is proven to cost."""
    saved, hurt = _saved(recommended), verdicts.get("hurts", 0)
    saves = f"which saves {saved} % of the parameters" if saved > 0 else "which saves no parameters"
    if hurt:
        return f"{saves} but is proven to cost {hurt} of these tasks"
    return f"{saves} at no proven cost" if saved > 0 else saves
