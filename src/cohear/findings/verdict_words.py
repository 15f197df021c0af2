"""Verdicts in words and signs: what each says, and what must stand beside one."""

from __future__ import annotations

from collections.abc import Mapping

from cohear.analysis.tables.columns import VERDICTS
from cohear.base.units import known
from cohear.findings.words import Name, Words, words

SIGNS: Mapping[str, str] = {"helps": "▲", "hurts": "▼", "harmless": "≈", "undecided": "?"}
"""One for each verdict, which colours never stand alone for."""

FOR_NEW, ON_THESE = "for new clips", "on these clips"
"""What the two readings of a cell are called, wherever one stands beside the other."""

OPEN = "undecided"
"""The verdict of what is not known."""

WITHIN = "within chance"
"""What is said of what could be chance, where there is room for two words."""

_SURE = ("helps", "hurts")
_EARLIER = "decided at an earlier look"


def signed_verdict(verdict: str) -> str:
    """``▲ helps``."""
    return f"{SIGNS[verdict]} {verdict}"


def meanings(margin: str) -> Mapping[str, str]:
    """What each verdict says of an effect.

    Args:
        margin: what a harmless partner may cost, in words.
    """
    return {
        "helps": "better together, beyond chance",
        "hurts": "worse together, beyond chance",
        "harmless": f"surely loses less than {margin}",
        "undecided": "open: could be chance, or its error is not known",
    }


def when_decided(verdict: str, low: object, high: object) -> str:
    """That the verdict is older than the interval, where it is; nothing elsewhere.

    A study that looks at its verdicts while it runs keeps the one that a look decided. The interval is that of all
    repeats, and may hold zero by then.
    """
    ends = (known(low), known(high))
    if verdict not in _SURE or ends[0] is None or ends[1] is None:
        return ""
    return _EARLIER if ends[0] <= 0 <= ends[1] else ""


def told_verdict(verdict: str, explanation: str, low: object, high: object) -> str:
    """``helps``, with what explains it and when it was decided, where that is known and not of now."""
    return ", ".join(filter(None, (verdict, explanation, when_decided(verdict, low, high))))


def here_in_short(verdict: str, here: str) -> str:
    """``here ▼``: what holds on these clips, where that is told and is not what holds for new ones."""
    return f"here {SIGNS[here]}" if here and here != verdict else ""


LEGEND = ", ".join(map(signed_verdict, VERDICTS))
"""All signs with their verdicts."""


def for_whom(*, one_part: bool) -> str:
    """Which clips verdicts are for.

    Args:
        one_part: whether any is of a cell with one test part, where both readings ask the same.
    """
    return f"verdicts are {FOR_NEW}" + ", but for tasks with one test part" * one_part


def readings(*, one_part: bool) -> str:
    """What must stand by verdicts with :func:`here_in_short`; ``one_part`` as above."""
    return f"{for_whom(one_part=one_part)}; “here” says what holds {ON_THESE}, where that is told and differs: {LEGEND}"


DRAWN = "The upright line is no gain; what is drawn dashed could be chance."
"""How an interval is drawn."""

INTERVAL_ALONE = (
    "A verdict also counts how many cells were looked at, so a line that just misses zero can still be undecided."
)
"""What an interval does not say, which is of its cell alone."""


def in_another_metric(metric: str) -> Words:
    """What must stand above verdicts in a metric that is not each task's own."""
    return words("In ", Name(metric), ", for orientation: the study's verdicts are those of each task's own metric.")
