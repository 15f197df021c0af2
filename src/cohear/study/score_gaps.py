"""What is to blame for the gaps between a finished study's scores on training, validation and test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from cohear.data.audit.audit_check import Check
from cohear.data.audit.evidence import Evidence
from cohear.data.audit.finding import AuditFinding, Code
from cohear.data.folds.splits import VALIDATION_SHARE
from cohear.study.scores_by_part import RepeatScores, scores_of_singles

LEAST_GAP = 0.05
"""Difference of mean scores from which a gap is told."""
LOW = 0.6
"""Training score below which the training part is not learnt."""

Advice = Mapping[tuple[str, str, str, str], str]
"""What measured partners did to a task, by task, features, encoder and arm; in place of advice to try one."""

UNTRIED = "More clips or groups, or a partner task."


class Gap(Check):
    """Needs a finished study beside the data, so that it stands outside the registry of the audit."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "train-test-gap",
            ("warning", "note"),
            "The single runs of a finished study score much better on the training part than on validation or test "
            "(by 0.05 and beyond chance); a note where there is no such gap. The sentence says what is to blame.",
            "Data shift: see part-discrepancy. Overfitting: fewer steps, more augmentation or dropout, a smaller "
            "encoder. Too little data: more clips or groups, a partner task unless measured ones do not help. Not "
            "learnt: more steps, a larger encoder.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Nothing: it looks at results, see `gap_findings`."""
        return ()

    def judge(self, task: str, scores: RepeatScores, shifted: bool, partners: str = "") -> AuditFinding:
        """The finding on one task.

        Args:
            task: its name.
            scores: of its single runs.
            shifted: whether the audit found that its parts differ.
            partners: what those that were measured did to it, a sentence; empty where none was.
        """
        means, repeats = scores.means(), scores.repeats("test")
        blame = _blame(scores, shifted)
        shown = ", ".join(f"{mean:.2f} on {part}" for part, mean in means.items())
        chance = " (one repeat, which may be chance)" if repeats == 1 and blame not in _NO_GAP else ""
        finding = self.finding(
            "train-test-gap",
            "note" if blame in ("none", "unknown") else "warning",
            f"{scores.metric} {shown}: {_WORDS[blame]}{chance}",
            task=task,
            figures={"metric": scores.metric, **means, "repeats": repeats, "blame": blame},
        )
        cure = f"More clips or groups. {partners}" if partners and blame == "too-little-data" else _CURES[blame]
        return replace(finding, cure=cure)


_WORDS = {
    "data-shift": "test differs from validation, so the data have shifted between the parts",
    "overfitting": "validation was better at an earlier step, so the network overfits",
    "too-little-data": "training is learnt and longer training does not hurt validation, so there is too little data",
    "not-learnt": "training itself is not learnt, so the network is too small or was trained too briefly",
    "no-validation": "without a validation part it is not known what is to blame",
    "none": "no gap to speak of",
    "unknown": "not all scores lie between 0 and 1, so it is not known how large a gap is much",
}
_NO_GAP = ("none", "unknown", "not-learnt")

_CURES = {
    "data-shift": "Look at part-discrepancy for what differs; make folds over groups that cross it.",
    "overfitting": "Fewer steps, more augmentation or dropout, or a smaller encoder.",
    "too-little-data": UNTRIED,
    "not-learnt": "More steps, or a larger encoder.",
    "no-validation": f"Train singles with a validation part (validation: {VALIDATION_SHARE}) to see what is to blame.",
    "none": "Nothing to mend.",
    "unknown": "Nothing to mend: compare the scores yourself.",
}


def _blame(scores: RepeatScores, shifted: bool) -> str:
    """Which of data shift, overfitting and too little data explains most of the gap."""
    if not scores.are_fractions:
        return "unknown"
    train, validation, test = (scores.of_last(part) for part in ("train", "validation", "test"))
    apart, drop, total = (
        scores.surely_better(*parts) for parts in ((train, validation), (validation, test), (train, test))
    )
    if max(apart, drop, total) < LEAST_GAP:
        learnt = scores.means().get("train", 1.0) if scores.higher_is_better else 1 - scores.means().get("train", 0.0)
        return "not-learnt" if learnt < LOW else "none"
    if not scores.repeats("validation"):
        return "no-validation"
    if drop >= LEAST_GAP and (drop >= apart or shifted):
        return "data-shift"
    if scores.surely_better(scores.of_own("validation"), validation) >= LEAST_GAP / 2:
        return "overfitting"
    return "too-little-data"


def gap_findings(folder: Path, findings: Sequence[AuditFinding], partners: Advice | None = None) -> list[AuditFinding]:
    """Findings on the scores of a study folder's single runs; empty where none is done.

    Args:
        folder: a study folder.
        findings: those of the audit; a task with a ``part-discrepancy`` is known to shift.
        partners: what measured partners did to each task.
    """
    shifted = {finding.task for finding in findings if finding.code == "part-discrepancy"}
    advice = partners or {}
    return [
        Gap().judge(task, scores, task in shifted, advice.get((task, *scores.setting), ""))
        for task, scores in scores_of_singles(folder).items()
    ]
