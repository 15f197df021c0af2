"""What would settle a question that is open, and what is promised to who does it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from cohear.findings.words import Words


@dataclass(frozen=True)
class Cure(ABC):
    """Something to do.

    Attributes:
        kind: its name.
        promise: what is the case once it is done, where that can be checked; empty where only results can tell.
        why: what it is good for, of no case in particular; empty where the words say it.
    """

    kind: ClassVar[str]
    promise: ClassVar[str] = ""
    why: ClassVar[str] = ""

    @property
    @abstractmethod
    def words(self) -> Words:
        """What to do, and what it does."""

    def to_json(self) -> dict[str, Any]:
        """Kind, figures, promise, what it is good for, and words."""
        figures = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        told = {"promise": self.promise, "why": self.why, "words": self.words.plain}
        return {"kind": self.kind, **figures, **told}
