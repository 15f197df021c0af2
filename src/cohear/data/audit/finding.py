"""What the audit finds: one finding for one kind of fault in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypedDict

from cohear.base import finding
from cohear.data.tables.clip_name import ClipName

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""The worst first. An error makes results wrong or a study impossible, a warning may, a note is good to know."""

FIRST_CODES = (
    "study-refused",
    "missing-file",
    "empty-file",
    "truncated-file",
    "unreadable-file",
    "not-finite",
    "leaking-near-duplicates",
    "recordings-across-datasets",
    "overlapping-segments",
    "contradicting-labels",
    "label-from-conditions",
    "groups-across-folds",
    "near-duplicates",
    "near-duplicates-across-datasets",
    "exact-duplicates",
    "cancelling-channels",
    "silent-clip",
    "odd-length",
    "file-cue",
    "part-discrepancy",
)
"""What spoils most results comes first among findings as severe: what cannot be trained on, what makes scores of
recordings that were heard before, what is learnt in place of labels. All others follow in the order of the checks."""


@dataclass(frozen=True)
class Code:
    """A kind of finding.

    Attributes:
        name: stable, in kebab-case.
        severities: those that it can have, the worst first.
        meaning: one sentence.
        cure: one sentence.
    """

    name: str
    severities: tuple[Severity, ...]
    meaning: str
    cure: str


class ClipAsData(TypedDict):
    """A clip's name, as JSON."""

    dataset: str
    clip: str


class AuditFindingAsData(TypedDict):
    """A finding, as JSON."""

    severity: Severity
    code: str
    dataset: str
    task: str
    fold: int | None
    sentence: str
    cure: str
    clips: list[ClipAsData]
    figures: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class AuditFinding(finding.Finding):
    """Something that is wrong with the data, or good to know.

    Attributes:
        severity: how bad it is here.
        sentence: what was found.
        cure: what can be done.
        dataset, fold: whom it concerns, beside the task; empty where it concerns several.
        datasets: all that it concerns, where they are several or clips do not tell.
        clips: all clips that it concerns.
    """

    severity: Severity
    sentence: str
    cure: str
    dataset: str = ""
    datasets: tuple[str, ...] = ()
    fold: int | None = None
    clips: tuple[ClipName, ...] = ()

    def to_json(self) -> AuditFindingAsData:
        """The finding as one JSON object, with every clip; datasets that it concerns are separated by commas."""
        return {
            "severity": self.severity,
            "code": self.code,
            "dataset": self.dataset or ", ".join(self.datasets),
            "task": self.task,
            "fold": self.fold,
            "sentence": self.sentence,
            "cure": self.cure,
            "clips": [{"dataset": clip.dataset, "clip": clip.clip} for clip in self.clips],
            "figures": dict(self.figures),
        }


def in_order(findings: list[AuditFinding]) -> list[AuditFinding]:
    """The worst first; among equals see `FIRST_CODES`, then the order they were found in."""
    ranks = {code: rank for rank, code in enumerate(FIRST_CODES)}
    return sorted(findings, key=lambda one: (SEVERITIES.index(one.severity), ranks.get(one.code, len(ranks))))


def quoted(names: list[str], most: int = 3) -> str:
    """``'a', 'b', 'c' and 5 more``."""
    shown = ", ".join(repr(name) for name in names[:most])
    return shown + (f" and {len(names) - most:,} more" if len(names) > most else "")
