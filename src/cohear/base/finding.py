"""What everything that is found has in common: faults of the data, and what results say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something found; what it is told with is made of this.

    Attributes:
        code: name of its kind, stable, in kebab-case.
        task: whom it concerns; empty where it concerns several.
        figures: numbers and names behind its words.
    """

    code: str
    task: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
