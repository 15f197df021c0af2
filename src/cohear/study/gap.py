"""A finished study's scores on training, validation and test, and what is to blame for the gaps between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np

from cohear.data.audit.check import Check
from cohear.data.audit.evidence import Evidence
from cohear.data.audit.finding import Code, Finding
from cohear.study.folder import StudyFolder

LEAST_GAP = 0.05
"""Difference of mean scores from which a gap is told."""
LOW = 0.6
"""Training score below which the training part is not learnt."""


@dataclass(frozen=True)
class Scores:
    """One task's scores over the repeats of its single runs, each ``{part: [values]}``.

    Attributes:
        metric: its primary metric.
        last: at the last step.
        own: at the step that is best on validation.
    """

    metric: str
    last: Mapping[str, Sequence[float]]
    own: Mapping[str, Sequence[float]]


class Gap(Check):
    """Needs a finished study beside the data, so that it stands outside the registry of the audit."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "train-test-gap",
            ("warning", "note"),
            "The single runs of a finished study score much better on the training part than on validation or test "
            "(by 0.05 and beyond chance); a note where there is no such gap. The sentence says what is to blame.",
            "Data shift: see part-discrepancy. Overfitting: fewer steps, more augmentation or dropout, a smaller "
            "encoder. Too little data: more clips or groups, a partner task. Not learnt: more steps, a larger encoder.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[Finding]:
        """Nothing: it looks at results, see `gap_findings`."""
        return ()

    def judge(self, task: str, scores: Scores, shifted: bool) -> Finding:
        """The finding on one task.

        Args:
            task: its name.
            scores: of its single runs.
            shifted: whether the audit found that its parts differ.
        """
        means = {part: float(np.mean(values)) for part, values in scores.last.items() if len(values)}
        fall = _surely(scores.own.get("validation", ()), scores.last.get("validation", ()))
        apart = _surely(scores.last.get("train", ()), scores.last.get("validation", ()))
        drop = _surely(scores.last.get("validation", ()), scores.last.get("test", ()))
        total = _surely(scores.last.get("train", ()), scores.last.get("test", ()))
        blame = _blame(means.get("train", 1.0), apart, drop, total, fall, shifted)
        shown = ", ".join(f"{mean:.2f} on {part}" for part, mean in means.items())
        finding = self.finding(
            "train-test-gap",
            "note" if blame == "none" else "warning",
            f"{scores.metric} {shown}: {_WORDS[blame]}",
            task=task,
            figures={
                "metric": scores.metric,
                **means,
                "repeats": len(scores.last.get("test", ())),
                "blame": blame,
            },
        )
        return replace(finding, cure=_CURES[blame])


_WORDS = {
    "data-shift": "test differs from validation, so the data have shifted between the parts",
    "overfitting": "validation was better at an earlier step, so the network overfits",
    "too-little-data": "training is learnt and longer training does not hurt validation, so there is too little data",
    "not-learnt": "training itself is not learnt, so the network is too small or was trained too briefly",
    "none": "no gap to speak of",
}

_CURES = {
    "data-shift": "Look at part-discrepancy for what differs; make folds over groups that cross it.",
    "overfitting": "Fewer steps, more augmentation or dropout, or a smaller encoder.",
    "too-little-data": "More clips or groups, or a partner task.",
    "not-learnt": "More steps, or a larger encoder.",
    "none": "Nothing to mend.",
}


def _blame(train: float, apart: float, drop: float, total: float, fall: float, shifted: bool) -> str:
    """Which of data shift, overfitting and too little data explains most of the gap."""
    if max(apart, drop, total) < LEAST_GAP:
        return "not-learnt" if train < LOW else "none"
    if drop >= LEAST_GAP and (drop >= apart or shifted):
        return "data-shift"
    if fall >= LEAST_GAP / 2:
        return "overfitting"
    return "too-little-data"


def _surely(better: Sequence[float], worse: Sequence[float]) -> float:
    """Mean paired difference less its standard error; 0 where there are no pairs."""
    if not len(better) or len(better) != len(worse):
        return 0.0
    difference = np.asarray(better) - np.asarray(worse)
    error = float(difference.std(ddof=1) / np.sqrt(len(difference))) if len(difference) > 1 else 0.0
    return float(difference.mean()) - error


def gap_findings(folder: Path, findings: Sequence[Finding]) -> list[Finding]:
    """Findings on the scores of a study folder's single runs; empty where none is done.

    Args:
        folder: a study folder.
        findings: those of the audit; a task with a ``part-discrepancy`` is known to shift.
    """
    shifted = {finding.task for finding in findings if finding.code == "part-discrepancy"}
    return [Gap().judge(task, scores, task in shifted) for task, scores in _scores(folder).items()]


def _scores(folder: Path) -> dict[str, Scores]:
    """Scores of single runs of the base arm, the first of its settings if there are several, by task."""
    study = StudyFolder(folder)
    found: dict[str, dict[str, dict[str, list[float]]]] = {}
    metrics: dict[str, str] = {}
    first: dict[str, tuple[str, str, str]] = {}
    for row in study.read_plan():
        if len(row.tasks) > 1 or row.control or not row.is_network:
            continue
        setting = (row.features, row.encoder, row.arm)
        record = study.record(row.run)
        if record is None or first.setdefault(row.combination, setting) != setting:
            continue
        for task, told in record.tasks.items():
            metrics[task] = told.metric
            for part in told.scores:
                for selection in ("last", "own"):
                    value = told.score(part, selection)
                    if value is not None:
                        sign = 1 if told.higher_is_better else -1
                        found.setdefault(task, {}).setdefault(selection, {}).setdefault(part, []).append(sign * value)
    return {task: Scores(metrics[task], by.get("last", {}), by.get("own", {})) for task, by in found.items()}
