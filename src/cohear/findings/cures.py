"""What would settle a question that is open, and what is promised to who does it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import ClassVar, TypedDict, cast

from cohear.findings.words import Words


class CureInWords(TypedDict):
    """A cure as JSON; it has its figures too, by their names."""

    kind: str
    promise: str
    why: str
    words: str


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

    def to_json(self) -> CureInWords:
        """Kind, figures, promise, what it is good for, and words."""
        figures = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        in_words = {"promise": self.promise, "why": self.why, "words": self.words.plain}
        return cast(CureInWords, {"kind": self.kind, **figures, **in_words})
