"""What a study's plan has of the networks of a setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cohear.base.setting import Setting


@dataclass(frozen=True)
class PlannedRuns:
    """What a study's plan has of the networks of a setting.

    Attributes:
        repeats: of each combination.
        missing: those of them that are not done.
    """

    repeats: Mapping[str, int] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)


Plans = Mapping[Setting, PlannedRuns]
