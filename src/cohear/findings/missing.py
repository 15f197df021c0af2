"""Cures for what was not measured at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cohear.findings.cures import Cure
from cohear.findings.words import Words, words


@dataclass(frozen=True)
class Compare(Cure):
    """Runs of tasks alone and of a pair."""

    kind: ClassVar[str] = "singles and a pair"
    promise: ClassVar[str] = "a pair is compared"

    @property
    def words(self) -> Words:
        """Which runs."""
        return words("Single and pair runs on the same repeats would begin to answer this.")
