"""What is not there, because; and the cure for what was not measured at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cohear.findings.cures import Cure
from cohear.findings.words import Words, words


@dataclass(frozen=True)
class Missing:
    """Why something cannot be told: one form, whoever shows it. What would tell is a cure of the finding.

    Attributes:
        text: a sentence; empty where the cure says all.
        head: the same in a few words, for a headline.
    """

    text: str
    head: str = ""


NO_PAIR = Missing("No pair has been compared yet.")
"""Where no two tasks were trained alone and together."""

NO_GAIN = Missing(
    "No task was trained both alone and with a partner on the same fold and seed, so there is nothing to compare."
)
"""Where there is no gain at all."""


@dataclass(frozen=True)
class Compare(Cure):
    """Runs of tasks alone and of a pair."""

    kind: ClassVar[str] = "singles and a pair"
    promise: ClassVar[str] = "a pair is compared"

    @property
    def words(self) -> Words:
        """Which runs."""
        return words("Single and pair runs on the same repeats would begin to answer this.")
